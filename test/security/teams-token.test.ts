import { createHmac } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { channel, message, type StandIn, standIn } from '../channels/teams-stand-in.ts'

let service: StandIn
let stranger: StandIn
beforeAll(async () => {
  service = await standIn()
  stranger = await standIn()
})
afterAll(() => {
  service.close()
  stranger.close()
})

const now = () => Math.floor(Date.now() / 1000)
const claims = (more: JWTPayload = {}) => ({
  iss: 'https://api.botframework.com',
  aud: '5f8b1c9e-0000-4000-8000-000000000001',
  nbf: now() - 60,
  exp: now() + 3600,
  serviceurl: service.serviceUrl,
  ...more,
})
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`

/** A token signed with the public key as if it were a shared secret. */
function confused(secret: string) {
  const text = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claims())}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const tampered = async () => {
  const [head, , signature] = (await service.token()).split('.')
  return `${head}.${part(claims({ exp: now() + 7200 }))}.${signature}`
}

it.each<[string, () => string | null | Promise<string>]>([
  ['no header', () => null],
  ['an empty header', () => ''],
  ['no token', () => 'Bearer'],
  ['another scheme', async () => `Basic ${await service.token()}`],
  ['two tokens', async () => `Bearer ${await service.token()} ${await service.token()}`],
  ['not a token', () => 'Bearer a.b.c'],
  ['no algorithm', () => `Bearer ${part({ alg: 'none', kid: 'k1' })}.${part(claims())}.`],
  [
    'no algorithm, with a signature',
    () => `Bearer ${part({ alg: 'none', kid: 'k1' })}.${part(claims())}.aaaa`,
  ],
  [
    'HS256 by the public key as PEM',
    () => bearer(confused(service.publicKey.export({ type: 'spki', format: 'pem' }) as string)),
  ],
  ['HS256 by the public key as JWK', () => bearer(confused(JSON.stringify(service.state.keys[0])))],
  ['another signer', () => bearer(stranger.token({ serviceurl: service.serviceUrl }))],
  ['claims changed after signing', () => bearer(tampered())],
  ['another issuer', () => bearer(service.token({ iss: 'https://sts.windows.net/x/' }))],
  [
    'the emulator’s issuer',
    () =>
      bearer(
        service.token({
          iss: 'https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0',
        })
      ),
  ],
  ['another audience', () => bearer(service.token({ aud: 'another-bot' }))],
  ['no audience', () => bearer(service.token({ aud: '' }))],
  ['an unknown key', () => bearer(service.token({}, { kid: 'k2' }))],
  ['no key id', () => bearer(service.token({}, { kid: undefined as never }))],
  ['ended five minutes and one second ago', () => bearer(service.token({ exp: now() - 301 }))],
  ['no end', () => bearer(service.token({ exp: undefined as never }))],
  ['not begun for ten minutes', () => bearer(service.token({ nbf: now() + 600 }))],
  ['a key endorsed for another channel', () => bearer(service.token({}, { kid: 'web' }))],
  ['a key with no endorsements', () => bearer(service.token({}, { kid: 'bare' }))],
  ['another service URL', () => bearer(service.token({ serviceurl: `${service.origin}/else/` }))],
  ['no service URL', () => bearer(service.token({ serviceurl: undefined }))],
])('refuses %s', async (_name, make) => {
  const { post, inbounds, logged } = channel(service)
  const answer = await post(message(service), await make())
  expect([answer.status, await answer.text(), inbounds]).toEqual([401, '', []])
  expect(logged.at(-1)?.[0].code).toBe('not-allowed')
})

it.each<[string, JWTPayload]>([
  ['ended less than five minutes ago', { exp: now() - 290 }],
  ['begins in less than five minutes', { nbf: now() + 290 }],
])('allows for clocks that differ: %s', async (_name, more) => {
  const { post } = channel(service)
  expect((await post(message(service), await bearer(service.token(more)))).status).toBe(200)
})

it.each([
  ['another channel', { channelId: 'webchat' }],
  ['no channel', { channelId: undefined }],
  ['the emulator', { channelId: 'emulator' }],
  ['no service URL', { serviceUrl: undefined }],
])('refuses an activity of %s, although its token is good', async (_name, more) => {
  const { post, inbounds } = channel(service)
  expect((await post(message(service, more))).status).toBe(401)
  expect(inbounds).toEqual([])
})

it.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost:6379/',
  'http://[::1]/',
  'http://0x7f.1/',
  'http://127.0.0.1:1/',
  'https://evil.botframework.com.x/',
  'https://smba.trafficmanager.net.evil.example/',
  'https://evil.example/?smba.trafficmanager.net',
  'https://smba.trafficmanager.net/uk/',
  'file:///etc/passwd',
  'not a url',
])('asks nothing of anyone for a service URL of %s, well signed or not', async (serviceUrl) => {
  const { post } = channel(service)
  const authorization = await bearer(service.token({ serviceurl: serviceUrl }))
  const fetched = vi.spyOn(globalThis, 'fetch')
  const before = { ...service.state.fetched, got: service.state.got.length }
  expect((await post(message(service, { serviceUrl }), authorization)).status).toBe(401)
  expect(fetched).not.toHaveBeenCalled()
  expect({ ...service.state.fetched, got: service.state.got.length }).toEqual(before)
  fetched.mockRestore()
})

it('asks no one for a key on behalf of someone with no token', async () => {
  const { post } = channel(service)
  const fetched = vi.spyOn(globalThis, 'fetch')
  for (const authorization of [null, 'Bearer a.b.c', await bearer(confused('x'))])
    await post(message(service), authorization)
  expect(fetched).not.toHaveBeenCalled()
  fetched.mockRestore()
})
