import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import type { Sent } from './twilio-rest.ts'

const FAILURES = 5
const HALF_OPEN_AFTER_MS = 5000

/** Stops asking a neighbour that keeps failing, and tries it again after five seconds. */
export function breaker<T extends Sent>(): (work: () => Promise<T>) => Promise<Sent> {
  const failing = handleAll.orWhenResult(
    (result) => typeof result === 'object' && result !== null && 'retry' in result
  )
  const policy = circuitBreaker(failing, {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  })
  return async (work) => {
    try {
      return await policy.execute(work)
    } catch {
      return { retry: true, after: HALF_OPEN_AFTER_MS }
    }
  }
}
