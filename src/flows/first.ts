import type { Hop } from './drive.ts'
import type { Edge, Graph, Node } from './explore.ts'
import { CODES, type Code } from './outcomes.ts'

/** Codes as bits, so that sets of them are cheap to join. */
export const bits = (codes: readonly string[]) =>
  codes.reduce((all, code) => all | (1 << CODES.indexOf(code as Code)), 0)
export const named = (set: number): string[] => CODES.filter((_, at) => (set >> at) & 1)

const ANSWERED = new Set(['ANSWER', 'FOUND', 'NOBODY'])
/** Whether a turn is one a flow's author drew: an answer of its own, or no one coming. What is unclear counts as none. */
export const answered = (edge: Edge) =>
  ANSWERED.has(edge.heard.type) && !edge.choices.some(([field]) => field === 'unclear')

/** The codes a turn records first, from one of its effects on. Zero when it records none there. */
function recordedIn(edge: Edge, after: number): number {
  for (let at = after; at < edge.effects.length; at++) {
    const effect = edge.effects[at]
    if (effect?.kind === 'outcome') return bits(effect.codes)
  }
  return 0
}

/** For every situation, the codes that may be recorded first from there on. */
export function firstCodes(graph: Graph): ReadonlyMap<Node, number> {
  const ways = graph.nodes.map((node) => ({ node, way: onwards(node) })).reverse()
  const first = new Map<Node, number>(ways.map(({ node, way }) => [node, way.own]))
  for (let grew = true; grew; ) {
    grew = false
    for (const { node, way } of ways) {
      const was = first.get(node) ?? 0
      let now = was
      for (const to of way.next) now |= first.get(to) ?? 0
      if (now === was) continue
      first.set(node, now)
      grew = true
    }
  }
  return first
}

interface Way {
  own: number
  next: ReadonlySet<Node>
}
/** Worked out once for the turns of a situation: a small change to a flow leaves most as they are. */
const ways = new WeakMap<readonly Edge[], Way>()

/** What a situation records at once, and the situations that record nothing on the way to them. */
function onwards(node: Node): Way {
  const known = ways.get(node.edges)
  if (known) return known
  const next = new Set<Node>()
  let own = 0
  for (const edge of node.edges) {
    if (!answered(edge)) continue
    const codes = recordedIn(edge, 0)
    own |= codes
    if (!codes && edge.to !== node) next.add(edge.to)
  }
  const way = { own, next }
  ways.set(node.edges, way)
  return way
}

/** One arrow of a step, wherever it is followed: in which turn, and after how many of its effects. */
export interface Taken {
  edge: Edge
  before: number
}

/** Every arrow of these states, by `<state> <answer>`: wherever it is followed, or from some situations only. */
export function arrowsTaken(
  graph: Graph,
  states: ReadonlySet<string>,
  nodes: Iterable<Node> = graph.nodes
): ReadonlyMap<string, Taken[]> {
  const taken = new Map<string, Taken[]>()
  const look = (edge: Edge) => {
    for (const hop of edge.hops) {
      if (!states.has(hop.at)) continue
      const key = `${hop.at} ${labelOf(hop, edge)}`
      const list = taken.get(key)
      if (list) list.push({ edge, before: hop.before })
      else taken.set(key, [{ edge, before: hop.before }])
    }
  }
  for (const edge of graph.starts) look(edge)
  for (const node of nodes) for (const edge of node.edges) look(edge)
  return taken
}

/** An arrow's name in the promises: rings that fail, silence that is not asked again, and hang-ups have names of their own. */
function labelOf(hop: Hop, edge: Edge): string {
  if (hop.by === 'NOBODY') return 'nobody'
  if (hop.by === 'GONE') return 'gone'
  if (hop.by === 'SILENCE') return hop.to === hop.at ? 'SILENCE' : 'silence'
  return edge.heard.type === 'LANGUAGE' && hop.by === 'LANGUAGE' ? 'language' : hop.by
}

/** The codes recorded first after an arrow, over all its paths. */
export function firstAfter(arrows: readonly Taken[], first: ReadonlyMap<Node, number>): number {
  let set = 0
  for (const { edge, before } of arrows)
    set |= recordedIn(edge, before) || (first.get(edge.to) ?? 0)
  return set
}

/** What is spoken first after an arrow: the states of the steps that ask, ring or end. */
export function spokenAfter(arrows: readonly Taken[]): Set<string> {
  const spoken = new Set<string>()
  for (const { edge, before } of arrows)
    for (const effect of edge.effects.slice(before))
      if (effect.kind === 'ask' || effect.kind === 'person' || effect.kind === 'end') {
        spoken.add(effect.step)
        break
      }
  return spoken
}
