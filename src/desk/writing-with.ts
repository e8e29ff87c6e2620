import type { Contact } from '../record/contact.ts'
import type { Desk } from '../store/desk.ts'
import { liveHandoff } from '../turn/handing.ts'
import type { Parts } from '../turn.ts'
import { dutyOf } from './staff.ts'

/**
 * The people somebody writes with, or is about to: by their shift and by the queue, for either may be a moment behind.
 * Mostly one; two where two were taken at once.
 */
export async function writingWith(
  parts: Parts,
  desk: Desk,
  { place, staff }: { place: string; staff: string }
): Promise<Contact[]> {
  const { shift } = await dutyOf(desk, place, staff)
  const theirs = shift?.context.contacts.map(({ contact }) => contact) ?? []
  const rows = await desk.list(place, 'queue', { owner: staff })
  const ids = new Set([...theirs, ...rows.map(({ id }) => id)])
  const all = await Promise.all([...ids].map((id) => parts.store.load(id)))
  return all.filter((contact): contact is Contact => contact !== null && isWritten(contact, staff))
}

function isWritten(contact: Contact, staff: string): boolean {
  const live = liveHandoff(contact)
  const here = live?.value === 'accepted' || live?.value === 'connected'
  return here && live?.context.by?.staff === staff && live.context.channel !== 'voice'
}
