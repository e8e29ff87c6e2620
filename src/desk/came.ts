import { note } from '../effects/note.ts'
import type { Tried } from '../jobs/outbox.ts'
import type { Contact } from '../record/contact.ts'
import { liveCallback } from '../turn/call-back.ts'
import type { Parts } from '../turn.ts'

/** As long as a promise can be owed. */
const WEEK_MS = 7 * 24 * 3_600_000

/** Somebody of ours speaks with them now: no other contact of theirs need ring them back. */
export async function tellOthers(
  parts: Parts,
  { id, ref, place, person }: Contact
): Promise<Tried> {
  const since = new Date(Date.parse(parts.now()) - WEEK_MS).toISOString()
  const owed = (await parts.store.recent(place, person.address, since)).filter(
    (other) => other.id !== id && liveCallback(other)
  )
  for (const other of owed)
    await note(parts, {
      contact: other.id,
      same: `came:${id}`,
      entry: { kind: 'came', detail: { as: ref } },
      task: false,
    })
  return { done: { told: owed.length } }
}
