import type { Heard } from '../conversation/types.ts'
import type { Chart } from './drive.ts'
import { stepAt } from './events.ts'
import type { Edge, Graph, Node } from './explore.ts'
import type { Links, Live } from './reading.ts'
import { type Described, expand, firstTurns, type Search, turns } from './search.ts'

/** A search that is done, and where each state is passed: what is needed to explore a small change quickly. */
export interface Base {
  search: Search
  graph: Graph
  passed: ReadonlyMap<string, ReadonlySet<Node>>
  /** Where the arrows of each state lead. */
  led: ReadonlyMap<string, string>
}

/** Makes ready to explore small changes of a flow that has been explored. */
export function baseOf({ search, graph }: { search: Search; graph: Graph }): Base {
  const passed = new Map<string, Set<Node>>()
  for (const node of graph.nodes)
    for (const edge of node.edges)
      for (const { at } of edge.hops) {
        const nodes = passed.get(at) ?? new Set()
        passed.set(at, nodes.add(node))
      }
  const states = Object.entries(search.drive.chart.states)
  const led = new Map(states.map(([state, spot]) => [state, ledTo(spot)]))
  return { search, graph, passed, led }
}

/** What a small change comes to. */
export interface Patched {
  /** The situations looked at anew, or found for the first time. */
  touched: readonly Node[]
  graph: Graph
  /** Whether it is all there. Where the change reads what the first search did not tell apart, some may be missing. */
  whole: boolean
  /** Puts everything back as it was: to be called before the next change. */
  undo: () => void
}

/**
 * Explores a flow anew where a change touches it, and keeps what was found for the rest. With `most`, only so many of
 * the situations that pass a changed state are looked at.
 */
export function patch(
  base: Base,
  described: Described,
  step: { flow: string; name: string },
  most = Number.POSITIVE_INFINITY
): Patched {
  const chart = described.chart as Chart
  const changed = changedStates(base.led, chart)
  for (const { flow, name, state } of described.flat.steps.values())
    if (flow === step.flow && name === step.name) changed.add(state)
  const { search, found } = above(base.search, described)
  const { undo, nodes, all } = touch(base, search, changed, most)
  const touchedStart = base.graph.starts.some((edge) => passes(edge, changed))
  const starts = touchedStart ? firstTurns(search) : base.graph.starts
  const limit = base.graph.nodes.length
  for (const node of found) if (found.length < limit) expand(search, node)
  const whole = all && found.length < limit && closed(base.search.live, search.links)
  const graph = {
    ...base.graph,
    flat: described.flat,
    starts,
    nodes: whole ? reachable(starts) : [...base.graph.nodes, ...found],
  }
  return { graph, touched: [...nodes, ...found], whole, undo }
}

/** A search that adds to another without changing it. `found` grows while it is gone through. */
function above(base: Search, described: Described): { search: Search; found: Node[] } {
  const found: Node[] = []
  const added = new Map<string, Node>()
  const known = {
    get: (key: string) => added.get(key) ?? base.known.get(key),
    set: (key: string, node: Node) => added.set(key, node),
  }
  const drive = { ...base.drive, chart: described.chart as Chart, flat: described.flat }
  const search = {
    ...base,
    drive,
    nodes: found,
    known,
    links: new Map(),
    tried: new Set(base.tried),
  }
  return { search, found }
}

const passes = (edge: Edge, states: ReadonlySet<string>) =>
  edge.hops.some(({ at }) => states.has(at))

/** Takes the turns anew that pass a changed state. */
function touch({ passed }: Base, search: Search, changed: ReadonlySet<string>, most: number) {
  const before = new Map<Node, Pick<Node, 'edges' | 'placed'>>()
  const passing = new Set([...changed].flatMap((state) => [...(passed.get(state) ?? [])]))
  for (const node of [...passing].slice(0, most)) {
    const { edges, placed } = node
    before.set(node, { edges, ...(placed && { placed }) })
    const touched = edges.filter((edge) => passes(edge, changed))
    const anew = new Set<Heard>(touched.map(({ heard }) => heard))
    node.edges = edges.filter(({ heard }) => !anew.has(heard))
    for (const heard of anew) node.edges.push(...turns(search, node, heard))
    const now = stepAt(node.value, search.drive.flat)
    if (now) node.placed = now
  }
  const undo = () => {
    for (const [node, old] of before) Object.assign(node, old)
  }
  return { undo, nodes: before.keys(), all: passing.size <= most }
}

/** States whose arrows lead elsewhere than they did. */
function changedStates(led: ReadonlyMap<string, string>, { states }: Chart): Set<string> {
  const changed = Object.entries(states).filter(([state, spot]) => led.get(state) !== ledTo(spot))
  return new Set(changed.map(([state]) => state))
}
const ledTo = ({ on, always }: Chart['states'][string]): string => {
  const ways = [...Object.values(on ?? {}), always ?? []].flatMap((arrows) => arrows)
  return ways.map(({ target }) => target).join()
}

/** Whether nothing was read that the first search had not told apart. */
function closed(live: Live, links: Links): boolean {
  for (const [at, out] of links) {
    const here = live.get(at)
    if (!here) return false
    for (const [next, { reads, written }] of out) {
      for (const field of reads) if (!here.has(field)) return false
      for (const field of live.get(next) ?? [])
        if (!here.has(field) && !written.has(field)) return false
    }
  }
  return true
}

function reachable(starts: readonly Edge[]): Node[] {
  const seen = new Set<Node>(starts.map(({ to }) => to))
  for (const node of seen) for (const { to } of node.edges) seen.add(to)
  return [...seen]
}
