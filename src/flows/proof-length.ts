import type { Edge, Node } from './explore.ts'
import { loops } from './loops.ts'
import { type Failure, faults, type Proven, pathBy, pathTo, reach, turnInWords } from './proof.ts'
import { isAsking } from './schema.ts'

/** The most a conversation may ask: danger screens and other questions before its outcome, and questions after it. */
export const MOST = { screens: 3, before: 9, after: 4 } as const

/** 1. Every path ends in an outcome, after few questions, and hanging up in the questions after it loses nothing. */
export function everyPathEnds({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  const unrecorded = reach(
    graph.starts,
    (edge) => !records(edge) && !carriesOn(edge),
    (edge) => (records(edge) ? 'stop' : 'on')
  )
  for (const node of unrecorded.keys())
    if (node.done && node.value !== 'joined')
      found.add(
        node.value,
        pathBy(unrecorded, node),
        'the conversation ends, and nothing has been recorded',
        'lead this answer to an outcome before its `end`'
      )
  for (const node of stuck(graph.nodes))
    found.add(
      node.value,
      pathTo(node),
      'someone who falls silent here never comes to an end',
      'check where silence and an unanswered ring lead'
    )
  return [...found.list(), ...tooMany({ flow, graph })]
}

/** Whether a turn records an outcome. */
export const records = (edge: Edge) => edge.effects.some((effect) => effect.kind === 'outcome')
/** Whether a turn begins the questions again: a person was asked for, none came, and a call back has been promised. */
const restarts = (edge: Edge) =>
  !inExit(edge.to.value) && edge.hops.some((hop) => inExit(hop.at) && !inExit(hop.to))
const inExit = (state: string) => state.startsWith('exit/')
/** Whether a turn goes on with an earlier conversation, whose outcome may already be on the contact. */
export const carriesOn = (edge: Edge) =>
  edge.by === 'carry-on' && edge.choices.some(([field, value]) => field === 'resumeAt' && value)

/** Situations from which silence, and rings that no one answers, lead to no end. */
function stuck(nodes: readonly Node[]): Node[] {
  const ends = new Set(nodes.filter((node) => node.done))
  for (let grew = true; grew; ) {
    grew = false
    for (const node of nodes) {
      if (ends.has(node)) continue
      const quiet = node.edges.filter(({ by }) => by === 'SILENCE' || by === 'NOBODY')
      if (!quiet.some((edge) => edge.to !== node && ends.has(edge.to))) continue
      ends.add(node)
      grew = true
    }
  }
  return nodes.filter((node) => !ends.has(node))
}

type Count = keyof typeof MOST

/** A question of a conversation, before or after its outcome. Situations that ask the same are one here. */
interface Asked {
  key: string
  node: Node
  after: boolean
  counts?: Count
  next: Map<Asked, Edge>
}

/** The count a question adds to. A retry, a read-back, the text offer, carrying on and a language are free. */
function counts({ placed, value }: Node, after: boolean): Count | undefined {
  if (!placed || !isAsking(placed.step)) return undefined
  const { step } = placed
  if (step.with || step.keeps === 'resume' || value === 'exit/language-check') return undefined
  if (after) return 'after'
  const screen = step.kind === 'yes-no' && step.danger && !step.risk && placed.flow !== 'exits'
  return screen ? 'screens' : 'before'
}

function tooMany({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  const asked = questions(graph.starts)
  for (const count of Object.keys(MOST) as Count[]) {
    const { most, path } = longest(asked, count)
    if (most <= MOST[count]) continue
    const kind = {
      screens: 'danger screens',
      before: 'questions before the outcome',
      after: 'questions after the outcome',
    }
    found.add(
      path.at(-1)?.from?.value ?? flow,
      path.map(turnInWords),
      `${most} ${kind[count]} on one path: at most ${MOST[count]} are allowed`,
      'ask less, or mark a retry or read-back with the question it belongs to (`with:`)'
    )
  }
  return found.list()
}

/** The questions of a conversation and how they follow one another. */
function questions(starts: readonly Edge[]): Asked[] {
  const all = new Map<string, Asked>()
  const done = new Set<string>()
  function visit(node: Node, after: boolean): Asked {
    // A withheld number is asked for where a known one is confirmed: never both on one path.
    const { cleared, phone } = node.memory
    const key = `${node.placed?.state ?? node.value} ${cleared} ${phone} ${after}`
    const known = all.get(key)
    const count = counts(node, after)
    const asked = known ?? { key, node, after, next: new Map(), ...(count && { counts: count }) }
    all.set(key, asked)
    return asked
  }
  const queue: [Node, boolean][] = starts.map((edge) => [edge.to, records(edge)])
  for (let at = 0; at < queue.length; at++) {
    const [node, after] = queue[at] as [Node, boolean]
    const id = `${node.id} ${after}`
    const from = visit(node, after)
    if (done.has(id)) continue
    done.add(id)
    for (const edge of node.edges) {
      const to = visit(edge.to, !restarts(edge) && (after || records(edge)))
      // Begun again, the questions are counted again: the promise already stands.
      if (to !== from && !from.next.has(to) && !restarts(edge)) from.next.set(to, edge)
      queue.push([edge.to, to.after])
    }
  }
  return [...all.values()]
}

/** The most questions of one kind on any path: a loop counts each of its questions once. */
function longest(all: readonly Asked[], count: Count): { most: number; path: Edge[] } {
  const best = new Map<Asked, { most: number; path: Edge[] }>()
  for (const loop of loops(all, (asked) => asked.next.keys()).reverse()) {
    const own = loop.filter((asked) => asked.counts === count).length
    const reached = loop
      .map((asked) => best.get(asked) ?? { most: 0, path: [] })
      .reduce((a, b) => (b.most > a.most ? b : a))
    for (const asked of loop) {
      best.set(asked, { most: reached.most + own, path: reached.path })
      for (const [next, edge] of asked.next) {
        if (loop.includes(next) || (best.get(next)?.most ?? -1) >= reached.most + own) continue
        best.set(next, { most: reached.most + own, path: [...reached.path, edge] })
      }
    }
  }
  return [...best.values()].reduce((a, b) => (b.most > a.most ? b : a), { most: 0, path: [] })
}
