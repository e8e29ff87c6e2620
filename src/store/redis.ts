import type { Store } from './contract.ts'
import { openDesk } from './desk-redis.ts'
import { instant } from './instant.ts'
import { readAddress } from './redis-address.ts'
import { openClaims } from './redis-claims.ts'
import { openSaver } from './redis-commit.ts'
import { Unreached } from './redis-connection.ts'
import { openDue } from './redis-due.ts'
import { openFinder, openFinding } from './redis-find.ts'
import { openHeld } from './redis-held.ts'
import { inTime, type Link, openLink } from './redis-link.ts'
import { openList } from './redis-list.ts'
import { webhookLocator } from './redis-locators.ts'
import { EXPIRE } from './redis-lua-commit.ts'
import { openPartitions, type Partitions } from './redis-partitions.ts'
import { keysOf, listOf, run, textOf } from './redis-script.ts'
import { lookOver } from './redis-servers.ts'

export interface RedisOptions {
  /** Refuses servers that could lose a turn they have acknowledged; otherwise `warn` hears of them. */
  strict: boolean
  warn: (words: string) => void
  /** Milliseconds after which a claim whose claimer died comes back. */
  lease?: number
  /** The partitions whose timers, outbox and old replies this instance sees to; all unless told. */
  mine?: (partition: string) => boolean
}

const READY_MS = 5_000
const LEASE_MS = 30_000

/**
 * The store for more than one machine. Rejects with 'store-down' when Redis cannot be reached, and with 'bad-config'
 * when it is set up so that it could lose turns.
 */
export async function openRedis(url: string, options: RedisOptions): Promise<Store> {
  const address = readAddress(url)
  let replicas = address.wait ?? 0
  let partitions: Partitions | undefined
  const lost = () => partitions?.doubt()
  const link = openLink(address, { replicas: () => replicas, lost })
  try {
    await link.ready(READY_MS)
    const found = await lookOver(link, address, options)
    // One that is cut off for a while must not make turns be acknowledged without it: what was found stays demanded.
    replicas = address.wait ?? (found.replicas ? 1 : 0)
  } catch (error) {
    link.close()
    throw error
  }
  partitions = openPartitions(link)
  return storeOf(link, partitions, options)
}

function storeOf(link: Link, partitions: Partitions, options: RedisOptions): Store {
  const { lease = LEASE_MS, mine = () => true } = options
  const own = async () => (await partitions.all()).filter(mine)
  const due = openDue(link, { mine, all: own })
  const held = openHeld(link, due, lease)
  const finder = openFinder(link, partitions)
  const finding = openFinding(link, partitions, finder)
  const claims = openClaims({ link, due, held, lease })
  const list = openList(link, partitions, finder)
  const save = openSaver({ link, partitions, heads: due.hear })
  let open = true
  const methods: Omit<Store, 'expireReplies' | 'close' | 'desk'> = {
    ...finding,
    ...claims,
    list,
    async commit(commit) {
      const { partition } = commit.contact
      due.doubt(partition)
      return save(commit).catch((error: unknown) => {
        due.hear(partition, undefined)
        throw error
      })
    },
  }
  return {
    ...allInTime(methods, () => open),
    desk: allInTime(openDesk(link), () => open),
    expireReplies: async (before) => expire(link, await own(), before),
    async close() {
      if (!open) return
      open = false
      held.stop()
      await inTime(held.giveBack()).catch(() => undefined)
      link.close()
    },
  }
}

/** No caller waits longer than a second for the store, whatever state it is in. */
function allInTime<Methods extends object>(methods: Methods, open: () => boolean): Methods {
  const limited = Object.entries(methods).map(([name, work]) => [
    name,
    (...asked: unknown[]) =>
      inTime(open() ? work(...asked) : Promise.reject(new Unreached('closed'))),
  ])
  return Object.fromEntries(limited) as Methods
}

/** Few enough that a turn waiting behind them is not late. */
const EXPIRE_AT_ONCE = 500

/** Drops old replies, partition by partition, and the locators that led to them. */
async function expire(link: Link, names: readonly string[], before: string): Promise<number> {
  const at = String(instant(before))
  let dropped = 0
  for (const name of names) {
    for (;;) {
      const args = [at, String(EXPIRE_AT_ONCE)]
      const webhooks = listOf(await run(link, EXPIRE, keysOf(name), args))
      dropped += webhooks.length
      const locators = webhooks.map((webhook) => webhookLocator(textOf(webhook) ?? ''))
      await Promise.all(locators.map((key) => link.write(key, ['UNLINK', key])))
      if (webhooks.length < EXPIRE_AT_ONCE) break
    }
  }
  return dropped
}
