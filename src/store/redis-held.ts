import type { Due } from './redis-due.ts'
import type { Link } from './redis-link.ts'
import { HOLD } from './redis-lua-jobs.ts'
import { keysOf, run } from './redis-script.ts'

/** A claim of this instance. The token is the fence: whoever lost the claim cannot settle it. */
export interface Claim {
  /** As in the partition's list of claims: t or o, and the id. */
  member: string
  token: string
  partition: string
}

/** The claims of this instance, held for as long as it lives. */
export interface Held {
  take(key: string, claim: Claim): void
  get(key: string): Claim | undefined
  release(claim: Claim): void
  /** Gives everything back, for the others to do at once. */
  giveBack(): Promise<void>
  stop(): void
}

/** Holds claims for `lease` milliseconds, again and again: a crash gives them up by itself. */
export function openHeld(link: Link, due: Due, lease: number): Held {
  const claims = new Map<string, Claim>()
  async function hold(life: number) {
    const byPartition = Map.groupBy(claims.values(), ({ partition }) => partition)
    await Promise.all(
      [...byPartition].map(([partition, own]) => {
        const args = [String(life), ...own.flatMap(({ member, token }) => [member, token])]
        return due.write(partition, () => run(link, HOLD, keysOf(partition), args))
      })
    )
  }
  // What cannot be held now is held next time, or was lost and has another token by then.
  const again = setInterval(() => hold(lease).catch(() => undefined), lease / 3)
  again.unref()
  return {
    take: (key, claim) => void claims.set(key, claim),
    get: (key) => claims.get(key),
    release(claim) {
      for (const [key, one] of claims) if (one === claim) claims.delete(key)
    },
    async giveBack() {
      await hold(0)
      claims.clear()
    },
    stop: () => clearInterval(again),
  }
}
