import type { Edge, Graph, Node } from './explore.ts'
import type { Choice } from './memory.ts'

/** A promise that does not hold: where, how one gets there, and what to do about it. For someone who does not program. */
export interface Failure {
  flow: string
  step: string
  /** What is heard, answer by answer, on the shortest way there. */
  path: readonly string[]
  words: string
  remedy: string
}

/** The flow a proof is about, with every situation it can reach. */
export interface Proven {
  flow: string
  graph: Graph
}

/** Collects failures, the shortest way to each fault only. */
export function faults(flow: string) {
  const found = new Map<string, Failure>()
  const keep = (failure: Failure) => {
    const key = `${failure.step}: ${failure.words}`
    const known = found.get(key)
    if (!known || known.path.length > failure.path.length) found.set(key, failure)
  }
  return {
    add: (step: string, path: readonly string[], words: string, remedy: string) =>
      keep({ flow, step, path, words, remedy }),
    take: (failures: readonly Failure[]) => failures.forEach(keep),
    list: () => [...found.values()],
  }
}

const CIRCUMSTANCE: Record<string, string> = {
  'cover no': 'no one covers this hour',
  'channel sms': 'by text',
  'channel voice': 'by phone',
  'open.UCR2 no': 'the two-hour response is closed',
  'open.EMH no': 'the crisis team is closed',
  'open.CSD no': 'the cluster team is closed',
  'phone withheld': 'the number is withheld',
  'phone landline': 'from a landline',
  'adult no': 'known to be under 18',
  'area elsewhere': 'known to be elsewhere',
  'kept.practice known': 'the practice is known',
  'resume fresh': 'carrying on within the hour',
  'resume stale': 'carrying on later',
}
function circumstances(choices: readonly Choice[]): string {
  const told = choices.flatMap(([field, value]) => CIRCUMSTANCE[`${field} ${value}`] ?? [])
  return told.length > 0 ? ` (${told.join(', ')})` : ''
}

const HEARD: Record<string, string> = {
  SILENCE: 'silence',
  UNCLEAR: 'something unclear',
  AGAIN: 'say it again',
  PERSON: 'asks for a person',
  LANGUAGE: 'asks for another language',
  ABUSE: 'is abusive',
  GONE: 'rings off',
  JOINED: 'a person joins',
  NOBODY: 'no one answers',
  'DANGER body': 'says that a life is in danger',
  'DANGER self': 'says they want to end their life',
  'DANGER harm': 'says that someone is harming them',
}

/** One turn in words: the question, what was heard, and what was so at the time. */
export function turnInWords(edge: Edge): string {
  if (!edge.from) return `the start${circumstances(edge.choices)}`
  return `${edge.from.value}: ${HEARD[edge.by] ?? edge.by}${circumstances(edge.choices)}`
}

/** The shortest way to a situation, and the turn that is at fault. */
export function pathTo(node: Node | undefined, last?: Edge): string[] {
  const path = last ? [turnInWords(last)] : []
  for (let edge = node?.from; edge; edge = edge.from?.from) path.unshift(turnInWords(edge))
  return path
}
export const pathOf = (edge: Edge) => pathTo(edge.from, edge)

/** Every turn that can be taken, the first ones too. */
export function* turnsOf(graph: Graph): Generator<Edge> {
  yield* graph.starts
  for (const node of graph.nodes) yield* node.edges
}

/** Situations reached by a search, each with the turn that first reached it. */
export type Reached = ReadonlyMap<Node, Edge>

/** Every situation that can be reached from these turns, following only some. The turns themselves count as followed. */
export function reach(
  from: Iterable<Edge>,
  follow: (edge: Edge) => boolean,
  visit: (edge: Edge) => 'on' | 'stop' = () => 'on'
): Reached {
  const seen = new Map<Node, Edge>()
  const queue: Edge[] = [...from]
  for (let at = 0; at < queue.length; at++) {
    const edge = queue[at] as Edge
    if (visit(edge) === 'stop' || seen.has(edge.to)) continue
    seen.set(edge.to, edge)
    for (const next of edge.to.edges) if (follow(next)) queue.push(next)
  }
  return seen
}

/** The way a search took: the shortest to where it began, and its own from there. */
export function pathBy(reached: Reached, node: Node): string[] {
  const path: string[] = []
  let edge = reached.get(node)
  for (const seen = new Set<Edge>(); edge && !seen.has(edge); ) {
    seen.add(edge)
    path.unshift(turnInWords(edge))
    const from: Node | undefined = edge.from
    const before = from && reached.get(from)
    if (!before) return [...pathTo(from), ...path]
    edge = before
  }
  return path
}
