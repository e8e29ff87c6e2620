import { Temporal } from 'temporal-polyfill'
import type { Span } from '../flows/outcomes.ts'
import {
  addDays,
  closing,
  isWorkingDay,
  type Moment,
  movedTo,
  nextStart,
  openAt,
  spells,
  startOf,
  wallTime,
} from './hours.ts'
import { remembered } from './remember.ts'
import type { Hours } from './shape.ts'

/** `next day` is only made by a priority; the rest is written in files. */
export type PromiseSpan = Span | 'next day'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A promise for today is over by 8 in the evening: nobody is rung later for what was to be today. */
const EVENING = 20 * 60

/** A span as a place file writes it: `P5D` there means five working days. */
export function placeSpan(text: string): Span {
  const days = /^P(\d+)D$/.exec(text)?.[1]
  return days ? `${Number(days)} working days` : (text as Span)
}

/**
 * When a promise made at `from` falls due. Undefined for `now`: somebody is there, or nobody is promised.
 * `exact` counts every minute, for what cannot wait and for standards; else only minutes when someone is there to keep it.
 */
export function dueAt(
  span: PromiseSpan,
  from: Moment,
  hours: Hours,
  exact: boolean
): number | undefined {
  if (span === 'now') return undefined
  if (span === 'today') return endOfToday(from, hours)
  if (span === 'next day') return endOfNextDay(from, hours)
  const days = /^(\d+) working days$/.exec(span)?.[1]
  if (days) return endOf(workingDay(from, Number(days)), from, hours)
  const ms = lengthOf(span)
  if (exact) return from.ms + ms
  return ms < DAY ? openTime(ms, from, hours) : whenOpen(from.ms + ms, from, hours)
}

/** Milliseconds of an exact duration. A day is 24 hours here, whatever the clocks do. */
export const lengthOf = remembered((span: string): number => {
  const { days, hours, minutes, seconds } = Temporal.Duration.from(span)
  return days * DAY + hours * HOUR + minutes * 60_000 + seconds * 1000
})

/** The local date so many working days after this moment. */
export function workingDay(from: Moment, days: number): string {
  let date = from.date
  for (let left = days; left > 0; ) {
    date = addDays(date, 1)
    if (isWorkingDay(date, from.calendar)) left--
  }
  return date
}

/** The end of today: closing time or 20:00; within the hour late in the evening; else the end of the next day it opens. */
export function endOfToday(from: Moment, hours: Hours): number {
  const end = dayEnd(from.date, from, hours)
  if (end !== undefined && end - from.ms >= HOUR) return end
  const soon = movedTo(from, from.ms + HOUR)
  if (openAt(hours, from) && openAt(hours, soon)) return soon.ms
  return endOfNextDay(from, hours)
}

function endOfNextDay(from: Moment, hours: Hours): number {
  const tomorrow = movedTo(from, startOf(addDays(from.date, 1), from.zone) - 1)
  const start = hours === 'always' ? tomorrow.ms + 1 : nextStart(hours, tomorrow)
  if (start === undefined) return from.ms + DAY
  return endOf(movedTo(from, start).date, from, hours)
}

const endOf = (date: string, from: Moment, hours: Hours): number =>
  dayEnd(date, from, hours) ?? wallTime(date, EVENING, from.zone)

/** The last moment of a date at which what was promised for that day may be done. */
function dayEnd(date: string, from: Moment, hours: Hours): number | undefined {
  const ofDay = spells(hours, from, date)
  const opens = Math.min(...ofDay.map(([start]) => start))
  const closes = Math.max(...ofDay.map(([, end]) => end))
  if (ofDay.length === 0) return undefined
  const evening = wallTime(date, EVENING, from.zone)
  return evening > opens ? Math.min(evening, closes) : closes
}

/** Counts only opening time: two hours promised half an hour before closing end an hour and a half into the next day. */
function openTime(ms: number, from: Moment, hours: Hours): number {
  let left = ms
  let at = from
  for (;;) {
    const closes = closing(hours, at)
    const lasts = openAt(hours, at) ? (closes ?? Number.POSITIVE_INFINITY) - at.ms : 0
    if (left <= lasts) return at.ms + left
    left -= lasts
    const start = nextStart(hours, closes === undefined ? at : movedTo(at, closes - 1))
    if (start === undefined) return from.ms + ms
    at = movedTo(at, start)
  }
}

/** A promise of a day or more that ends while it is closed is kept by the end of the next day it opens. */
function whenOpen(ms: number, from: Moment, hours: Hours): number {
  // A promise that ends as it opens could be kept by nobody.
  const before = movedTo(from, ms - 1)
  if (openAt(hours, before)) return ms
  const start = nextStart(hours, before)
  return start === undefined ? ms : endOf(movedTo(from, start).date, from, hours)
}
