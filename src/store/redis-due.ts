import { type Reply, shared } from './redis-connection.ts'
import type { Link } from './redis-link.ts'
import { HEADS } from './redis-lua-jobs.ts'
import { keysOf, listOf, numberOf, run } from './redis-script.ts'

/** What a partition has waiting: when its next timer and row are due, and when its next lost claim comes back. */
export interface Heads {
  timers: number | null
  outbox: number | null
  /** By `performance.now()`. */
  lost: number | null
}

/**
 * What waits in every partition, remembered. Each answer to a write of ours says what its partition has now; what other
 * instances did is looked for twice a second, so that a turn costs no look at 64 partitions.
 */
export interface Due {
  /** After this no head is older than FRESH_MS. */
  fresh(): Promise<void>
  all(): [string, Heads][]
  /** Runs a write whose answer begins with the heads of its partition. */
  write(partition: string, work: () => Promise<Reply>): Promise<Reply[]>
  /** Hears of a write that was made elsewhere. */
  hear(partition: string, heads: Reply | undefined): void
  /** A write began, or nobody knows how it ended: what is remembered may be wrong. */
  doubt(partition: string): void
}

const FRESH_MS = 500

/** The partitions that are seen to: what waits in others is theirs who see to those. */
export interface Watched {
  mine: (partition: string) => boolean
  all: () => Promise<string[]>
}

export function openDue(link: Link, watched: Watched): Due {
  const known = new Map<string, Heads>()
  /** Counts what was written to each partition, so that an older look never replaces what a write said. */
  const writes = new Map<string, number>()
  const doubt = (partition: string) => void writes.set(partition, (writes.get(partition) ?? 0) + 1)
  const looking = looks(async () => {
    const names = await watched.all()
    const before = new Map(writes)
    const heads = await headsOfAll(link, names)
    names.forEach((name, i) => {
      const found = heads[i]
      if (found && writes.get(name) === before.get(name)) known.set(name, found)
    })
  })
  function hear(partition: string, heads: Reply | undefined) {
    doubt(partition)
    if (!watched.mine(partition)) return
    if (Array.isArray(heads)) known.set(partition, headsOf(heads))
    else looking.again()
  }
  return {
    fresh: looking.fresh,
    all: () => [...known],
    async write(partition, work) {
      doubt(partition)
      try {
        const answer = listOf(await work())
        hear(partition, answer[0])
        return answer
      } catch (error) {
        hear(partition, undefined)
        throw error
      }
    },
    hear,
    doubt,
  }
}

/** Looks no more often than every FRESH_MS, once for all who ask meanwhile. */
function looks(look: () => Promise<void>) {
  let lookedAt = Number.NEGATIVE_INFINITY
  const again = () => {
    lookedAt = Number.NEGATIVE_INFINITY
  }
  const now = shared(async () => {
    const started = performance.now()
    // What is heard meanwhile may call for another look.
    lookedAt = Number.POSITIVE_INFINITY
    await look().catch((error: unknown) => {
      again()
      throw error
    })
    if (lookedAt > started) lookedAt = started
  })
  return {
    fresh: async () => {
      const isFresh =
        lookedAt !== Number.POSITIVE_INFINITY && performance.now() - lookedAt < FRESH_MS
      if (!isFresh) await now()
    },
    again,
  }
}

/** The heads of many partitions: by one script where one server has them all. */
async function headsOfAll(link: Link, names: readonly string[]): Promise<Heads[]> {
  if (names.length === 0) return []
  const answers = link.clustered
    ? await Promise.all(names.map((name) => run(link, HEADS, keysOf(name), [])))
    : [await run(link, HEADS, names.flatMap(keysOf), [])]
  const flat = answers.flatMap(listOf)
  return names.map((_, i) => headsOf(flat.slice(3 * i, 3 * i + 3)))
}

function headsOf([timers, outbox, lost]: readonly Reply[]): Heads {
  const inMs = numberOf(lost)
  return {
    timers: numberOf(timers),
    outbox: numberOf(outbox),
    lost: inMs === null ? null : performance.now() + inMs,
  }
}
