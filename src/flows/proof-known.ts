import { KEPT } from '../conversation/types.ts'
import type { Edge, Graph, Node } from './explore.ts'
import { before, skips } from './flatten.ts'
import { type Failure, faults, type Proven, pathBy, pathOf, reach, turnsOf } from './proof.ts'
import { isDanger, questionAt } from './proof-danger.ts'
import { asks } from './proof-turns.ts'

/** 11. Nothing is asked whose answer this contact has given, save danger, consent and "is it safe". */
export function nothingIsAskedTwice({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  for (const edge of turnsOf(graph)) {
    const state = asks(edge)
    const step = questionAt(edge.to)
    if (!state || !step || !skips(step) || edge.from?.placed?.state === state) continue
    const looked = edge.hops.some((hop) => hop.at === before(state) && hop.to === state)
    if (!looked)
      found.add(
        state,
        pathOf(edge),
        'is asked without looking whether it is known',
        'lead to the question itself, so that it is skipped when its answer is known'
      )
  }
  for (const [name, states] of questionsByName(graph)) {
    if (states.size < 2) continue
    for (const [state, nodes] of states) {
      const reached = reach(leaving(nodes), () => true)
      const again = [...reached.keys()].find(
        (node) => states.has(node.value) && node.value !== state
      )
      if (again)
        found.add(
          state,
          pathBy(reached, again),
          `${name} can be asked again as ${again.value}`,
          'ask once: lead past the second'
        )
    }
  }
  return [...found.list(), ...askedAfterAnswer({ flow, graph })]
}

/** What is asked anew in every conversation, or is a retry of another question. */
const ANEW = ['consent', 'unsafe', 'overheard', 'resume', 'text-me']

function askedAfterAnswer({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  for (const field of KEPT.filter((field) => !ANEW.includes(field))) {
    const told = [...turnsOf(graph)].filter((edge) => gives(edge, field))
    const reached = reach(told, (edge) => !startsAgain(edge))
    for (const [node, edge] of reached) {
      const step = questionAt(node)
      if (step?.keeps !== field || step.with || asks(edge) !== node.value) continue
      if (edge.from?.placed?.state === node.value) continue
      found.add(
        node.value,
        pathBy(reached, node),
        `is asked although its answer (${field}) is known`,
        'put a rule before it, or mark it as a retry (`with:`)'
      )
    }
  }
  return found.list()
}
const gives = (edge: Edge, field: string) =>
  edge.effects.some(
    (effect) =>
      effect.kind === 'keep' &&
      effect.field === field &&
      effect.confirmed &&
      effect.value !== 'none'
  )
const startsAgain = (edge: Edge) => edge.by === 'start-again'

/** Questions by flow and step, then by the states they stand at. Danger is asked anew; a kept answer is looked up. */
function questionsByName(graph: Graph): Map<string, Map<string, Node[]>> {
  const names = new Map<string, Map<string, Node[]>>()
  for (const node of graph.nodes) {
    const step = questionAt(node)
    if (!step || isDanger(step) || skips(step)) continue
    const name = `${node.placed?.flow}/${node.placed?.name}`
    const states = names.get(name) ?? new Map<string, Node[]>()
    names.set(name, states)
    states.set(node.value, [...(states.get(node.value) ?? []), node])
  }
  return names
}
/** Turns by which a question is really left: answered, or given up. */
const leaving = (nodes: readonly Node[]): Edge[] =>
  nodes.flatMap((node) => node.edges.filter((edge) => edge.to.value !== node.value))
