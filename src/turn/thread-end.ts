import type { Contact, Thread } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import { isQuiet } from './owed.ts'

/** Rows that empty what stood in a room are numbered from here, behind every other row of a turn. */
const FIRST = 100

/** A thread in a room, while the conversation is held there. One that is restricted, or must be quiet, never is. */
export function roomOf(contact: Contact): (Thread & { room: string; root: string }) | undefined {
  const { thread } = contact
  if (!thread || thread.ended || isQuiet(contact)) return undefined
  const { room, root } = thread
  return room === undefined || root === undefined ? undefined : { ...thread, room, root }
}

/**
 * The end of a thread in a room: the contact knows it no more, and what others could read there is emptied. `contact` is
 * as its turn will save it. Nothing changes where there is none.
 */
export function endThread(
  contact: Contact,
  now: string
): { thread: Thread; outbox: OutboxRow[] } | null {
  const { thread } = contact
  if (!thread || thread.ended || thread.room === undefined || thread.root === undefined) return null
  const { room, root, lines = [] } = thread
  const stands = [undefined, ...lines.map(({ message }) => message)]
  return {
    thread: { staff: thread.staff, since: thread.since, room, root, ended: true },
    outbox: stands.map((message, n) => emptyRow(contact, now, { room, root, message }, n)),
  }
}

/** Empties one message of a thread in a room: its first, where none is named. */
export function emptyRow(
  { id, turn }: Pick<Contact, 'id' | 'turn'>,
  now: string,
  { room, root, message }: { room: string; root: string; message?: string | undefined },
  n = 0
): OutboxRow {
  return {
    ...{ id: `${id}:${turn}:${FIRST + n}`, contact: id, kind: 'thread' },
    recipient: `emptied:${id}`,
    body: { do: 'empty', room, root, ...(message !== undefined && { message }) },
    ...{ due: now, tries: 0, state: 'waiting' },
  }
}
