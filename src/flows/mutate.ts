import { flowKey, type Library } from './flatten.ts'
import type { Flow, Step } from './schema.ts'

/** One small fault put into the flows, as an author might by mistake. */
export interface Mutant {
  flow: string
  step: string
  /** What was changed, in words: `yes: lift → head`. */
  change: string
  library: Library
}

/** Every mutant that moves an arrow of one step to another step of its own flow, or out of it. */
export function* movedArrows(library: Library, flow: Flow, name: string): Generator<Mutant> {
  const step = flow.steps[name]
  if (!step) return
  for (const { label, at, to } of arrows(step))
    for (const target of others(flow, step, label, to))
      yield mutant(
        library,
        flow,
        name,
        { ...step, ...at(target) } as Step,
        `${label}: ${to} → ${target}`
      )
}

/** Every mutant that takes out a step, an answer or a flag. */
export function* takenOut(library: Library, flow: Flow, name: string): Generator<Mutant> {
  const step = flow.steps[name]
  if (!step) return
  yield mutant(library, flow, name, undefined, 'the step is taken out')
  for (const flag of ['danger', 'risk', 'clears', 'gone'] as const) {
    if (!(flag in step)) continue
    const { [flag]: _, ...rest } = step as Record<string, unknown>
    yield mutant(library, flow, name, rest as Step, `\`${flag}\` is taken out`)
  }
  if (!('next' in step)) return
  for (const answer of Object.keys(step.next)) {
    const { [answer]: _, ...next } = step.next as Record<string, string>
    yield mutant(
      library,
      flow,
      name,
      { ...step, next } as Step,
      `the answer ${answer} is taken out`
    )
  }
}

function mutant(
  library: Library,
  flow: Flow,
  name: string,
  step: Step | undefined,
  change: string
): Mutant {
  const { [name]: _, ...rest } = flow.steps
  // The order of the steps stays, since a table is read in it.
  const steps = step
    ? Object.fromEntries(
        Object.entries(flow.steps).map(([key, old]) => [key, key === name ? step : old])
      )
    : rest
  const key = flowKey(flow.flow, flow.version)
  const changed = new Map(library).set(key, { ...flow, steps } as Flow)
  return { flow: key, step: name, change, library: changed }
}

/** One arrow of a step, and the step's lines when it leads elsewhere. */
interface Arrow {
  label: string
  to: string
  at: (target: string) => object
}

function arrows(step: Step): Arrow[] {
  const all: Arrow[] = []
  if ('next' in step)
    for (const [label, to] of Object.entries(step.next as Record<string, string>))
      all.push({ label, to, at: (target) => ({ next: { ...step.next, [label]: target } }) })
  if ('then' in step) all.push({ label: 'then', to: step.then, at: (then) => ({ then }) })
  if ('nobody' in step) all.push({ label: 'nobody', to: step.nobody, at: (nobody) => ({ nobody }) })
  if ('gone' in step && step.gone)
    all.push({ label: 'gone', to: step.gone, at: (gone) => ({ gone }) })
  if ('otherwise' in step && step.otherwise)
    all.push({ label: 'otherwise', to: step.otherwise, at: (otherwise) => ({ otherwise }) })
  return all
}

/** Where else an arrow could lead: other answers for `otherwise`, outcomes for `gone`, any step or `done` for the rest. */
function others(flow: Flow, step: Step, label: string, to: string): string[] {
  if (label === 'otherwise')
    return Object.keys('next' in step ? step.next : {}).filter((answer) => answer !== to)
  const names = Object.entries(flow.steps)
    .filter(([, { kind }]) => label !== 'gone' || kind === 'outcome')
    .map(([name]) => name)
  const out = flow.exits === undefined && flow.flow !== 'exits' && label !== 'gone' ? ['done'] : []
  return [...names, ...out].filter((name) => name !== to)
}

const WEIGHTY_FLOWS = [
  'danger',
  'exits',
  'child',
  'two-hour',
  'two-hour-now',
  'two-hour-home',
  'lift',
]
const WEIGHTY_STEPS = [
  'resident/who',
  'resident/who-again',
  'resident/worse-person',
  'mood/crisis',
  'mood/crisis-open',
  'mood/crisis-line',
  'safety/overheard',
  'safety/police',
  'safety/police-person',
  'closing/safeguarding',
  'closing/consent',
  'closing/not-agreed',
  'closing/share-anyway',
  'closing/wait',
]

/** Whether a step is one on which a life, a child, a consent or a promise of two hours hangs. */
export function isWeighty(flow: Flow, name: string): boolean {
  const step = flow.steps[name]
  if (step?.kind === 'yes-no' && (step.danger || step.risk)) return true
  if (step?.kind === 'rule' && ['ucr-gate', 'crisis-open'].includes(step.rule)) return true
  return WEIGHTY_FLOWS.includes(flow.flow) || WEIGHTY_STEPS.includes(`${flow.flow}/${name}`)
}
