import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourNamed, type SlotsAsked, slotId, slots } from '../../src/handoff/slots.ts'
import { type Calendar, closing, isOpen, momentOf, nextOpening } from '../../src/places/hours.ts'
import type { Hours } from '../../src/places/shape.ts'

const ZONE = 'Europe/London'
const calendar: Calendar = {
  holidays: new Set(['2026-12-25', '2026-12-28']),
  from: '2026-01-01',
  until: '2026-12-31',
}
const opening = (hours: Hours) => ({
  from: (iso: string) => nextOpening(hours, iso, ZONE, calendar),
  until: (iso: string) => {
    const ms = closing(hours, momentOf(iso, ZONE, calendar))
    return ms === undefined ? undefined : new Date(ms).toISOString()
  },
})
const week: Hours = { weekdays: '09:00-17:00' }
const asked = (but: Partial<SlotsAsked>): SlotsAsked => ({
  now: '2026-11-02T10:00:00.000Z',
  by: '2026-11-09T18:00:00.000Z',
  perHour: 2,
  taken: () => 0,
  opening: opening(week),
  choices: 1,
  ...but,
})
const hours = (but: Partial<SlotsAsked>) => slots(asked(but)).map(({ hour }) => hour.slice(5))

describe('the next honest time', () => {
  it.each<[string, Partial<SlotsAsked>, string[]]>([
    ['this hour', {}, ['11-02T10']],
    [
      'the next one, once this is full',
      { taken: (hour) => (hour.endsWith('10') ? 2 : 0) },
      ['11-02T11'],
    ],
    ['not the last ten minutes of an hour', { now: '2026-11-02T10:51:00Z' }, ['11-02T11']],
    ['the last ten minutes just', { now: '2026-11-02T10:50:00Z' }, ['11-02T10']],
    ['three to choose from', { choices: 3 }, ['11-02T10', '11-02T11', '11-02T12']],
    ['tomorrow, after closing', { now: '2026-11-02T17:30:00Z' }, ['11-03T09']],
    ['Monday, after Friday', { now: '2026-11-06T17:30:00Z' }, ['11-09T09']],
    [
      'after the bank holidays',
      { now: '2026-12-24T17:30:00Z', by: '2026-12-31T18:00:00Z' },
      ['12-29T09'],
    ],
    [
      'an hour that closes at half past',
      { opening: opening({ daily: '09:00-10:30' }) },
      ['11-02T10'],
    ],
    ['none of today, when today is full', { by: '2026-11-02T17:00:00Z', taken: () => 2 }, []],
    ['none where nobody rings people back', { perHour: 0 }, []],
    ['none where it never opens', { opening: opening({ weekdays: 'closed' }) }, []],
    ['none that would end too late', { by: '2026-11-02T10:30:00Z' }, []],
    [
      'the hour after the clocks went back',
      {
        now: '2026-10-25T00:30:00Z',
        by: '2026-10-26T18:00:00Z',
        opening: opening('always'),
        choices: 3,
      },
      ['10-25T00', '10-25T01', '10-25T02'],
    ],
  ])('%s', (_, but, expected) => expect(hours(but)).toEqual(expected))
  it('is counted by team and hour', () =>
    expect(slotId('navigators', hourNamed('2026-11-02T10:20:00Z'))).toBe(
      'navigators:2026-11-02T10'
    ))
})

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

it(`is open, not full, not past, in order, and never twice the same, whatever is taken (seed ${seed})`, () => {
  const busy = fc.dictionary(
    fc.integer({ min: 0, max: 23 }).map((h) => String(h).padStart(2, '0')),
    fc.integer({ min: 0, max: 3 })
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_080 }),
      busy,
      fc.integer({ min: 1, max: 6 }),
      (minutes, full, choices) => {
        const now = new Date(Date.parse('2026-12-20T00:00:00Z') + minutes * 60_000).toISOString()
        const taken = (hour: string) => full[hour.slice(-2)] ?? 0
        const found = slots(asked({ now, by: '2027-01-04T18:00:00Z', taken, choices }))
        let before = Date.parse(now)
        for (const { hour, from, by } of found) {
          expect(taken(hour)).toBeLessThan(2)
          expect(hourNamed(from)).toBe(hour)
          expect(Date.parse(from)).toBeGreaterThanOrEqual(before)
          expect(Date.parse(by) - Date.parse(from)).toBeGreaterThanOrEqual(600_000)
          expect(isOpen(week, from, ZONE, calendar)).toBe(true)
          expect(isOpen(week, new Date(Date.parse(by) - 1).toISOString(), ZONE, calendar)).toBe(
            true
          )
          before = Date.parse(by)
        }
      }
    ),
    { numRuns: 1000, seed }
  )
})
