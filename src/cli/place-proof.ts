import { isCode, OUTCOMES } from '../flows/outcomes.ts'
import type { PlaceGiven, Taken } from '../flows/proof-places.ts'
import type { RoutedPerson } from '../places/area.ts'
import { coverAt, coverGaps } from '../places/cover.ts'
import { type Calendar, momentOf } from '../places/hours.ts'
import { momentsThatMatter, openingStates, servicesFor, takesWork } from '../places/opening.ts'
import { route } from '../places/route.ts'
import type { Place } from '../places/shape.ts'

/** The years proved: this one, with both clock changes and every bank holiday, and the next. */
export const YEAR = 2027

/** A place as the flow proofs see it: every opening state of a year, and what becomes of each outcome in each. */
export function placeGiven(place: Place, calendar: Calendar): PlaceGiven {
  return {
    place: place.place,
    openings: openingStates(place, calendar, YEAR),
    uncovered: coverGaps(place.cover),
    *take(codes) {
      for (const now of momentsThatDiffer(place, calendar))
        for (const code of codes)
          for (const [who, person] of peopleOf(place, code))
            yield takeAt(place, calendar, code, now, who, person)
    },
  }
}

/** The first and last moment of the year for each set of services that take work: routing depends on nothing else. */
function momentsThatDiffer(place: Place, calendar: Calendar): string[] {
  const first = new Map<string, string>()
  const last = new Map<string, string>()
  for (const now of momentsThatMatter(place, calendar, YEAR)) {
    const moment = momentOf(now, place.timeZone, calendar)
    const cover = coverAt(place, calendar, now)
    const taking = Object.values(place.services).map((service) =>
      takesWork(place, service, moment) ? 1 : 0
    )
    const key = `${taking.join('')} ${cover.none ? 'none' : cover.organisation}`
    if (!first.has(key)) first.set(key, now)
    last.set(key, now)
  }
  return [...new Set([...first.values(), ...last.values()])].sort()
}

/** The people a code may be for: an adult of each area where the area decides, and a child where age does. */
function peopleOf(place: Place, code: string): [string, RoutedPerson][] {
  const services = servicesFor(place, code).map(([, service]) => service)
  const byArea = services.some(({ tier }) => tier === 'cluster')
  const practices = Object.values(place.areas).flatMap(({ practices }) => practices[0] ?? [])
  const people: [string, RoutedPerson][] = (byArea ? practices : practices.slice(0, 1)).map(
    (practice) => [`an adult of practice ${practice}`, { practice, adult: 'yes' }]
  )
  return [...people, ['someone unknown', {}], ['a child', { adult: 'no' }]]
}

function takeAt(
  place: Place,
  calendar: Calendar,
  code: string,
  at: string,
  who: string,
  person: RoutedPerson
): Taken {
  if (!isCode(code)) throw new Error(`${code} is no outcome code`)
  const {
    team,
    owner,
    takesNow,
    standard,
    ringBack,
    service: key,
  } = route(place, calendar, code, person, at)
  const service = place.services[key]
  const open = service
    ? takesWork(place, service, momentOf(at, place.timeZone, calendar))
    : key !== 'cover' || !coverAt(place, calendar, at).none
  const due = standard?.due ?? ringBack?.due
  const fallback = service?.fallback ?? OUTCOMES[code].fallback
  return {
    at,
    code,
    who,
    team,
    owner,
    takesNow,
    open,
    ...(due && { due }),
    ...(fallback && { fallback: String(fallback) }),
  }
}
