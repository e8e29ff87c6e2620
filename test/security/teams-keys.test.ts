import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Log } from '../../src/observe.ts'
import { teamsKeys } from '../../src/security/teams-keys.ts'
import { channel, message, type StandIn, standIn } from '../channels/teams-stand-in.ts'

const HOUR = 3_600_000
const log: Log = { info() {}, warn() {}, error() {} }
let service: StandIn
let at = 0
beforeEach(async () => {
  service = await standIn()
  at = Date.parse('2026-11-24T10:00:00Z')
})
afterEach(() => service.close())
const open = () => teamsKeys({ openId: service.openIdUrl, log, now: () => at })
const fetches = () => service.state.fetched.openId

it('fetches once for many that ask together', async () => {
  const keys = open()
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('k1')))
  expect(found.every((key) => key?.endorsements.includes('msteams'))).toBe(true)
  expect(fetches()).toBe(1)
})

it.each([
  ['a day old', 24, { status: 500 }, true],
  ['25 hours old', 25, { status: 500 }, true],
  ['71 hours old', 71, { status: 500 }, true],
  ['73 hours old', 73, { status: 500 }, false],
  ['25 hours old, the endpoint resetting', 25, 'reset' as const, true],
  ['25 hours old, its answer no JSON', 25, { status: 200, body: '<html>' }, true],
  [
    '25 hours old, the keys elsewhere',
    25,
    { status: 200, body: '{"jwks_uri":"http://169.254.169.254/"}' },
    true,
  ],
])('while keys cannot be had, those %s are used or not', async (_name, hours, fault, used) => {
  const keys = open()
  await keys.find('k1')
  service.state.keysFault = fault
  at += hours * HOUR
  const found = await keys.find('k1').catch((error) => error)
  if (used) expect(found?.key).toBeDefined()
  else expect(found).toMatchObject({ code: 'neighbour-down', retry: true })
})

it('waits three seconds for an endpoint that hangs, then uses what it has', async () => {
  const keys = open()
  await keys.find('k1')
  service.state.keysFault = 'hang'
  at += 25 * HOUR
  const began = Date.now()
  const found = await Promise.all([keys.find('k1'), keys.find('k1'), keys.find('k1')])
  expect(found.every(Boolean)).toBe(true)
  expect(Date.now() - began).toBeLessThan(3_500)
  expect(fetches()).toBe(2)
})

it('takes up a new key at once, and drops one that is withdrawn', async () => {
  const keys = open()
  await keys.find('k1')
  const [first] = service.state.keys
  service.state.keys.splice(0, 1, { ...first, kid: 'new' })
  expect(await keys.find('new')).not.toBeNull()
  expect(await keys.find('k1')).toBeNull()
})

it('is not made to fetch by made-up key ids', async () => {
  const keys = open()
  await keys.find('k1')
  for (let id = 0; id < 100; id++) expect(await keys.find(`made-up-${id}`)).toBeNull()
  expect(fetches()).toBeLessThanOrEqual(3)
  at += 11_000
  await keys.find('made-up')
  expect(fetches()).toBeLessThanOrEqual(4)
})

it('does not ask again at every message while the endpoint is down', async () => {
  service.state.keysFault = { status: 500 }
  const keys = open()
  for (let message = 0; message < 20; message++)
    await expect(keys.find('k1')).rejects.toMatchObject({ code: 'neighbour-down' })
  expect(fetches()).toBeLessThanOrEqual(3)
  service.state.keysFault = null
  at += 11_000
  expect(await keys.find('k1')).not.toBeNull()
})

it('passes over keys that are not for RSA signatures', async () => {
  service.state.keys.push(
    { kty: 'oct', kid: 'secret', k: 'c2VjcmV0', endorsements: ['msteams'] },
    { kty: 'RSA', kid: 'half', endorsements: ['msteams'] },
    { ...service.state.keys[0], kid: 'cipher', use: 'enc' }
  )
  const keys = open()
  expect(await keys.find('k1')).not.toBeNull()
  for (const kid of ['secret', 'half', 'cipher']) expect(await keys.find(kid)).toBeNull()
})

it('tells Teams to come back when there has never been a key', async () => {
  service.state.keysFault = { status: 500, body: 'internal' }
  const answer = await channel(service).post(message(service))
  expect([answer.status, await answer.text()]).toEqual([503, ''])
})
