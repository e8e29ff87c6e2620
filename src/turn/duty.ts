import type { Priority } from '../conversation/types.ts'
import { coverAt } from '../places/cover.ts'
import type { Calendar } from '../places/hours.ts'
import { route } from '../places/route.ts'
import type { Place } from '../places/shape.ts'
import type { Promised } from '../record/apply.ts'

const MINUTES: Partial<Record<Priority, number>> = { P1: 5, P2: 20 }

/** Who is on duty to reach someone, and by when: the cover of the hour for P1 and P2, a call-back slot for the rest. */
export function dutyPromise(
  place: Place,
  calendar: Calendar,
  now: string,
  priority: Priority
): Promised {
  const cover = coverAt(place, calendar, now)
  const minutes = MINUTES[priority]
  if (minutes !== undefined && !cover.none)
    return {
      owner: cover.organisation,
      due: new Date(Date.parse(now) + minutes * 60_000).toISOString(),
    }
  const slot = route(place, calendar, 'CALL', {}, now, undefined, priority)
  return { owner: slot.owner, due: slot.ringBack?.due ?? slot.standard?.due ?? now }
}
