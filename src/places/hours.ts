import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { remembered } from './remember.ts'
import type { Hours } from './shape.ts'

/** The bank holidays a place keeps. Dates outside `from` to `until` are not known, and count as ordinary days. */
export interface Calendar {
  readonly holidays: ReadonlySet<string>
  readonly from: string
  readonly until: string
}

/** A moment as the place's wall clock sees it. `ms` is since 1970, `date` is local. */
export interface Moment {
  readonly ms: number
  readonly date: string
  readonly zone: string
  readonly calendar: Calendar
}

type Spell = readonly [from: number, until: number]
type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'
const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** How far ahead an opening is looked for; nothing here closes for longer. */
const HORIZON_DAYS = 40

const holidayFile = z.looseObject({
  'england-and-wales': z.array(z.looseObject({ date: z.iso.date() })).min(1),
})

/** Reads GOV.UK's bank holidays for England and Wales. */
export function calendarFrom(json: unknown): Calendar {
  const dates = holidayFile
    .parse(json)
    ['england-and-wales'].map(({ date }) => date)
    .sort()
  const years = dates.map((date) => date.slice(0, 4))
  return { holidays: new Set(dates), from: `${years[0]}-01-01`, until: `${years.at(-1)}-12-31` }
}

/** The moment of an instant, given as ISO 8601 or as milliseconds. */
export function momentOf(instant: string | number, zone: string, calendar: Calendar): Moment {
  const ms = typeof instant === 'number' ? instant : msOf(instant)
  return { ms, date: dateAt(ms, zone), zone, calendar }
}

const msOf = remembered((instant: string) => Temporal.Instant.from(instant).epochMilliseconds)

const dateAt = remembered((ms: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString()
)

/** Another moment on the same wall clock. */
export const movedTo = (moment: Moment, ms: number): Moment =>
  momentOf(ms, moment.zone, moment.calendar)

/** ISO 8601 UTC with milliseconds, so that texts sort as times do. */
export const isoOf = (ms: number): string => isoText(ms)

const isoText = remembered((ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' })
)

/** Whether these hours are open at an instant. The first minute counts, the last moment does not. */
export function isOpen(hours: Hours, instant: string, zone: string, calendar: Calendar): boolean {
  return openAt(hours, momentOf(instant, zone, calendar))
}

/** The first instant, from this one on, at which these hours are open. */
export function nextOpening(
  hours: Hours,
  instant: string,
  zone: string,
  calendar: Calendar
): string | undefined {
  const moment = momentOf(instant, zone, calendar)
  if (openAt(hours, moment)) return isoOf(moment.ms)
  const start = nextStart(hours, moment)
  return start === undefined ? undefined : isoOf(start)
}

export const openAt = (hours: Hours, moment: Moment): boolean =>
  hours === 'always' || spellAt(hours, moment) !== undefined

/** The spell of opening a moment lies in. */
export function spellAt(hours: Exclude<Hours, 'always'>, moment: Moment): Spell | undefined {
  return kept(hours, moment, `round ${moment.date}`, () => [
    // A night's opening began on the date before.
    ...spells(hours, moment, addDays(moment.date, -1)),
    ...spells(hours, moment, moment.date),
  ]).find(([from, until]) => from <= moment.ms && moment.ms < until)
}

/** The first opening after this moment, even when it is open now. */
export function nextStart(hours: Hours, moment: Moment): number | undefined {
  if (hours === 'always') return moment.ms
  for (let ahead = 0; ahead <= HORIZON_DAYS; ahead++) {
    const found = spells(hours, moment, addDays(moment.date, ahead)).find(
      ([from]) => from > moment.ms
    )
    if (found) return found[0]
  }
  return undefined
}

/** When these hours close next: undefined when they are closed now or never close. */
export function closing(hours: Hours, moment: Moment): number | undefined {
  if (hours === 'always') return undefined
  let until = spellAt(hours, moment)?.[1]
  // Two spells that touch are one opening; seven days without a gap is always.
  for (let joined = 0; until !== undefined; joined++) {
    const next = spellAt(hours, movedTo(moment, until))
    if (!next) return until
    if (joined > 14) return undefined
    until = next[1]
  }
  return undefined
}

/** The spells that begin on a local date. */
export function spells(hours: Hours, moment: Moment, date: string): readonly Spell[] {
  const { zone, calendar } = moment
  if (hours === 'always') return [[startOf(date, zone), startOf(addDays(date, 1), zone)]]
  return kept(hours, moment, date, () =>
    written(hours, date, calendar).map(([from, until]): Spell => {
      const lastDate = until <= from ? addDays(date, 1) : date
      return [wallTime(date, from, zone), wallTime(lastDate, until, zone)]
    })
  )
}

const known = new WeakMap<Calendar, WeakMap<object, Map<string, readonly Spell[]>>>()

/** Works spells out once: a place asks for the same days all day long. */
function kept(
  hours: object,
  { zone, calendar }: Moment,
  name: string,
  work: () => readonly Spell[]
): readonly Spell[] {
  const ofCalendar = known.get(calendar) ?? new WeakMap<object, Map<string, readonly Spell[]>>()
  known.set(calendar, ofCalendar)
  const ofHours = ofCalendar.get(hours) ?? new Map<string, readonly Spell[]>()
  ofCalendar.set(hours, ofHours)
  const key = `${zone} ${name}`
  const found = ofHours.get(key) ?? work()
  ofHours.set(key, found)
  return found
}

/** What the file says of one date, as minutes past midnight. */
function written(
  hours: Exclude<Hours, 'always'>,
  date: string,
  calendar: Calendar
): readonly Spell[] {
  const day = DAYS[dayOfWeek(date) - 1] ?? 'mon'
  const text = calendar.holidays.has(date)
    ? (hours.holidays ?? hours.daily)
    : (hours[day] ?? (dayOfWeek(date) <= 5 ? hours.weekdays : undefined) ?? hours.daily)
  if (!text || text === 'closed') return []
  return text.split(',').map((part): Spell => {
    const [from = '', until = ''] = part.trim().split('-')
    return [minutes(from), minutes(until)]
  })
}

/** Minutes past midnight of a time such as 18:00. */
export function minutes(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return hour * 60 + minute
}

/** The instant a wall clock shows a time; in the hour that spring skips, the instant an hour later. */
export const wallTime = remembered((date: string, minute: number, zone: string): number => {
  const day = Temporal.PlainDate.from(date).add({ days: Math.floor(minute / (24 * 60)) })
  const plainTime = { hour: Math.floor(minute / 60) % 24, minute: minute % 60 }
  return day.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds
})

/** The first instant of a local date. */
export const startOf = (date: string, zone: string): number => wallTime(date, 0, zone)

export const addDays = remembered((date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString()
)

/** 1 for Monday to 7 for Sunday. */
export const dayOfWeek = remembered(
  (date: string): number => Temporal.PlainDate.from(date).dayOfWeek
)

/** Whether a date is Monday to Friday and no bank holiday. */
export const isWorkingDay = (date: string, calendar: Calendar): boolean =>
  dayOfWeek(date) <= 5 && !calendar.holidays.has(date)

/** Every instant of a year at which any of these hours opens or closes, or the clocks change. */
export function boundaries(
  all: readonly Hours[],
  year: number,
  zone: string,
  calendar: Calendar
): number[] {
  const first = `${year}-01-01`
  const here = momentOf(startOf(first, zone), zone, calendar)
  const end = startOf(`${year + 1}-01-01`, zone)
  const found = new Set<number>([here.ms, ...clockChanges(here.ms, end, zone)])
  for (let date = addDays(first, -1); date <= `${year}-12-31`; date = addDays(date, 1)) {
    if (calendar.holidays.has(date))
      found.add(startOf(date, zone)).add(startOf(addDays(date, 1), zone))
    for (const hours of all) {
      if (hours === 'always') continue
      for (const [from, until] of spells(hours, here, date)) found.add(from).add(until)
    }
  }
  return [...found].filter((ms) => ms >= here.ms && ms < end).sort((a, b) => a - b)
}

function clockChanges(from: number, until: number, zone: string): number[] {
  const found: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.epochMilliseconds >= until) return found
    found.push(next.epochMilliseconds)
    at = next
  }
}
