import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inDanger, rank } from '../../src/handoff/rank.ts'

type One = Parameters<typeof rank>[0]
const at = (minute: number) => `2026-11-02T10:${String(minute).padStart(2, '0')}:00Z`
const one = (but: Partial<One> = {}): One => ({
  ...{ priority: 'P3', danger: 'cleared', wants: true, joined: false, since: at(30) },
  ...but,
})
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

describe('comes before', () => {
  it.each<[string, Partial<One>, Partial<One>]>([
    [
      'who skipped the danger questions, before a cleared P1',
      { priority: 'P1', danger: 'not-asked' },
      { priority: 'P1', since: at(0) },
    ],
    [
      'who skipped them with a low priority, before a cleared P1',
      { danger: 'not-asked' },
      { priority: 'P1', since: at(0) },
    ],
    ['danger, before a cleared P1', { danger: 'yes' }, { priority: 'P1', since: at(0) }],
    [
      'danger, before who skipped the questions',
      { priority: 'P1', danger: 'yes' },
      { priority: 'P1', danger: 'not-asked', since: at(0) },
    ],
    [
      'not sure of danger, before who skipped',
      { priority: 'P1', danger: 'not-sure' },
      { priority: 'P1', danger: 'not-asked', since: at(0) },
    ],
    [
      'words of ending their life, before who skipped',
      { priority: 'P1', danger: 'not-asked', of: 'self' },
      { priority: 'P1', danger: 'not-asked', since: at(0) },
    ],
    ['P1 before P2', { priority: 'P1' }, { priority: 'P2', since: at(0) }],
    ['P2 before P3', { priority: 'P2' }, { priority: 'P3', since: at(0) }],
    ['P3 before P4', { priority: 'P3' }, { priority: 'P4', since: at(0) }],
    [
      'who waits alone in a call, before others of that priority',
      { joined: true },
      { since: at(0) },
    ],
    [
      'not: who waits alone before a higher priority',
      { priority: 'P2', since: at(59) },
      { joined: true },
    ],
    ['first come', { since: at(29) }, {}],
    ['first come, however the moment is written', { since: '2026-11-02T10:29:59.999Z' }, {}],
    [
      'not: unasked and not waiting for anyone yet, before a cleared P2',
      { priority: 'P2', since: at(59) },
      { danger: 'not-asked', wants: false },
    ],
  ])('%s', (_, first, second) => expect(rank(one(first)) < rank(one(second))).toBe(true))
})

it(`no cleared caller stands before danger or the unasked, and nobody jumps those of their kind (seed ${seed})`, () => {
  const any = fc.record({
    priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const, 'P4' as const),
    danger: fc.constantFrom(
      'not-asked' as const,
      'cleared' as const,
      'yes' as const,
      'not-sure' as const
    ),
    of: fc.constantFrom('self' as const, 'body' as const, 'harm' as const),
    wants: fc.boolean(),
    joined: fc.boolean(),
    since: fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((d) => d.toISOString()),
  })
  fc.assert(
    fc.property(any, any, (x, y) => {
      const before = rank(x) < rank(y)
      const serious = (o: One) => inDanger(o) || (o.danger === 'not-asked' && o.wants)
      if (serious(x) && y.danger === 'cleared') expect(before).toBe(true)
      if (serious(x) === serious(y) && x.priority < y.priority) expect(before).toBe(true)
      const same = { ...x, since: y.since }
      if (x.since < y.since) expect(rank(x) < rank(same)).toBe(true)
    }),
    { numRuns: 5000, seed }
  )
})
