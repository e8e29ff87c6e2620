import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { type Made, storeContract } from './contract.ts'
import { startCluster, startRedis, type TestRedis, type TestServers } from './redis-server.ts'

const strict = { strict: true, warn: () => undefined }

/** A store that is closed and opened again on what Redis kept. */
async function made(url: string, as: (store: Store) => Store = (store) => store): Promise<Made> {
  let store = as(await openRedis(url, strict))
  return {
    store,
    async reopen() {
      await store.close()
      store = as(await openRedis(url, strict))
      return store
    },
  }
}

/** The contract's people all live in one partition: here each lives in one of eight, and nobody else notices. */
function spread(store: Store): Store {
  const home = (id: string) =>
    `southwark:0${createHash('sha1').update(id).digest().readUInt8(0) % 8}`
  const back = <C extends Contact | null>(contact: C): C =>
    contact && { ...contact, partition: 'southwark:01' }
  return {
    ...store,
    commit: ({ contact, ...rest }) =>
      store.commit({ ...rest, contact: { ...contact, partition: home(contact.id) } }),
    load: async (id) => back(await store.load(id)),
    byRef: async (ref) => back(await store.byRef(ref)),
    byCall: async (call) => back(await store.byCall(call)),
    recent: async (...asked) => (await store.recent(...asked)).map(back),
    async list(query) {
      const { contacts, next } = await store.list(query)
      return { contacts: contacts.map(back), next }
    },
  }
}

describe('one server', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())
  const fresh = async (as?: (store: Store) => Store) => {
    await redis.ask('FLUSHALL')
    return made(redis.url, as)
  }
  storeContract('redis', () => fresh())
  storeContract('redis, spread', () => fresh(spread))
})

describe('three masters', () => {
  let cluster: TestServers
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster?.stop())
  storeContract('cluster', async () => {
    for (const node of cluster.nodes) await node.ask('FLUSHALL')
    return made(cluster.url, spread)
  })
})
