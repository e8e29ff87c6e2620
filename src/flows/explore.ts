import type { Heard } from '../conversation/types.ts'
import type { Followed } from './drive.ts'
import type { Effort } from './events.ts'
import type { Flat, Placed } from './flatten.ts'
import type { Domains, Memory } from './memory.ts'
import { type Live, spread } from './reading.ts'
import { type Described, run, type Search, search } from './search.ts'

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
  /** Whether the search was given up: there were more situations than any sound flow has. */
  cut: boolean
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
export const explore = (described: Described, options: Options = {}): Graph =>
  exploreFrom(described, options).graph

/** The same, with the search itself, so that a small change to the flow need not be explored from the start. */
export function exploreFrom(described: Described, options: Options = {}) {
  const live: Live = new Map([...(options.live ?? [])].map(([at, names]) => [at, new Set(names)]))
  const first = options.live === undefined
  const pass = (coarse: boolean): { graph: Graph; done: Search } => {
    const done = search(described, live, options, coarse)
    return { graph: run(done), done }
  }
  // One situation a place is enough to see most of what is read there, and far quicker than all of them.
  while (first && spread(live, pass(true).done.links));
  for (;;) {
    const { graph, done } = pass(false)
    if (graph.cut || !spread(live, done.links)) return { graph, search: done }
  }
}
