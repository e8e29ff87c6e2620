import type { Store, TimerRow } from '../store/contract.ts'

export interface TimerParts {
  store: Store
  /** Takes the timer's turn, or drops it where the contact's turn has moved on. May come twice after a crash. */
  fire: (timer: TimerRow) => Promise<void>
  now: () => string
  /** Hears of what went wrong with one timer; the others go on. */
  fault?: (error: unknown, timer: TimerRow) => void
  /** Once aborted nothing more is claimed; what is under way is finished. */
  signal?: AbortSignal
}

const AT_ONCE = 64

/** A timer is a promise to someone, so one that fails is tried again for as long as it takes. */
const AGAIN = 5_000

/** Fires every timer that is due, a contact's own in order. Rejects only if the store cannot say what is due. */
export async function runTimers(parts: TimerParts): Promise<void> {
  const { store, now, signal } = parts
  while (!signal?.aborted) {
    const timers = await store.claimTimers(now(), AT_ONCE)
    if (timers.length === 0) return
    const contacts = Map.groupBy(timers, ({ contact }) => contact)
    await Promise.all([...contacts.values()].map((own) => fireInOrder(parts, own)))
  }
}

async function fireInOrder(parts: TimerParts, timers: readonly TimerRow[]): Promise<void> {
  for (const timer of timers) await fireOne(parts, timer)
}

/** Never rejects: a timer that could not be settled comes back when its claim runs out. */
async function fireOne({ store, fire, now, fault }: TimerParts, timer: TimerRow): Promise<void> {
  try {
    await fire(timer)
    await store.settleTimer(timer, { done: true })
  } catch (error) {
    fault?.(error, timer)
    const retryAt = new Date(Date.parse(now()) + AGAIN).toISOString()
    await store.settleTimer(timer, { retryAt }).catch((again) => fault?.(again, timer))
  }
}
