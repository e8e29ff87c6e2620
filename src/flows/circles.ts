import { before, type Flat, type Placed, skips } from './flatten.ts'
import { loops } from './loops.ts'
import { isAsking, targets } from './schema.ts'

/**
 * Circles of steps that never wait for the caller: rules, outcomes, people no one can ring, questions skipped because
 * their answer is known. XState would go round such a circle for ever, so it is refused before a machine is made.
 */
export function circles(flat: Flat): string[] {
  const next = new Map<string, string[]>()
  for (const placed of flat.steps.values()) next.set(...passing(placed))
  const groups = loops(next.keys(), (state) => next.get(state) ?? [])
  return groups
    .filter((group) => group.length > 1 || next.get(group[0] ?? '')?.includes(group[0] ?? ''))
    .map((group) => {
      const names = [...group].reverse().map((state) => state.replace(/\/known$/, ''))
      return `${flat.flow.flow}: these steps lead round in a circle without asking anything: ${names.join(' → ')}. Break the circle with a question or an end`
    })
}

/** A state that may be passed without waiting, and where it leads. A question is passed only where it is known. */
function passing({ state, step, to }: Placed): [string, string[]] {
  if (isAsking(step)) return skips(step) ? [before(state), targets(step).map(to)] : [state, []]
  return [state, targets(step).map(to)]
}
