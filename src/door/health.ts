import type { Metrics } from '../observe.ts'
import type { Store } from '../store/contract.ts'

/** Timers are promised to be a second late at most; after so many something is wrong with what runs them. */
const TOO_LATE_S = 60

interface Known {
  store: Store
  /** Whether the files as they are now are served. */
  sound: () => boolean
  spilled: () => number
  now: () => string
  /** Whether each neighbour is asked. */
  neighbours: () => Record<string, boolean>
}

/** How the parts are, by their names, and what waits. */
export function healthOf({ store, sound, spilled, now, neighbours }: Known) {
  const overdue = async () => {
    const due = await store.nextDue()
    return due === null ? 0 : Math.max(0, (Date.parse(now()) - Date.parse(due)) / 1000)
  }
  return {
    async ready(): Promise<Record<string, boolean>> {
      const late = await overdue().catch(() => null)
      return {
        store: late !== null,
        content: sound(),
        spill: spilled() === 0,
        jobs: late !== null && late < TOO_LATE_S,
        ...neighbours(),
      }
    },
    waiting: async () => ({ spilled: spilled(), overdue: await overdue().catch(() => 0) }),
  }
}

/** A store that notes how late what is due was taken. */
export function noting(store: Store, metrics: Metrics, now: () => string): Store {
  const late = (what: string, due: string) =>
    metrics.late.observe({ what }, Math.max(0, (Date.parse(now()) - Date.parse(due)) / 1000))
  return {
    ...store,
    async claimTimers(at, limit) {
      const timers = await store.claimTimers(at, limit)
      for (const { due } of timers) late('timers', due)
      return timers
    },
    async claimOutbox(at, limit) {
      const rows = await store.claimOutbox(at, limit)
      for (const { due } of rows) late('outbox', due)
      return rows
    },
  }
}
