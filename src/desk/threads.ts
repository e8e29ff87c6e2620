import { DoorError } from '../errors.ts'
import type { Tried } from '../jobs/outbox.ts'
import { staffOf } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import type { Alerted, Contact, Thread } from '../record/contact.ts'
import { hasArrived, isLost } from '../record/texts.ts'
import { isUnasked } from '../record/unasked.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { alert } from '../turn/alert.ts'
import { isQuiet } from '../turn/owed.ts'
import { emptyRow, roomOf } from '../turn/thread-end.ts'
import type { Parts } from '../turn.ts'
import { EMPTIED, endedThread, heldCard } from '../words/staff-card-thread.ts'
import { settle } from './alerts.ts'
import { keepAside } from './aside.ts'
import { alertFor, cardFor } from './cards.ts'
import { type Chatting, triedOf } from './chats.ts'
import { keepLine, leaveRoom, type Moved, rememberThread, threadRow } from './rooms.ts'
import { HELD, SENT } from './words.ts'
import { writingWith } from './writing-with.ts'

interface Holding {
  parts: Parts
  desk: Desk
  chatting: Chatting
}
type Does = (holding: Holding, contact: Contact, row: OutboxRow) => Promise<Tried>

/** Rows of a thread: where a text conversation is held, and what is shown there. */
const DOES: Readonly<Record<string, Does>> = {
  open,
  relay,
  state,
  tell,
  empty,
  check,
  settle,
  'danger-words': warn,
  'not-delivered': warn,
}

/** Does one row of a thread. What nobody is there for any more is done already. */
export async function onThread(holding: Holding, contact: Contact, row: OutboxRow): Promise<Tried> {
  return (await DOES[String(row.body.do)]?.(holding, contact, row)) ?? { done: {} }
}

const placeOf = ({ parts }: Holding, { place }: Contact): Place | undefined =>
  parts.content().places.get(place)?.place

/**
 * They took it: the conversation is held in a room where the place wants it so, and the room is there; else in their own
 * chat. Whoever waits never waits for a room.
 */
async function open(holding: Holding, contact: Contact, row: OutboxRow): Promise<Tried> {
  const { parts, desk } = holding
  const staff = contact.handoff?.context.by?.staff
  const place = placeOf(holding, contact)
  if (staff === undefined || !place) return { done: {} }
  const room = isQuiet(contact) ? undefined : place.handoff.threads
  const begun = begunBy(contact, staff, row)
  const root =
    begun ?? (room === undefined ? undefined : await begin(holding, contact, staff, room))
  const inRoom = room !== undefined && root !== undefined && { room, root }
  const here: Thread = { staff, since: parts.now(), ...inRoom }
  if (root !== undefined) await rememberThread(desk, contact, { ...here, root })
  const what: Moved | undefined = root ? 'in-room' : room === undefined ? undefined : 'no-room'
  const held = await keepAside(parts, {
    contact: contact.id,
    same: `held:${row.id}`,
    change: (now) => (isTheirs(now, here) ? { ...now, thread: here } : now),
    outbox(next, now) {
      const stands = next.thread?.root === root
      if (!stands && room !== undefined && root !== undefined)
        return [emptyRow(next, now, { room, root })]
      return stands && what ? [threadRow(next, now, 1, { do: 'tell', what })] : []
    },
  })
  await missed(holding, held ?? contact, staff, row)
  return { done: {} }
}

/** The first message that this row has left already, where it is done a second time. */
function begunBy(contact: Contact, staff: string, { due }: OutboxRow): string | undefined {
  const at = roomOf(contact)
  return at?.staff === staff && at.since >= due ? at.root : undefined
}

/** What the person wrote while nobody was there, for whoever is. The thread opens all the same where Teams is ill. */
async function missed(
  holding: Holding,
  contact: Contact,
  staff: string,
  row: OutboxRow
): Promise<void> {
  const { parts } = holding
  const timeline = await parts.store.timeline(contact.id)
  const before = timeline.findLast(({ kind }) => kind === 'connected')?.seq ?? 0
  const waited = timeline.filter(({ seq, heard, detail }) => seq > before && heard && detail?.waits)
  const words = waited.map(({ heard }) => heard).join('\n\n')
  if (words === '') return
  const tried = await write(holding, contact, staff, words).catch(() => undefined)
  if (tried && 'done' in tried) await shownOn(parts, row, tried.done)
}

const isTheirs = (contact: Contact, { staff, room }: Thread): boolean =>
  contact.handoff?.context.by?.staff === staff && !(isQuiet(contact) && room !== undefined)

/** Its first message in the room; none where the room does not take it now. */
async function begin(
  { parts, chatting }: Holding,
  contact: Contact,
  staff: string,
  room: string
): Promise<string | undefined> {
  const link = chatting.link(contact)
  const card = await cardFor(parts, contact, { staff, show: 'thread', link })
  if (!card) return undefined
  const sent = await chatting
    .card({ place: contact.place, staff, room }, card, undefined)
    .catch(() => ({ refused: 'Teams is not asked now' }))
  if ('message' in sent) return sent.message
  alert(parts, 'teams', new DoorError('not-found', 'A room took no thread', false))
  return undefined
}

/** What the person wrote, for whoever writes with them: where it is held. */
async function relay(holding: Holding, contact: Contact, row: OutboxRow): Promise<Tried> {
  const { parts } = holding
  const staff = contact.handoff?.context.by?.staff
  if (staff === undefined) return { done: {} }
  const { seq, danger } = row.body as { seq: number; danger?: boolean }
  const entry = (await parts.store.timeline(contact.id)).find((line) => line.seq === seq)
  if (!entry?.heard) return { done: { skipped: 'there are no words' } }
  const text = `${danger ? 'DANGER WORDS. ' : ''}${entry.heard}`
  return write(holding, contact, staff, text)
}

/** Words where the conversation is held. A room that is gone is left at once, and the words go to their own chat. */
async function write(
  holding: Holding,
  contact: Contact,
  staff: string,
  text: string
): Promise<Tried> {
  const { parts, desk, chatting } = holding
  const to = { place: contact.place, staff }
  const at = roomOf(contact)
  if (isQuiet(contact)) await leaveRoom(parts, contact, 'restricted')
  if (at && at.staff === staff) {
    const room = { ...to, room: at.room, thread: at.root }
    const tried = triedOf(await chatting.words(room, text))
    if ('done' in tried) return { done: { ...tried.done, room: at.room, root: at.root } }
    if ('retry' in tried) return tried
    alert(parts, 'teams', new DoorError('not-found', 'A room of staff is gone', false))
    await leaveRoom(parts, contact, 'no-room')
  }
  const several = (await writingWith(parts, desk, to)).length > 1 || at !== undefined
  return triedOf(await chatting.words(to, several ? `${contact.ref}: ${text}` : text))
}

/** What became of a text of theirs, below it: how many texts it took, and whether it arrived. */
async function state(holding: Holding, contact: Contact, row: OutboxRow): Promise<Tried> {
  const { parts, chatting } = holding
  const { of, texts, first } = row.body as { of: string; texts?: number; first?: true }
  const { thread } = contact
  const staff = contact.handoff?.context.by?.staff
  if (!thread || thread.ended || thread.staff !== staff) return { done: { skipped: 'it is over' } }
  const line = thread.lines?.find((one) => one.of === of)
  if (!line && !first) return { done: { skipped: 'nothing stands there' } }
  const at = roomOf(contact)
  if (thread.room !== undefined && !at) return { done: { skipped: 'it has left the room' } }
  const to = { place: contact.place, staff, ...(at && { room: at.room, thread: at.root }) }
  const words = SENT[fateOf(contact, row)](line?.texts ?? texts ?? 1)
  const tried = triedOf(await chatting.words(to, words, line?.message))
  if (!('refused' in tried)) {
    if ('retry' in tried || line) return tried
    return { done: { ...tried.done, ...(at && { room: at.room, root: at.root }), of, texts } }
  }
  if (at && !line) await leaveRoom(parts, contact, 'no-room')
  return { done: { skipped: 'it was not shown' } }
}

/** What is known of a text by now: its news come in any order. */
function fateOf({ texts }: Contact, { body }: OutboxRow): keyof typeof SENT {
  const status = texts?.find(({ id }) => id === body.of)?.status
  if (status === undefined) return body.lost === true ? 'lost' : 'sent'
  if (isLost(status)) return 'lost'
  return hasArrived(status) ? 'delivered' : 'sent'
}

/** Where it is held, told to whoever has it in their own chat. */
async function tell(
  { parts, chatting }: Holding,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { what } = row.body as { what: Moved }
  const staff = contact.handoff?.context.by?.staff
  const place = parts.content().places.get(contact.place)?.place
  if (staff === undefined || !place) return { done: {} }
  const { room, root } = contact.thread ?? {}
  if (what === 'in-room' && (root === undefined || !roomOf(contact))) return { done: {} }
  const there = place.rooms.find(({ id }) => id === (room ?? place.handoff.threads))
  const words = HELD[what](contact.ref, there?.name ?? 'the room')
  const to = { place: contact.place, staff }
  if (root === undefined || !there) return triedOf(await chatting.words(to, words))
  const card = heldCard(words, threadLink(there.thread, root, place))
  return triedOf(await chatting.card(to, card, undefined))
}

/** Where Teams opens a thread: https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams */
const threadLink = (channel: string, root: string, { teams }: Place) =>
  `https://teams.microsoft.com/l/message/${encodeURIComponent(channel)}/${root}?tenantId=${teams.tenant}`

/** What stood in a room is taken out of it. Where Teams has no such message, it is gone, or we are: somebody has to look. */
async function empty(
  { parts, chatting }: Holding,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { room, root, message } = row.body as { room: string; root: string; message?: string }
  const to = { place: contact.place, staff: '', room, thread: root }
  const sent = message
    ? await chatting.words(to, EMPTIED, message)
    : await chatting.change(to, endedThread(isQuiet(contact) ? undefined : contact.ref), root)
  const tried = triedOf(sent)
  if (!('refused' in tried)) return tried
  stands(parts)
  return { done: { skipped: 'it is not there' } }
}

/** Tells that words of ours may stand in a room for longer than they should. */
export const stands = (parts: Parts): void =>
  alert(parts, 'teams', new DoorError('not-found', 'A thread in a room was not emptied', false))

/** Whether the room still takes what is held in it. */
async function check(holding: Holding, contact: Contact): Promise<Tried> {
  const { parts, chatting } = holding
  const at = roomOf(contact)
  if (!at || !staffOf(placeOf(holding, contact) ?? { staff: [] }, at.staff)) return { done: {} }
  const link = chatting.link(contact)
  const card = await cardFor(parts, contact, { staff: at.staff, show: 'thread', link })
  if (!card) return { done: {} }
  const to = { place: contact.place, staff: at.staff, room: at.room, thread: at.root }
  const tried = triedOf(await chatting.change(to, card, at.root))
  if (!('refused' in tried)) return tried
  await leaveRoom(parts, contact, 'no-room')
  return { done: { left: at.room } }
}

/** What they must see at once, in their own chat: it is a card of its own. */
async function warn(
  { parts, chatting }: Holding,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const staff = contact.handoff?.context.by?.staff
  if (staff === undefined) return { done: {} }
  const of = row.body.do as Alerted['of']
  if (of === 'danger-words' && !isUnasked(await parts.store.timeline(contact.id)))
    return { done: { skipped: 'it was asked already' } }
  const card = await alertFor(parts, contact, of, chatting.link(contact))
  if (!card) return { done: { skipped: 'there is no such place' } }
  const tried = triedOf(await chatting.card({ place: contact.place, staff }, card, undefined))
  return 'done' in tried ? { done: { ...tried.done, staff } } : tried
}

/** Remembers what was shown, by how its row ended. */
export async function shownOn(
  parts: Parts,
  row: OutboxRow,
  done: Readonly<Record<string, unknown>>
): Promise<void> {
  const { message, room, root, of, texts } = done
  const kept = ['open', 'relay', 'state'].includes(String(row.body.do))
  if (!kept || typeof message !== 'string' || (row.body.do === 'state' && of === undefined)) return
  const where = typeof room === 'string' && typeof root === 'string' ? { room, root } : undefined
  const line = {
    message,
    ...(typeof of === 'string' && { of }),
    ...(typeof texts === 'number' && { texts }),
  }
  await keepLine(parts, row, line, where)
}
