import type { Store } from '../store/contract.ts'

const HOUR_MS = 3_600_000
/** Longer than any call, and than any provider repeats a webhook. */
const KEEP_REPLIES_MS = 48 * HOUR_MS

/** Drops the replies no webhook can ask for again: once an hour, and when it first looks. */
export function sweeper(store: Store) {
  let swept = 0
  return async function sweep() {
    const now = Date.now()
    if (now - swept < HOUR_MS) return
    await store.expireReplies(new Date(now - KEEP_REPLIES_MS).toISOString())
    swept = now
  }
}
