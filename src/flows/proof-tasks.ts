import type { Edge, Graph } from './explore.ts'
import { type Failure, faults, type Proven, pathBy, pathOf, reach } from './proof.ts'
import { carriesOn, records } from './proof-length.ts'
import { codesOf } from './proof-turns.ts'

/** Codes that leave nobody a task of their own: words are all there is. */
const WORDS_ONLY = new Set(['INFO', 'OOA'])
const task = (edge: Edge) => codesOf(edge).some((code) => !WORDS_ONLY.has(code))

/** 8. A child, a silent caller, and a hang-up at a danger question each end with a task for a human. */
export function everyoneIsAHumansTask({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  const quiet = untold(graph)
  for (const node of quiet) {
    for (const edge of node.edges)
      if (edge.by === 'GONE' && !task(edge))
        found.add(
          node.value,
          pathOf(edge),
          'someone rings off before anything is recorded, and no one is told',
          'name the outcome for a hang-up here (`gone:`), or mend the exits `gone` and `gone-danger`'
        )
    const silent = node.edges.filter((edge) => edge.by === 'SILENCE')
    for (const lost of endsWithoutTask(silent, ({ by }) => by === 'SILENCE' || by === 'NOBODY'))
      found.add(
        node.value,
        lost.path,
        'a silent caller comes to an end, and no one is told',
        'silence must end in HOLD'
      )
  }
  const child = quiet.flatMap((node) => node.edges.filter(aboutChild))
  for (const lost of endsWithoutTask(child, () => true))
    found.add(
      lost.value,
      lost.path,
      'a child is spoken of, and no one is told',
      'lead to the child flow, which records SAFE or HOLD'
    )
  return found.list()
}

/** Situations that can be reached with nothing recorded in this conversation. */
function untold(graph: Graph) {
  const quiet = (edge: Edge) => !records(edge) && !carriesOn(edge)
  const nodes = reach(graph.starts, quiet, (edge) => (records(edge) ? 'stop' : 'on'))
  return [...nodes.keys()].filter((node) => !node.done)
}

function endsWithoutTask(from: readonly Edge[], follow: (edge: Edge) => boolean) {
  const nodes = reach(from, follow, (edge) => (task(edge) ? 'stop' : 'on'))
  return [...nodes.keys()]
    .filter((node) => node.done && node.value !== 'joined')
    .map((node) => ({ value: node.value, path: pathBy(nodes, node) }))
}

const aboutChild = (edge: Edge) =>
  edge.effects.some(
    (effect) =>
      effect.kind === 'keep' &&
      ((effect.field === 'who' && effect.value === 'child') ||
        (effect.field === 'child' && effect.value !== 'no'))
  )
