import type { Effect, Heard } from '../conversation/types.ts'
import { begin, type Chart, type Drive, type Followed, hear, name } from './drive.ts'
import { type Effort, eventsAt, ONCE, stepAt } from './events.ts'
import type { Edge, Graph, Node, Options } from './explore.ts'
import type { Flat } from './flatten.ts'
import { another, FIRST, follow, prune, told } from './memory.ts'
import { resumable } from './question.ts'
import { type Links, type Live, link, place } from './reading.ts'

/** A machine's description, as `describe` gives it. */
export interface Described {
  chart: unknown
  flat: Flat
}

/** One search under way: the situations found so far, in the order they were found. */
export interface Search {
  drive: Drive
  live: Live
  effort: Effort
  /** One situation a place, for a quick look at what is read there. */
  coarse: boolean
  nodes: Node[]
  /** By everything that tells them apart. */
  known: Known
  links: Links
  turns: number
  /** The fields told apart at each place, worked out once. */
  watched: Map<string, Set<string>>
  events: Map<string, Heard[]>
  tried: Set<string>
}

export interface Known {
  get: (key: string) => Node | undefined
  set: (key: string, node: Node) => unknown
}

/** Makes ready to search. */
export function search(
  described: Described,
  live: Live,
  options: Options,
  coarse: boolean
): Search {
  const { flat } = described
  const carried = resumable(flat).map(({ state }) => state)
  const turn = follow({ resumeAt: [undefined, ...carried], ...options.domains })
  return {
    drive: { chart: described.chart as Chart, flat, turn, effects: [], hops: [] },
    live,
    effort: options.effort ?? 'all',
    coarse,
    nodes: [],
    known: new Map<string, Node>(),
    links: new Map(),
    turns: 0,
    watched: new Map(),
    events: new Map(),
    tried: new Set(),
  }
}

/** Situations after which a search is given up. A flow that never clears danger has no end of them. */
export const MOST_SITUATIONS = 20_000

/** Searches to the end, or until there are more situations than any sound flow has. */
export function run(search: Search): Graph {
  const starts = firstTurns(search)
  let edges = 0
  let seen = 0
  for (const node of search.nodes) {
    if (search.nodes.length > MOST_SITUATIONS) break
    expand(search, node)
    seen += 1
    edges += node.edges.length
  }
  const { drive, turns, live } = search
  const cut = seen < search.nodes.length
  const nodes = cut ? search.nodes.slice(0, seen) : search.nodes
  return { flat: drive.flat, starts, nodes, edges, turns, live, cut }
}

/** The first turn, under every circumstance it depends on. */
export function firstTurns(search: Search): Edge[] {
  const starts: Edge[] = []
  do starts.push(edgeTo(search, undefined, { type: 'AGAIN' }, 'begin', begin(search.drive, FIRST)))
  while (another(search.drive.turn))
  return starts
}

/** Takes every turn from a situation. */
export function expand(search: Search, node: Node): void {
  if (node.done) return
  for (const heard of heardAt(search, node)) node.edges.push(...turns(search, node, heard))
}

/** Every turn from a situation on hearing one thing: under every circumstance, those that come to the same once. */
export function turns(search: Search, node: Node, heard: Heard): Edge[] {
  const here = place(node.value, node.memory)
  const by = name(heard)
  const edges: Edge[] = []
  do {
    const followed = hear(search.drive, node.value, node.memory, heard)
    search.turns += 1
    link(search.links, here, followed)
    const edge = edgeTo(search, node, heard, by, followed)
    if (!edges.some((other) => alike(other, edge))) edges.push(edge)
  } while (another(search.drive.turn))
  return edges
}

/** Always told apart, because proofs speak of them. */
const WATCHED = ['cleared', 'codes']

function watchedAt({ watched, live }: Search, at: string): Set<string> {
  const set = watched.get(at) ?? new Set([...WATCHED, ...(live.get(at) ?? [])])
  watched.set(at, set)
  return set
}

function add(search: Search, { value, done, memory }: Followed): Node {
  const { coarse, nodes, known, drive } = search
  let key = place(value, memory)
  const matters = watchedAt(search, key)
  if (!coarse) for (const field of matters) key += ` ${told(field, memory)}`
  const same = known.get(key)
  if (same) return same
  const placed = stepAt(value, drive.flat)
  const kept = coarse ? memory : prune(memory, matters)
  const id = nodes.length
  const node: Node = { id, value, memory: kept, done, edges: [], ...(placed && { placed }) }
  nodes.push(node)
  known.set(key, node)
  return node
}

function edgeTo(
  search: Search,
  from: Node | undefined,
  heard: Heard,
  by: string,
  turn: Followed
): Edge {
  const { effects, hops, choices } = turn
  const to = add(search, turn)
  const edge: Edge = { heard, by, from, to, effects, hops, choices }
  if (from && !to.from && to.id > from.id) to.from = edge
  return edge
}

/** What is tried at a situation: some things once a place and attempt, since what they come to depends on no more. */
function heardAt({ drive, effort, events, tried }: Search, { value, memory }: Node): Heard[] {
  const list = events.get(value) ?? eventsAt(value, drive.flat, effort)
  events.set(value, list)
  const sort = `${place(value, memory)} ${memory['attempt']}`
  if (tried.has(sort)) return list
  tried.add(sort)
  return [...list, ...ONCE[effort]]
}

/** Whether two turns differ only in circumstances that made no difference. */
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
