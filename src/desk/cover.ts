import type { Waiting } from '../handoff/offers.ts'
import { coverAt, coverIds, coverNumber } from '../places/cover.ts'
import type { Place } from '../places/shape.ts'
import { takeHandoff } from '../turn/handed.ts'
import { isCovers, owedCalls } from '../turn/owed.ts'
import type { Parts } from '../turn.ts'

/**
 * Nobody of ours is at work, and the cover of the hour owes calls: its numbers are rung, one after the other and again every
 * ten minutes, and whoever presses 1 is put through to the person. What nobody took waits for the navigators. `taken` is who
 * has somebody already: one telephone is rung for one person at a time.
 */
export async function ringCover(
  parts: Parts,
  place: Place,
  waiting: readonly Waiting[],
  taken: readonly string[]
): Promise<void> {
  const now = parts.now()
  const cover = coverAt(place, parts.content().calendar, now)
  if (cover.none || !isCovers(place, cover.organisation)) return
  const busy = new Set(taken.map(coverNumber))
  for (const { contact: id, passed, asked } of waiting) {
    const contact = await parts.store.load(id)
    const owner = contact && owedCalls(place, contact)[0]?.owner
    if (!contact?.out?.callBack || !owner || !isCovers(place, owner) || asked.length > 0) continue
    const since = contact.handoff?.context.since ?? now
    const next = coverIds(cover, since, now).find(
      (one) => !passed.includes(one) && !busy.has(coverNumber(one))
    )
    if (!next) continue
    busy.add(coverNumber(next))
    await takeHandoff(parts, id, { type: 'ACCEPTED', by: next, via: 'phone' })
  }
}
