import type { Code } from '../flows/outcomes.ts'
import { CODES } from '../flows/outcomes.ts'
import { coverAtMoment } from './cover.ts'
import {
  addDays,
  boundaries,
  type Calendar,
  isoOf,
  type Moment,
  minutes,
  momentOf,
  openAt,
  spellAt,
  wallTime,
} from './hours.ts'
import type { Place, Service } from './shape.ts'

/** What is open at a moment, as the flows see it. */
export interface OpeningState {
  open: Code[]
  cover: 'yes' | 'no'
  /** The first instant of the year at which it is so. */
  example: string
}

/** Whether a service takes new work now. The two-hour response stops before it closes: a visit takes time. */
export function takesWork(place: Place, service: Service, moment: Moment): boolean {
  if (service.shut || !openAt(service.hours, moment)) return false
  if (!service.codes.includes('UCR2') || service.hours === 'always') return true
  const [from, until] = spellAt(service.hours, moment) ?? [moment.ms, moment.ms]
  const last = lastAccept(place, from, until, moment)
  return last === undefined || moment.ms <= last
}

/** The last instant within a spell of opening at which a two-hour promise is made. */
function lastAccept(place: Place, from: number, until: number, moment: Moment) {
  const { date } = momentOf(from, moment.zone, moment.calendar)
  const at = minutes(place.settings.ucrLastAccept)
  return [date, addDays(date, 1)]
    .map((day) => wallTime(day, at, moment.zone))
    .find((ms) => ms >= from && ms < until)
}

/** The services that may hold a code, in the order of the file. */
export const servicesFor = (place: Place, code: string): [string, Service][] =>
  Object.entries(place.services).filter(([, { codes }]) => codes.includes(code))

/** The codes whose own service takes work now, whoever it is for. */
export function openCodes(place: Place, calendar: Calendar, now: string): Code[] {
  return openAmong(holdersOf(place), place, momentOf(now, place.timeZone, calendar))
}

type Holders = readonly { code: Code; services: readonly Service[] }[]

const holdersOf = (place: Place): Holders =>
  CODES.map((code) => ({ code, services: servicesFor(place, code).map(([, service]) => service) }))

function openAmong(holders: Holders, place: Place, moment: Moment): Code[] {
  return holders
    .filter(({ services }) => services.length > 0)
    .filter(({ services }) => services.every((service) => takesWork(place, service, moment)))
    .map(({ code }) => code)
}

/** Every instant of a year at which something of a place opens, closes or stops taking work, with a minute either side. */
export function momentsThatMatter(place: Place, calendar: Calendar, year: number): string[] {
  return instants(place, calendar, year).map((ms) => isoOf(ms))
}

function instants(place: Place, calendar: Calendar, year: number): number[] {
  const all = [...Object.values(place.services), ...place.cover].map(({ hours }) => hours)
  const last = minutes(place.settings.ucrLastAccept)
  const until = `${String(Math.floor((last + 1) / 60)).padStart(2, '0')}:${String((last + 1) % 60).padStart(2, '0')}`
  const stop = `${place.settings.ucrLastAccept}-${until}`
  const found = boundaries([...all, { daily: stop }], year, place.timeZone, calendar)
  const minute = 60_000
  return [...new Set(found.flatMap((ms) => [ms - minute, ms, ms + minute]))].sort((a, b) => a - b)
}

/** The distinct sets of open codes and cover that occur in a year, in the order they first occur. */
export function openingStates(place: Place, calendar: Calendar, year: number): OpeningState[] {
  const holders = holdersOf(place)
  const states = new Map<string, OpeningState>()
  for (const ms of instants(place, calendar, year)) {
    const moment = momentOf(ms, place.timeZone, calendar)
    const open = openAmong(holders, place, moment)
    const cover = coverAtMoment(place, moment).none ? 'no' : 'yes'
    const key = `${open.join()} ${cover}`
    if (!states.has(key)) states.set(key, { open, cover, example: isoOf(ms) })
  }
  return [...states.values()]
}

/** The place whose front door has this number. */
export const placeOfNumber = (places: readonly Place[], number: string): Place | undefined =>
  places.find(({ numbers }) => numbers.some((line) => line.number === number))
