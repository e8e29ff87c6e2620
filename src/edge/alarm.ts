import type { Commit, Store } from '../store/contract.ts'

/** What is claimed and not settled by an isolate that died comes back within the store's lease; it is looked for after it. */
const LOOK_AGAIN_MS = 35_000
/** What is due is done at once by whoever saved it; the alarm is for when that one has died. */
const SOON_MS = 1_000

/** What is used of an object's alarm. https://developers.cloudflare.com/durable-objects/api/alarms/ */
export interface AlarmStorage {
  setAlarm(at: number): Promise<void>
  getAlarm(): Promise<number | null>
}

/** The one alarm of a home. It is never put off: one that rings too early finds nothing to do, and is set anew. */
export interface Alarm {
  /** Sees that it rings at this time (milliseconds) or before. */
  by(at: number): Promise<void>
  /** It has rung. */
  rung(): void
}

export function openAlarm(storage: AlarmStorage): Alarm {
  let at: number | null = null
  const asked = storage.getAlarm().then((found) => {
    at ??= found
  })
  return {
    async by(wanted) {
      await asked
      const then = Math.max(wanted, Date.now() + SOON_MS)
      // One that should have rung may be ringing now.
      if (at !== null && at <= then && at > Date.now()) return
      at = then
      await storage.setAlarm(then)
    },
    rung() {
      at = null
    },
  }
}

export interface Armed {
  /** The store, which sees to it that the alarm rings for whatever is saved in it. */
  store: Store
  /** The alarm has rung: sets it again for what is under way, so that it is not lost with this isolate. */
  rung: () => Promise<void>
  /** Sets it for what waits. */
  arm: () => Promise<void>
}

/**
 * Sets a home's alarm for all that is saved: before it is saved, so that nothing is ever saved that no alarm rings for.
 * Storage writes in the order it was asked to.
 */
export function armed(inner: Store, alarm: Alarm): Armed {
  const claimed = new Set<string>()
  /** Until it was looked at once, an isolate that died may have left something claimed. */
  let known = false
  const again = () => alarm.by(Date.now() + LOOK_AGAIN_MS)
  const watched = counted(inner, claimed)
  const store: Store = {
    ...watched,
    async commit(commit) {
      const due = earliest(commit)
      if (due !== undefined) await alarm.by(due)
      return inner.commit(commit)
    },
    async settleTimer(timer, end) {
      if ('retryAt' in end) await alarm.by(Date.parse(end.retryAt))
      return watched.settleTimer(timer, end)
    },
    async settleOutbox(row, end) {
      if ('retryAt' in end) await alarm.by(Date.parse(end.retryAt))
      return watched.settleOutbox(row, end)
    },
  }
  return {
    store,
    async rung() {
      alarm.rung()
      // A store that cannot say may have much to do.
      const due = await inner.nextDue().catch(() => new Date(0).toISOString())
      const something = due !== null && Date.parse(due) <= Date.now()
      if (!known || claimed.size > 0 || something) await again()
      known = true
    },
    async arm() {
      if (claimed.size > 0) await again()
      const due = await inner.nextDue()
      if (due !== null) await alarm.by(Date.parse(due))
    },
  }
}

/** Knows what is claimed and not yet settled. */
function counted(inner: Store, claimed: Set<string>): Store {
  const taken = <Row extends { id: string }>(rows: Row[]) => {
    for (const { id } of rows) claimed.add(id)
    return rows
  }
  return {
    ...inner,
    claimTimers: (now, limit) => inner.claimTimers(now, limit).then(taken),
    claimOutbox: (now, limit) => inner.claimOutbox(now, limit).then(taken),
    async settleTimer(timer, end) {
      await inner.settleTimer(timer, end)
      claimed.delete(timer.id)
    },
    async settleOutbox(row, end) {
      await inner.settleOutbox(row, end)
      if ('retryAt' in end) claimed.delete(row.id)
    },
    async closeOutbox(row) {
      await inner.closeOutbox(row)
      claimed.delete(row.id)
    },
  }
}

const earliest = ({ timers, outbox }: Commit): number | undefined =>
  [...timers, ...outbox]
    .map(({ due }) => Date.parse(due))
    .sort((a, b) => a - b)
    .at(0)
