import type { Effect, Heard } from '../conversation/types.ts'
import type { Compiled } from './compile.ts'
import { begin, type Chart, type Drive, type Followed, hear, name } from './drive.ts'
import { type Effort, eventsAt, STRANGE, stepAt } from './events.ts'
import type { Flat, Placed } from './flatten.ts'
import { another, type Domains, FIRST, follow, type Memory, prune, told } from './memory.ts'
import { resumable } from './question.ts'
import { type Links, type Live, link, place, spread } from './reading.ts'

/** One situation a conversation can be in: where it waits or has ended, and what it remembers that still matters. */
export interface Node {
  id: number
  value: string
  memory: Memory
  done: boolean
  /** The step of this state, where there is one. */
  placed?: Placed
  /** The shortest way here. */
  from?: Edge
  edges: Edge[]
}

/** One turn from one situation to another, under the circumstances it was taken in. */
export interface Edge extends Pick<Followed, 'effects' | 'hops' | 'choices'> {
  heard: Heard
  /** What was heard, in one word. */
  by: string
  from: Node | undefined
  to: Node
}

/** Every situation a flow can reach. `starts` are its first turns. */
export interface Graph {
  flat: Flat
  starts: readonly Edge[]
  nodes: readonly Node[]
  edges: number
  /** Turns followed, those that came to the same included. */
  turns: number
  /** What still matters at each place. */
  live: Live
}

export interface Options {
  effort?: Effort
  domains?: Domains
  /** What mattered in an earlier exploration of nearly the same flow: a head start, never a limit. */
  live?: Live
}

/**
 * Finds every situation a flow can reach, breadth first. Two situations are the same when the state and every field
 * that any later turn may read are the same. What may be read is found by watching, so nothing can be forgotten:
 * the search is repeated until a whole pass reads nothing that was not already told apart.
 */
export function explore(compiled: Compiled, options: Options = {}): Graph {
  const live: Live = new Map([...(options.live ?? [])].map(([at, names]) => [at, new Set(names)]))
  // One situation a place is enough to see most of what is read there, and far quicker than all of them.
  while (spread(live, onePass(compiled, live, options, true).links));
  for (;;) {
    const pass = onePass(compiled, live, options, false)
    if (!spread(live, pass.links)) return pass.graph
  }
}

function onePass(compiled: Compiled, live: Live, options: Options, coarse: boolean) {
  const { flat } = compiled
  const chart = compiled.machine.config as unknown as Chart
  const carried = resumable(flat).map(({ state }) => state)
  const turn = follow({ resumeAt: [undefined, ...carried], ...options.domains })
  const drive: Drive = { chart, flat, turn, effects: [], hops: [] }
  const { nodes, add } = situations(flat, live, coarse)
  const heardAt = listener(flat, options.effort ?? 'all')
  const links: Links = new Map()
  const starts: Edge[] = []
  do starts.push(edgeTo(add, undefined, { type: 'AGAIN' }, 'begin', begin(drive, FIRST)))
  while (another(turn))
  let edges = 0
  let turns = 0
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as Node
    if (node.done) continue
    const here = place(node.value, node.memory)
    for (const heard of heardAt(here, node)) {
      const by = name(heard)
      const first = node.edges.length
      do {
        const followed = hear(drive, node.value, node.memory, heard)
        turns += 1
        link(links, here, followed)
        const edge = edgeTo(add, node, heard, by, followed)
        if (!seen(node.edges, first, edge)) node.edges.push(edge)
      } while (another(turn))
    }
    edges += node.edges.length
  }
  return { graph: { flat, starts, nodes, edges, turns, live }, links }
}

/** Always told apart, because proofs speak of them. */
const WATCHED = ['cleared', 'codes']

/** The situations found so far, in the order they were found. */
function situations(flat: Flat, live: Live, coarse: boolean) {
  const nodes: Node[] = []
  const known = new Map<string, Node>()
  const sets = new Map<string, Set<string>>()
  function watched(at: string): Set<string> {
    const set = sets.get(at) ?? new Set([...WATCHED, ...(live.get(at) ?? [])])
    sets.set(at, set)
    return set
  }
  function add({ value, done, memory }: Followed): Node {
    let key = place(value, memory)
    const matters = watched(key)
    if (!coarse) for (const field of matters) key += ` ${told(field, memory)}`
    const same = known.get(key)
    if (same) return same
    const placed = stepAt(value, flat)
    const id = nodes.length
    const kept = coarse ? memory : prune(memory, matters)
    const node: Node = { id, value, memory: kept, done, edges: [], ...(placed && { placed }) }
    nodes.push(node)
    known.set(key, node)
    return node
  }
  return { nodes, add }
}

function edgeTo(
  add: (turn: Followed) => Node,
  from: Node | undefined,
  heard: Heard,
  by: string,
  turn: Followed
): Edge {
  const { effects, hops, choices } = turn
  const to = add(turn)
  const edge: Edge = { heard, by, from, to, effects, hops, choices }
  if (from && !to.from && to.id > from.id) to.from = edge
  return edge
}

/** What is tried at a situation. Answers that are none of the step's own are tried once a place and attempt. */
function listener(flat: Flat, effort: Effort) {
  const events = new Map<string, Heard[]>()
  const tried = new Set<string>()
  return (here: string, { value, memory }: Node): Heard[] => {
    const list = events.get(value) ?? eventsAt(value, flat, effort)
    events.set(value, list)
    const sort = `${here} ${memory['attempt']}`
    if (effort === 'quick' || tried.has(sort)) return list
    tried.add(sort)
    return [...list, ...STRANGE]
  }
}

/** Whether a turn differs from an earlier one only in circumstances that made no difference. */
function seen(edges: readonly Edge[], first: number, edge: Edge): boolean {
  for (let at = first; at < edges.length; at++) if (alike(edges[at] as Edge, edge)) return true
  return false
}
function alike(a: Edge, b: Edge): boolean {
  return (
    a.to === b.to &&
    a.hops.length === b.hops.length &&
    a.effects.length === b.effects.length &&
    a.hops.every((hop, at) => hop.to === b.hops[at]?.to && hop.by === b.hops[at]?.by) &&
    a.effects.every((effect, at) => staffed(effect) === staffed(b.effects[at]))
  )
}
const staffed = (effect: Effect | undefined) => effect?.kind === 'person' && effect.staffed
