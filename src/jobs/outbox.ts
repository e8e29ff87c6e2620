import { DoorError } from '../errors.ts'
import type { OutboxRow, Store } from '../store/contract.ts'

/** What became of one try: done, refused for good, or worth another try, after so many milliseconds at the earliest. */
export type Tried =
  | { done: Record<string, unknown> }
  | { retry: true; after?: number }
  | { refused: Record<string, unknown> }

/** How a row ended. `parked` says why: the refusal's own reason, or `gave-up`. A person has to see to it. */
export type OutboxResult = { done: Record<string, unknown> } | { parked: Record<string, unknown> }

export interface OutboxParts {
  store: Store
  /** Does the work. Where `row.tries` is above 1 it looks first whether an earlier try reached the world. */
  perform: (row: OutboxRow) => Promise<Tried>
  /** Gives the result to the machine that asked, in a turn of its own. May come twice for one row after a crash. */
  report: (row: OutboxRow, result: OutboxResult) => Promise<void>
  now: () => string
  /** Between 0 and 1, as Math.random. */
  random: () => number
  maxTries: number
  /** Hears of what went wrong with one row; the others go on. */
  fault?: (error: unknown, row: OutboxRow) => void
  /** Once aborted nothing more is claimed; what is under way is finished. */
  signal?: AbortSignal
}

/** Rows under way at once. Each is another recipient's, so a slow one holds up nobody else. */
const AT_ONCE = 32

/** Does every row that is due, and those that become free by it. Rejects only if the store cannot say what is due. */
export async function runOutbox(parts: OutboxParts): Promise<void> {
  const { store, now, signal } = parts
  const busy = new Set<Promise<void>>()
  try {
    while (!signal?.aborted) {
      const rows = await store.claimOutbox(now(), AT_ONCE - busy.size)
      for (const row of rows) {
        const work = runRow(parts, row).finally(() => busy.delete(work))
        busy.add(work)
      }
      if (busy.size === 0) return
      if (rows.length === 0 || busy.size >= AT_ONCE) await Promise.race(busy)
    }
  } finally {
    await Promise.all(busy)
  }
}

/** Never rejects: a row whose result could not be saved comes back when its claim runs out. */
async function runRow(parts: OutboxParts, row: OutboxRow): Promise<void> {
  try {
    const result = ended(row) ?? (await performRow(parts, row))
    if (result !== undefined) await reportRow(parts, row, result)
  } catch (error) {
    parts.fault?.(error, row)
  }
}

/** The result of a row that ended before a crash and was not yet reported. */
function ended({ state, result = {} }: OutboxRow): OutboxResult | undefined {
  if (state === 'done') return { done: result }
  return state === 'parked' ? { parked: result } : undefined
}

async function performRow(parts: OutboxParts, row: OutboxRow): Promise<OutboxResult | undefined> {
  const { store, maxTries } = parts
  const tried: Tried = row.tries > maxTries ? { retry: true } : await tryRow(parts, row)
  if ('retry' in tried && row.tries < maxTries) {
    const retryAt = later(parts, row.tries, tried.after)
    await insist(() => store.settleOutbox(row, { retryAt }))
    return undefined
  }
  const result = resultOf(tried, row.tries)
  // Saved before it is reported, so that work done once is never done again because a report failed.
  await insist(() => store.settleOutbox(row, result))
  return result
}

function resultOf(tried: Tried, tries: number): OutboxResult {
  if ('done' in tried) return tried
  if ('refused' in tried) return { parked: { why: 'refused', ...tried.refused } }
  return { parked: { why: 'gave-up', tries } }
}

async function tryRow({ perform, fault }: OutboxParts, row: OutboxRow): Promise<Tried> {
  try {
    return await perform(row)
  } catch (error) {
    fault?.(error, row)
    const hopeless = error instanceof DoorError && !error.retry
    return hopeless ? { refused: { code: error.code, message: error.message } } : { retry: true }
  }
}

async function reportRow(parts: OutboxParts, row: OutboxRow, result: OutboxResult): Promise<void> {
  const { store, report, fault, maxTries } = parts
  try {
    await report(row, result)
  } catch (error) {
    fault?.(error, row)
    // The recipient's other messages matter too: a machine that cannot hear its result is left to its own clocks.
    if (row.tries < 2 * maxTries) {
      const retryAt = later(parts, row.tries)
      await insist(() => store.settleOutbox(row, { retryAt }))
      return
    }
  }
  await insist(() => store.closeOutbox(row))
}

const FIRST_WAIT = 1_000
const LONGEST_WAIT = 300_000

/** When to try again: twice as long each time, half of it by chance so that a crowd of rows does not come back at once. */
function later({ now, random }: OutboxParts, tries: number, after = 0): string {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, tries - 1))
  const jittered = wait / 2 + (wait / 2) * random()
  // What a neighbour asked for is never cut short, and a crowd told the same does not come back at once either.
  const asked = after * (1 + random() / 4)
  return new Date(Date.parse(now()) + Math.ceil(Math.max(jittered, asked))).toISOString()
}

/** A result must not be lost to a store that stumbles once. */
async function insist(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch {
    await work()
  }
}
