import { flowKey, type Library } from './flatten.ts'
import type { Flow } from './schema.ts'

/** The exits the compiler leads to by itself, whatever a flow's author wrote. */
export const ROOTS = [
  'x1',
  'xc',
  'xl',
  'x3',
  'q0',
  'person',
  'silent',
  'language',
  'abuse',
  'gone',
  'gone-danger',
]

/** The exits a flow may end up with: its own; for a sub-flow those of every flow that can be begun. */
export function exitsOf(flow: Flow, library: Library): Flow[] {
  const begun = flow.exits === undefined ? [...library.values()] : [flow]
  return begun.flatMap(({ exits }) => {
    const found = exits === undefined ? undefined : library.get(flowKey('exits', exits))
    return found ? [found] : []
  })
}

/** Faults of the exits as a whole: a missing file, or one without a way out that every flow needs. */
export function exitsWiring(flow: Flow, library: Library): string[] {
  if (flow.flow === 'exits')
    return ROOTS.filter((name) => !flow.steps[name]).map(
      (name) => `step ${name}: every flow leads here, but there is no such step. Put it back`
    )
  if (flow.exits === undefined || library.has(flowKey('exits', flow.exits))) return []
  const file = `${flowKey('exits', flow.exits)}.yaml`
  return [`it takes its exits from version ${flow.exits}, but there is no file ${file}`]
}
