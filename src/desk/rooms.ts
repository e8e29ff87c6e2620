import { IN_HAND_AT } from '../handoff/rank.ts'
import type { Contact, Thread, ThreadLine } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { emptyRow, endThread, roomOf } from '../turn/thread-end.ts'
import type { Parts } from '../turn.ts'
import { keepAside } from './aside.ts'

/** What a thread of the conversation's is told or shown, by a row of its own; rows of one contact go in their order. */
export function threadRow(
  { id, turn }: Pick<Contact, 'id' | 'turn'>,
  now: string,
  n: number,
  body: Record<string, unknown>
): OutboxRow {
  return {
    ...{ id: `${id}:${turn}:${n}`, contact: id, kind: 'thread', recipient: `thread:${id}` },
    ...{ body, due: now, tries: 0, state: 'waiting' },
  }
}

/** Why a conversation is held elsewhere than was to be expected: what its navigator is told in their own chat. */
export type Moved = 'in-room' | 'restricted' | 'no-room'

/** Rows that tell of a move, and those of the fate of a text, beside a turn's other rows. */
const TELLS = 60

/** A contact that becomes restricted is held in its navigator's own chat from that commit on. */
export function outOfRoom(contact: Contact): Contact {
  const { thread } = contact
  if (!thread || thread.ended || thread.room === undefined) return contact
  return { ...contact, thread: { staff: thread.staff, since: thread.since } }
}

/** The work of that move: the room is emptied, and the navigator told. `before` is the contact as it stood in the room. */
export function movedOut(
  before: Pick<Contact, 'thread'>,
  contact: Contact,
  now: string,
  why: Moved = 'restricted'
): OutboxRow[] {
  const was = { ...contact, ...(before.thread && { thread: before.thread }) }
  const ended = endThread(was, now)
  if (!ended) return []
  return [...ended.outbox, threadRow(contact, now, TELLS, { do: 'tell', what: why })]
}

/** The room takes nothing any more: the conversation goes on in the navigator's own chat. */
export async function leaveRoom(parts: Parts, contact: Contact, why: Moved): Promise<Contact> {
  const { root } = contact.thread ?? {}
  let before: Pick<Contact, 'thread'> = {}
  const now = await keepAside(parts, {
    contact: contact.id,
    same: `left:${contact.id}:${root}`,
    change(stored) {
      before = stored
      return stored.thread?.root === root && !stored.thread?.ended ? outOfRoom(stored) : null
    },
    outbox: (next, at) => movedOut(before, next, at, why),
  })
  return now ?? contact
}

/** Messages of ours that a thread remembers. */
const MOST_LINES = 500

/** Remembers a message of ours, so that it can be changed or emptied. One in a thread that is over by now is emptied at once. */
export async function keepLine(
  parts: Parts,
  row: Pick<OutboxRow, 'id' | 'contact'>,
  line: ThreadLine,
  where: { room: string; root: string } | undefined
): Promise<void> {
  const stands = (contact: Contact) =>
    where ? roomOf(contact)?.root === where.root : contact.thread?.room === undefined
  await keepAside(parts, {
    contact: row.contact,
    same: `line:${row.id}`,
    change: (contact) => (stands(contact) ? withLine(contact, line) : where ? contact : null),
    outbox: (next, now) =>
      where && !stands(next) ? [emptyRow(next, now, { ...where, message: line.message })] : [],
  })
}

function withLine(contact: Contact, line: ThreadLine): Contact | null {
  const { thread } = contact
  if (!thread || thread.ended) return null
  const lines = [...(thread.lines ?? []), line].slice(-MOST_LINES)
  return { ...contact, thread: { ...thread, lines } satisfies Thread }
}

/** How long it is remembered whose conversation a thread was, so that whoever writes in it later is told that it is over. */
const REMEMBERED_MS = 7 * 24 * 3_600_000

/** Finds the contact by the first message of its thread. Old ones are forgotten as a new one comes. */
export async function rememberThread(
  desk: Desk,
  { id, place, turn }: Contact,
  { staff, room, root, since }: Thread & { root: string }
): Promise<void> {
  const old = new Date(Date.parse(since) - REMEMBERED_MS).toISOString()
  for (const row of await desk.list(place, 'thread', { limit: 20 }))
    if (row.rank < old) await desk.remove({ place, kind: 'thread', id: row.id })
  await desk.put({
    ...{ place, kind: 'thread', id: root, rank: since, owner: staff, turn: turn + 1 },
    body: { contact: id, room },
  })
}

/** Looks whether the rooms of this place still take what is held in them: every conversation that somebody has is asked after. */
export async function lookAtRooms(parts: Parts, desk: Desk, place: string): Promise<void> {
  const inHand = await desk.list(place, 'queue', { after: { rank: IN_HAND_AT, id: '' } })
  for (const { id, turn } of inHand)
    await keepAside(parts, {
      contact: id,
      same: `look:${id}:${turn}:${parts.makes.uuid()}`,
      change: (contact) => (roomOf(contact) ? contact : null),
      outbox: (next, now) => [threadRow(next, now, 1, { do: 'check' })],
    })
}
