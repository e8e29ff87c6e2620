import { describe, expect, it } from 'vitest'
import { CODES, type Code, OUTCOMES } from '../../src/flows/outcomes.ts'
import type { RoutedPerson } from '../../src/places/area.ts'
import { coverAt } from '../../src/places/cover.ts'
import { areaOfPractice } from '../../src/places/directory.ts'
import { isOpen } from '../../src/places/hours.ts'
import { momentsThatMatter, servicesFor } from '../../src/places/opening.ts'
import { type Route, route } from '../../src/places/route.ts'
import type { Place } from '../../src/places/schema.ts'
import { priorityOf } from '../../src/places/settle.ts'
import { calendar, shipped } from './shipped.ts'

// A year with both clock changes and every bank holiday.
const YEAR = 2027
const COUNTS = { lewisham: [13, 9, 8, 5], southwark: [16, 19], southampton: [3, 6, 7, 3, 3, 5] }
const names = Object.keys(COUNTS) as (keyof typeof COUNTS)[]
const places = names.map((name) => [name, shipped(name)] as const)

it('there are 97 practices, and each belongs to one team', () => {
  const all = places.flatMap(([, { practices }]) => Object.keys(practices))
  expect(new Set(all).size).toBe(97)
  for (const [name, place] of places) {
    const sizes = Object.values(place.areas).map(({ practices }) => practices.length)
    expect(sizes.toSorted()).toEqual(COUNTS[name].toSorted())
  }
})

describe.each(places)('%s', (_name, place) => {
  it.each(Object.keys(place.practices))('%s reaches its own team', (practice) => {
    const area = areaOfPractice(place, practice)
    const team = place.areas[area ?? '']
    expect(team?.practices).toContain(practice)
    const found = route(place, calendar, 'CSD', { practice }, `${YEAR}-06-15T10:00:00Z`)
    expect(found).toMatchObject({ area, team: team?.name, number: team?.number, takesNow: true })
    expect(found.rule).toBe(`practice ${practice} → ${team?.name}`)
  })

  it('sends nothing to a closed service at any boundary of the year', () => {
    const moments = momentsThatMatter(place, calendar, YEAR)
    expect(moments.length).toBeGreaterThan(3 * 4 * 365)
    const wrong: string[] = []
    const asked = CODES.flatMap((code) =>
      peopleFor(place, code).map((person) => ({ code, person }))
    )
    for (const now of moments)
      for (const { code, person } of asked) {
        const fault = faultOf(place, route(place, calendar, code, person, now), now)
        if (fault) wrong.push(`${now} ${code} ${JSON.stringify(person)}: ${fault}`)
      }
    expect(wrong.slice(0, 10)).toEqual([])
  }, 60_000)
})

/** Only cluster teams differ by area, and one practice stands for its area; a child may not be taken by all. */
function peopleFor(place: Place, code: Code): RoutedPerson[] {
  const services = servicesFor(place, code).map(([, service]) => service)
  const cluster = services.some(({ tier }) => tier === 'cluster')
  const practices = Object.values(place.areas).map((area) => area.practices[0])
  const adults = (cluster ? practices : practices.slice(0, 1)).map((practice) => ({ practice }))
  const child = services.some(({ takes }) => takes?.minAge || takes?.maxAge)
  return child ? [...adults, { practice: practices[0], adult: 'no' }] : adults
}

/** What would harm a person if it stood: checked without the code that chose. */
function faultOf(place: Place, found: Route, now: string): string | undefined {
  const { service: key, code, takesNow, owner, team, rule, ringBack, standard } = found
  const service = place.services[key]
  if (!owner || !team || !rule || !standard) return 'no owner, team, rule or standard'
  if (takesNow && service && !isOpen(service.hours, now, place.timeZone, calendar))
    return `${key} is closed`
  if (takesNow && key === 'rapid' && wallClock(now, place.timeZone) > place.settings.ucrLastAccept)
    return 'a two-hour promise after the last'
  if (key === 'cover' && (!takesNow || coverAt(place, calendar, now).none)) return 'no cover'
  if (!takesNow && (!service || isOpen(service.hours, now, place.timeZone, calendar)))
    return `${key} is open, but waits`
  const last = found.moved.at(-1) ?? ''
  if (!takesNow && !last.endsWith('its next opening')) return 'waits without saying so'
  const urgent = ['P1', 'P2'].includes(priorityOf(code))
  if (!takesNow && urgent && !found.alsoCodes.includes('E111')) return 'urgent, but waits'
  if (OUTCOMES[code].ringBack !== 'now' && !ringBack) return 'nobody rings'
  if (ringBack && ringBack.due <= now) return `rings at ${ringBack.due}, which is past`
  if (standard.due <= now) return 'the standard is past'
  if (!ringBack || !service || urgent) return undefined
  // Just before a promise falls due, somebody must be there to keep it.
  const before = new Date(Date.parse(ringBack.due) - 1).toISOString()
  if (isOpen(service.hours, before, place.timeZone, calendar)) return undefined
  return `promised for ${ringBack.due}, when ${key} is closed`
}

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})
const wallClock = (now: string, zone: string): string =>
  zone === 'Europe/London' ? format.format(new Date(now)) : ''
