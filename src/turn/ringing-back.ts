import { beginHandoff, stepHandoff } from '../handoff/handoff.ts'
import type { DangerAsked, Handoff, HandoffHeard, HandoffTurn } from '../handoff/types.ts'
import { coverNumber } from '../places/cover.ts'
import type { Contact } from '../record/contact.ts'
import type { Going } from './call-back.ts'
import { carry } from './carry.ts'
import { askedFirst, handoffFacts, liveHandoff } from './handing.ts'
import { owedCalls } from './owed.ts'
import { deciding } from './settle.ts'
import { tellRow } from './tell-row.ts'

/** A call of ours comes to the navigators' queue: whoever takes it is rung first, then the person. */
export function ringing(go: Going, out: NonNullable<Contact['out']>): void {
  const { contact, t } = go
  const facts = handoffFacts(t.place, t.facts)
  const before = liveHandoff(contact)
  // Who waited for a person in another way is rung now: nobody is asked for both.
  const left = before ? stepHandoff(before, { type: 'ENDED' }, facts).effects : []
  const begun = beginHandoff(
    {
      channel: 'voice',
      priority: contact.callback?.context.priority ?? 'P3',
      level: contact.level,
      danger: dangerOf(contact),
      wants: false,
      language: contact.conversation?.lang ?? 'en',
      restricted: contact.restricted === true,
      ...askedFirst(contact, contact.handoff?.context.helpedBy),
      ...placeKept(go),
    },
    facts
  )
  go.contact = { ...contact, out }
  take(go, { state: begun.state, effects: [...left, ...begun.effects] })
}

/** Who chose to be rung instead of waiting has the place in the queue that they had. */
function placeKept({ t, contact }: Going): { since?: string } {
  const since = owedCalls(t.place, contact)[0]?.since
  return since === undefined ? {} : { since }
}

/** What the questions found before they were rung. Nobody asks by machine in a call of ours: the person who rings does. */
export function dangerOf({ handoff, conversation }: Contact): DangerAsked {
  if (handoff?.context.danger === 'yes') return 'yes'
  const cleared = handoff?.context.danger === 'cleared' || conversation?.state.context.cleared
  return cleared ? 'cleared' : 'not-sure'
}

/** A call of ours that is still going on. */
const ours = ({ out, ...contact }: Contact): Handoff | undefined =>
  out?.callBack ? liveHandoff(contact) : undefined

/** Nobody is to be rung any more: whoever was asked is asked no more, and a phone that rings stops. */
export function stopped(go: Going): void {
  const live = ours(go.contact)
  if (!live) return
  const asked = live.value === 'waiting' || live.value === 'offered'
  if (asked) step(go, live, { type: 'ENDED' })
  const caller = live.context.legs.find(({ label }) => label === 'caller')
  if (caller?.is === 'ringing')
    step(go, live, { type: 'LEG', label: 'caller', is: 'failed', why: 'canceled' })
}

/** They did not answer: whoever rang is free again, and told so. */
export function freed(go: Going): void {
  const live = ours(go.contact)
  const staff = live?.context.by?.staff
  if (live?.value !== 'wrapping' || staff === undefined) return
  step(go, live, { type: 'WRAPPED', by: staff })
  if (coverNumber(staff) !== undefined) return
  const { until = '', tries = 0 } = go.contact.callback?.context ?? {}
  const said = { what: 'no-answer', owner: staff, due: until, tries }
  go.outbox.push(tellRow(go.contact, said, go.t.facts.now))
}

function step(go: Going, live: Handoff, heard: HandoffHeard): void {
  take(go, stepHandoff(live, heard, handoffFacts(go.t.place, go.t.facts)))
}

function take(go: Going, turned: HandoffTurn): void {
  const { contact, noted, outbox, timers, cleared } = carry(
    go.t.place,
    deciding(go.t),
    go.contact,
    turned
  )
  go.contact = contact
  go.noted.push(...noted)
  go.outbox.push(...outbox)
  go.timers.push(...timers)
  // A wait that begins anew is not cleared.
  go.cleared.push(...cleared.filter((id) => !timers.some((timer) => timer.id === id)))
}
