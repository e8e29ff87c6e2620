import { describe, expect, it } from 'vitest'
import { type BandAsked, bandOf, type Waited } from '../../src/handoff/bands.ts'

const NOW = '2026-11-24T14:20:00.000Z'
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString()
/** Waits that ended ten minutes ago, in seconds; a minus sign where nobody came. */
const waits = (seconds: readonly number[], at = ago(10)): Waited[] =>
  seconds.map((each) => ({ at, ms: Math.abs(each) * 1000, came: each > 0 }))
const asked = (but: Partial<{ waited: number; before: number }> = {}): BandAsked => ({
  now: NOW,
  waited: (but.waited ?? 0) * 1000,
  before: (but.before ?? 0) * 1000,
})

const TABLE: [string, Waited[], BandAsked, string][] = [
  ['nothing was measured', [], asked(), 'unknown'],
  ['four waits are too few', waits([10, 10, 10, 10]), asked(), 'unknown'],
  ['waits of yesterday', waits([10, 10, 10, 10, 10], ago(61)), asked(), 'unknown'],
  ['all within a minute', waits([20, 30, 40, 50, 60]), asked(), '1'],
  ['one in five longer', waits([20, 30, 40, 50, 500]), asked(), '1'],
  ['two in five longer', waits([20, 30, 40, 200, 300]), asked(), '5'],
  ['most in eight minutes', waits([60, 300, 400, 480, 900]), asked(), '10'],
  ['most in a quarter of an hour', waits([60, 900, 900, 900, 900]), asked(), 'long'],
  ['most rang off, and nobody came', waits([20, -30, -30, -30, -30]), asked(), 'long'],
  ['one rang off early', waits([-5, 30, 40, 50, 55, 60]), asked(), '1'],
  ['they have waited a while', waits([20, 200, 220, 240, 250, 255]), asked({ waited: 200 }), '1'],
  [
    'they have waited longer than anybody',
    waits([20, 30, 40, 50, 60]),
    asked({ waited: 90 }),
    'long',
  ],
  ['one before them waits six minutes', waits([20, 30, 40, 50, 60]), asked({ before: 360 }), '10'],
  [
    'one before them as long as they',
    waits([20, 30, 40, 50, 60]),
    asked({ before: 40, waited: 30 }),
    '1',
  ],
  ['one before them waits eleven', waits([20, 30, 40, 50, 60]), asked({ before: 660 }), 'long'],
]

describe('how long it usually takes', () => {
  it.each(TABLE)('%s', (_, all, how, band) => expect(bandOf(all, how)).toBe(band))

  it('is never said shorter because more people rang off', () => {
    const order = ['1', '5', '10', 'long']
    for (let off = 0; off < 12; off++) {
      const come = waits([20, 40, 60, 200, 280])
      const some = bandOf([...come, ...waits(Array(off).fill(-30))], asked())
      const more = bandOf([...come, ...waits(Array(off + 1).fill(-30))], asked())
      expect(order.indexOf(more)).toBeGreaterThanOrEqual(order.indexOf(some) - 1)
    }
  })
})
