import { createRequire } from 'node:module'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { fromForm } from '../../src/console/acting.ts'
import { ACTS } from '../../src/handoff/doers.ts'
import { voiceToken } from '../../src/security/voice-token.ts'
import { browser, openConsole, PUBLIC_URL } from './opened.ts'
import { sample } from './sample.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000002'
const ACT = { contact: CONTACT, reason: 'busy' }

async function signedIn() {
  const one = openConsole()
  sample(one.desk)
  const asker = browser(one)
  await asker.signIn('farah')
  return { ...one, asker }
}

describe('a request that changes something', () => {
  const form = new URLSearchParams(ACT).toString()
  const typed = (type: string | null, headers: Record<string, string>, body: string = form) => ({
    method: 'POST',
    body: type === null ? new Blob([body]) : body,
    headers: { ...(type && { 'Content-Type': type }), ...headers },
  })
  const FORM = 'application/x-www-form-urlencoded'

  it.each([
    ['another site', typed(FORM, { Origin: 'https://evil.example' })],
    ['a sibling of ours', typed(FORM, { Origin: 'http://evil.door.test' })],
    ['no origin that it would say', typed(FORM, { Origin: 'null' })],
    [
      'a browser that says cross-site',
      typed(FORM, { Origin: PUBLIC_URL, 'Sec-Fetch-Site': 'cross-site' }),
    ],
    [
      'a browser that says same-site',
      typed(FORM, { Origin: PUBLIC_URL, 'Sec-Fetch-Site': 'same-site' }),
    ],
    ['an address that was typed', typed(FORM, { Origin: PUBLIC_URL, 'Sec-Fetch-Site': 'none' })],
    ['plain text', typed('text/plain', { Origin: PUBLIC_URL }, JSON.stringify(ACT))],
    ['no type', typed(null, { Origin: PUBLIC_URL })],
    ['a form with files', typed('multipart/form-data; boundary=x', { Origin: PUBLIC_URL })],
    [
      'a type that only looks like JSON',
      typed('text/plain; application/json', { Origin: PUBLIC_URL }),
    ],
  ])('does nothing from %s', async (_from, init) => {
    const { asker, desk } = await signedIn()
    expect([403, 415]).toContain((await asker.ask('/console/acts/decline', init)).status)
    expect(desk.acted).toEqual([])
  })

  it('does nothing from a client that says no origin at all', async () => {
    const { app, asker, desk } = await signedIn()
    const Cookie = [...asker.jar].map((pair) => pair.join('=')).join('; ')
    const init = typed(FORM, { Cookie })
    expect((await app.request(`${PUBLIC_URL}/console/acts/decline`, init)).status).toBe(403)
    expect(desk.acted).toEqual([])
  })

  it('does nothing by reading', async () => {
    const { asker, desk } = await signedIn()
    for (const act of Object.keys(ACTS))
      expect((await asker.ask(`/console/acts/${act}?contact=${CONTACT}`)).status).toBe(404)
    expect(desk.acted).toEqual([])
  })

  it('is done from a page of ours, by form and by JSON, and says what came of it', async () => {
    const { asker, desk } = await signedIn()
    const sent = await asker.form('/console/acts/decline', { ...ACT, back: '/console/queue' })
    expect([sent.status, sent.headers.get('Location')]).toEqual([303, '/console/queue'])
    expect(await asker.text('/console/queue')).toContain('Done: decline.')
    expect(await asker.text('/console/queue')).not.toContain('Done: decline.')
    expect(await (await asker.json('/console/acts/decline', ACT)).json()).toEqual({
      ok: true,
      words: 'Done: decline.',
    })
    const actor = { place: 'lewisham', staff: 'farah', surface: 'console' }
    expect(desk.acted).toEqual([1, 2].map(() => ({ actor, act: { do: 'decline', ...ACT } })))
  })

  it('is refused in words when it is not whole', async () => {
    const { asker, desk } = await signedIn()
    for (const given of [
      {},
      { contact: CONTACT },
      { ...ACT, reason: 'bored' },
      { ...ACT, do: 'accept', x: 1 },
    ]) {
      const result = (await (await asker.json('/console/acts/decline', given)).json()) as {
        words: string
      }
      expect(result).toMatchObject({ ok: false })
      expect(result.words).toContain('This was not done.')
    }
    expect((await asker.json('/console/acts/decline', [])).status).toBe(415)
    expect(desk.acted).toEqual([])
  })

  it.each(['999', '112', '111', '101', '+44999', '1 1 1'])(
    'rings nobody at %s, and says what to do',
    async (number) => {
      const { asker, desk } = await signedIn()
      const given = { contact: CONTACT, to: 'number', number, reason: 'They fell' }
      await asker.form('/console/acts/ring-out', given)
      const text = await asker.text('/console')
      expect(text).toContain('Use your desk phone or mobile.')
      expect(text).toContain('07700 900 123')
      expect(desk.acted).toEqual([])
    }
  )
})

describe('a form', () => {
  const read = (text: string) => {
    const form = new FormData()
    for (const [name, value] of new URLSearchParams(text)) form.append(name, value)
    return fromForm(form, 'Europe/London')
  }
  it.each([
    ['on=true', { on: true }],
    ['on=false', { on: false }],
    ['owner=&nextStep=+', {}],
    ['repeats=3', { repeats: 3 }],
    ['needs=Hearing&needs=Sight', { needs: ['Hearing', 'Sight'] }],
    ['numbers=07700900111%0A07700900112,+', { numbers: ['+447700900111', '+447700900112'] }],
    ['by=2026-11-24T15:00', { by: '2026-11-24T15:00:00.000Z' }],
    ['by=2026-07-24T15:00', { by: '2026-07-24T14:00:00.000Z' }],
    ['by=tomorrow', { by: 'tomorrow' }],
    ['number=020+7946+0123', { number: '+442079460123' }],
    ['number=(07700)+900-123', { number: '+447700900123' }],
  ])('%s is %j', (text, act) => expect(read(text)).toEqual(act))
})

const { AccessToken } = (createRequire(import.meta.url)('twilio') as typeof import('twilio')).jwt

describe('the token of a softphone', () => {
  const SETTINGS = {
    accountSid: 'AC00000000000000000000000000000000',
    keySid: 'SK00000000000000000000000000000000',
    keySecret: 'a-key-secret-of-the-tests-0123456789',
    region: 'ie1',
  }

  it('is as Twilio’s own library makes it', async () => {
    const now = Math.floor(Date.now() / 1000) * 1000
    const { accountSid, keySid, keySecret, region } = SETTINGS
    const theirs = new AccessToken(accountSid, keySid, keySecret, {
      identity: 'farah',
      ttl: 3600,
      region,
    })
    theirs.addGrant(new AccessToken.VoiceGrant({ incomingAllow: true }))
    const twilio: string = theirs.toJwt()
    const at = decodeJwt(twilio).iat! * 1000
    const ours = await voiceToken(SETTINGS, 'farah', at)
    expect(Math.abs(at - now)).toBeLessThan(5_000)
    expect(decodeJwt(ours)).toEqual(decodeJwt(twilio))
    expect(decodeProtectedHeader(ours)).toEqual(decodeProtectedHeader(twilio))
    await jwtVerify(ours, new TextEncoder().encode(keySecret), { issuer: keySid })
  })

  it('is for whoever is signed in, in only, for an hour', async () => {
    const one = openConsole({ softphone: SETTINGS })
    const asker = browser(one)
    await asker.signIn('farah')
    const answer = await asker.json('/console/phone/token', { identity: 'gwen', outgoing: true })
    const { token } = (await answer.json()) as { token: string }
    const claims = decodeJwt(token)
    expect(claims.grants).toEqual({ identity: 'farah', voice: { incoming: { allow: true } } })
    expect(claims.exp! - claims.iat!).toBe(3_600)
    expect(token).not.toContain(SETTINGS.keySecret)
  })

  it('is given to nobody where there is no Twilio', async () => {
    const { asker } = await signedIn()
    expect((await asker.json('/console/phone/token', {})).status).toBe(404)
  })

  it('is of a phone that says it is alive', async () => {
    const { asker, desk } = await signedIn()
    expect((await asker.json('/console/phone/alive', {})).status).toBe(200)
    expect(desk.alive).toEqual(['lewisham/farah'])
  })
})
