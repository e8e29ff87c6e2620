import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { slotOf } from '../../src/store/redis-slot.ts'
import { deskContract } from './desk.ts'
import { PLACE, waiting } from './desk-rows.ts'
import {
  startCluster,
  startRedis,
  startSentinels,
  type TestRedis,
  type TestServers,
  until,
} from './redis-server.ts'

const strict = { strict: true, warn: () => undefined }
const down = { code: 'store-down', retry: true }

/** Rows as many, put a few hundred at a time. */
async function fill({ desk }: Store, from: number, to: number) {
  for (let n = from; n < to; n += 500)
    await Promise.all(
      Array.from({ length: Math.min(500, to - n) }, (_, i) => desk.put(waiting(n + i)))
    )
}

describe('one server', () => {
  let redis: TestRedis
  let [one, two]: Store[] = []
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())
  beforeEach(async () => {
    await redis.ask('FLUSHALL')
    one = await openRedis(redis.url, strict)
    two = await openRedis(redis.url, strict)
  })
  afterEach(async () => {
    await one?.close()
    await two?.close()
  })

  /** What the server does meanwhile, but for our own asking: how often it does each, and what it sends. */
  async function worked(work: () => Promise<unknown>) {
    const sent = async () =>
      Number(/total_net_output_bytes:(\d+)/.exec(String(await redis.ask('INFO', 'stats')))?.[1])
    await redis.ask('CONFIG', 'RESETSTAT')
    const before = await sent()
    const idle = (await sent()) - before
    await work()
    const bytes = (await sent()) - before - 2 * idle
    const stats = String(await redis.ask('INFO', 'commandstats'))
    const calls = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)]
      .map(([, name, n]) => `${name} ${n}`)
      .filter((line) => !/^(info|config)/.test(line))
    return { calls: calls.sort(), bytes }
  }

  it('does the same work and sends the same answers when 10 wait and when 10,000 do', async () => {
    const { desk } = one!
    const works: [string, () => Promise<unknown>][] = [
      ['list', () => desk.list(PLACE, 'queue', { limit: 10 })],
      ['own', () => desk.list(PLACE, 'queue', { owner: '', after: waiting(1), limit: 5 })],
      ['get', () => desk.get(PLACE, 'queue', waiting(3).id)],
      ['count', () => desk.count(PLACE, 'queue', '')],
      ['move', () => desk.put(waiting(4, { turn: 2, rank: '9' }), 1)],
      ['back', () => desk.put(waiting(4, { turn: 3 }), 2)],
      ['changes', () => desk.changes(PLACE)],
      ['remove', () => desk.remove(waiting(4), 3)],
      ['new', () => desk.put(waiting(4), 0)],
    ]
    const all = async () => {
      const found: Record<string, Awaited<ReturnType<typeof worked>>> = {}
      for (const [name, work] of works) found[name] = await worked(work)
      return found
    }
    await fill(one!, 0, 10)
    // The scripts are sent once.
    await all()
    const few = await all()
    await fill(one!, 10, 10_000)
    expect(await desk.count(PLACE, 'queue')).toBe(10_000)
    const many = await all()
    for (const [name] of works) {
      expect([name, many[name]?.calls]).toEqual([name, few[name]?.calls])
      // Figures that are told have more digits.
      expect([name, Math.abs(many[name]!.bytes - few[name]!.bytes) < 200]).toEqual([name, true])
    }
    expect(few.list?.calls).toEqual(['evalsha 1', 'hmget 1', 'zrange 1'])
  }, 60_000)

  it('two doors take the same one at once, a hundred times: one of them has it', async () => {
    for (let n = 0; n < 100; n += 1) {
      const row = waiting(n, { owner: 'ann' })
      const both = await Promise.all([one!, two!].map(({ desk }) => desk.put(row, 0)))
      expect(both.toSorted()).toEqual(['overtaken', 'saved'])
    }
    expect(await two!.desk.changes(PLACE)).toBe(100)
  })

  it('a Redis that stands still refuses within the second, and is asked again when it goes on', async () => {
    const { desk } = one!
    await desk.put(waiting(1))
    redis.signal('SIGSTOP')
    const started = performance.now()
    const ends = await Promise.allSettled([
      desk.get(PLACE, 'queue', waiting(1).id),
      desk.list(PLACE, 'queue'),
      desk.count(PLACE, 'queue'),
      desk.changes(PLACE),
      desk.put(waiting(1, { turn: 2 }), 1),
      desk.remove(waiting(2)),
    ])
    // The deadline is 0.95 s; what is above it is this machine's.
    expect(performance.now() - started).toBeLessThan(1_200)
    expect(ends.map(({ status }) => status)).toEqual(Array(6).fill('rejected'))
    for (const end of ends) expect(end).toMatchObject({ reason: down })
    redis.signal('SIGCONT')
    await until(() => desk.changes(PLACE).then(() => true))
  })

  it('a Redis killed and started again has every row it acknowledged', async () => {
    // Eight at a time until the kill, which so comes while some are on their way.
    const acknowledged: number[] = []
    let [next, going] = [0, true]
    const write = async () => {
      while (going) {
        const n = next++
        const put = one!.desk.put(waiting(n), 0)
        await put.then(() => acknowledged.push(n)).catch(() => (going = false))
      }
    }
    const writing = Array.from({ length: 8 }, write)
    await until(async () => acknowledged.length >= 100)
    await redis.kill()
    const started = performance.now()
    await expect(two!.desk.list(PLACE, 'queue')).rejects.toMatchObject(down)
    expect(performance.now() - started).toBeLessThan(1_200)
    await redis.start()
    await Promise.all(writing)
    await until(() => one!.desk.changes(PLACE).then(() => true))
    const kept = new Set((await one!.desk.list(PLACE, 'queue')).map(({ rank }) => rank))
    expect(acknowledged.filter((n) => !kept.has(waiting(n).rank))).toEqual([])
    expect(await one!.desk.count(PLACE, 'queue')).toBe(kept.size)
    expect(await one!.desk.changes(PLACE)).toBe(kept.size)
  })

  it('everything of a place is in its one partition', async () => {
    await one!.desk.put(waiting(1, { owner: 'ann' }))
    await one!.desk.put(waiting(2, { kind: 'promise', owner: 'ann' }))
    const keys = (await redis.ask('KEYS', '*')) as string[]
    const own = keys.filter((key) => !key.startsWith('front-door:'))
    expect(own.length).toBe(7)
    for (const key of own) expect(key).toMatch(/^\{lewisham:queue\}/)
  })
})

describe('sentinels', () => {
  let servers: TestServers
  let store: Store
  beforeAll(async () => {
    servers = await startSentinels()
  })
  afterAll(() => servers?.stop())
  beforeEach(async () => {
    await servers.nodes[0]!.ask('FLUSHALL')
    store = await openRedis(servers.url, strict)
  })
  afterEach(() => store?.close())
  deskContract(
    () => store,
    async () => {
      await store.close()
      store = await openRedis(servers.url, strict)
      return true
    }
  )

  it('a master dies: every acknowledged row is with the next', async () => {
    const acknowledged: number[] = []
    let [next, going] = [0, true]
    const write = async () => {
      while (going) {
        const n = next++
        const end = await store.desk.put(waiting(n), 0).catch(() => undefined)
        if (end === 'saved') acknowledged.push(n)
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const writing = Array.from({ length: 5 }, write)
    await until(async () => acknowledged.length > 100)
    servers.nodes[0]!.signal('SIGKILL')
    const before = acknowledged.length
    await until(async () => acknowledged.length > before + 100)
    going = false
    await Promise.all(writing)
    const found = await Promise.all(
      acknowledged.map((n) => store.desk.get(PLACE, 'queue', waiting(n).id))
    )
    expect(found.filter((row) => row === null)).toEqual([])
  }, 60_000)
})

describe('a Cluster that moves the desk', () => {
  let servers: TestServers
  beforeAll(async () => {
    servers = await startCluster()
  })
  afterAll(() => servers?.stop())

  it('each list is whole while its keys are on their way, or it is refused', async () => {
    const store = await openRedis(servers.url, strict)
    await fill(store, 0, 50)
    const [lists, refused]: [number[], unknown[]] = [[], []]
    let going = true
    const looking = (async () => {
      while (going)
        await store.desk
          .list(PLACE, 'queue')
          .then((rows) => lists.push(rows.length))
          .catch((error: unknown) => refused.push(error))
    })()
    await move(servers, slotOf(`{${PLACE}:queue}`))
    await until(() => store.desk.put(waiting(50), 0).then((end) => end === 'saved'))
    going = false
    await looking
    expect(lists.length).toBeGreaterThan(0)
    expect(new Set(lists).difference(new Set([50, 51])).size).toBe(0)
    for (const error of refused) expect(error).toMatchObject(down)
    expect(await store.desk.list(PLACE, 'queue')).toHaveLength(51)
    await store.close()
  })
})

/** Moves a slot from whoever has it to the next master, key by key. */
async function move({ nodes }: TestServers, slot: number) {
  const has = await Promise.all(
    nodes.map(async (node) => Number(await node.ask('CLUSTER', 'COUNTKEYSINSLOT', String(slot))))
  )
  const at = has.findIndex((n) => n > 0)
  const [from, to] = [nodes[at]!, nodes[(at + 1) % nodes.length]!]
  const id = async (node: TestRedis) => String(await node.ask('CLUSTER', 'MYID'))
  const set = (node: TestRedis, ...how: string[]) =>
    node.ask('CLUSTER', 'SETSLOT', String(slot), ...how)
  await set(to, 'IMPORTING', await id(from))
  await set(from, 'MIGRATING', await id(to))
  for (;;) {
    const keys = (await from.ask('CLUSTER', 'GETKEYSINSLOT', String(slot), '1')) as string[]
    if (keys.length === 0) break
    await from.ask('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  for (const node of [to, from, ...nodes]) await set(node, 'NODE', await id(to))
}
