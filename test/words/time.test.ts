import { describe, expect, it } from 'vitest'
import { isToday, timeWords } from '../../src/words/time.ts'
import { english } from './shipped.ts'

const zone = 'Europe/London'
const said = (due: string, now: string, medium: 'voice' | 'text') =>
  timeWords({ due, now, zone }, medium, 'en', english.common.time)

// 25 November 2026 is a Wednesday; London is on UTC then.
describe.each([
  ['2026-11-25T14:02Z', '2026-11-25T14:47Z', '10 to 3 this afternoon', '2:50pm today'],
  ['2026-11-25T14:02Z', '2026-11-25T14:50Z', '10 to 3 this afternoon', '2:50pm today'],
  ['2026-11-25T14:02Z', '2026-11-25T14:50:01Z', '10 to 3 this afternoon', '2:50pm today'],
  ['2026-11-25T14:02Z', '2026-11-25T14:51Z', '5 to 3 this afternoon', '2:55pm today'],
  ['2026-11-25T14:02Z', '2026-11-25T14:56Z', "3 o'clock this afternoon", '3pm today'],
  ['2026-11-25T21:10Z', '2026-11-26T08:00Z', "8 o'clock tomorrow morning", '8am tomorrow'],
  ['2026-11-28T21:10Z', '2026-12-01T08:30Z', 'half past 8 on Tuesday morning', '8:30am on Tuesday'],
  ['2026-11-25T08:00Z', '2026-11-25T09:15Z', 'quarter past 9 this morning', '9:15am today'],
  ['2026-11-25T08:00Z', '2026-11-25T09:45Z', 'quarter to 10 this morning', '9:45am today'],
  ['2026-11-25T08:00Z', '2026-11-25T09:05Z', '5 past 9 this morning', '9:05am today'],
  ['2026-11-25T08:00Z', '2026-11-25T12:00Z', '12 noon today', '12 noon today'],
  ['2026-11-25T08:00Z', '2026-11-25T12:35Z', '25 to 1 this afternoon', '12:35pm today'],
  ['2026-11-25T08:00Z', '2026-11-25T19:58Z', "8 o'clock this evening", '8pm today'],
  ['2026-11-25T21:00Z', '2026-11-25T21:40Z', '20 to 10 tonight', '9:40pm today'],
  ['2026-11-25T23:40Z', '2026-11-25T23:58Z', 'midnight tonight', 'midnight tonight'],
  ['2026-11-25T23:50Z', '2026-11-26T00:20Z', '20 past 12 tonight', '12:20am tonight'],
  ['2026-11-26T00:05Z', '2026-11-26T00:35Z', '25 to 1 this morning', '12:35am today'],
  ['2026-11-25T14:00Z', '2026-11-26T02:30Z', 'half past 2 tomorrow morning', '2:30am tomorrow'],
  ['2026-11-25T14:00Z', '2026-11-26T21:30Z', 'half past 9 tomorrow night', '9:30pm tomorrow'],
  ['2026-11-25T14:00Z', '2026-12-01T17:00Z', "5 o'clock on Tuesday afternoon", '5pm on Tuesday'],
  [
    '2026-11-25T14:00Z',
    '2026-12-02T17:00Z',
    "5 o'clock on Wednesday the 2nd of December",
    '5pm on Wednesday 2 December',
  ],
  [
    '2026-11-25T14:00Z',
    '2026-12-11T12:00Z',
    '12 noon on Friday the 11th of December',
    '12 noon on Friday 11 December',
  ],
  // The clocks go back at 02:00 on 25 October 2026, and forward on 28 March 2027.
  ['2026-10-24T20:00Z', '2026-10-25T08:00Z', "8 o'clock tomorrow morning", '8am tomorrow'],
  ['2026-10-25T00:20Z', '2026-10-25T01:20Z', '20 past 1 this morning', '1:20am today'],
  ['2027-03-27T20:00Z', '2027-03-28T07:00Z', "8 o'clock tomorrow morning", '8am tomorrow'],
  ['2026-07-01T12:00Z', '2026-07-01T13:30Z', 'half past 2 this afternoon', '2:30pm today'],
])('at %s, due %s', (now, due, spoken, written) => {
  it('is spoken', () => expect(said(due, now, 'voice')).toBe(spoken))
  it('is written', () => expect(said(due, now, 'text')).toBe(written))
})

it('says a time for every five minutes of a day and every day of a month', () => {
  const now = '2026-11-25T14:02:00Z'
  const start = Date.parse('2026-11-25T00:00:00Z')
  for (let minute = 0; minute < 35 * 24 * 60; minute += minute < 3 * 24 * 60 ? 5 : 115) {
    const due = new Date(start + minute * 60_000).toISOString()
    for (const medium of ['voice', 'text'] as const)
      expect(said(due, now, medium)).toMatch(/^[\w' :]+$/)
  }
})

it.each([
  ['2026-11-25T14:02Z', '2026-11-25T19:00Z', true],
  ['2026-11-25T23:40Z', '2026-11-26T00:10Z', true],
  ['2026-11-25T14:02Z', '2026-11-26T00:10Z', false],
  ['2026-11-25T14:02Z', '2026-11-26T08:00Z', false],
])('knows today: %s, %s', (now, due, today) => expect(isToday({ due, now, zone })).toBe(today))
