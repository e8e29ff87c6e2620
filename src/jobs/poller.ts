import type { Store } from '../store/contract.ts'

/** The service's clock. In a demo it may stand still, jump, or go back. */
export interface JobClock {
  now(): string
  /** Calls back when the clock is moved or set free; returns how to stop listening. */
  onChange(changed: () => void): () => void
}

export interface JobParts {
  store: Pick<Store, 'nextDue'>
  runOutbox: (signal: AbortSignal) => Promise<void>
  runTimers: (signal: AbortSignal) => Promise<void>
  clock: JobClock
  /** Milliseconds after which to look again though nothing was announced. */
  every: number
  /** Hears of a store that could not say what is due; the jobs look again later. */
  fault?: (error: unknown) => void
}

export interface Jobs {
  /** Something was just committed. */
  kick(): void
  /** Resolves when nothing due is left and nothing is under way, or when the store cannot say. */
  settled(): Promise<void>
  /** Whether something is due or under way. */
  unsettled(): Promise<boolean>
  /** Claims nothing more, and resolves when what is under way is finished. */
  stop(): Promise<void>
}

/** Passes under way at once, so that one neighbour who is slow to answer does not keep new work waiting. */
const LANES = 4

/** Runs what is due: when told, when the clock moves, at the next due time, and every so often all the same. */
export function startJobs(parts: JobParts): Jobs {
  const { clock } = parts
  const stopping = new AbortController()
  const lanes = openLanes(() => runPass(parts, stopping.signal), arm)
  let alarm: ReturnType<typeof setTimeout> | undefined

  async function arm() {
    const wait = Math.min(parts.every, await untilDue(parts))
    clearTimeout(alarm)
    if (stopping.signal.aborted) return
    if (wait <= 0 && !lanes.failed()) lanes.kick()
    else alarm = setTimeout(lanes.kick, wait <= 0 ? parts.every : wait)
  }
  const unsubscribe = clock.onChange(lanes.kick)
  lanes.kick()
  return {
    kick: lanes.kick,
    async settled() {
      do await lanes.idle()
      while (!stopping.signal.aborted && !lanes.failed() && (await moreDue(parts, lanes)))
    },
    unsettled: async () => !lanes.failed() && (await moreDue(parts, lanes)),
    async stop() {
      stopping.abort()
      lanes.shut()
      unsubscribe()
      clearTimeout(alarm)
      await lanes.idle()
    },
  }
}

/** Whether anything is due or under way; if due, it is set going. */
async function moreDue(parts: JobParts, lanes: Lanes): Promise<boolean> {
  if ((await untilDue(parts)) <= 0) lanes.kick()
  return lanes.busy()
}

/** Milliseconds of the service's clock until something is due; what cannot be known is looked at again later. */
async function untilDue({ store, clock, fault }: JobParts): Promise<number> {
  try {
    const next = await store.nextDue()
    return next === null ? Number.POSITIVE_INFINITY : Date.parse(next) - Date.parse(clock.now())
  } catch (error) {
    fault?.(error)
    return Number.POSITIVE_INFINITY
  }
}

/** True when the store answered. */
async function runPass(parts: JobParts, signal: AbortSignal): Promise<boolean> {
  const ends = await Promise.allSettled([parts.runTimers(signal), parts.runOutbox(signal)])
  const failed = ends.filter((end) => end.status === 'rejected')
  for (const { reason } of failed) parts.fault?.(reason)
  return failed.length === 0
}

type Lanes = ReturnType<typeof openLanes>

/** A few passes at once. Kicks of one tick share a pass; a kick when all lanes are taken is kept for the first free one. */
function openLanes(pass: () => Promise<boolean>, rested: () => Promise<void>) {
  let running = 0
  let soon = false
  let again = false
  let failed = false
  let shut = false
  const waiting: (() => void)[] = []
  const busy = () => running > 0 || soon || again

  function kick() {
    if (shut || soon) return
    again = running >= LANES
    soon = !again
    if (soon) setImmediate(start)
  }
  async function start() {
    soon = false
    if (!shut) {
      running += 1
      failed = !(await pass())
      await rested()
      running -= 1
      const asked = again
      again = false
      if (asked) kick()
    }
    if (!busy()) for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    kick,
    busy,
    failed: () => failed,
    idle: () =>
      busy() ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve(),
    shut() {
      shut = true
      again = false
    },
  }
}
