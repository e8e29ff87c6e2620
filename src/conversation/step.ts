import { type AnyStateMachine, initialTransition, transition } from 'xstate'
import type { Context, Effect, Facts, Heard, State, Turn } from './types.ts'

/** What `step` needs of a compiled flow: its machine, and the version to keep with the state. */
export interface Runnable {
  machine: AnyStateMachine
  name: string
  version: number
}

/** Starts a conversation. Pure: the same facts give the same first question. */
export function begin(flow: Runnable, facts: Facts): Turn {
  return turn(flow, initialTransition(flow.machine, facts as never))
}

/**
 * Hears one thing and says what to do next. Pure: no clock, no store, no channel.
 * A finished conversation is never stepped (XState would repeat its last effects): that throws.
 */
export function step(flow: Runnable, state: State, heard: Heard, facts: Facts): Turn {
  if (state.done) throw new Error(`${state.machine} is finished at ${state.value}`)
  const snapshot = flow.machine.resolveState({
    value: state.value,
    context: { ...state.context, facts },
  })
  return turn(flow, transition(flow.machine, snapshot, heard))
}

function turn(
  { name, version }: Runnable,
  [snapshot, actions]: ReturnType<typeof transition<AnyStateMachine>>
): Turn {
  const { facts: _, ...context } = snapshot.context as Context & { facts: Facts }
  const named = actions as readonly { type: string; params?: unknown }[]
  const effects = named.filter((a) => a.type === 'effect').map((a) => a.params as Effect)
  const done = snapshot.status === 'done'
  const waits = effects.filter(waiting)
  const left = done && waits.length === 0 // a hang-up ends without a word
  if (waits.length !== 1 && !left)
    throw new Error(
      `${String(snapshot.value)}: a turn must wait or end once, not ${waits.length} times`
    )
  return {
    state: { machine: name, version, value: String(snapshot.value), context, done },
    effects,
  }
}

const waiting = (effect: Effect) =>
  effect.kind === 'ask' ||
  effect.kind === 'end' ||
  effect.kind === 'joined' ||
  (effect.kind === 'person' && effect.rings)
