import type { Contact } from '../record/contact.ts'
import type { Desk } from '../store/desk.ts'
import { liveHandoff } from '../turn/handing.ts'
import type { Parts } from '../turn.ts'
import { dutyOf } from './staff.ts'

/**
 * The people somebody writes with, or is about to: by their shift and by the queue, for either may be a moment behind.
 * Mostly one; two where two were taken at once.
 */
export const writingWith = async (parts: Parts, desk: Desk, whom: Whom): Promise<Contact[]> =>
  (await writing(parts, desk, whom)).all

interface Whom {
  place: string
  staff: string
}

/** The same, and since when it is these and nobody else, ISO 8601 UTC: what was typed before may have been for another. */
export async function writing(
  parts: Parts,
  desk: Desk,
  { place, staff }: Whom
): Promise<{ all: Contact[]; since: string }> {
  const { shift, left = '' } = await dutyOf(desk, place, staff)
  const theirs = shift?.context.contacts ?? []
  const rows = await desk.list(place, 'queue', { owner: staff })
  const ids = new Set([...theirs.map(({ contact }) => contact), ...rows.map(({ id }) => id)])
  const loaded = await Promise.all([...ids].map((id) => parts.store.load(id)))
  const known = loaded.filter((contact) => contact !== null)
  const all = known.filter((contact) => isWritten(contact, staff))
  // Whoever has gone already, though the shift has not heard of it yet.
  const gone = known.filter(
    (one) =>
      !all.includes(one) && theirs.some(({ contact, now }) => contact === one.id && now === 'on')
  )
  const moments = [left, ...gone.map(({ updatedAt }) => updatedAt)]
  const since = all.map(({ thread, createdAt }) => thread?.since ?? createdAt)
  return { all, since: [...moments, ...since].sort().at(-1) ?? '' }
}

function isWritten(contact: Contact, staff: string): boolean {
  const live = liveHandoff(contact)
  const here = live?.value === 'accepted' || live?.value === 'connected'
  return here && live?.context.by?.staff === staff && live.context.channel !== 'voice'
}
