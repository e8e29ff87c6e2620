import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { slotOf } from '../../src/store/redis-slot.ts'
import {
  startCluster,
  startRedis,
  startSentinels,
  type TestRedis,
  type TestServers,
  until,
} from './redis-server.ts'
import { person, turn } from './sample.ts'
import { openWire, type Wire } from './wire.ts'

const strict = { strict: true, warn: () => undefined }
const NEVER_LONGER = 1_200

/** Callers, ten at a time, until told to stop: what was acknowledged, how long each waited, and how long none was. */
function callers(store: Store) {
  const acknowledged: number[] = []
  let [slowest, longest, last, next, going] = [0, 0, performance.now(), 1, true]
  async function call() {
    while (going) {
      const n = next++
      const started = performance.now()
      const contact = person(n, { address: `+4477${n}` })
      contact.partition = `southwark:${String(n % 64).padStart(2, '0')}`
      try {
        await store.commit(turn(contact))
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
        acknowledged.push(n)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      slowest = Math.max(slowest, performance.now() - started)
    }
  }
  const all = Promise.all(Array.from({ length: 10 }, call))
  return {
    count: () => acknowledged.length,
    async stop() {
      going = false
      await all
      return { acknowledged, slowest, longest }
    },
  }
}

async function lost(store: Store, acknowledged: readonly number[]): Promise<number[]> {
  const missing: number[] = []
  for (let at = 0; at < acknowledged.length; at += 50) {
    const some = acknowledged.slice(at, at + 50)
    const found = await Promise.all(some.map((n) => store.load(person(n).id)))
    missing.push(...some.filter((_, i) => found[i] === null))
  }
  return missing
}

/** Kills a master under load, and gives the load time to go on after. */
async function killUnderLoad(store: Store, master: TestRedis, then?: () => Promise<void>) {
  const load = callers(store)
  await until(async () => load.count() > 200)
  master.signal('SIGKILL')
  const before = load.count()
  await then?.()
  await until(async () => load.count() > before + 400)
  const told = await load.stop()
  expect(await lost(store, told.acknowledged)).toEqual([])
  expect(told.slowest).toBeLessThan(NEVER_LONGER)
  return told
}

describe('sentinels', () => {
  let servers: TestServers
  beforeAll(async () => {
    servers = await startSentinels()
  })
  afterAll(() => servers?.stop())

  it('a master dies: every acknowledged turn is with the next, and callers are served again within 10 s', async () => {
    const store = await openRedis(servers.url, strict)
    const { longest } = await killUnderLoad(store, servers.nodes[0]!)
    expect(longest).toBeLessThan(10_000)
    await store.close()
  })
})

describe('a Cluster with replicas', () => {
  let servers: TestServers
  beforeAll(async () => {
    servers = await startCluster(1)
  })
  afterAll(() => servers?.stop())

  it('a master dies: every acknowledged turn is with its replica, which serves as soon as it has one itself', async () => {
    const store = await openRedis(servers.url, strict)
    const [killed, ...others] = servers.nodes
    // With one replica each, its partitions wait for the old master to be back as the new one's replica.
    await killUnderLoad(store, killed!, async () => {
      await until(async () => {
        const nodes = String(await others[0]!.ask('CLUSTER', 'NODES')).split('\n')
        return nodes.filter((one) => /master/.test(one) && !/fail/.test(one)).length === 3
      })
      await killed!.restart()
    })
    await store.close()
  })
})

describe('a Cluster that moves a partition', () => {
  let servers: TestServers
  beforeAll(async () => {
    servers = await startCluster()
  })
  afterAll(() => servers?.stop())

  it('turns go on, whole, on either side', async () => {
    const store = await openRedis(servers.url, strict)
    const load = callers(store)
    await until(async () => load.count() > 300)
    const moved = await movePartitions(servers)
    expect(moved).toBeGreaterThan(3)
    const before = load.count()
    await until(async () => load.count() > before + 200)
    const { acknowledged, slowest } = await load.stop()
    expect(await lost(store, acknowledged)).toEqual([])
    expect(slowest).toBeLessThan(NEVER_LONGER)
    const { contacts } = await store.list({ limit: 100 })
    expect(contacts).toHaveLength(100)
    await store.close()
  })
})

/** Moves the first master's partitions to the second, a few keys at a time, and says how many. */
async function movePartitions({ nodes: [from, to, third] }: TestServers): Promise<number> {
  const [fromId, toId] = [
    String(await from!.ask('CLUSTER', 'MYID')),
    String(await to!.ask('CLUSTER', 'MYID')),
  ]
  let moved = 0
  for (let partition = 0; partition < 64 && moved < 5; partition += 1) {
    const slot = slotOf(`{southwark:${String(partition).padStart(2, '0')}}`)
    if (Number(await from!.ask('CLUSTER', 'COUNTKEYSINSLOT', String(slot))) === 0) continue
    const set = (node: TestRedis, ...how: string[]) =>
      node.ask('CLUSTER', 'SETSLOT', String(slot), ...how)
    await set(to!, 'IMPORTING', fromId)
    await set(from!, 'MIGRATING', toId)
    for (;;) {
      const keys = (await from!.askBytes(
        'CLUSTER',
        'GETKEYSINSLOT',
        String(slot),
        '20'
      )) as Buffer[]
      if (keys.length === 0) break
      await from!.ask('MIGRATE', '127.0.0.1', String(to!.port), '', '0', '5000', 'KEYS', ...keys)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    for (const node of [to!, from!, third!]) await set(node, 'NODE', toId)
    moved += 1
  }
  return moved
}

describe('a network that swallows everything', () => {
  let redis: TestRedis
  let proxy: Wire
  beforeAll(async () => {
    redis = await startRedis()
    proxy = await openWire(redis.port)
  })
  afterAll(async () => {
    proxy?.close()
    await redis?.stop()
  })

  it('is noticed within 2 s though the connection stands, and left within 1 s of its mending', async () => {
    const store = await openRedis(`redis://127.0.0.1:${proxy.port}`, strict)
    await store.commit(turn(person(1)))
    proxy.swallow(true)
    const started = performance.now()
    await expect(store.load(person(1).id)).rejects.toMatchObject({ code: 'store-down' })
    expect(performance.now() - started).toBeLessThan(NEVER_LONGER)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    // It is mended when a try to connect has just been swallowed, which never hears of it.
    await proxy.next()
    await new Promise((resolve) => setTimeout(resolve, 100))
    proxy.swallow(false)
    const mended = performance.now()
    await until(() => store.load(person(1).id).then(() => true))
    expect(performance.now() - mended).toBeLessThan(800)
    await store.close()
  })
})
