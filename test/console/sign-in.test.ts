import { type CryptoKey, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backTo } from '../../src/console/sign-in.ts'
import { endedAt } from '../../src/desk/ended.ts'
import { cookies, IDLE_S, openSession, sealSession } from '../../src/security/staff-session.ts'
import { CLIENT, openIssuer } from './issuer.ts'
import { browser, type Opened, openConsole, rowsOfADesk } from './opened.ts'

const LEWISHAM = '00000000-0000-4000-8000-000000000002'
const FARAH = { tid: LEWISHAM, oid: '00000000-0000-4000-9000-000000020001' }
let issuer: Awaited<ReturnType<typeof openIssuer>>
let one: Opened
let asker: ReturnType<typeof browser>

beforeEach(async () => {
  issuer = await openIssuer()
  issuer.person = FARAH
  one = openConsole({
    demo: false,
    publicUrl: () => 'https://door.test',
    oidc: { issuer: issuer.origin, ...CLIENT },
    clock: Date.now,
  })
  asker = browser(one, 'https://door.test')
})
afterEach(() => issuer.close())

/** To Microsoft and back; the address one is sent back with. */
async function away(back = '/console/queue'): Promise<URL> {
  const start = await asker.ask(`/console/sign-in/start?back=${encodeURIComponent(back)}`)
  expect(start.status).toBe(303)
  const answer = await fetch(start.headers.get('Location')!, { redirect: 'manual' })
  return new URL(answer.headers.get('Location')!)
}
const returned = (to: URL) => asker.ask(`${to.pathname}${to.search}`)
const signIn = async () => returned(await away())
const isIn = async () => (await asker.ask('/console/queue')).status === 200

describe('sign-in with Microsoft', () => {
  it('lets in somebody on the roster, by tenant and object id, and brings them back', async () => {
    expect(await isIn()).toBe(false)
    const answer = await signIn()
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/console/queue'])
    expect(await isIn()).toBe(true)
    expect(await asker.text('/console/queue')).toContain('Farah')
  })

  it('asks for a code with PKCE, state and nonce, each new', async () => {
    const asked = await Promise.all(
      [1, 2].map(async () => {
        const { headers } = await asker.ask('/console/sign-in/start')
        return Object.fromEntries(new URL(headers.get('Location')!).searchParams)
      })
    )
    expect(asked[0]).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'https://door.test/console/sign-in/callback',
    })
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(asked[0]?.[name]).not.toBe(asked[1]?.[name])
  })

  it.each([
    ['another tenant with the same object id', { tid: '00000000-0000-4000-8000-000000000009' }],
    ['the tenant of another place', { tid: '00000000-0000-4000-8000-000000000001' }],
    ['somebody of the tenant who is on no roster', { oid: '00000000-0000-4000-9000-0000000f0001' }],
  ])('keeps out %s', async (_who, change) => {
    issuer.person = { ...FARAH, ...change }
    const answer = await signIn()
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('You are not on the roster of a place here')
    expect(await isIn()).toBe(false)
  })

  it.each<[string, (claims: JWTPayload) => JWTPayload]>([
    ['another audience', (claims) => ({ ...claims, aud: 'another' })],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://login.example.org' })],
    ['another nonce', (claims) => ({ ...claims, nonce: 'of-another-sign-in' })],
    ['no nonce', ({ nonce: _, ...claims }) => claims],
    ['a time that is over', (claims) => ({ ...claims, iat: 1_600_000_000, exp: 1_600_003_600 })],
    ['no end', ({ exp: _, ...claims }) => claims],
    ['no object id', ({ oid: _, ...claims }) => claims],
    ['an object id that is none', (claims) => ({ ...claims, oid: ['x'] })],
    ['no tenant', ({ tid: _, ...claims }) => claims],
  ])('keeps out a token with %s', async (_what, forge) => {
    issuer.forge = forge
    expect((await signIn()).status).toBe(403)
    expect(await isIn()).toBe(false)
  })

  it.each([
    ['no algorithm', async (claims: JWTPayload) => `${part({ alg: 'none' })}.${part(claims)}.`],
    [
      'our own secret as its key',
      (claims: JWTPayload) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(CLIENT.clientSecret)),
    ],
    [
      'a stranger’s key',
      async (claims: JWTPayload) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'a body that was changed',
      async (claims: JWTPayload, key: CryptoKey) => {
        const signed = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        const [head, , sign] = (await signed.sign(key)).split('.')
        return `${head}.${part({ ...claims, oid: '00000000-0000-4000-9000-000000020004' })}.${sign}`
      },
    ],
  ])('keeps out a token signed with %s', async (_what, sign) => {
    issuer.sign = sign
    expect((await signIn()).status).toBe(403)
    expect(await isIn()).toBe(false)
  })

  it('keeps out an answer to what nobody here began, or to what is over', async () => {
    const to = await away()
    const kept = new Map(asker.jar)
    asker.jar.clear()
    expect((await returned(to)).status).toBe(403)
    for (const [name, value] of kept) asker.jar.set(name, value)
    const other = new URL(to)
    other.searchParams.set('state', 'another')
    expect((await returned(other)).status).toBe(403)
    expect(await isIn()).toBe(false)
    // The cookie of what was begun is used up by the first answer.
    expect((await returned(to)).status).toBe(403)
  })

  it('keeps out a code that was used before', async () => {
    const to = await away()
    const kept = new Map(asker.jar)
    expect((await returned(to)).status).toBe(303)
    asker.jar.clear()
    for (const [name, value] of kept) asker.jar.set(name, value)
    expect((await returned(to)).status).toBe(403)
  })

  it('says so while Microsoft does not answer, and goes on when it does', async () => {
    issuer.down = true
    expect((await asker.ask('/console/sign-in/start')).status).toBe(503)
    issuer.down = false
    expect((await signIn()).status).toBe(303)
  })

  it('offers nobody the sample people', async () => {
    expect(await asker.text('/console/sign-in')).not.toContain('made up')
    expect((await asker.signIn('farah')).status).toBe(404)
    expect(await isIn()).toBe(false)
  })

  it('writes no name, id or token to the log', async () => {
    issuer.forge = (claims) => ({ ...claims, aud: 'another' })
    await signIn()
    expect(one.log.join('')).toContain('Sign-in refused')
    expect(one.log.join('')).not.toMatch(/eyJ|0000-4000-9000|Farah/)
  })
})

describe('the cookie', () => {
  it('is bound to the host, hidden from scripts, and says nothing', async () => {
    const lines = (await signIn()).headers.getSetCookie()
    const line = lines.find((each) => each.startsWith('__Host-front-door='))!
    expect(line).toMatch(/Path=\/;/)
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax']) expect(line).toContain(part)
    expect(line).not.toMatch(/Domain/)
    const [head = ''] = line.replace('__Host-front-door=', '').split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
    })
    expect(Buffer.from(line, 'base64url').toString()).not.toContain('farah')
  })

  it('opens for nothing once a letter of it is changed, nor under another key', async () => {
    await signIn()
    const whole = asker.jar.get('__Host-front-door')!
    for (const at of [5, whole.indexOf('..') + 4, whole.length - 30, whole.length - 3]) {
      const letter = whole[at] === 'A' ? 'B' : 'A'
      asker.jar.set('__Host-front-door', whole.slice(0, at) + letter + whole.slice(at + 1))
      expect(await isIn()).toBe(false)
    }
    const other = browser(
      openConsole({ sessionKey: 'another-key-of-the-tests' }),
      'https://door.test'
    )
    other.jar.set('front-door', whole)
    expect((await other.ask('/console/queue')).status).toBe(303)
  })

  it('of a sign-in begun is none of a session', async () => {
    await asker.ask('/console/sign-in/start')
    asker.jar.set('__Host-front-door', asker.jar.get('__Host-front-door-sign-in')!)
    expect(await isIn()).toBe(false)
  })

  it('is nothing after sign-out, also to who kept a copy of it', async () => {
    await signIn()
    const copy = asker.jar.get('__Host-front-door')!
    await asker.form('/console/sign-out', {})
    expect(asker.jar.has('__Host-front-door')).toBe(false)
    asker.jar.set('__Host-front-door', copy)
    expect(await isIn()).toBe(false)
    expect((await asker.json('/console/phone/token', {})).status).toBe(401)
  })

  it('is nothing after sign-out at another door, or at one that started again since', async () => {
    const rows = rowsOfADesk()
    const door = () => openConsole({ ended: endedAt(rows) })
    const [here, there] = [browser(door()), browser(door())]
    await here.signIn('farah')
    const copy = here.jar.get('front-door')!
    there.jar.set('front-door', copy)
    expect((await there.ask('/console/queue')).status).toBe(200)
    await here.form('/console/sign-out', {})
    expect((await there.ask('/console/queue')).status).toBe(303)
    const again = browser(door())
    again.jar.set('front-door', copy)
    expect((await again.json('/console/phone/token', {})).status).toBe(401)
  })

  it('that ended is forgotten once it would have ended anyway', async () => {
    const [rows, clock] = [rowsOfADesk(), { now: 1_000_000_000_000 }]
    const ended = endedAt(rows, () => clock.now)
    const at = clock.now / 1000
    for (const id of ['a', 'b']) await ended.end({ id, place: 'lewisham' }, at + 60)
    expect(await ended.has({ id: 'a', place: 'lewisham' })).toBe(true)
    expect(await ended.has({ id: 'a', place: 'southwark' })).toBe(false)
    clock.now += 61_000
    await ended.end({ id: 'c', place: 'lewisham' }, at + 120)
    expect((await rows.list('lewisham', 'session')).map(({ id }) => id)).toEqual(['c'])
  })
})

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('what is sealed for one purpose', () => {
  it('opens for no other, and not after its time', async () => {
    const clock = { now: 1_000_000_000_000 }
    const sealed = cookies('a-key-of-the-tests', () => clock.now)
    const at = clock.now / 1000
    const session = { id: 'x', place: 'lewisham', staff: 'farah', roles: 'r', began: at, seen: at }
    const said = await sealed.seal('said', session, at + 60)
    expect(await openSession(sealed, said)).toBe(null)
    const whole = await sealSession(sealed, session)
    expect(await openSession(sealed, whole)).toEqual(session)
    clock.now += IDLE_S * 1000
    expect(await openSession(sealed, whole)).toBe(null)
  })
})

describe('the way back', () => {
  it.each([
    ['/console/contacts/07113706', '/console/contacts/07113706'],
    ['/console/promises?late=1', '/console/promises?late=1'],
    ['//evil.example', '/console'],
    ['https://evil.example/console', '/console'],
    ['/console//evil.example', '/console'],
    ['/console\\@evil.example', '/console'],
    ['/consolevil', '/console'],
    ['/console/sign-in', '/console'],
    ['javascript:alert(1)', '/console'],
    ['/console/\r\nSet-Cookie: a=b', '/console'],
    [undefined, '/console'],
  ])('from %s is %s', (given, to) => expect(backTo(given)).toBe(to))
})
