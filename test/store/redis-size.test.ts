import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { startRedis, type TestRedis } from './redis-server.ts'
import { nthTurn } from './sample.ts'

const strict = { strict: true, warn: () => undefined }
const PEOPLE = 200
const LATER = '2099-01-01T00:00:00Z'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis?.stop())

/** Bytes of every key together with what it costs to have it, as Redis counts them. */
async function bytes(): Promise<number> {
  const sum = `local n = 0
    for _, key in ipairs(redis.call('KEYS', '*')) do n = n + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) end
    return n`
  return Number(await redis.ask('EVAL', sum, '0'))
}

it('a contact of fifteen turns is kept in three kilobytes once its replies have expired, and a live one in four', async () => {
  const store = await openRedis(redis.url, strict)
  for (let n = 1; n <= 15; n += 1) {
    for (let from = 0; from < PEOPLE; from += 50) {
      const some = Array.from({ length: 50 }, (_, who) => nthTurn(from + who, n))
      await Promise.all(some.map((commit) => store.commit(commit)))
    }
    if (n < 14) continue
    await store.expireReplies(LATER)
    expect((await bytes()) / PEOPLE).toBeLessThan(n === 15 ? 3_000 : 4_000)
  }
  await store.close()
})
