import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { startRedis, type TestRedis, until } from './redis-server.ts'
import { at, line, person, reply, row, timer, turn } from './sample.ts'

const strict = { strict: true, warn: () => undefined }
const down = expect.objectContaining({ code: 'store-down', retry: true })

/** How long the work took to be refused. */
async function refused(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await expect(work).rejects.toEqual(down)
  return performance.now() - started
}

/** How long until the work succeeds, tried again and again. */
async function recovered(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await until(() => work().then(() => true))
  return performance.now() - started
}

describe('one server', () => {
  let redis: TestRedis
  let store: Store
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())
  beforeEach(async () => {
    await redis.ask('FLUSHALL')
    store = await openRedis(redis.url, strict)
  })
  afterEach(() => store?.close())

  it('a Redis that stands still refuses within 1.2 s and is back within 1 s', async () => {
    await store.commit(turn(person(1)))
    redis.signal('SIGSTOP')
    const all = await Promise.all([
      refused(
        store.commit(turn(person(1, { turn: 2 }), { webhook: { id: 'SM2', reply: reply('<b/>') } }))
      ),
      refused(store.load(person(1).id)),
      refused(store.list({ limit: 5 })),
      refused(store.claimOutbox(at(1), 5)),
    ])
    expect(Math.max(...all)).toBeLessThan(1_200)
    // Callers keep coming while it stands still: each is told, and none waits.
    for (let n = 0; n < 10; n += 1)
      expect(await refused(store.load(person(1).id))).toBeLessThan(1_200)
    redis.signal('SIGCONT')
    expect(await recovered(() => store.load(person(1).id))).toBeLessThan(1_000)
  })

  it('a turn that was refused and yet done is answered as seen', async () => {
    const webhook = { id: 'SM1', reply: reply('<a/>') }
    redis.signal('SIGSTOP')
    await refused(store.commit(turn(person(1), { webhook })))
    redis.signal('SIGCONT')
    await recovered(() => store.nextDue())
    const again = await store.commit(turn(person(1), { webhook }))
    expect(['saved', 'seen']).toContain(again.result)
    expect(await store.commit(turn(person(2), { webhook }))).toEqual({
      result: 'seen',
      reply: webhook.reply,
    })
    expect((await store.load(person(1).id))?.turn).toBe(1)
  })

  it('a Redis killed and started again has every turn it acknowledged', async () => {
    const acknowledged: number[] = []
    const writing = Array.from({ length: 200 }, (_, n) =>
      store.commit(turn(person(n))).then(() => acknowledged.push(n))
    )
    await until(async () => acknowledged.length >= 20)
    await Promise.all([redis.restart(), Promise.allSettled(writing)])
    await recovered(() => store.nextDue())
    expect(acknowledged.length).toBeGreaterThanOrEqual(20)
    const kept = await Promise.all(acknowledged.map((n) => store.load(person(n).id)))
    expect(kept.filter((contact) => contact === null)).toEqual([])
  })

  it('a Redis that forgot its scripts is given them again', async () => {
    await store.commit(turn(person(1)))
    await redis.ask('SCRIPT', 'FLUSH')
    expect(await store.commit(turn(person(1, { turn: 2 })))).toEqual({ result: 'saved' })
    await redis.ask('SCRIPT', 'FLUSH')
    expect((await store.list({ limit: 5 })).contacts).toHaveLength(1)
  })

  it('a full Redis refuses and drops nothing', async () => {
    await store.commit(turn(person(1)))
    await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
    await refused(store.commit(turn(person(2))))
    expect(await store.load(person(1).id)).toEqual(person(1))
    await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
    expect(await store.commit(turn(person(2)))).toEqual({ result: 'saved' })
  })
})

describe('two instances on one server', () => {
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

  it('two turns of one call at once, a hundred times: one is saved, the other thinks again', async () => {
    for (let n = 0; n < 100; n += 1) {
      const first = turn(person(n), { webhook: { id: `a${n}`, reply: reply('a') } })
      const second = turn(person(n), { webhook: { id: `b${n}`, reply: reply('b') } })
      const both = await Promise.all([one!.commit(first), two!.commit(second)])
      expect(both.map(({ result }) => result).sort()).toEqual(['overtaken', 'saved'])
      expect(await two!.timeline(person(n).id)).toEqual([line(1)])
    }
  })

  it('one webhook at both instances is one turn', async () => {
    for (let n = 0; n < 50; n += 1) {
      const webhook = { id: `SM${n}`, reply: reply(`<r${n}/>`) }
      const both = await Promise.all(
        [one!, two!].map((store) => store.commit(turn(person(n), { webhook })))
      )
      expect(both.map(({ result }) => result).sort()).toEqual(['saved', 'seen'])
    }
  })

  it('each text is sent by one instance, and each silence noticed once', async () => {
    for (let n = 0; n < 40; n += 1) {
      const contact = person(n, { address: `+4477009${String(n).padStart(5, '0')}` })
      await one!.commit(
        turn(contact, { outbox: [row(contact, 1)], timers: [timer(contact, 'silence', 1)] })
      )
    }
    const rows: string[] = []
    const timers: string[] = []
    await until(async () => {
      const all = await Promise.all([one!, two!].flatMap((store) => [store.claimOutbox(at(1), 7)]))
      const fired = await Promise.all([one!, two!].map((store) => store.claimTimers(at(1), 7)))
      rows.push(...all.flat().map(({ id }) => id))
      timers.push(...fired.flat().map(({ id }) => id))
      return rows.length >= 40 && timers.length >= 40
    })
    expect(new Set(rows).size).toBe(40)
    expect(rows).toHaveLength(40)
    expect(new Set(timers).size).toBe(40)
    expect(timers).toHaveLength(40)
  })

  it('what an instance has claimed stays its own for as long as it lives', async () => {
    const [ann, slow] = [person(1), await openRedis(redis.url, { ...strict, lease: 300 })]
    await slow.commit(turn(ann, { outbox: [row(ann, 1)], timers: [timer(ann, 'silence', 1)] }))
    expect(await slow.claimOutbox(at(1), 5)).toHaveLength(1)
    expect(await slow.claimTimers(at(1), 5)).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 900))
    expect(await one!.claimOutbox(at(2), 5)).toEqual([])
    expect(await one!.claimTimers(at(2), 5)).toEqual([])
    await slow.close()
  })

  it('what an instance had claimed when it died goes to another, and the dead one settles nothing', async () => {
    const ann = person(1)
    // Without its timers it holds nothing for longer, as if it were dead.
    const timers = vi.spyOn(globalThis, 'setInterval').mockReturnValue(setTimeout(() => undefined))
    const dead = await openRedis(redis.url, { ...strict, lease: 300 })
    timers.mockRestore()
    await dead.commit(turn(ann, { outbox: [row(ann, 1)], timers: [timer(ann, 'silence', 1)] }))
    await dead.claimOutbox(at(1), 5)
    await dead.claimTimers(at(1), 5)
    expect(await untilClaimed(() => one!.claimOutbox(at(1), 5))).toMatchObject([{ tries: 2 }])
    expect(await untilClaimed(() => one!.claimTimers(at(1), 5))).toEqual([timer(ann, 'silence', 1)])

    await dead.settleOutbox({ id: row(ann, 1).id, tries: 1 }, { done: { sid: 'late' } })
    await dead.closeOutbox({ id: row(ann, 1).id, tries: 1 })
    await dead.settleTimer(timer(ann, 'silence', 1), { done: true })
    await one!.settleOutbox({ id: row(ann, 1).id, tries: 2 }, { retryAt: at(3) })
    await one!.settleTimer(timer(ann, 'silence', 1), { retryAt: at(3) })
    expect(await one!.claimOutbox(at(3), 5)).toMatchObject([{ state: 'claimed', tries: 3 }])
    expect(await one!.claimTimers(at(3), 5)).toHaveLength(1)
    await dead.close()
  })
})

async function untilClaimed<T>(claim: () => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  await until(async () => {
    all.push(...(await claim()))
    return all.length > 0
  })
  return all
}

describe('a Redis that could lose turns', () => {
  it('is refused in earnest and warned of otherwise, setting by setting', async () => {
    const redis = await startRedis([
      '--appendfsync',
      'everysec',
      '--maxmemory-policy',
      'allkeys-lru',
    ])
    const said: string[] = []
    await expect(openRedis(redis.url, strict)).rejects.toMatchObject({ code: 'bad-config' })
    const store = await openRedis(redis.url, { strict: false, warn: (words) => said.push(words) })
    expect(said.join()).toMatch(/appendfsync is everysec.*always/)
    expect(said.join()).toMatch(/maxmemory-policy is allkeys-lru.*noeviction/s)
    await store.close()
    await redis.stop()
  })

  it('that hides its settings is warned of, and used', async () => {
    const redis = await startRedis(['--rename-command', 'CONFIG', ''])
    const said: string[] = []
    const store = await openRedis(redis.url, { strict: true, warn: (words) => said.push(words) })
    expect(said.join()).toMatch(/appendfsync cannot be read/)
    await store.close()
    await redis.stop()
  })

  it('that a newer version keeps is left alone', async () => {
    const redis = await startRedis()
    await redis.ask('SET', 'front-door:layout', '2')
    await expect(openRedis(redis.url, strict)).rejects.toMatchObject({ code: 'bad-config' })
    await redis.stop()
  })

  it('that is not there is said so', async () => {
    const redis = await startRedis()
    await redis.stop()
    await expect(openRedis(redis.url, strict)).rejects.toEqual(down)
  })
})
