import type { Effect, Heard } from '../conversation/types.ts'
import type { Flat } from './flatten.ts'
import type { Args } from './logic.ts'
import { type Choice, type Memory, remember, start, type Turn } from './memory.ts'

/** One arrow followed within a turn: the state it leaves, by which answer, and the state it enters. */
export interface Hop {
  at: string
  by: string
  to: string
  /** How many effects the turn had when this arrow was chosen, so that what follows it can be told apart. */
  before: number
}

/** One turn as it was followed. */
export interface Followed {
  value: string
  done: boolean
  memory: Memory
  effects: readonly Effect[]
  hops: readonly Hop[]
  choices: readonly Choice[]
  reads: ReadonlySet<string>
  written: ReadonlySet<string>
}

type Action = { type: string; params?: unknown; assignment?: (args: Args) => object }
interface Arrow {
  target: string
  guard?: (args: Args) => boolean
  actions?: Action | readonly Action[]
}
interface Spot {
  type?: 'final'
  entry?: Action | readonly Action[]
  on?: Record<string, Arrow | readonly Arrow[]>
  always?: Arrow | readonly Arrow[]
}
/** A machine's own description, as XState was given it. */
export interface Chart {
  initial: string
  states: Record<string, Spot>
  on: Record<string, Arrow | readonly Arrow[]>
}

const list = <T>(one: T | readonly T[] | undefined): readonly T[] =>
  one === undefined ? [] : Array.isArray(one) ? one : [one as T]

/** Arrows followed in one turn after which it is held to go round for ever. */
const LONGEST = 100

/** A machine's description, and the turn of it that is being followed. */
export interface Drive {
  readonly chart: Chart
  readonly flat: Flat
  readonly turn: Turn
  effects: Effect[]
  hops: Hop[]
}

/**
 * Follows the first turn. It knows the few ideas of XState our machines use and no others; `replay` takes every
 * different turn once more through XState itself and compares.
 */
export function begin(drive: Drive, memory: Memory): Followed {
  fresh(drive, memory)
  return finish(drive, enter(drive, drive.chart.initial, { type: 'AGAIN' }))
}

/** Hears one thing. Without an arrow for it the turn says nothing, which the proofs refuse. */
export function hear(drive: Drive, from: string, memory: Memory, event: Heard): Followed {
  fresh(drive, memory)
  const { chart, hops } = drive
  const arrow =
    pick(drive, chart.states[from]?.on?.[event.type], event) ??
    pick(drive, chart.on[event.type], event)
  if (!arrow) return finish(drive, from)
  const to = arrow.target.replace(/^\./, '')
  hops.push({ at: from, by: name(event), to, before: 0 })
  act(drive, arrow.actions, event)
  return finish(drive, enter(drive, to, event))
}

function fresh(drive: Drive, memory: Memory) {
  drive.effects = []
  drive.hops = []
  start(drive.turn, memory)
}

function act({ turn, effects }: Drive, actions: Spot['entry'], event: Heard) {
  const args = { context: turn.context, event }
  for (const action of list(actions)) {
    const { params } = action
    if (action.assignment) remember(turn, action.assignment(args))
    else if (action.type === 'effect')
      effects.push((typeof params === 'function' ? params(args) : params) as Effect)
  }
}

function pick({ turn }: Drive, arrows: Spot['always'], event: Heard): Arrow | undefined {
  const args = { context: turn.context, event }
  return list(arrows).find(({ guard }) => !guard || guard(args))
}

/** Enters a state, and goes on for as long as arrows lead on without waiting. */
function enter(drive: Drive, first: string, event: Heard): string {
  const { chart, hops, effects, flat } = drive
  let value = first
  for (let count = 0; count < LONGEST; count++) {
    const spot = chart.states[value]
    if (!spot) throw new Error(`${value}: there is no such state`)
    act(drive, spot.entry, event)
    const arrow = pick(drive, spot.always, event)
    if (!arrow) return value
    const by = label(value, list(spot.always).indexOf(arrow), flat)
    hops.push({ at: value, by, to: arrow.target, before: effects.length })
    act(drive, arrow.actions, event)
    value = arrow.target
  }
  throw new Error(`${first}: this turn goes round for ever`)
}

function finish({ chart, effects, hops, turn }: Drive, value: string): Followed {
  const { memory, choices, reads, written } = turn
  const done = chart.states[value]?.type === 'final'
  return { value, done, effects, hops, memory, choices, reads, written }
}

/** What was heard, in one word: the answer itself, or the kind of thing heard. */
export function name(event: Heard): string {
  if (event.type === 'ANSWER') return event.value
  if (event.type === 'DANGER') return `DANGER ${event.of}`
  return event.type === 'FOUND'
    ? `FOUND ${event.values.length} ${event.area ?? ''}`.trim()
    : event.type
}

/** The answer by which a state that does not wait is left. */
function label(value: string, at: number, flat: Flat): string {
  const step = flat.steps.get(value)?.step
  if (step?.kind === 'rule') return Object.keys(step.next)[at] ?? ''
  if (step?.kind === 'person') return 'nobody'
  return step?.kind === 'outcome' ? 'then' : 'known'
}
