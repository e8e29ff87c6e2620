import { hasPhone } from '../handoff/offers.ts'
import type { Place } from '../places/shape.ts'
import type { ServiceStatus } from '../places/status.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { isReached } from './reaching.ts'
import { countsOf } from './slots.ts'
import { onDuty, rostered, standsAt } from './staff.ts'
import { activeOf, type DeskNow } from './statuses.ts'

/** What turns must know of a place's desk before they think. */
export interface Stands extends DeskNow {
  /** The services that are not as usual. */
  statuses: readonly ServiceStatus[]
  /** The rows of its staff. */
  known: readonly DeskRow[]
}

/** At work, and with contacts sooner or later. */
const HERE: readonly string[] = ['available', 'on-contact', 'wrapping']

/** How a place's desk stands at this moment. */
export async function standsNow(desk: Desk, place: Place, now: string): Promise<Stands> {
  const name = place.place
  const kinds = ['status', 'slot', 'staff'] as const
  const rows = await Promise.all(kinds.map((kind) => desk.list(name, kind)))
  const [statuses = [], slots = [], known = []] = rows
  const there = rostered(place, known).filter(({ duty }) => isReached(duty, now))
  return {
    statuses: activeOf(statuses, now),
    slots: countsOf(slots),
    staffed: there.some(({ duty }) => HERE.includes(standsAt(duty))),
    free: there.map(onDuty).some((one) => one.shift === 'available' && hasPhone(one, now)),
    known,
  }
}
