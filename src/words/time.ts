import { Temporal } from 'temporal-polyfill'
import type { Common } from './common.ts'
import { fill, type Medium } from './phrase.ts'

const ROUND_MINUTES = 5
const NOON = 12
const EVENING = 18
const LATE = 21
/** Hours after midnight that people still call tonight. */
const SMALL_HOURS = 5

/**
 * A time as it is said: "10 to 3 this afternoon", or written: "2:50pm today". Rounded up to the next five minutes,
 * so that nobody is told a time that is over before it is kept.
 */
export function timeWords(
  { due, now, zone }: { due: string; now: string; zone: string },
  medium: Medium,
  lang: string,
  time: Common['time']
): string {
  const at = roundedUp(due, zone)
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone)
  const words = time[medium]
  const blanks = { ...clockBlanks(at), ...dayBlanks(at, today, lang) }
  const clock = fill(words.clock, lang, blanks)
  const when = fill(words.day, lang, blanks)
  return fill(words.phrase, lang, { ...blanks, clock, when })
}

/** Whether a time lies on the same local day, the hours after midnight of a late evening included. */
export function isToday({ due, now, zone }: { due: string; now: string; zone: string }): boolean {
  const day = dayOf(roundedUp(due, zone), Temporal.Instant.from(now).toZonedDateTimeISO(zone))
  return day === 'today' || day === 'tonight'
}

function roundedUp(due: string, zone: string): Temporal.ZonedDateTime {
  const at = Temporal.Instant.from(due).toZonedDateTimeISO(zone)
  // Seconds are dropped first: nobody is told five minutes more for half a minute.
  return at.round({ smallestUnit: 'minute', roundingMode: 'floor' }).round({
    smallestUnit: 'minute',
    roundingIncrement: ROUND_MINUTES,
    roundingMode: 'ceil',
  })
}

function clockBlanks({ hour, minute }: Temporal.ZonedDateTime) {
  return {
    hour: String(hour % NOON || NOON),
    next: String((hour + 1) % NOON || NOON),
    minute: String(minute).padStart(2, '0'),
    half: hour < NOON ? 'am' : 'pm',
    moment: minute !== 0 ? 'none' : hour === 0 ? 'midnight' : hour === NOON ? 'noon' : 'none',
  }
}

function dayBlanks(at: Temporal.ZonedDateTime, today: Temporal.ZonedDateTime, lang: string) {
  const day = dayOf(at, today)
  return {
    day,
    part: partOf(at.hour),
    ...names(at, day, lang),
    date: String(at.day),
  }
}

// The names of days and months are asked of the platform, which is slow: only where they are said.
function names(at: Temporal.ZonedDateTime, day: Day, lang: string) {
  if (day !== 'week' && day !== 'later') return { weekday: '', month: '' }
  return {
    weekday: at.toLocaleString(lang, { weekday: 'long' }),
    month: at.toLocaleString(lang, { month: 'long' }),
  }
}

type Day = 'today' | 'tonight' | 'tomorrow' | 'week' | 'later'
function dayOf(at: Temporal.ZonedDateTime, today: Temporal.ZonedDateTime): Day {
  const days = today.toPlainDate().until(at.toPlainDate(), { largestUnit: 'days' }).days
  if (days <= 0) return 'today'
  if (days === 1 && at.hour < SMALL_HOURS && today.hour >= EVENING) return 'tonight'
  if (days === 1) return 'tomorrow'
  return days < 7 ? 'week' : 'later'
}

function partOf(hour: number): string {
  if (hour < NOON) return 'morning'
  if (hour < EVENING) return 'afternoon'
  return hour < LATE ? 'evening' : 'night'
}
