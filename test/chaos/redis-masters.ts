import { knowsReplicas, startSentinels, type TestRedis, until } from '../store/redis-server.ts'
import { type Ledger, ms } from './redis-load.ts'
import type { Rig } from './rig.ts'

/** What the runs of Redis under Sentinel share. */
export const strict = { strict: true, warn: () => undefined }
/** Turns between two troubles. */
export const WORK = 60

/** As the catalogue has it. A vote that is split is held again after twice the failover-timeout. */
const PATIENCE = { downAfter: 3_000, failoverTimeout: 2_000 }
const OUTAGE_MS = 10_000
/** A replica that follows the wrong master is put right only after the failover-timeout, and then fetches everything. */
const WHOLE_MS = 40_000

export const tooLong = (longest: number) =>
  longest < OUTAGE_MS ? [] : [`nobody was served for ${ms(longest)} ms`]

/** Three servers, any of which may be the master, and three sentinels. */
export interface Three {
  servers: TestRedis[]
  sentinels: TestRedis[]
  url: string
}

export async function startThree(rig: Rig): Promise<Three> {
  const { nodes, url, stop } = await startSentinels(PATIENCE)
  rig.after(stop)
  return { servers: nodes.slice(0, 3), sentinels: nodes.slice(3), url }
}

export const FAST = ['--repl-diskless-sync-delay', '0']

export const replicaOf = ({ port }: { port: number }) => ['--replicaof', '127.0.0.1', String(port)]
export const about = async (redis: TestRedis) => String(await redis.ask('INFO', 'replication'))
const online = async (redis: TestRedis) => (await about(redis)).match(/state=online/g)?.length ?? 0
export const hasReplicas = (redis: TestRedis, count: number) =>
  until(async () => (await online(redis)) === count)

export const served = ({ done, begun }: Ledger) => done / begun
export const figuresOf = ({ done, refused, slowest }: Ledger) => ({
  'turns acknowledged': done,
  'tries refused': refused,
  'slowest try ms': ms(slowest),
})

/** The server that most sentinels name. */
export async function masterOf(sentinels: TestRedis[], servers: TestRedis[]): Promise<TestRedis> {
  const named = await Promise.all(
    sentinels.map((one) => one.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'door'))
  )
  const ports = named.map((answer) => Number(Array.isArray(answer) ? answer[1] : 0))
  const port = ports.find((one) => ports.filter((other) => other === one).length >= 2)
  const found = servers.find((one) => one.port === port)
  if (!found) throw new Error('the sentinels name no master')
  return found
}

/**
 * Resolves once the master, whichever that is by now, has both replicas, and every sentinel could promote either. The
 * master may change once more meanwhile: the sentinels also replace one that was only slow to answer.
 */
export async function whole(sentinels: TestRedis[], servers: TestRedis[]): Promise<void> {
  await until(async () => {
    const master = await masterOf(sentinels, servers)
    const known = await Promise.all(sentinels.map(knowsReplicas))
    return known.every(Boolean) && (await online(master)) === 2
  }, WHOLE_MS)
}

/** The people before were nobody's whom a door would know: they are gone from all three, whichever is the master next. */
export async function emptied(sentinels: TestRedis[], servers: TestRedis[]): Promise<void> {
  await until(async () => {
    await (await masterOf(sentinels, servers)).ask('FLUSHALL')
    const sizes = await Promise.all(servers.map((one) => one.ask('DBSIZE')))
    return sizes.every((size) => Number(size) === 0)
  })
  await whole(sentinels, servers)
}
