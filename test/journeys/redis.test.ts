import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRedis, type TestRedis } from '../store/redis-server.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'

let redis: TestRedis
let door: OpenedDoor
let env: Record<string, string>
beforeAll(async () => {
  redis = await startRedis()
  env = { STORE_URL: redis.url, DATA_DIR: redis.folder }
  door = await open(env)
})
afterAll(async () => {
  await door?.close()
  await redis?.stop()
})

const FALL = ['2', '2', '2', '1', '1', '2', '2', '1', 'silence', 'silence', '2']

it('a fall is told, routed and found again by its reference, though the service was started anew', async () => {
  await door.clock('2026-11-24T14:20:00Z')
  const from = landline()
  const address = ['1', '1', '1', 'Ann Smith, 4 Hill Road']
  const call = await door.ring(from, NUMBERS.lewisham, [...FALL, ...address])
  expect(call.all).toMatch(/A nurse from .* will ring you by .* this afternoon/)
  const contact = await door.contactOf(from)
  expect(contact).toMatchObject({ codes: ['UCR2'], status: 'promised', consent: 'yes' })

  await door.close()
  door = await open(env)
  expect(await door.contactOf(from)).toEqual(contact)
})

it('silence at a check by text: a reminder, then a person promised, each said once', async () => {
  await door.clock('2026-11-24T14:20:00Z')
  const from = mobile()
  await door.text(from, NUMBERS.lewisham, 'my leg hurts')
  await door.advance('PT3M1S')
  await door.advance('PT7M1S')
  const bodies = (await door.phone(from)).texts.map(({ body }) => body)
  expect(bodies.filter((body) => /Check 1 of 3/.test(body))).toHaveLength(2)
  expect(bodies.at(-1)).toMatch(/999/)
  expect((await door.contactOf(from)).codes).toContain('HOLD')
})

it('while Redis stands still a caller hears the safe words, and afterwards is heard again', async () => {
  redis.signal('SIGSTOP')
  const started = performance.now()
  const call = await door.ring(landline(), NUMBERS.lewisham)
  expect(performance.now() - started).toBeLessThan(3_000)
  expect(call.all).toMatch(/9 9 9|1 1 1/)
  redis.signal('SIGCONT')
  await expect
    .poll(async () => (await door.ring(landline(), NUMBERS.lewisham)).waitingFor, {
      timeout: 2_000,
    })
    .not.toBeNull()
})
