import { addDays, type Calendar, type Moment, momentOf, openAt, spells, startOf } from './hours.ts'
import type { CoverLine, Hours, Place } from './shape.ts'

/** Who takes urgent calls now, or why nobody does. */
export type Cover =
  | { none?: never; organisation: string; number: string; second: string }
  | { none: true; reason: string }

/** Who takes urgent calls at this instant: the first line of the file that is open. */
export function coverAt(place: Place, calendar: Calendar, now: string): Cover {
  return coverAtMoment(place, momentOf(now, place.timeZone, calendar))
}

/** Who takes urgent calls at a moment of the place's clock. */
export function coverAtMoment(place: Place, moment: Moment): Cover {
  const line = place.cover.find(({ hours }) => openAt(hours, moment))
  // A checked file has no gap; should one slip through, callers are told the truth.
  if (!line) return { none: true, reason: 'no cover is named for this hour' }
  if (line.none) return { none: true, reason: line.reason }
  const { organisation, number, second } = line
  return { organisation, number, second }
}

const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const DAY = 24 * 60
/** A week with no bank holiday near it, in a zone whose clocks never change. */
const MONDAY = '2026-02-02'
const ZONE = 'UTC'

/** The parts of a week, and of a bank holiday on any day of it, for which nobody is named: "Sunday 03:00-08:00". */
export function coverGaps(lines: readonly Pick<CoverLine, 'hours'>[]): string[] {
  const ordinary = NAMES.flatMap((name, day) =>
    gapsOn(lines, day, []).map((gap) => `${name} ${gap}`)
  )
  const holidays = NAMES.flatMap((name, day) => {
    const date = addDays(MONDAY, 7 + day)
    return gapsOn(lines, day, [date])
      .filter((gap) => !ordinary.includes(`${name} ${gap}`))
      .map((gap) => `a bank holiday on a ${name} ${gap}`)
  })
  return [...ordinary, ...holidays]
}

function gapsOn(
  lines: readonly Pick<CoverLine, 'hours'>[],
  day: number,
  holidays: readonly string[]
): string[] {
  const calendar = { holidays: new Set(holidays), from: '', until: '' }
  const date = addDays(MONDAY, 7 + day)
  const start = startOf(date, ZONE)
  const spans = lines
    .flatMap(({ hours }) => spansRound(hours, date, calendar))
    .map(([from, until]) => [(from - start) / 60_000, (until - start) / 60_000] as const)
    .sort((a, b) => a[0] - b[0])
  const gaps: string[] = []
  let reached = 0
  for (const [from, until] of [...spans, [DAY, DAY] as const]) {
    const stops = Math.min(from, DAY)
    if (stops > reached) gaps.push(`${clock(reached)}-${clock(stops)}`)
    reached = Math.max(reached, until)
  }
  return gaps
}

function spansRound(hours: Hours, date: string, calendar: Calendar) {
  const moment = momentOf(startOf(date, ZONE), ZONE, calendar)
  return [...spells(hours, moment, addDays(date, -1)), ...spells(hours, moment, date)]
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Which round, and the number without its plus sign: it is part of a label in a call. No member of staff is called so. */
const COVER = /^cover@\d+@(\d+)$/
const ROUND_MS = 10 * 60_000

/**
 * Who answers for an organisation that covers an hour, as a call knows them: one of its numbers, in one round of asking.
 * Every ten minutes is a round of its own, so that whoever did not come is asked again.
 */
export function coverIds(cover: Cover, since: string, now: string): string[] {
  if (cover.none) return []
  const round = Math.floor((Date.parse(now) - Date.parse(since)) / ROUND_MS)
  return [...new Set([cover.number, cover.second])].map(
    (number) => `cover@${round}@${number.slice(1)}`
  )
}

/** The number of a cover that is rung; undefined where it is a member of staff. */
export function coverNumber(who: string): string | undefined {
  const digits = COVER.exec(who)?.[1]
  return digits === undefined ? undefined : `+${digits}`
}
