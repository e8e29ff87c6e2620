import { hourNamed, type Opening, slotId, slots } from '../handoff/slots.ts'
import { closing, isoOf, momentOf, nextOpening } from '../places/hours.ts'
import type { Place } from '../places/shape.ts'
import { dutyPromise } from './duty.ts'
import { frontDoor } from './owed.ts'
import type { Thinking } from './think.ts'

/** A time that is promised, and the row of the desk that counts it; `full` where there was none, so that a person is to be found now. */
export interface Slotted {
  due: string
  slot?: string
  full?: true
}

/** What is due within so long is P1 or P2: it is counted in its hour, and made however full that is (domain.md 6.4). */
const SOON_MS = 20 * 60_000
/** As many hours as a week has. */
const ALL = 7 * 24

/** Calls that a team can promise in one hour; undefined where as many as come. */
export const perHour = (place: Place, service: string): number | undefined =>
  service === frontDoor(place)?.[0] ? place.handoff.slots : place.services[service]?.slots

/**
 * The next honest time of a team for a call that may be made until `due`. While somebody is at work it is the first hour
 * with room; before that, the class's own time, or the last hour with room before it. None with room: a person is needed
 * now, within the time of P2. Counts are as the desk was last read: the row itself is taken after the turn is saved.
 */
export function slotted(t: Thinking, service: string, due: string): Slotted {
  const { place, content, facts } = t
  const most = perHour(place, service)
  if (!content.slots || most === undefined) return { due }
  const { taken, staffed } = content.slots
  const count = (hour: string) => taken(place.place, slotId(service, hour))
  const own = hourBefore(due)
  const hasRoom = !staffed(place.place) && count(own) < most
  if (isSoon(due, facts.now) || hasRoom) return { due, slot: slotId(service, own) }
  const free = freeHours(t, service, { due, most, count })
  const chosen = staffed(place.place) ? free[0] : free.at(-1)
  if (chosen) return { due: chosen.by, slot: slotId(service, chosen.hour) }
  const now = dutyPromise(place, content.calendar, facts.now, 'P2').due
  return { due: now, slot: slotId(service, hourBefore(now)), full: true }
}

/**
 * The slot of a time that somebody chose: its own hour, or the last hour with room before it. Undefined where all are
 * full: another time is to be chosen.
 */
export function slotBy(t: Thinking, service: string, due: string): Slotted | undefined {
  const { place, content, facts } = t
  const most = perHour(place, service)
  if (!content.slots || most === undefined) return { due }
  const { taken } = content.slots
  const count = (hour: string) => taken(place.place, slotId(service, hour))
  const own = hourBefore(due)
  if (isSoon(due, facts.now) || count(own) < most) return { due, slot: slotId(service, own) }
  const last = freeHours(t, service, { due, most, count }).at(-1)
  return last && { due: last.by, slot: slotId(service, last.hour) }
}

/** Whether a promise is due so soon that it waits for no room. */
export const isSoon = (due: string, now: string): boolean =>
  Date.parse(due) - Date.parse(now) <= SOON_MS

/** The hour that ends with a moment, or that it lies in. */
const hourBefore = (iso: string) => hourNamed(new Date(Date.parse(iso) - 1).toISOString())

function freeHours(
  t: Thinking,
  service: string,
  { due, most, count }: { due: string; most: number; count: (hour: string) => number }
) {
  const { now } = t.facts
  const opening = openingOf(t, service)
  return slots({ now, by: due, perHour: most, taken: count, choices: ALL, opening })
}

/** When a team rings people back. */
export function openingOf(
  { place, content: { calendar } }: Pick<Thinking, 'place' | 'content'>,
  service: string
): Opening {
  const { timeZone: zone } = place
  const hours = place.services[service]?.hours ?? 'always'
  return {
    from: (iso) => nextOpening(hours, iso, zone, calendar),
    until: (iso) => {
      const ms = closing(hours, momentOf(iso, zone, calendar))
      return ms === undefined ? undefined : isoOf(ms)
    },
  }
}
