import { expect } from 'vitest'
import { isWeighty, type Mutant, movedArrows, takenOut } from '../../src/flows/mutate.ts'
import { behavesAlike, type Red, red, trial } from '../../src/flows/trial.ts'
import { flowOf, library, promises } from './shipped.ts'

/**
 * Tries every mutant of the steps on which a life, a child, a consent or a two-hour promise hangs. Each must be
 * refused or turn a proof red, unless no caller could ever tell the difference.
 */
export function tryMutants(keys: readonly string[]): void {
  const tried = trial(library, 'resident.v1', promises)
  expect(tried.failures).toEqual([])
  const counts = new Map<Red | 'alike', number>()
  const survivors: string[] = []
  for (const mutant of mutantsOf(keys)) {
    let seen: Red | 'alike' = red(tried, mutant)
    if (seen === undefined && behavesAlike(tried, mutant)) seen = 'alike'
    counts.set(seen, (counts.get(seen) ?? 0) + 1)
    if (seen === undefined) survivors.push(`${mutant.flow} ${mutant.step}: ${mutant.change}`)
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const by = [...counts].map(([seen, count]) => `${count} ${nameOf(seen)}`).join(', ')
  console.log(`${all} mutants, ${survivors.length} survivors: ${by}`)
  expect(survivors).toEqual([])
}

const nameOf = (seen: Red | 'alike') => (typeof seen === 'number' ? `red in proof ${seen}` : seen)

function* mutantsOf(keys: readonly string[]): Generator<Mutant> {
  for (const key of keys) {
    const flow = flowOf(key)
    for (const name of Object.keys(flow.steps)) {
      if (!isWeighty(flow, name)) continue
      yield* movedArrows(library, flow, name)
      yield* takenOut(library, flow, name)
    }
  }
}
