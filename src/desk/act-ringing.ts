import type { StaffAct } from '../handoff/acts.ts'
import { beginHandoff } from '../handoff/handoff.ts'
import { mayTake } from '../handoff/shift.ts'
import type { Handoff } from '../handoff/types.ts'
import { lineTo } from '../places/route.ts'
import { serviceName } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { mayRing } from '../record/outbound.ts'
import { openHandoff } from '../turn/handed.ts'
import { handoffFacts, liveHandoff } from '../turn/handing.ts'
import { dangerOf } from '../turn/ringing-back.ts'
import { RELATION_WORDS } from '../words/staff-card-words.ts'
import { isHint } from './act-people.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { dutyOf, phoneOf } from './staff.ts'
import { SAID } from './words.ts'

type RingOut = DoingOn<Extract<StaffAct, { do: 'ring-out' }>>

/** Ringing somebody from a contact: our own line first, then theirs, from the one number that people know. */
export const ringing = {
  async 'ring-out'(doing: RingOut) {
    const { parts, contact, staff, desk, place, act } = doing
    const to = whom(doing)
    if (typeof to === 'string') return no(to)
    if (!mayRing(contact, to.number, place)) return no(SAID.mayNot)
    const live = liveHandoff(contact)
    if (live) return no(isWriting(live, staff.id) ? SAID.writing : SAID.inCall)
    const duty = await dutyOf(desk, place.place, staff.id)
    if (!duty.shift || duty.shift.done) return no(SAID.startFirst)
    if (!mayTake(duty.shift, contact.id)) return no(SAID.finishFirst)
    const phone = phoneOf(duty, staff, parts.now())
    if (phone === 'none') return no(SAID.noPhone)
    const reason = act.reason !== undefined && { reason: act.reason }
    const by = { by: staff.id, on: doing.actor.surface }
    const opening = {
      begin: (now: Contact) => begun(doing, now, parts.now(), to),
      noted: { kind: 'ring-out', detail: { to: to.who, ...reason, ...by } },
    }
    const via = phone === 'number' ? 'phone' : 'softphone'
    const heard = { type: 'ACCEPTED', by: staff.id, via } as const
    const rung = await openHandoff(parts, contact.id, opening, heard)
    return rung?.said === 'saved' ? ok(SAID.ringing(to.who)) : no(SAID.inCall)
  },
}

/** One thing at a time is open for a contact: whoever writes with them, or writes it up, has that open. */
const isWriting = ({ context: { by, channel } }: Handoff, staff: string): boolean =>
  channel !== 'voice' && by?.staff === staff

/** A call of ours that nobody waits for in the queue: whoever rings has it from the start. */
function begun(
  { place }: RingOut,
  contact: Contact,
  now: string,
  out: NonNullable<Contact['out']>
): Contact {
  const facts = handoffFacts(place, { now, cover: 'yes' })
  const { state } = beginHandoff(
    {
      channel: 'voice',
      priority: contact.priority ?? 'P3',
      level: contact.level,
      danger: dangerOf(contact),
      wants: false,
      language: contact.conversation?.lang ?? 'en',
      restricted: contact.restricted === true,
    },
    facts
  )
  // Nobody waits for it: where the one who rings does not come, nobody else is asked.
  const handoff = { ...state, context: { ...state.context, ended: true } }
  return { ...contact, handoff, out }
}

/** The number and who it is of, or why there is none. */
function whom({ act, contact, place, parts }: RingOut): NonNullable<Contact['out']> | string {
  const { person } = contact
  if (act.to === 'person') {
    const number = person.ringOn ?? person.address
    return /^\+\d/.test(number) ? { number, who: 'the person' } : SAID.noNumber
  }
  if (act.to === 'service') {
    const { practice, postcode } = person
    const at = { ...(practice && { practice }), ...(postcode && { postcode }) }
    const named = act.service ?? ''
    const line =
      place.services[named] && lineTo(place, parts.content().calendar, named, at, parts.now())
    return line?.number ? { number: line.number, who: serviceName(place, named) } : SAID.noService
  }
  if (act.to === 'carer') return agreedOf(contact, act.agreed)
  return act.number !== undefined && act.reason
    ? { number: act.number, who: 'a typed number' }
    : SAID.noNumber
}

/** One of those who may speak for them: never one that is only found by the number that rang. */
function agreedOf(
  contact: Contact,
  named: string | undefined
): NonNullable<Contact['out']> | string {
  const agreed = contact.people?.agreed ?? []
  if (agreed.length > 0 && isHint(contact)) return SAID.whoFirst
  const carers = agreed.filter(({ relation }) => relation === 'carer')
  const likely = carers.length > 0 ? carers : agreed
  if (named === undefined && likely.length > 1) return SAID.whichOne
  const one = named === undefined ? likely[0] : agreed.find(({ id }) => id === named)
  if (!one) return SAID.notAgreed
  return { number: one.number, who: RELATION_WORDS[one.relation] }
}
