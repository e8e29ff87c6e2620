import { CODES } from '../flows/outcomes.ts'
import type { Told } from './told.ts'

const LONG_TEAM = 'the Neighbourhood 2 rapid response team'
const ALL = <T>(value: T): Record<string, T> =>
  Object.fromEntries([...CODES.map((code) => [code, value] as const)])

/** A record with every blank filled by something long, to measure words against. */
export const SAMPLE_TOLD: Told = {
  now: '2026-11-25T14:02:00Z',
  zone: 'Europe/London',
  place: 'Southampton',
  cover: 'yes',
  codes: ['CSD'],
  teams: ALL(LONG_TEAM),
  due: ALL('2026-11-27T15:40:00Z'),
  closed: false,
  consent: 'yes',
  ref: '77777777',
  reachable: true,
  last3: '777',
  unsafe: false,
  promise: { due: '2026-11-25T14:07:00Z', by: 'ring' },
  times: ['2026-11-25T15:00:00Z', '2026-11-25T16:00:00Z', '2026-11-26T10:00:00Z'],
  outOfHours: '+442079460139',
  housing: '+442079460140',
}

const { promise: _, outOfHours: __, housing: ___, last3: ____, ...least } = SAMPLE_TOLD

/** Other hours and other callers: each changes which parts of a phrase are said. */
export const TOLD_VARIANTS: readonly Told[] = [
  { ...SAMPLE_TOLD, cover: 'no' },
  { ...SAMPLE_TOLD, closed: true },
  { ...SAMPLE_TOLD, reachable: false },
  { ...SAMPLE_TOLD, unsafe: true },
  { ...SAMPLE_TOLD, consent: 'no' },
  { ...SAMPLE_TOLD, consent: 'no', codes: ['CSD', 'CALL'] },
  { ...SAMPLE_TOLD, due: ALL('2026-11-25T16:00:00Z') },
  { ...least, cover: 'no', due: {}, teams: {} },
]

/** Long names of surgeries: a choice of five and none is the most a screen may hold. */
export const SAMPLE_OPTIONS: readonly string[] = [
  'Queens Road Partnership',
  'Wells Park Practice',
  'Torridon Road Medical Practice',
  'South Lewisham Group Practice',
  'Lewisham Medical Centre',
]

export const SAMPLE_POSTCODE: readonly string[] = ['SW17 7XX']
