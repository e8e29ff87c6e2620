import type { StaffAct } from '../handoff/acts.ts'
import { mayTake } from '../handoff/shift.ts'
import type { Via } from '../handoff/types.ts'
import { staffOf } from '../places/roster.ts'
import { takeHandoff } from '../turn/handed.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { changeDuty, type Duty, dutyOf, phoneOf } from './staff.ts'
import { SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>

/** Taking a contact, or not. */
export const taking = {
  async accept(doing: Of<'accept'>) {
    const { parts, contact, staff, place, desk } = doing
    const duty = await dutyOf(desk, place.place, staff.id)
    const mine = contact.handoff?.context.by?.staff === staff.id
    if (!duty.shift || duty.shift.done) return no(SAID.startFirst)
    if (!mine && !mayTake(duty.shift, contact.id)) return no(SAID.finishFirst)
    const via =
      contact.channel === 'voice' ? spoken(doing, phoneOf(duty, staff, parts.now())) : 'thread'
    if (!via) return no(SAID.noPhone)
    const handed = await takeHandoff(parts, contact.id, { type: 'ACCEPTED', by: staff.id, via })
    if (!handed || handed.said === 'over') return no(SAID.over)
    const by = handed.contact.handoff?.context.by?.staff
    if (by === staff.id) return ok(SAID.taken(contact.ref))
    return no(by ? SAID.takenBy(staffOf(place, by)?.name ?? by) : SAID.over)
  },
  async decline({ parts, contact, staff, act, offer, place }: Of<'decline'>) {
    await takeHandoff(parts, contact.id, { type: 'DECLINED', by: staff.id, reason: act.reason })
    offer(place.place)
    return ok(SAID.declined)
  },
  async later({ parts, desk, contact, staff, offer, place }: Of<'later'>) {
    const until = new Date(Date.parse(parts.now()) + LATER_MS).toISOString()
    await changeDuty(desk, place.place, staff.id, ({ later, ...duty }) => ({
      ...duty,
      later: { ...stillLater(later, parts.now()), [contact.id]: until },
    }))
    await takeHandoff(parts, contact.id, { type: 'DECLINED', by: staff.id, reason: 'later' })
    offer(place.place)
    return ok(SAID.later)
  },
}

const LATER_MS = 600_000

const stillLater = (later: Duty['later'] = {}, now: string) =>
  Object.fromEntries(Object.entries(later).filter(([, until]) => until > now))

/** What they asked for, where it can be; else what rings now. */
function spoken(
  { act, staff }: Of<'accept'>,
  phone: 'softphone' | 'number' | 'none'
): Via | undefined {
  if (act.via === 'phone' && staff.number) return 'phone'
  if (phone === 'softphone') return 'softphone'
  return staff.number ? 'phone' : undefined
}
