import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { mostSeen, viewOf } from '../../src/store/redis-promotable.ts'
import { startSentinels, type TestRedis, type TestServers, until } from './redis-server.ts'
import { person, turn } from './sample.ts'

const strict = { strict: true, warn: () => undefined }

/** A row as a sentinel of Redis 7 answers it, cut to what is read of it. */
const replica = (port: number, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    ip: '10.0.0.1',
    port: String(port),
    flags: 'slave',
    'down-after-milliseconds': '3000',
    'master-link-down-time': '0',
    'master-link-status': 'ok',
    'slave-priority': '100',
    'slave-repl-offset': '500',
    ...more,
  }).flat()
const cut = { 'master-link-status': 'err', 'master-link-down-time': '2000' }
const MASTER = ['10.0.0.1', '1']
const seenBy = (...rows: string[][]) => viewOf([MASTER, rows, MASTER])

describe('which replicas the sentinels could promote', () => {
  it.each<[string, string[][], number[]]>([
    ['every one that follows', [replica(2), replica(3)], [2, 3]],
    ['none that is down', [replica(2), replica(3, { flags: 's_down,slave' })], [2]],
    ['none they have lost', [replica(2), replica(3, { flags: 'slave,disconnected' })], [2]],
    ['one that is being promoted', [replica(2, { flags: 'slave,promoted' })], [2]],
    ['one that says its master is down', [replica(2, { flags: 'slave,master_down' })], [2]],
    ['none that must never be one', [replica(2), replica(3, { 'slave-priority': '0' })], [2]],
    [
      'none behind, without its master',
      [replica(2), replica(3, { ...cut, 'slave-repl-offset': '1' })],
      [2],
    ],
    [
      'one ahead, without its master',
      [replica(2), replica(3, { ...cut, 'slave-repl-offset': '501' })],
      [2, 3],
    ],
    [
      'one preferred, without its master',
      [replica(2), replica(3, { ...cut, 'slave-priority': '9' })],
      [2, 3],
    ],
    [
      'none without its master for long',
      [
        replica(2),
        replica(3, { ...cut, 'slave-repl-offset': '501', 'master-link-down-time': '31000' }),
      ],
      [2],
    ],
    [
      'only the one ahead, where neither has its master',
      [replica(2, cut), replica(3, { ...cut, 'slave-repl-offset': '0' })],
      [2],
    ],
    ['one without its master, where no other is', [replica(2, cut)], [2]],
  ])('%s', (_, rows, ports) => {
    expect([...seenBy(...rows)!.promotable]).toEqual(ports.map((port) => `10.0.0.1:${port}`))
  })

  it('a sentinel that takes another master meanwhile is not heard', () => {
    expect(viewOf([MASTER, [replica(2)], ['10.0.0.1', '2']])).toBeUndefined()
    expect(viewOf([null, [], null])).toBeUndefined()
  })

  it('what any sentinel could do counts, and what two of three leave out does not', () => {
    const [wide, narrow] = [seenBy(replica(2), replica(3)), seenBy(replica(2))]
    const other = viewOf([['10.0.0.1', '2'], [replica(4)], ['10.0.0.1', '2']])
    const all = new Set(['10.0.0.1:2', '10.0.0.1:3'])
    expect(mostSeen([wide, narrow, other])).toMatchObject({ promotable: all, most: true })
    const alone = { promotable: new Set(['10.0.0.1:2']), most: false }
    expect(mostSeen([narrow, undefined, undefined])).toMatchObject(alone)
    expect(mostSeen([undefined, undefined, undefined])).toBeUndefined()
  })
})

describe('three servers, three sentinels', () => {
  let servers: TestServers
  let [master, first, second]: TestRedis[] = []
  let store: Store
  beforeEach(async () => {
    servers = await startSentinels()
    ;[master, first, second] = servers.nodes
    store = await openRedis(servers.url, strict)
  })
  afterEach(async () => {
    await store?.close()
    await servers?.stop()
  })
  const saves = (at: Store, n: number) => at.commit(turn(person(n))).then(() => true)

  it('a replica is promoted while the master lives: what the two left behind take is not acknowledged', async () => {
    await saves(store, 1)
    // The sentinels that would tell of it are held up.
    for (const sentinel of servers.nodes.slice(3)) sentinel.signal('SIGSTOP')
    await first!.ask('REPLICAOF', 'NO', 'ONE')
    const counting = await openRedis(`${master!.url}?wait=1`, strict)
    await saves(counting, 2)
    const lacks = new RegExp(`127.0.0.1:${first!.port} could become the master without the write`)
    const refused = { code: 'store-down', message: expect.stringMatching(lacks) }
    await expect(saves(store, 3)).rejects.toMatchObject(refused)
    await counting.close()
    for (const one of [second, master])
      await one!.ask('REPLICAOF', '127.0.0.1', String(first!.port))
    const promoted = await openRedis(`${first!.url}?wait=0`, strict)
    const kept = await Promise.all([1, 2].map((n) => promoted.load(person(n).id)))
    // The second is what counting alone loses.
    expect(kept).toEqual([person(1), null])
    await promoted.close()
  })

  it('a replica that stands still holds turns up until the sentinels miss it, and is waited for again after', async () => {
    await saves(store, 1)
    second!.signal('SIGSTOP')
    const started = performance.now()
    await expect(saves(store, 2)).rejects.toMatchObject({ code: 'store-down' })
    await until(() => saves(store, 3))
    // A second until it is missed, a look, and a confirmation that was under way.
    expect(performance.now() - started).toBeLessThan(3_000)
    second!.signal('SIGCONT')
    await until(async () => {
      await saves(store, 4)
      return Number(await second!.ask('DBSIZE')) === Number(await master!.ask('DBSIZE'))
    })
    first!.signal('SIGSTOP')
    second!.signal('SIGSTOP')
    await expect(saves(store, 5)).rejects.toMatchObject({ code: 'store-down' })
    for (const one of [first, second]) one!.signal('SIGCONT')
  })
})
