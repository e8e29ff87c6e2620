import { beginHandoff, RULES, type Rules, stepHandoff } from '../../src/handoff/handoff.ts'
import type {
  Given,
  Handoff,
  HandoffEffect,
  HandoffFacts,
  HandoffHeard,
  HandoffTurn,
  HandoffWait,
} from '../../src/handoff/types.ts'

export const facts: HandoffFacts = {
  now: '2026-11-02T10:00:00Z',
  cover: 'yes',
  times: { offer: 'PT20S', join: 'PT25S', alone: 'PT30S' },
}
export const given: Given = {
  channel: 'voice',
  priority: 'P3',
  level: 'routine',
  danger: 'not-asked',
  wants: false,
  language: 'en',
  restricted: false,
}

/** What the world holds because of the effects so far: built from them alone, knowing nothing of the machine. */
export interface Book {
  queued: boolean
  waits: readonly HandoffWait[]
  /** What each member of staff is taken up with. */
  shifts: Readonly<Record<string, string>>
  /** What each card shows. */
  cards: Readonly<Record<string, string>>
  /** Who is in the call, as the lines themselves tell. */
  present: readonly string[]
  /** Lines that were rung and not taken out again. */
  lines: readonly string[]
  joined: number
  promised: number
  /** Threads that are open in Teams. */
  thread: boolean
}
export const EMPTY: Book = {
  ...{ queued: false, waits: [], shifts: {}, cards: {}, lines: [], present: [] },
  ...{ joined: 0, promised: 0, thread: false },
}

/** Cards on which nothing is left to press. */
const NOTHING_TO_DO = ['taken', 'lapsed', 'gone', 'empty']

/** What is over is as if it had never been. */
function put(all: Record<string, string>, staff: string, now: string, over: readonly string[]) {
  if (over.includes(now)) delete all[staff]
  else all[staff] = now
}

/** The world after a turn. What was heard of a line is known too: one that left needs no taking out. */
export function written(book: Book, effects: readonly HandoffEffect[], heard?: HandoffHeard): Book {
  const told = heard && ['DUE', 'LEG', 'FAILED', 'GONE'].includes(heard.type)
  if (!told && effects.every(({ kind }) => kind === 'log' || kind === 'tell')) return book
  let { queued, thread, joined, promised } = book
  const waits = new Set(book.waits)
  const lines = new Set(book.lines)
  const present = new Set(book.present)
  const shifts = { ...book.shifts }
  const cards = { ...book.cards }
  if (heard?.type === 'DUE') waits.delete(heard.wait)
  if (heard?.type === 'LEG' && ['in', 'held', 'back'].includes(heard.is)) present.add(heard.label)
  if (heard?.type === 'GONE') present.delete('caller')
  const over = heard?.type === 'LEG' && (heard.is === 'left' || heard.is === 'failed')
  if ((over || heard?.type === 'FAILED') && heard.label)
    for (const all of [lines, present]) all.delete(heard.label)
  for (const effect of effects) {
    if (effect.kind === 'queue') queued = effect.rank !== null
    if (effect.kind === 'wait' && effect.for) waits.add(effect.name)
    if (effect.kind === 'wait' && !effect.for) waits.delete(effect.name)
    if (effect.kind === 'shift') put(shifts, effect.staff, effect.now, ['free'])
    if (effect.kind === 'card')
      for (const staff of effect.to) put(cards, staff, effect.show, NOTHING_TO_DO)
    if (effect.kind === 'ring') lines.add(effect.leg.label)
    if (effect.kind === 'participant' && /remove|stop/.test(effect.do))
      for (const all of [lines, present]) all.delete(effect.label)
    if (effect.kind === 'close') for (const all of [lines, present]) all.clear()
    if (effect.kind === 'thread') thread = effect.do === 'open'
    if (effect.kind === 'conversation' && effect.heard === 'JOINED') joined += 1
    if (effect.kind === 'promise') promised = Math.min(2, promised + 1)
  }
  const sorted = <T>(all: Iterable<T>) => [...all].sort()
  return {
    ...{ queued, thread, joined, promised, shifts, cards },
    ...{ waits: sorted(waits), lines: sorted(lines), present: sorted(present) },
  }
}

export interface Node {
  id: number
  state: Handoff
  book: Book
  /** The shortest way here, in words. */
  path: readonly string[]
  to: Set<number>
  /** Where the end of a wait that runs leads. */
  due: Set<number>
}
/** One turn, for the rules that speak of turns. */
export interface Step {
  from: Node
  heard: HandoffHeard
  turn: HandoffTurn
  book: Book
}

/**
 * Two situations are one when nothing a later turn can tell apart differs: the clock's own moments do not count, nor
 * who is muted, which no rule reads.
 */
function keyOf({ value, context }: Handoff, book: Book): string {
  const { since: _, waits, legs, asked, ...rest } = context
  const lines = legs.map(({ label, is }) => `${label} ${is}`).sort()
  const running = Object.keys(waits).sort()
  const shown = Object.entries(book.shifts).sort()
  const cards = Object.entries(book.cards).sort()
  const world = [
    book.queued,
    book.waits,
    shown,
    cards,
    book.lines,
    book.present,
    book.joined > 0,
    book.thread,
  ]
  return JSON.stringify([value, rest, [...asked].sort(), running, lines, world, book.promised > 0])
}

export interface Explored {
  nodes: readonly Node[]
  turns: number
  cut: boolean
}

/** Breadth first over every event at every situation, from each of these beginnings. */
export function explore(
  beginnings: readonly Given[],
  events: (state: Handoff) => readonly HandoffHeard[],
  see: (step: Step) => void = () => undefined,
  rules: Rules = RULES,
  most = 400_000
): Explored {
  const nodes: Node[] = []
  const known = new Map<string, Node>()
  const reach = (state: Handoff, book: Book, path: () => readonly string[]): Node => {
    const key = keyOf(state, book)
    const found = known.get(key)
    if (found) return found
    const node: Node = {
      id: nodes.length,
      state,
      book,
      path: path(),
      to: new Set(),
      due: new Set(),
    }
    known.set(key, node)
    nodes.push(node)
    return node
  }
  for (const one of beginnings) {
    const { state, effects } = beginHandoff(one, facts)
    reach(state, written(EMPTY, effects), () => [JSON.stringify(one)])
  }
  let turns = 0
  for (let at = 0; at < nodes.length && nodes.length < most; at++) {
    const from = nodes[at]!
    if (from.state.done) continue
    for (const heard of events(from.state)) {
      const turn = stepHandoff(from.state, heard, factsFor(from.state, heard), rules)
      const ranOut = heard.type === 'DUE' && heard.wait in from.state.context.waits
      const after = written(
        from.book,
        turn.effects,
        heard.type === 'DUE' && !ranOut ? undefined : heard
      )
      const book = ofItsLegs(after, turn.state)
      turns += 1
      const still = isSame(from, turn.state, book)
      const to = still ? from : reach(turn.state, book, () => [...from.path, words(heard)])
      if (ranOut) from.due.add(to.id)
      from.to.add(to.id)
      see({ from, heard, turn, book })
    }
  }
  return { nodes, turns, cut: nodes.length >= most }
}

/** Lines that it has let go of are of no interest to it, whatever they still tell. */
function ofItsLegs(book: Book, { context: { legs } }: Handoff): Book {
  const present = book.present.filter((label) => legs.some((leg) => leg.label === label))
  return present.length === book.present.length ? book : { ...book, present }
}

/** Whether nothing moved, seen without writing it out: most events do nothing in most situations. */
function isSame({ state, book }: Node, next: Handoff, after: Book): boolean {
  if (state.value !== next.value || book !== after) return false
  const [was, is] = [state.context, next.context] as unknown as Record<string, unknown>[]
  return Object.keys(is!).every((name) => was![name] === is![name])
}

/** A wait's end comes when its time has come; everything else at one moment, so that times do not multiply situations. */
function factsFor({ context }: Handoff, heard: HandoffHeard): HandoffFacts {
  const until = heard.type === 'DUE' ? context.waits[heard.wait] : undefined
  return until ? { ...facts, now: until } : facts
}

export function words({ type, ...rest }: HandoffHeard): string {
  const said = Object.values(rest).map((value) =>
    typeof value === 'object' ? JSON.stringify(value) : String(value)
  )
  return [type, ...said].join(' ')
}
