import { afterAll, beforeAll } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { storeContract } from './contract.ts'
import { type startCluster, startRedis, type TestRedis } from './redis-server.ts'

const strict = { strict: true, warn: () => undefined }

let redis: TestRedis
let cluster: Awaited<ReturnType<typeof startCluster>>
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis?.stop())

const made = (url: string) => async () => {
  let store = await openRedis(url, strict)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openRedis(url, strict)
      return store
    },
  }
}

storeContract('redis', async () => {
  await redis.ask('FLUSHALL')
  return made(redis.url)()
})
