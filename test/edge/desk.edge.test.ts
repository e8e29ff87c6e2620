import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import type { Desk } from '../../src/store/desk.ts'
import { deskContract } from '../store/desk.ts'
import { PLACE, waiting } from '../store/desk-rows.ts'
import { startRedis, type TestRedis, until } from '../store/redis-server.ts'
import { deskThrough } from './desk.ts'
import { type OpenedWorker, openWorker, signedBundle } from './worker.ts'

const HOMES = Array.from({ length: 8 }, (_, n) => `${PLACE}:${n}`)
const script = signedBundle()

describe('the desk of a place whose homes keep their own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-edge-desk-'))
  const DATA_KEYS = writeKeyring(newKeyring())
  let worker: OpenedWorker
  beforeAll(async () => {
    worker = await openWorker({ DATA_KEYS }, script, folder)
  })
  afterAll(async () => {
    await worker?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  let worlds = 0
  let desk: Desk
  beforeEach(() => {
    // Each call by another home of the place, and by the Worker itself.
    desk = deskThrough(() => worker, ['', ...HOMES], `desk-${worlds++}`)
  })
  deskContract(
    () => ({ desk }),
    async () => false
  )

  it('is one, whichever home or Worker is asked, and there after a restart', async () => {
    const through = (home: string) => deskThrough(() => worker, [home], 'kept')
    await through('lewisham:2').put(waiting(1), 0)
    for (const home of ['', ...HOMES])
      expect(await through(home).list(PLACE, 'queue')).toEqual([waiting(1)])
    const both = await Promise.all(
      ['lewisham:0', 'lewisham:7'].map((home) => through(home).put(waiting(1, { turn: 2 }), 1))
    )
    expect(both.toSorted()).toEqual(['overtaken', 'saved'])
    await worker.close()
    worker = await openWorker({ DATA_KEYS }, script, folder)
    expect(await through('lewisham:5').list(PLACE, 'queue')).toEqual([waiting(1, { turn: 2 })])
    expect(await through('').changes(PLACE)).toBe(2)
  }, 30_000)
})

describe('the desk of a place whose homes share a Redis', () => {
  let redis: TestRedis
  let worker: OpenedWorker
  beforeAll(async () => {
    redis = await startRedis()
    worker = await openWorker({ STORE_URL: redis.url }, script)
  })
  afterAll(async () => {
    await worker?.close()
    await redis?.stop()
  })

  it('is in Redis, and down with it within the second', async () => {
    const through = (home: string) => deskThrough(() => worker, [home])
    await through('lewisham:2').put(waiting(1), 0)
    expect(await through('').list(PLACE, 'queue')).toEqual([waiting(1)])
    expect(await redis.ask('HLEN', '{lewisham:queue}hqueue')).toBe(1)
    expect(await through('lewisham:3').put(waiting(1), 0)).toBe('overtaken')
    redis.signal('SIGSTOP')
    for (const home of ['', 'lewisham:2']) {
      const started = performance.now()
      const refused = through(home).put(waiting(1, { turn: 2 }), 1)
      await expect(refused).rejects.toMatchObject({ code: 'store-down', retry: true })
      expect(performance.now() - started).toBeLessThan(1_500)
    }
    redis.signal('SIGCONT')
    await until(async () => (await through('').count(PLACE, 'queue')) === 1)
  })
})
