import type { Effect, Heard } from '../conversation/types.ts'
import type { Flat } from './flatten.ts'
import type { Args } from './logic.ts'
import type { Choice, follow, Memory } from './memory.ts'

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

/**
 * Follows a machine's description turn by turn, noting what each turn reads. It knows the few ideas of XState our
 * machines use and no others; the explorer replays every distinct turn through XState itself and compares.
 */
export function driver(chart: Chart, flat: Flat, tracked: ReturnType<typeof follow>) {
  let effects: Effect[] = []
  let hops: Hop[] = []

  function act(actions: Spot['entry'], event: Heard) {
    for (const action of list(actions)) {
      const args = { context: tracked.context, event }
      if (action.assignment) tracked.remember(action.assignment(args))
      else if (action.type === 'effect') effects.push(resolve(action.params, args))
    }
  }
  const resolve = (params: unknown, args: Args) =>
    (typeof params === 'function' ? params(args) : params) as Effect

  function pick(arrows: readonly Arrow[], event: Heard): number {
    const args = { context: tracked.context, event }
    return arrows.findIndex(({ guard }) => !guard || guard(args))
  }

  /** Enters a state, and goes on for as long as arrows lead on without waiting. */
  function enter(first: string, event: Heard): string {
    let value = first
    for (let count = 0; count < LONGEST; count++) {
      const spot = chart.states[value]
      if (!spot) throw new Error(`${value}: there is no such state`)
      act(spot.entry, event)
      const arrows = list(spot.always)
      const at = pick(arrows, event)
      const arrow = arrows[at]
      if (!arrow) return value
      const hop = {
        at: value,
        by: label(value, at, flat),
        to: arrow.target,
        before: effects.length,
      }
      hops.push(hop)
      act(arrow.actions, event)
      value = arrow.target
    }
    throw new Error(`${first}: this turn goes round for ever`)
  }

  function finish(value: string): Followed {
    const done = chart.states[value]?.type === 'final'
    return { value, done, effects, hops, ...tracked.result() }
  }

  return {
    begin(memory: Memory): Followed {
      effects = []
      hops = []
      tracked.start(memory)
      return finish(enter(chart.initial, { type: 'AGAIN' }))
    },
    /** Hears one thing. Without an arrow for it the turn says nothing, which the proofs refuse. */
    hear(from: string, memory: Memory, event: Heard): Followed {
      effects = []
      hops = []
      tracked.start(memory)
      for (const on of [chart.states[from]?.on, chart.on]) {
        const arrows = list(on?.[event.type])
        const arrow = arrows[pick(arrows, event)]
        if (!arrow) continue
        const to = arrow.target.replace(/^\./, '')
        hops.push({ at: from, by: name(event), to, before: 0 })
        act(arrow.actions, event)
        return finish(enter(to, event))
      }
      return finish(from)
    },
    another: () => tracked.another(),
  }
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
