import { afterAll, beforeAll, it } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { startRedis, type TestRedis } from './redis-server.ts'
import { readsAndGoesOn, VERSIONS, written } from './written.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis?.stop())

it.each(VERSIONS)('Redis: what version %i wrote is read, and goes on', async (version) => {
  await redis.ask('FLUSHALL')
  // Each key, and what DUMP said of it.
  const was = written<{ dump: [key: string, value: string][] }>(version, 'redis')
  for (const [key, value] of was.dump)
    await redis.ask('RESTORE', Buffer.from(key, 'base64'), '0', Buffer.from(value, 'base64'))
  const store = await openRedis(redis.url, { strict: true, warn: () => undefined })
  await readsAndGoesOn(store, was)
  await store.close()
})
