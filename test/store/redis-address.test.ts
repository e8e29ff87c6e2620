import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openRedis } from '../../src/store/redis.ts'
import { readAddress } from '../../src/store/redis-address.ts'
import { slotOf } from '../../src/store/redis-slot.ts'

const at = (host: string, port: number) => ({ host, port })

describe('where Redis is', () => {
  it.each([
    ['redis://cache', { kind: 'single', hosts: [at('cache', 6379)], tls: false, database: 0 }],
    ['redis://:p%40ss@cache:7000/3', { password: 'p@ss', hosts: [at('cache', 7000)], database: 3 }],
    [
      'rediss://ann:50%@[::1]',
      { tls: true, username: 'ann', password: '50%', hosts: [at('::1', 6379)] },
    ],
    [
      'redis+sentinel://a,b:7/door',
      { kind: 'sentinel', hosts: [at('a', 26379), at('b', 7)], master: 'door' },
    ],
    ['redis+sentinel://a/door/2?wait=2', { master: 'door', database: 2, wait: 2 }],
    [
      'rediss+cluster://a,b?wait=0',
      { kind: 'cluster', tls: true, wait: 0, hosts: [at('a', 6379), at('b', 6379)] },
    ],
  ])('%s', (url, address) => {
    expect(readAddress(url)).toMatchObject(address)
    expect(readConfig({ STORE_URL: url }).STORE_URL).toBe(url)
  })

  it.each([
    'redis://',
    'redis://a,b',
    'redis://a:99999',
    'redis://a/first',
    'redis://a?wait=some',
    'redis+sentinel://a,b',
    'redis+cluster://a/1',
    'redis+cloud://a',
  ])('%s is refused, with the forms it may have', async (url) => {
    expect(() => readConfig({ STORE_URL: url })).toThrow(
      /STORE_URL .*redis\+cluster:\/\/host1,host2/
    )
    await expect(openRedis(url, { strict: false, warn: () => undefined })).rejects.toMatchObject({
      code: 'bad-config',
    })
  })
})

it.each([
  ['123456789', 12_739],
  ['{user1000}.following', 3_443],
  ['foo{}{bar}', 8_363],
  ['foo{{bar}}zap', 4_015],
])('the slot of %s is as the Cluster specification has it', (key, slot) => {
  expect(slotOf(key)).toBe(slot)
})
