import { expect, it } from 'vitest'
import { byUrgency, CODES, levelOf, OUTCOMES } from '../../src/flows/outcomes.ts'

// domain 6.0 and the design's levels, in one table: code, level, owner, standard, fallback.
it.each([
  ['E999', 'emergency', 'PT10M', 'CALL'],
  ['EPOL', 'emergency', 'PT10M', 'CALL'],
  ['LIFT', 'emergency', 'PT1H', 'E999'],
  ['E111', 'urgent', 'PT2H', 'CALL'],
  ['EMH', 'urgent', 'PT1H', 'samaritans-111'],
  ['UCR2', 'urgent', 'PT2H', 'E111,CALL'],
  ['SAFE', 'urgent', 'today', 'cover'],
  ['HOLD', 'urgent', 'PT30M', 'cover'],
  ['CSD', 'soon', 'today', 'next-opening'],
  ['ATHM', 'soon', 'today', 'UCR2'],
  ['REA2', 'soon', 'P2D', 'next-opening'],
  ['KEYW', 'soon', 'today', 'CSD'],
  ['GPX', 'soon', 'P1D', 'next-opening'],
  ['CALL', 'soon', 'today', 'cover'],
  ['CRT', 'routine', '5 working days', 'next-opening'],
  ['NAV', 'routine', '2 working days', 'next-opening'],
  ['SAIL', 'routine', 'P14D', 'next-opening'],
  ['CARE', 'routine', '5 working days', 'NAV'],
  ['FALL', 'routine', '10 working days', 'next-opening'],
  ['HOUS', 'routine', '5 working days', 'SAFE'],
  ['EQUP', 'routine', '5 working days', 'next-opening'],
  ['INFO', 'information', '2 working days', 'next-opening'],
  ['OOA', 'information', 'today', 'CALL'],
] as const)('%s is %s, due in %s, else %s', (code, level, standard, fallback) => {
  const outcome = OUTCOMES[code]
  expect(outcome).toMatchObject({ level, standard })
  expect(String(outcome.fallback)).toBe(fallback)
  expect(outcome.owner).not.toBe('')
  expect(outcome.ringBack).not.toBe('')
})

it('has every code in that table', () => expect(CODES).toHaveLength(23))

it.each([
  [[], 'information'],
  [['NAV'], 'routine'],
  [['NAV', 'E999', 'CALL'], 'emergency'],
  [['OOA', 'CSD'], 'soon'],
  [['nonsense'], 'information'],
])('codes %j are %s', (codes, level) => expect(levelOf(codes)).toBe(level))

it('the fallback of every code ends in something that is always there', () => {
  const ends = (code: string, seen: string[]): boolean => {
    const { fallback } = OUTCOMES[code as keyof typeof OUTCOMES]
    if (typeof fallback === 'string') return true
    return fallback.every((next) => !seen.includes(next) && ends(next, [...seen, next]))
  }
  for (const code of CODES) expect(ends(code, [code])).toBe(true)
})

it('an ending speaks of the most urgent code first', () =>
  expect(byUrgency(['NAV', 'CALL', 'E111', 'CSD'])).toEqual(['E111', 'CALL', 'CSD', 'NAV']))
