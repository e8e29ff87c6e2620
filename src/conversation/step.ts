import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
} from 'xstate'
import type { Context, Effect, Facts, Heard, State, Turn } from './types.ts'

/** What `step` needs of a compiled flow: its machine, and the version to keep with the state. */
export interface Runnable {
  machine: AnyStateMachine
  name: string
  version: number
}

/** Starts a conversation. Pure: the same facts give the same first question. */
export function begin(flow: Runnable, facts: Facts): Turn {
  return turn(flow, (scope) => flow.machine.getInitialSnapshot(scope, facts))
}

/**
 * Hears one thing and says what to do next. Pure: no clock, no store, no channel.
 * A finished conversation is never stepped (XState would repeat its last effects): that throws.
 */
export function step(flow: Runnable, state: State, heard: Heard, facts: Facts): Turn {
  if (state.done) throw new Error(`${state.machine} is finished at ${state.value}`)
  const snapshot = {
    ...prepared(flow.machine).at(state.value),
    context: { ...state.context, facts },
  }
  return turn(flow, (scope) => flow.machine.transition(snapshot, heard, scope))
}

type Action = Parameters<AnyActorScope['actionExecutor']>[0]

interface Prepared {
  /** The machine at rest in one of its states, as XState resolves it. The context is each turn's own. */
  at: (value: string) => AnyMachineSnapshot
  scope: AnyActorScope
}
const machines = new WeakMap<AnyStateMachine, Prepared>()

/**
 * What XState's `transition()` makes anew each time and never changes: an actor that is never started, and the nodes of
 * a state. Made once a machine, they save a fifth of a whole turn; the transition beneath is the same.
 */
function prepared(machine: AnyStateMachine): Prepared {
  const known = machines.get(machine)
  if (known) return known
  const self = createActor(machine, { input: { known: {} } })
  const ignore = () => undefined
  const scope = {
    ...{ self, system: self.system, id: '', sessionId: '' },
    ...{ logger: ignore, defer: ignore, stopChild: ignore, emit: ignore },
  }
  const states = new Map<string, AnyMachineSnapshot>()
  const at = (value: string) => {
    const found = states.get(value) ?? machine.resolveState({ value, context: {} })
    states.set(value, found)
    return found
  }
  const made = { at, scope: scope as unknown as AnyActorScope }
  machines.set(machine, made)
  return made
}

function turn(
  { machine, name, version }: Runnable,
  go: (scope: AnyActorScope) => AnyMachineSnapshot
): Turn {
  const actions: Action[] = []
  const actionExecutor = (action: Action) => void actions.push(action)
  const snapshot = go({ ...prepared(machine).scope, actionExecutor })
  if (snapshot.status === 'error') throw snapshot.error
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
