import { DoorError } from '../errors.ts'
import type { Tried } from '../jobs/outbox.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { alert } from '../turn/alert.ts'
import { takeHandoff } from '../turn/handed.ts'
import type { Parts } from '../turn.ts'
import { CHATS, type Chatting, cardInRoom } from './chats.ts'
import { changeDuty, type Duty, dutyOf, isAlive } from './staff.ts'

/** While Teams does not answer, one offer in so long tries whether it is well. */
const DOWN_MS = 10_000
/** Who blocked or removed the bot: a whole shift, unless they write to it before. */
const GONE_MS = 12 * 60 * 60 * 1000

interface Reaching {
  parts: Parts
  desk: Desk
  chatting: Chatting
}

/**
 * Shows somebody a card or words. An offer that can not be shown in their chat goes another way at once, so that nobody
 * waits on a card that no one sees: the room where the chat is gone, the page of whoever has it open, else the next
 * person or the phone.
 */
export async function showing(
  reaching: Reaching,
  contact: Contact,
  row: OutboxRow,
  whileShut: (error: unknown) => Tried
): Promise<Tried> {
  const { parts, desk, chatting } = reaching
  const { staff, show } = row.body as { staff: string; show: string }
  const offer = row.kind === 'card' && show === 'offer'
  const duty = offer ? await dutyOf(desk, contact.place, staff) : undefined
  if (duty?.roomed !== undefined && duty.roomed > parts.now() && !contact.cards?.[staff])
    return (await cardInRoom(chatting, parts, contact, staff)) ?? notShown(reaching, contact, staff)
  const tried = await (CHATS[row.kind]?.(chatting, parts, contact, row).catch(whileShut) ?? {
    done: {},
  })
  if ('done' in tried || row.kind !== 'card') return tried
  const gone = 'refused' in tried
  if (gone) alert(parts, 'teams', new DoorError('not-found', 'A chat of staff is gone', false))
  if (!offer) return tried
  const roomed = gone ? await cardInRoom(chatting, parts, contact, staff) : null
  const until = later(parts, gone ? GONE_MS : DOWN_MS)
  const mark = roomed ? { roomed: until } : { unreached: until }
  await changeDuty(desk, contact.place, staff, (now) => ({ ...now, ...mark }))
  if (roomed) return roomed
  await notShown(reaching, contact, staff)
  return tried
}

const later = ({ now }: Parts, ms: number) => new Date(Date.parse(now()) + ms).toISOString()

/** Nobody sees that they are asked: it goes to somebody else, unless their page is open and shows it. */
async function notShown(
  { parts, desk }: Reaching,
  contact: Contact,
  staff: string
): Promise<Tried> {
  const skipped = { done: { skipped: 'they were not reached' } }
  const now = parts.now()
  const duty = await dutyOf(desk, contact.place, staff)
  if (isAlive(duty, now)) return skipped
  await changeDuty(desk, contact.place, staff, (duty) => ({
    ...duty,
    later: { ...duty.later, [contact.id]: later(parts, DOWN_MS) },
  }))
  const reason = 'not reached'
  await takeHandoff(parts, contact.id, { type: 'DECLINED', by: staff, reason })
  return skipped
}

/** They wrote in Teams: their chat is there again. */
export async function reached(desk: Desk, place: string, staff: string): Promise<void> {
  await changeDuty(desk, place, staff, ({ unreached, roomed, ...duty }) =>
    unreached === undefined && roomed === undefined ? null : duty
  )
}

/** Whether an offer would be seen: in Teams, or on a page of theirs that is open. */
export const isReached = (duty: Duty, now: string): boolean =>
  duty.unreached === undefined || duty.unreached <= now || isAlive(duty, now)
