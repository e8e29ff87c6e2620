import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBreaker,
  SamplingBreaker,
} from 'cockatiel'
import { DoorError } from '../errors.ts'

/** A neighbour that failed so often in a row, or so large a share of five seconds, is shut. */
const IN_A_ROW = 5
const SHARE = 0.4
const WINDOW_MS = 5_000
/** How long a shut neighbour is left alone, before one request tries whether it is well. */
export const SHUT_MS = 5_000

/** Runs work that asks a neighbour. Rejects at once with 'neighbour-down' while it is shut. */
export type Guard = <T>(work: () => Promise<T>) => Promise<T>

/** The breakers round our neighbours, by their names. */
export interface Neighbours {
  /** The same name is the same breaker. */
  guard: (name: string) => Guard
  /** Whether each neighbour that was ever named is asked. */
  well: () => Record<string, boolean>
}

/** `told` hears when a neighbour is shut, and when it answers again. */
export function openNeighbours(
  told: (name: string, code: 'neighbour-shut' | 'neighbour-back') => void
): Neighbours {
  const guards = new Map<string, { run: Guard; well: () => boolean }>()
  return {
    guard(name) {
      const known = guards.get(name) ?? guarded(name, told)
      guards.set(name, known)
      return known.run
    },
    well: () => Object.fromEntries([...guards].map(([name, { well }]) => [name, well()])),
  }
}

function guarded(name: string, told: Parameters<typeof openNeighbours>[0]) {
  const policy = circuitBreaker(failing, { halfOpenAfter: SHUT_MS, breaker: either() })
  let well = true
  const become = (now: boolean) => {
    if (well !== now) told(name, now ? 'neighbour-back' : 'neighbour-shut')
    well = now
  }
  policy.onBreak(() => become(false))
  policy.onReset(() => become(true))
  const run: Guard = async (work) => {
    try {
      return await policy.execute(work)
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error
      throw new DoorError('neighbour-down', `${name} is shut: it failed too often`, true)
    }
  }
  return { run, well: () => policy.state === CircuitState.Closed }
}

/** A refusal is an answer; what may be tried again, or what nobody foresaw, is a failure. */
const failing = handleWhen((error) => !(error instanceof DoorError) || error.retry).orWhenResult(
  (result) => typeof result === 'object' && result !== null && 'retry' in result
)

/** Shuts on a row of failures, and on a share of them, for one that answers every other time is ill too. */
function either(): IBreaker {
  const row = new ConsecutiveBreaker(IN_A_ROW)
  const share = new SamplingBreaker({ threshold: SHARE, duration: WINDOW_MS, minimumRps: 1 })
  return {
    state: undefined,
    success(state) {
      row.success()
      share.success(state)
    },
    failure(state) {
      const [first, second] = [row.failure(), share.failure(state)]
      return first || second
    },
  }
}
