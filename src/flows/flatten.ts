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

/** One flow file being laid out: its place in the whole, and where it hands back to. */
interface Part {
  flow: Flow
  prefix: string
  done: () => string
  gone: string | undefined
}
/** A flow file laid out: the state a name in it leads to. */
type Laid = (target: string) => string

/**
 * Lays a flow and its sub-flows out flat, the exits beside them. Sub-flow steps are named
 * `<run-step>/<step>`: a dot would read as nesting to XState.
 * The library must have passed `problems` first: a missing name throws.
 */
export function flatten(flow: Flow, library: Library): Flat {
  const whole: Whole = {
    library,
    steps: new Map(),
    parts: new Set(),
    begin: () => root(flow.start),
  }
  const exits = flow.exits === undefined ? undefined : library.get(flowKey('exits', flow.exits))
  const none = { gone: undefined }
  if (exits)
    whole.exits = lay(whole, { ...none, flow: exits, prefix: `${EXIT}/`, done: whole.begin })
  const root = lay(whole, { ...none, flow, prefix: '', done: () => nowhere(flow) })
  return { flow, start: whole.begin(), steps: whole.steps, parts: [...whole.parts] }
}

interface Whole {
  library: Library
  steps: Map<string, Placed>
  parts: Set<string>
  begin: () => string
  exits?: Laid
}

const nowhere = ({ flow }: Flow): string => {
  throw new Error(`${flow}: the outermost flow has nowhere to be done to`)
}

function lay(whole: Whole, { flow: part, prefix, done, gone }: Part): Laid {
  const { flow, version } = part
  whole.parts.add(flowKey(flow, version))
  const inner = new Map<string, () => string>()
  const to: Laid = (name) => {
    if (name === 'done') return done()
    if (name === 'begin') return whole.begin()
    if (name.startsWith(`${EXIT}/`) && whole.exits) return whole.exits(name.slice(EXIT.length + 1))
    const step = part.steps[name]
    if (!step) throw new Error(`${flow}: no step ${name}`)
    const run = inner.get(name)
    if (run) return run()
    return skips(step) ? before(prefix + name) : prefix + name
  }
  for (const [name, step] of Object.entries(part.steps)) {
    const hangUp = 'gone' in step && step.gone ? prefix + step.gone : gone
    if (step.kind !== 'run') {
      const placed = { state: prefix + name, flow, version, name, step, to }
      whole.steps.set(prefix + name, hangUp ? { ...placed, gone: hangUp } : placed)
      continue
    }
    const sub = whole.library.get(flowKey(step.flow, step.version))
    if (!sub) throw new Error(`${flow}: no flow ${flowKey(step.flow, step.version)}`)
    const under = {
      flow: sub,
      prefix: `${prefix}${name}/`,
      done: () => to(step.then),
      gone: hangUp,
    }
    const laid = lay(whole, under)
    inner.set(name, () => laid(sub.start))
  }
  return to
}
