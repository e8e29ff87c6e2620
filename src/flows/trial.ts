import { describe } from './compile.ts'
import { explore, exploreFrom, type Graph, type Node } from './explore.ts'
import { flowKey, type Library } from './flatten.ts'
import { loose } from './library.ts'
import type { Domains } from './memory.ts'
import type { Mutant } from './mutate.ts'
import { type Base, baseOf, patch } from './patch.ts'
import type { Promised } from './promises.ts'
import type { Failure, Proven } from './proof.ts'
import { askedBeforeDanger, dangerComesFirst, dangerIsAnswered } from './proof-danger.ts'
import { nothingIsAskedTwice } from './proof-known.ts'
import { everyPathEnds } from './proof-length.ts'
import { beyondPromises, promisesHold, promisesKept } from './proof-promises.ts'
import { yesIsTheDangerousAnswer } from './proof-risk.ts'
import { everyoneIsAHumansTask } from './proof-tasks.ts'
import { aPersonCanBeAskedFor, noTurnIsSilent } from './proof-turns.ts'
import { flowSchema } from './schema.ts'

/** What a trial explores of each mutant: one kind of contact, by phone and by text. Enough to see an arrow moved. */
const NEAR: Domains = {
  channel: ['voice', 'sms'],
  phone: ['mobile', 'landline', 'withheld'],
  resume: ['no', 'fresh'],
  resumeAt: [undefined, 'new-or-worse'],
  'known.codes': [[], ['SAFE']],
  'kept.practice': [undefined],
}
const OPTIONS = { effort: 'quick', domains: NEAR } as const

/** The flows as they are, explored once: mutants are tried against it. */
export interface Trial {
  promises: readonly Promised[]
  base: Base
  /** What is wrong already: nothing, or the trial proves nothing. */
  failures: readonly Failure[]
}

/** Makes ready to try mutants of the flows that one flow is made of. */
export function trial(library: Library, flow: string, promises: readonly Promised[]): Trial {
  const whole = library.get(flow)
  if (!whole) throw new Error(`there is no flow ${flow}`)
  const base = baseOf(exploreFrom(describe(whole, library), OPTIONS))
  const failures = QUICK.flatMap(([, check]) => check({ flow, graph: base.graph }, promises))
  return { promises, base, failures }
}

type Quick = (proven: Proven, promises: readonly Promised[]) => Failure[]
/** The proofs of one flow, those that see most mutants first. */
const QUICK: readonly [number, Quick][] = [
  [14, promisesHold],
  [5, dangerComesFirst],
  [4, (proven) => dangerIsAnswered(proven)],
  [3, aPersonCanBeAskedFor],
  [8, everyoneIsAHumansTask],
  [2, noTurnIsSilent],
  [1, everyPathEnds],
  [11, nothingIsAskedTwice],
]

/** What a mutant turns red: `refused` before a machine is made, the number of a proof; or nothing. */
export type Red = 'refused' | number | undefined

/** Tries one mutant. */
export function red({ base, promises }: Trial, mutant: Mutant): Red {
  const { library, flow, step } = mutant
  if (!flowSchema.safeParse(library.get(flow)).success) return 'refused'
  if (loose(library).length > 0) return 'refused'
  if (yesIsTheDangerousAnswer(library, promises).length > 0) return 13
  const changed = { flow: flow.replace(/\.v\d+$/, ''), name: step }
  const own = promises.filter(({ question }) => question === `${changed.flow}/${step}`)
  return tried(base, library, changed, (graph, whole, touched) => {
    if (beyondPromises({ flow, graph }, own, touched).length > 0) return 14
    if (!whole) return partly({ flow, graph: { ...graph, nodes: touched } })
    if (promisesKept({ flow, graph }, own).length > 0) return 14
    for (const [number, check] of QUICK)
      if (check({ flow, graph }, promises).length > 0) return number
    return undefined
  })
}

/** What some situations are enough to show: a fault of a single turn is one wherever else the flow leads. */
function partly(proven: Proven): number | 'again' {
  if (askedBeforeDanger(proven).length > 0) return 5
  if (dangerIsAnswered(proven).length > 0) return 4
  return noTurnIsSilent(proven).length > 0 ? 2 : 'again'
}

/** Whether a mutant behaves otherwise at all: whether any caller could hear, or any record hold, something else. */
export function behavesAlike({ base }: Trial, { library, flow, step }: Mutant): boolean {
  const changed = { flow: flow.replace(/\.v\d+$/, ''), name: step }
  const was = behaviour(base.graph)
  return tried(base, library, changed, (graph, whole) =>
    whole ? was === behaviour(graph) : 'again'
  )
}

/** Looks at what a mutant comes to: quickly, and where that leaves something out and is not enough, as a whole. */
function tried<T>(
  base: Base,
  library: Library,
  step: { flow: string; name: string },
  look: (graph: Graph, whole: boolean, touched: readonly Node[]) => T | 'again'
): T {
  const { flow, version } = base.graph.flat.flow
  const flowNow = library.get(flowKey(flow, version))
  if (!flowNow) throw new Error(`there is no flow ${flow}`)
  const described = describe(flowNow, library)
  for (const most of [FEW, undefined]) {
    const { graph, touched, whole, undo } = patch(base, described, step, most)
    try {
      const seen = look(graph, whole, touched)
      if (seen !== 'again') return seen
    } finally {
      undo()
    }
  }
  const graph = explore(described, { ...OPTIONS, live: base.search.live })
  const seen = look(graph, !graph.cut, graph.nodes)
  if (seen === 'again') throw new Error(`${flow}: has no end of situations, and nothing else shows`)
  return seen
}
/** Situations that are enough to see most mutants by. */
const FEW = 30

/** Everything that can be heard and recorded, turn by turn, in one text. */
function behaviour(graph: Graph): string {
  const turns = new Set<string>()
  for (const node of graph.nodes)
    for (const edge of node.edges)
      turns.add(`${node.value} ${edge.by} ${JSON.stringify(edge.effects)} ${edge.to.value}`)
  return [...turns].sort().join('\n')
}
