import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { startRedis, type TestRedis, until } from './redis-server.ts'
import { person, reply, turn } from './sample.ts'

const strict = { strict: true, warn: () => undefined }
const down = { code: 'store-down', retry: true }

let [master, replica]: TestRedis[] = []
let store: Store
beforeAll(async () => {
  master = await startRedis(['--repl-diskless-sync-delay', '0'])
  replica = await startRedis(['--replicaof', '127.0.0.1', String(master.port)])
  await until(async () =>
    String(await replica!.ask('INFO', 'replication')).includes('link_status:up')
  )
})
afterAll(async () => {
  await replica?.stop()
  await master?.stop()
})
beforeEach(async () => {
  await master!.ask('FLUSHALL')
  store = await openRedis(master!.url, strict)
})
afterEach(() => store.close())

const size = async (redis: TestRedis) => Number(await redis.ask('DBSIZE'))

it('an acknowledged turn is on the replica', async () => {
  let acknowledged = 0
  for (let n = 1; n <= 20; n += 1) {
    // On a busy machine a replica may be late for one: then it is refused, as it must be.
    const end = await store.commit(turn(person(n))).catch((error) => error)
    if (end.result !== 'saved') expect(end).toMatchObject(down)
    else {
      acknowledged += 1
      expect(await size(replica!)).toBe(await size(master!))
    }
  }
  expect(acknowledged).toBeGreaterThan(15)
})

it('forty people at once are confirmed together', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, (_, n) => store.commit(turn(person(n)))))
  expect(all.every(({ result }) => result === 'saved')).toBe(true)
  expect(await size(replica!)).toBe(await size(master!))
})

it('a turn that no replica has is not acknowledged, and neither is its repeat, until one has', async () => {
  await store.commit(turn(person(1)))
  const webhook = { id: 'SM2', reply: reply('<b/>') }
  const second = turn(person(1, { turn: 2 }), { webhook })
  replica!.signal('SIGSTOP')
  const started = performance.now()
  await expect(store.commit(second)).rejects.toMatchObject(down)
  expect(performance.now() - started).toBeLessThan(1_200)
  await expect(store.commit(second)).rejects.toMatchObject(down)
  // What was read before is still read: only what would be lost is not promised.
  expect(await store.load(person(1).id)).not.toBeNull()
  replica!.signal('SIGCONT')
  await until(() => store.commit(second).then(({ result }) => result === 'seen'))
  expect(await store.commit(second)).toEqual({ result: 'seen', reply: webhook.reply })
})

it('a place that says so does without replicas', async () => {
  const alone = await openRedis(`${master!.url}?wait=0`, strict)
  replica!.signal('SIGSTOP')
  expect(await alone.commit(turn(person(1)))).toEqual({ result: 'saved' })
  replica!.signal('SIGCONT')
  await alone.close()
})

it('when the link is cut and the master dies, the replica has every turn that was acknowledged', async () => {
  const acknowledged: number[] = []
  const some = async (from: number) => {
    const turns = Array.from({ length: 50 }, (_, n) => from + n)
    await Promise.allSettled(
      turns.map((n) => store.commit(turn(person(n))).then(() => acknowledged.push(n)))
    )
  }
  await some(100)
  await replica!.ask('REPLICAOF', '127.0.0.1', '1')
  await some(200)
  expect(acknowledged).toHaveLength(50)
  await replica!.ask('REPLICAOF', 'NO', 'ONE')
  const promoted = await openRedis(replica!.url, strict)
  const kept = await Promise.all(acknowledged.map((n) => promoted.load(person(n).id)))
  expect(kept.filter((contact) => contact === null)).toEqual([])
  await promoted.close()
})

it('whoever copies a server for a backup is no replica that turns must wait for', async () => {
  const alone = await startRedis(['--repl-diskless-sync-delay', '60'])
  const rdb = ['-p', String(alone.port), '--rdb', join(alone.folder, 'copy.rdb')]
  const copying = spawn('/usr/bin/redis-cli', rdb, { stdio: 'ignore' })
  await until(async () => /connected_slaves:1/.test(String(await alone.ask('INFO', 'replication'))))
  const opened = await openRedis(alone.url, strict)
  expect(await opened.commit(turn(person(1)))).toEqual({ result: 'saved' })
  copying.kill()
  expect(await opened.commit(turn(person(2)))).toEqual({ result: 'saved' })
  await opened.close()
  await alone.stop()
})
