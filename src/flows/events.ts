import type { Heard } from '../conversation/types.ts'
import type { Flat, Placed } from './flatten.ts'
import { isAsking } from './schema.ts'

/** How much is tried at each step: everything, or (for the many runs of a mutation test) what moves a conversation on. */
export type Effort = 'all' | 'quick'

const DANGERS: readonly Heard[] = [
  { type: 'DANGER', of: 'body' },
  { type: 'DANGER', of: 'self' },
  { type: 'DANGER', of: 'harm' },
]
const MOVING: readonly Heard[] = [
  { type: 'SILENCE' },
  { type: 'PERSON' },
  { type: 'GONE' },
  { type: 'UNCLEAR' },
]
const OTHER: readonly Heard[] = [
  { type: 'AGAIN' },
  { type: 'LANGUAGE' },
  { type: 'ABUSE' },
  { type: 'JOINED' },
  { type: 'NOBODY' },
]
const answer = (value: string): Heard => ({ type: 'ANSWER', value })
/** Answers that are none of a step's own: they take the arrow of an unclear one. */
const STRANGE: readonly Heard[] = [
  answer('something else'),
  { type: 'FOUND', values: [], area: 'unknown' },
]
/** What is tried once a place and attempt. */
export const ONCE: Readonly<Record<Effort, readonly Heard[]>> = {
  all: STRANGE,
  quick: [...OTHER.filter(({ type }) => type !== 'NOBODY'), ...DANGERS],
}

/** Everything that can be heard while a conversation waits at a state. */
export function eventsAt(value: string, flat: Flat, effort: Effort): Heard[] {
  const placed = stepAt(value, flat)
  const own = placed && isAsking(placed.step) ? answersAt(value, placed) : []
  if (effort === 'all') return [...own, ...MOVING, ...OTHER, ...DANGERS]
  const rings: Heard[] = placed?.step.kind === 'person' ? [{ type: 'NOBODY' }] : []
  return [...own, ...rings, ...MOVING]
}

/** The step a state belongs to: its own, or the one it reads back, skips or ends. */
export function stepAt(value: string, flat: Flat): Placed | undefined {
  return flat.steps.get(value) ?? flat.steps.get(value.replace(/\/(confirm|pick|known|gone)$/, ''))
}

const FOUND = ['first', 'second'] as const

function answersAt(value: string, { step, state }: Placed): Heard[] {
  if (value === `${state}/confirm`) return [answer('yes'), answer('no'), answer('not-sure')]
  if (value === `${state}/pick`) return [answer(FOUND[0]), answer('none')]
  switch (step.kind) {
    case 'yes-no':
      return [answer('yes'), answer('no'), answer('not-sure')]
    case 'choice':
      return Object.keys(step.next).map(answer)
    case 'practice':
      return [answer('none'), found('here', 1), found('here', 2)]
    case 'postcode':
      return [
        answer('none'),
        ...(['here', 'elsewhere', 'unknown'] as const).flatMap((area) => [
          found(area, 1),
          found(area, 2),
        ]),
      ]
    default:
      return [answer('given'), answer('none')]
  }
}

const found = (area: 'here' | 'elsewhere' | 'unknown', count: number): Heard => ({
  type: 'FOUND',
  values: FOUND.slice(0, count),
  area,
})
