import { DoorError } from '../errors.ts'
import { stepHandoff } from '../handoff/handoff.ts'
import type { Handoff, HandoffHeard, HandoffTurn } from '../handoff/types.ts'
import { coverNumber } from '../places/cover.ts'
import type { Noted } from '../record/apply.ts'
import type { Contact } from '../record/contact.ts'
import type { Commit, OutboxRow, StoredReply } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import type { SayName } from '../words/common.ts'
import { type Carried, carry } from './carry.ts'
import { conversing } from './conversing.ts'
import { handoffFacts, liveHandoff } from './handing.ts'
import { writing } from './outgoing.ts'
import { sayOf } from './says.ts'
import { clockTimers, deciding, entriesOf } from './settle.ts'
import { standingOf } from './standing.ts'
import { told } from './tell.ts'
import { type Thinking, thinking } from './think.ts'
import { countWait } from './waited.ts'

const TRIES = 5

/** What came of it: the contact as it now is, and whether this was the first time. */
export interface Handed {
  contact: Contact
  said: 'saved' | 'seen' | 'over'
  /** What members of staff are told of it. */
  told: Carried['told']
}

/**
 * A handoff hears something: an act of staff, a wait's end, news of a call. One turn of its contact, with whatever the
 * conversation hears by it. `webhook` makes the same news the same when it comes twice. Null where there is no such
 * contact; throws 'overtaken' when others kept saving first.
 */
export const takeHandoff = (
  parts: Parts,
  id: string,
  heard: HandoffHeard,
  webhook?: string
): Promise<Handed | null> =>
  saved(parts, id, (contact) => handoffTurn(parts, contact, heard, { webhook }))

/** A handoff that begins with what somebody of ours does, in one turn with it and with the line of the log that says so. */
export interface Opening {
  begin: (contact: Contact) => Contact
  noted: Noted
}

/** The same for a handoff that begins so. Said 'over' where another one goes on: of two who begin one, the first has it. */
export const openHandoff = (
  parts: Parts,
  id: string,
  { begin, noted }: Opening,
  heard: HandoffHeard
): Promise<Handed | null> =>
  saved(parts, id, (contact) =>
    liveHandoff(contact) ? null : handoffTurn(parts, begin(contact), heard, { noted })
  )

async function saved(
  parts: Parts,
  id: string,
  turn: (contact: Contact) => ReturnType<typeof handoffTurn>
): Promise<Handed | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const contact = await parts.store.load(id)
    if (!contact) return null
    const turned = turn(contact)
    if (!turned) return { contact, said: 'over', told: [] }
    const { commit, told } = turned
    if (!commit) return { contact, said: 'seen', told }
    const { result } = await parts.store.commit(commit)
    if (result === 'seen') return { contact, said: 'seen', told: [] }
    if (result === 'overtaken') continue
    parts.committed()
    countWait(parts, contact, commit.contact)
    return { contact: commit.contact, said: 'saved', told }
  }
  throw new DoorError('overtaken', `${id}: others were saved first`, true)
}

const same = (one: Handoff, other: Handoff) => JSON.stringify(one) === JSON.stringify(other)

const EMPTY: StoredReply = { status: 204, type: '', body: '' }

/** What is saved when a contact's handoff hears something; null where no handoff goes on. */
export const handoffCommit = (parts: Parts, contact: Contact, heard: HandoffHeard): Commit | null =>
  handoffTurn(parts, contact, heard)?.commit ?? null

function handoffTurn(
  parts: Parts,
  contact: Contact,
  heard: HandoffHeard,
  { webhook, noted: opened }: { webhook?: string | undefined; noted?: Noted } = {}
): { commit: Commit | null; told: Carried['told'] } | null {
  const live = liveHandoff(contact)
  if (!live) return null
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const { now } = t.facts
  const turned = writtenUp(stepHandoff(live, heard, handoffFacts(t.place, t.facts)), t)
  // What changes nothing, such as news that comes late, is no turn.
  if (turned.effects.length === 0 && same(turned.state, live)) return { commit: null, told: [] }
  const next: Contact = { ...contact, turn: contact.turn + 1, updatedAt: now }
  const carried = carry(t.place, deciding(t), next, turned)
  const joined = conversing(parts, t, contact, carried)
  const noted = [...(opened ? [opened] : []), ...joined.noted, ...carried.noted]
  const [first, ...others] = noted
  const log = first ? entriesOf(contact, now, first, others) : []
  const after = { ...joined.contact, entries: contact.entries + log.length }
  const commit: Commit = {
    contact: after,
    expected: contact.turn,
    ...(webhook !== undefined && { webhook: { id: webhook, reply: EMPTY } }),
    log,
    outbox: [
      ...carried.outbox,
      ...joined.outbox,
      ...saying(t, contact, after, carried),
      ...(NEWS.has(heard.type) ? tellingStaff(after, now, carried) : []),
    ],
    timers: [...carried.timers, ...joined.timers, ...clockTimers(contact, after)],
    cleared: [...carried.cleared, ...joined.cleared],
  }
  return { commit, told: carried.told }
}

/** A cover that rang somebody for us has no page to write on: what it did stands in the log. */
function writtenUp(turned: HandoffTurn, t: Thinking): HandoffTurn {
  const { value, context } = turned.state
  const by = context.by?.staff ?? ''
  if (value !== 'wrapping' || coverNumber(by) === undefined) return turned
  const after = stepHandoff(turned.state, { type: 'WRAPPED', by }, handoffFacts(t.place, t.facts))
  return { state: after.state, effects: [...turned.effects, ...after.effects] }
}

/** What nobody did just now: whoever it concerns is not waiting for an answer, and is told in their chat. */
const NEWS: ReadonlySet<HandoffHeard['type']> = new Set(['LEG', 'FAILED', 'DUE'] as const)

const tellingStaff = ({ id, turn, place }: Contact, now: string, { told }: Carried): OutboxRow[] =>
  told.map(({ to, what }, n) => ({
    ...{ id: `${id}:${turn}:${FIRST_TOLD + n}`, contact: id, kind: 'told' },
    ...{ recipient: `card:${place}:${to}:${id}`, body: { staff: to, what } },
    ...{ due: now, tries: 0, state: 'waiting' as const },
  }))

/** What the person is told by text; in a call they hear it as their part in it ends. */
function saying(
  t: Thinking,
  before: Contact,
  contact: Contact,
  { hears, says, handsBack }: Carried
): OutboxRow[] {
  const { conversation } = contact
  const isCall = contact.handoff?.context.channel === 'voice'
  if (!conversation || conversation.channel === 'voice' || isCall) return []
  const left =
    !handsBack && before.handoff?.value === 'connected' && contact.handoff?.value === 'wrapping'
  const names: SayName[] = [
    ...(hears?.type === 'JOINED' ? (['joined-by-text'] as const) : []),
    ...(says.some((what) => what.startsWith('call-back')) ? (['line-lost'] as const) : []),
    ...(left && hears === null && says.length === 0 ? (['left-by-text'] as const) : []),
    ...(contact.feedback && !before.feedback ? (['feedback'] as const) : []),
  ]
  return names.flatMap((name, n) =>
    writing(
      t,
      contact,
      `${contact.id}:${contact.turn}:${FIRST_SAID + n}`,
      sayOf(t, name, 'text', told(t, contact))
    )
  )
}

/** Rows of words are numbered from here, beside those of the conversation and of the handoff. */
const FIRST_SAID = 5
const FIRST_TOLD = 50
