import { type Asking, type Flow, isAsking, type Step } from './schema.ts'

/** Every flow version by `name.vN`. */
export type Library = ReadonlyMap<string, Flow>
export const flowKey = (flow: string, version: number) => `${flow}.v${version}`

/** One step of a flow as it stands in a machine, with its sub-flow's own names. */
export interface Placed {
  /** Name of the state: `<run-step>/<step>`. */
  state: string
  flow: string
  version: number
  /** The step's name in its own file; its words stand under this. */
  name: string
  step: Exclude<Step, { kind: 'run' }>
  /** Where a name in this step's file leads: the state to enter. */
  to: (target: string) => string
  /** The outcome recorded when the caller goes here. */
  gone?: string
}

export interface Flat {
  flow: Flow
  start: string
  steps: ReadonlyMap<string, Placed>
  /** Flow versions this machine is made of, each once. */
  parts: readonly string[]
}

const EXIT = 'exit'
/** Kept answers that make their question superfluous. The rest are asked anew in every conversation. */
const SKIPS: readonly string[] = ['who', 'asked', 'practice', 'postcode']
export const skips = (step: Step): step is Asking =>
  isAsking(step) && step.keeps !== undefined && SKIPS.includes(step.keeps)
/** The decision state before a question whose answer may be known. */
export const before = (state: string) => `${state}/known`

/**
 * Lays a flow and its sub-flows out flat, the exits beside them. Sub-flow steps are named
 * `<run-step>/<step>`: a dot would read as nesting to XState.
 * The library must have passed `problems` first: a missing name throws.
 */
export function flatten(flow: Flow, library: Library): Flat {
  const steps = new Map<string, Placed>()
  const parts = new Set<string>()
  const begin = () => root.enter(flow.start)
  const exits = flow.exits === undefined ? undefined : library.get(flowKey('exits', flow.exits))
  const leave = (name: string) => {
    if (!exitPart) throw new Error(`${flow.flow} has no exits`)
    return exitPart.enter(name)
  }
  const done = () => {
    throw new Error(`${flow.flow}: the outermost flow has nowhere to be done to`)
  }
  const exitPart = exits && lay(exits, `${EXIT}/`, begin)
  const root = lay(flow, '', done)
  return { flow, start: begin(), steps, parts: [...parts] }

  function lay(part: Flow, prefix: string, onDone: () => string, gone?: string) {
    parts.add(flowKey(part.flow, part.version))
    const inner = new Map<string, ReturnType<typeof lay>>()
    const enter = (name: string): string => {
      if (name === 'done') return onDone()
      if (name === 'begin') return begin()
      if (name.startsWith(`${EXIT}/`)) return leave(name.slice(EXIT.length + 1))
      const step = part.steps[name]
      if (!step) throw new Error(`${part.flow}: no step ${name}`)
      if (step.kind === 'run') return (inner.get(name) as ReturnType<typeof lay>).first()
      return skips(step) ? before(prefix + name) : prefix + name
    }
    for (const [name, step] of Object.entries(part.steps)) {
      const hangUp = 'gone' in step && step.gone ? prefix + step.gone : gone
      if (step.kind === 'run') {
        const sub = library.get(flowKey(step.flow, step.version))
        if (!sub) throw new Error(`${part.flow}: no flow ${flowKey(step.flow, step.version)}`)
        inner.set(
          name,
          lay(sub, `${prefix}${name}/`, () => enter(step.then), hangUp)
        )
        continue
      }
      const { flow, version } = part
      const placed = { state: prefix + name, flow, version, name, step, to: enter }
      steps.set(prefix + name, hangUp ? { ...placed, gone: hangUp } : placed)
    }
    return { enter, first: () => enter(part.start) }
  }
}
