import type { StaffAct } from '../handoff/acts.ts'
import { mayTake } from '../handoff/shift.ts'
import type { Via } from '../handoff/types.ts'
import { staffOf } from '../places/roster.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
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
    const channel = liveHandoff(contact)?.context.channel ?? contact.channel
    const via = channel === 'voice' ? spoken(doing, phoneOf(duty, staff, parts.now())) : 'thread'
    if (!via) return no(SAID.noPhone)
    const handed = await takeHandoff(parts, contact.id, { type: 'ACCEPTED', by: staff.id, via })
    if (!handed || handed.said === 'over') return no(SAID.over)
    const by = handed.contact.handoff?.context.by?.staff
    if (by === staff.id) return ok(SAID.taken(contact.ref))
    return no(by ? SAID.takenBy(staffOf(place, by)?.name ?? by) : SAID.over)
  },
  async decline(doing: Of<'decline'>) {
    const { parts, contact, staff, act, offer, place } = doing
    await notBefore(doing, DECLINED_MS)
    await takeHandoff(parts, contact.id, { type: 'DECLINED', by: staff.id, reason: act.reason })
    offer(place.place)
    return ok(SAID.declined)
  },
  async later(doing: Of<'later'>) {
    const { parts, contact, staff, offer, place } = doing
    await notBefore(doing, LATER_MS)
    await takeHandoff(parts, contact.id, { type: 'DECLINED', by: staff.id, reason: 'later' })
    offer(place.place)
    return ok(SAID.later)
  },
}

const LATER_MS = 600_000
/** Who said no is not asked the same a moment later, also where nobody else is left. */
const DECLINED_MS = 120_000

/** This contact is not offered to them for so long. The desk is looked at each second, so that it comes back then. */
async function notBefore(
  { parts, desk, place, staff, contact }: DoingOn,
  ms: number
): Promise<void> {
  const now = parts.now()
  const until = new Date(Date.parse(now) + ms).toISOString()
  await changeDuty(desk, place.place, staff.id, ({ later, ...duty }) => ({
    ...duty,
    later: { ...stillLater(later, now), [contact.id]: until },
  }))
}

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
