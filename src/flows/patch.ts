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
  return { search, graph, passed }
}

/** What a small change comes to. */
export interface Patched {
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
  const changed = changedStates(base.search.drive.chart, chart)
  for (const { flow, name, state } of described.flat.steps.values())
    if (flow === step.flow && name === step.name) changed.add(state)
  const links: Links = new Map()
  const drive = { ...base.search.drive, chart, flat: described.flat }
  const known = new Map(base.search.known)
  const search = {
    ...base.search,
    drive,
    links,
    nodes: [...base.search.nodes],
    known,
    tried: new Set(base.search.tried),
  }
  const { undo, all } = touch(base, search, changed, most)
  const touchedStart = base.graph.starts.some((edge) => passes(edge, changed))
  const starts = touchedStart ? firstTurns(search) : base.graph.starts
  for (let at = base.search.nodes.length; at < search.nodes.length; at++)
    expand(search, search.nodes[at] as Node)
  const whole = all && closed(base.search.live, links)
  const nodes = reachable(starts)
  return { graph: { ...base.graph, flat: described.flat, starts, nodes }, whole, undo }
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
  return { undo, all: passing.size <= most }
}

/** States whose arrows lead elsewhere than they did. */
function changedStates(old: Chart, now: Chart): Set<string> {
  const changed = new Set<string>()
  for (const [state, spot] of Object.entries(now.states))
    if (ledTo(old.states[state]) !== ledTo(spot)) changed.add(state)
  return changed
}
const ledTo = (spot: Chart['states'][string] | undefined) =>
  JSON.stringify([spot?.on, spot?.always], (key, value) =>
    key === 'actions' || key === 'guard' ? undefined : value
  )

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
