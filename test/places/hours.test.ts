import { describe, expect, it } from 'vitest'
import {
  boundaries,
  isOpen,
  isoOf,
  isWorkingDay,
  momentOf,
  nextOpening,
} from '../../src/places/hours.ts'
import { dueAt, type PromiseSpan, workingDay } from '../../src/places/promise.ts'
import type { Hours } from '../../src/places/shape.ts'
import { calendar } from './shipped.ts'

const LONDON = 'Europe/London'
const DAILY: Hours = { daily: '08:00-20:00' }
const NIGHTS: Hours = { daily: '20:00-08:00' }
const OFFICE: Hours = { weekdays: '09:00-17:00' }
const WEEKDAY_NIGHTS: Hours = { weekdays: '22:00-06:00' }
const SHOP: Hours = { weekdays: '09:00-12:30, 13:30-17:00', sat: '09:00-13:00', holidays: 'closed' }
const HOLIDAYS_TOO: Hours = { weekdays: '09:00-17:00', holidays: '10:00-12:00' }
const SPLIT: Hours = { daily: '00:00-08:00, 08:00-24:00' }

it.each([
  ['a team open daily, as it opens', DAILY, '2027-01-12T08:00:00Z', true],
  ['a minute before', DAILY, '2027-01-12T07:59:59Z', false],
  ['as it closes', DAILY, '2027-01-12T20:00:00Z', false],
  ['in summer, by the wall clock', DAILY, '2027-07-01T07:00:00Z', true],
  ['in summer, after eight in the evening', DAILY, '2027-07-01T19:00:00Z', false],
  ['on Christmas Day, which daily counts', DAILY, '2026-12-25T12:00:00Z', true],
  ['an office on Christmas Day', OFFICE, '2026-12-25T12:00:00Z', false],
  ['an office on the Monday after Boxing Day', OFFICE, '2026-12-28T12:00:00Z', false],
  ['an office on a Saturday', OFFICE, '2027-01-16T12:00:00Z', false],
  ['the night desk before midnight', NIGHTS, '2027-01-12T23:59:00Z', true],
  ['the night desk after midnight', NIGHTS, '2027-01-13T07:59:00Z', true],
  ['the night desk by day', NIGHTS, '2027-01-13T08:00:00Z', false],
  ["Friday's night on Saturday morning", WEEKDAY_NIGHTS, '2027-01-16T05:59:00Z', true],
  ['Saturday night', WEEKDAY_NIGHTS, '2027-01-16T23:00:00Z', false],
  ['the night before Good Friday runs on', WEEKDAY_NIGHTS, '2027-03-26T05:00:00Z', true],
  ['the night of Good Friday', WEEKDAY_NIGHTS, '2027-03-26T23:00:00Z', false],
  ['a lunch break', SHOP, '2027-01-12T13:00:00Z', false],
  ['after lunch', SHOP, '2027-01-12T13:30:00Z', true],
  ['Saturday morning by its own line', SHOP, '2027-01-16T12:59:00Z', true],
  ['hours written for bank holidays', HOLIDAYS_TOO, '2027-03-29T10:30:00+01:00', true],
  ['and their end', HOLIDAYS_TOO, '2027-03-29T12:00:00+01:00', false],
] as const)('%s', (_name, hours, now, open) => {
  expect(isOpen(hours, now, LONDON, calendar)).toBe(open)
})

it.each([
  ['open now', DAILY, '2027-01-12T09:00:00Z', '2027-01-12T09:00:00.000Z'],
  ['the same morning', DAILY, '2027-01-12T05:00:00Z', '2027-01-12T08:00:00.000Z'],
  ['the next morning', DAILY, '2027-01-12T20:00:00Z', '2027-01-13T08:00:00.000Z'],
  ['after a weekend', OFFICE, '2027-01-15T17:00:00Z', '2027-01-18T09:00:00.000Z'],
  ['over Easter', OFFICE, '2027-03-25T17:00:00Z', '2027-03-30T08:00:00.000Z'],
  ['over Christmas', OFFICE, '2026-12-24T17:00:00Z', '2026-12-29T09:00:00.000Z'],
] as const)('opens next: %s', (_name, hours, now, next) => {
  expect(nextOpening(hours, now, LONDON, calendar)).toBe(next)
})

/** What the wall shows, worked out without our own code. */
function wall(ms: number): { hour: number; day: number } {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: LONDON,
    hour: '2-digit',
    day: 'numeric',
    hour12: false,
  }).formatToParts(ms)
  const part = (type: string) => Number(text.find((one) => one.type === type)?.value)
  return { hour: part('hour') % 24, day: part('day') }
}

describe.each(['2027-03-28', '2027-10-31'])('the clocks change on %s', (date) => {
  const start = Date.parse(`${date}T00:00:00Z`) - 24 * 3_600_000
  const minutes = Array.from({ length: 3 * 24 * 60 }, (_, at) => start + at * 60_000)

  it('day and night teams keep the wall clock at every minute', () => {
    const wrong = minutes.filter((ms) => {
      const { hour } = wall(ms)
      const day = isOpen(DAILY, isoOf(ms), LONDON, calendar)
      const night = isOpen(NIGHTS, isoOf(ms), LONDON, calendar)
      return day !== (hour >= 8 && hour < 20) || night === day
    })
    expect(wrong.map(isoOf)).toEqual([])
  })

  it('leaves no gap where one team takes over in the hour that is skipped or comes twice', () => {
    const early: Hours = { daily: '20:00-01:30' }
    const late: Hours = { daily: '01:30-20:00' }
    const wrong = minutes.filter(
      (ms) =>
        isOpen(early, isoOf(ms), LONDON, calendar) === isOpen(late, isoOf(ms), LONDON, calendar)
    )
    expect(wrong.map((ms) => isoOf(ms))).toEqual([])
  })
})

it('names every opening, closing, clock change and bank holiday of a year', () => {
  const found = boundaries([DAILY], 2027, LONDON, calendar).map((ms) => isoOf(ms))
  expect(found.filter((at) => /T0[78]:00/.test(at))).toHaveLength(365)
  expect(found).toContain('2027-03-28T01:00:00.000Z')
  expect(found).toContain('2027-10-31T01:00:00.000Z')
  expect(found).toContain('2027-08-30T23:00:00.000Z')
})

it.each([
  ['Monday to Tuesday', '2027-01-11T10:00:00Z', 1, '2027-01-12'],
  ['over a weekend', '2027-01-15T10:00:00Z', 2, '2027-01-19'],
  ['from a Saturday', '2027-01-16T10:00:00Z', 1, '2027-01-18'],
  ['over Easter', '2027-03-25T10:00:00Z', 1, '2027-03-30'],
  ['over Christmas, when the holidays move', '2027-12-24T10:00:00Z', 1, '2027-12-29'],
  ['ten of them', '2027-01-11T10:00:00Z', 10, '2027-01-25'],
] as const)('working days: %s', (_name, now, days, date) => {
  const moment = momentOf(now, LONDON, calendar)
  expect(workingDay(moment, days)).toBe(date)
  expect(isWorkingDay(date, calendar)).toBe(true)
})

it.each([
  ['half an hour', 'PT30M', DAILY, '14:00', '14:30'],
  ['two hours that end after closing', 'PT2H', DAILY, '19:30', '09:30 next'],
  ['today, by the evening', 'today', DAILY, '14:00', '20:00'],
  ['today, by closing time', 'today', OFFICE, '14:00', '17:00'],
  ['today, asked before it opens', 'today', OFFICE, '07:00', '17:00'],
  ['today, with too little of it left', 'today', OFFICE, '16:30', '17:00 next'],
  ['today, after closing', 'today', OFFICE, '18:00', '17:00 next'],
  ['today, where someone is always there', 'today', 'always', '21:00', '22:00'],
  ['the next day', 'next day', DAILY, '14:00', '20:00 next'],
  ['the next day, always open', 'next day', 'always', '14:00', '20:00 next'],
  ['a working day', '1 working days', OFFICE, '14:00', '17:00 next'],
  ['24 hours', 'P1D', DAILY, '14:00', '14:00 next'],
  ['24 hours that end while closed', 'P1D', OFFICE, '18:00', '17:00 after'],
] as const)('a promise on a Tuesday: %s', (_name, span, hours, from, due) => {
  const [time, day = ''] = due.split(' ')
  const date = { '': '12', next: '13', after: '14' }[day]
  const moment = momentOf(`2027-01-12T${from}:00Z`, LONDON, calendar)
  const ms = dueAt(span as PromiseSpan, moment, hours, false)
  expect(isoOf(ms!)).toBe(`2027-01-${date}T${time}:00.000Z`)
})

it('counts every minute for what cannot wait', () => {
  const moment = momentOf('2027-01-12T19:50:00Z', LONDON, calendar)
  expect(isoOf(dueAt('PT30M', moment, DAILY, true)!)).toBe('2027-01-12T20:20:00.000Z')
})

it('24 hours are 24 hours when the clocks change', () => {
  const moment = momentOf('2027-03-27T12:00:00Z', LONDON, calendar)
  expect(isoOf(dueAt('P1D', moment, 'always', true)!)).toBe('2027-03-28T12:00:00.000Z')
})

it('joins two spells that touch', () => {
  const moment = momentOf('2027-01-12T07:30:00Z', LONDON, calendar)
  expect(isoOf(dueAt('PT2H', moment, SPLIT, false)!)).toBe('2027-01-12T09:30:00.000Z')
})
