import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { slotOf } from '../../src/store/redis-slot.ts'
import { startCluster, type TestRedis, type TestServers, until } from '../store/redis-server.ts'
import { audit, ms, startLoad, turnOf } from './redis-load.ts'
import type { Run } from './rig.ts'

const strict = { strict: true, warn: () => undefined }
const WORK = 60
const RECOVERED_MS = 5_000

const partitionSlots = Array.from({ length: 64 }, (_, n) =>
  slotOf(`{southwark:${String(n).padStart(2, '0')}}`)
)

/** Moves a slot from its master to another, a few keys at a time, as a resharding does. */
async function move(slot: number, from: TestRedis, to: TestRedis, all: readonly TestRedis[]) {
  const [fromId, toId] = [
    String(await from.ask('CLUSTER', 'MYID')),
    String(await to.ask('CLUSTER', 'MYID')),
  ]
  const set = (node: TestRedis, ...how: string[]) =>
    node.ask('CLUSTER', 'SETSLOT', String(slot), ...how)
  await set(to, 'IMPORTING', fromId)
  await set(from, 'MIGRATING', toId)
  for (;;) {
    const keys = (await from.askBytes('CLUSTER', 'GETKEYSINSLOT', String(slot), '20')) as Buffer[]
    if (keys.length === 0) break
    await from.ask('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys)
  }
  for (const node of [to, from, ...all]) await set(node, 'NODE', toId).catch(() => undefined)
}

/** The masters, each with the slots of partitions it holds. */
async function mastersOf({ nodes }: TestServers): Promise<Map<TestRedis, number[]>> {
  const asked = nodes.map((node) => node.ask('CLUSTER', 'SLOTS'))
  const rows = (await Promise.any(asked)) as [number, number, [string, number]][]
  const found = new Map<TestRedis, number[]>()
  for (const [first, last, [, port]] of rows) {
    const node = nodes.find((one) => one.port === port)
    if (!node) continue
    const own = partitionSlots.filter((slot) => slot >= first && slot <= last)
    found.set(node, [...(found.get(node) ?? []), ...own])
  }
  return found
}

/** One master that holds partitions, and another. */
function pairOf(masters: ReadonlyMap<TestRedis, number[]>, random: () => number) {
  const all = [...masters].filter(([, slots]) => slots.length > 0)
  const [one] = all.splice(Math.floor(random() * all.length), 1)
  const other = all[Math.floor(random() * all.length)]
  if (!one || !other) throw new Error('the partitions are all on one master')
  return [one, other] as const
}

let newcomers = 5_000_000

/** Resolves once somebody new in each partition was acknowledged. */
async function everyPartition(store: Store, acked: Map<number, number>): Promise<void> {
  const all = Array.from({ length: 64 }, async () => {
    const n = newcomers++
    await until(async () => (await store.commit(turnOf(n, 1))).result !== 'overtaken')
    acked.set(n, 1)
  })
  await Promise.all(all)
}

const cluster: Run = {
  id: 'B15',
  name: 'a Cluster of three masters and three replicas is resharded, and then loses a master',
  goal: '0 lost, 0 doubled, 0 CROSSSLOT; every partition served again within 5 s',
  leastSuccess: 0.999,
  needs: ['redis-server'],
  async run(rig) {
    const servers = await startCluster(1)
    rig.after(servers.stop)
    const store = await openRedis(servers.url, strict)
    rig.after(store.close)
    const load = startLoad(store)
    await load.more(5 * WORK)
    let moved = 0
    for (; moved < rig.of(2, 16, 64); moved += 1) {
      const [[from, slots], [to]] = pairOf(await mastersOf(servers), rig.random)
      await move(slots[Math.floor(rig.random() * slots.length)]!, from, to, servers.nodes)
      await load.more(5)
    }
    const refused = load.ledger.refused
    const recovered: number[] = []
    for (let n = 0; n < rig.of(1, 3, 10); n += 1) {
      await load.more(WORK)
      const [[master]] = pairOf(await mastersOf(servers), rig.random)
      const killed = performance.now()
      await master.kill()
      // Whoever keeps the servers running starts it again once its replica has taken over.
      await until(async () => {
        const now = await mastersOf(servers)
        return now.size === 3 && !now.has(master)
      })
      await master.start()
      await everyPartition(store, load.ledger.acked)
      recovered.push(performance.now() - killed)
      await until(async () => (await mastersOf(servers)).size === 3)
      for (const node of servers.nodes)
        await until(async () => /cluster_state:ok/.test(String(await node.ask('CLUSTER', 'INFO'))))
    }
    await load.more(WORK)
    const ledger = await load.stop()
    const crossed = [...ledger.refusals.keys()].filter((words) =>
      words.includes('CROSSSLOT')
    ).length
    const longest = Math.max(...recovered)
    return {
      runs: moved + recovered.length,
      ...(await audit(store, ledger.acked)),
      success: ledger.done / ledger.begun,
      faults: [
        ...ledger.faults.slice(0, 5),
        ...(crossed > 0 ? [`${crossed} CROSSSLOT`] : []),
        ...(longest < RECOVERED_MS ? [] : [`not all were served again for ${ms(longest)} ms`]),
      ],
      figures: {
        'partitions moved': moved,
        'masters killed': recovered.length,
        'turns acknowledged': ledger.done,
        'tries refused while moving': refused,
        'tries refused in all': ledger.refused,
        'slowest try ms': ms(ledger.slowest),
        'longest outage ms': ms(longest),
      },
    }
  },
}

export const CLUSTER: readonly Run[] = [cluster]
