/**
 * Opening hours told from the law and from a wall clock, by counting: no time zone data, no library, and nothing of the
 * door's own. British Summer Time is by the Summer Time Order 2002; bank holidays by the Banking and Financial Dealings
 * Act 1971 and the proclamations under it, for England and Wales.
 */
const HOUR = 3_600_000
const DAY = 24 * HOUR

const utc = (year: number, month: number, day: number, hour = 0) =>
  Date.UTC(year, month - 1, day, hour)
const weekday = (ms: number) => new Date(ms).getUTCDay()
const lastSunday = (year: number, month: number) => {
  const end = utc(year, month, 31)
  return end - weekday(end) * DAY
}

/** The wall clock of London at an instant, as if it were UTC. */
export function londonAt(ms: number): number {
  const year = new Date(ms).getUTCFullYear()
  const summer = ms >= lastSunday(year, 3) + HOUR && ms < lastSunday(year, 10) + HOUR
  return ms + (summer ? HOUR : 0)
}

/** Sunday of Easter: O'Beirne's rule, of 1965. */
function easter(year: number): number {
  const a = year % 19
  const [b, c] = [Math.floor(year / 100), year % 100]
  const [d, e] = [Math.floor(b / 4), b % 4]
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const [i, k] = [Math.floor(c / 4), c % 4]
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  return utc(year, month, ((h + l - 7 * m + 114) % 31) + 1)
}

const isWeekend = (ms: number) => [0, 6].includes(weekday(ms))
const firstMonday = (year: number, month: number) => {
  const first = utc(year, month, 1)
  return first + ((8 - weekday(first)) % 7) * DAY
}
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

const known = new Map<number, string[]>()
/** The bank holidays of a year, those that stand in for one at a weekend included. */
export function bankHolidays(year: number): string[] {
  const found = known.get(year) ?? workedOut(year)
  known.set(year, found)
  return found
}

function workedOut(year: number): string[] {
  const days: number[] = []
  /** The next working day stands in: after Christmas on a Saturday that is the Monday, and Boxing Day's is the Tuesday. */
  const add = (ms: number) => {
    let at = ms
    while (isWeekend(at) || days.includes(at)) at += DAY
    days.push(at)
  }
  add(utc(year, 1, 1))
  days.push(easter(year) - 2 * DAY, easter(year) + DAY)
  days.push(firstMonday(year, 5))
  const [may, august] = [utc(year, 5, 31), utc(year, 8, 31)]
  days.push(may - ((weekday(may) + 6) % 7) * DAY, august - ((weekday(august) + 6) % 7) * DAY)
  add(utc(year, 12, 25))
  add(utc(year, 12, 26))
  return days.map(dateOf).sort()
}

type Written = 'always' | Record<string, string | undefined>
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** What a place file says of a day, in minutes of its wall clock. */
function spellsOn(hours: Exclude<Written, 'always'>, day: number): [number, number][] {
  const holiday = bankHolidays(new Date(day).getUTCFullYear()).includes(dateOf(day))
  const ordinary = hours[NAMES[weekday(day)] ?? ''] ?? (isWeekend(day) ? undefined : hours.weekdays)
  const text = holiday ? (hours.holidays ?? hours.daily) : (ordinary ?? hours.daily)
  if (text === undefined || text === 'closed') return []
  return text.split(',').map((part) => {
    const [from = 0, until = 0] = part.split('-').map((clock) => {
      const [hour = 0, minute = 0] = clock.split(':').map(Number)
      return hour * 60 + minute
    })
    return [from, until <= from ? until + 1440 : until]
  })
}

/**
 * Whether the wall clock shows a time at which these hours are open. It cannot tell the two passes of an hour apart:
 * hours that begin or end between one and two at night are in the table of the run.
 */
export function openByTheClock(hours: Written, ms: number): boolean {
  if (hours === 'always') return true
  const wall = londonAt(ms)
  const today = wall - (((wall % DAY) + DAY) % DAY)
  const minute = (wall - today) / 60_000
  const within = (day: number, at: number) =>
    spellsOn(hours, day).some(([from, until]) => from <= at && at < until)
  return within(today, minute) || within(today - DAY, minute + 1440)
}
