import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  calling,
  callSid,
  type Form,
  messageSid,
  type OpenedApp,
  openApp,
  PUBLIC_URL,
  signature,
  TOKEN,
  texting,
} from './opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())
afterEach(async () => expect(await app.contacts()).toEqual([]))

const FORM = 'application/x-www-form-urlencoded'
const encode = (form: Form) => new URLSearchParams(form).toString()
const status = () => ({ CallSid: callSid(), From: '', To: '', CallStatus: 'completed' })
const ROUTES: [string, () => Form][] = [
  ['/twilio/voice', calling],
  ['/twilio/voice/turn?t=1', () => calling({ Digits: '1' })],
  ['/twilio/sms', () => texting('hello')],
  ['/twilio/status', status],
]
const posted = (path: string, body: string | Buffer<ArrayBuffer>, headers: Form) =>
  app.send(path, { method: 'POST', body, headers: { 'Content-Type': FORM, ...headers } })
const signed = (path: string, form: Form, token?: string, at?: string) => ({
  'X-Twilio-Signature': signature(path, form, token, at),
})

describe.each(ROUTES)('POST %s', (path, make) => {
  const asked = async (change: (form: Form) => Promise<Answer>, wanted: number) => {
    const answer = await change(make())
    expect(answer.status).toBe(wanted)
    expect(JSON.parse(answer.body).error).toMatch(/\w{3}/)
    expect(answer.body).not.toMatch(/\\n +at |node_modules|\.ts/)
  }

  it.each<[string, (form: Form) => Promise<Answer>]>([
    ['without a signature', (form) => posted(path, encode(form), {})],
    ['with an empty signature', (form) => posted(path, encode(form), { 'X-Twilio-Signature': '' })],
    [
      'with a signature of the right length',
      (form) => posted(path, encode(form), { 'X-Twilio-Signature': `${'A'.repeat(27)}=` }),
    ],
    [
      'with a signature that is no text of ours',
      (form) => posted(path, encode(form), { 'X-Twilio-Signature': 'é'.repeat(200) }),
    ],
    [
      'signed by another account',
      (form) => posted(path, encode(form), signed(path, form, `${TOKEN}s`)),
    ],
    ['signed with no token', (form) => posted(path, encode(form), signed(path, form, ''))],
    [
      'signed for another path',
      (form) => posted(path, encode(form), signed('/twilio/other', form)),
    ],
    [
      'signed for another question',
      (form) => posted(path, encode(form), signed(`${path.split('?')[0]}?t=2`, form)),
    ],
    [
      'signed for another host',
      (form) => posted(path, encode(form), signed(path, form, TOKEN, 'https://door.example.com')),
    ],
    [
      'signed for http',
      (form) => posted(path, encode(form), signed(path, form, TOKEN, 'http://door.example.org')),
    ],
    [
      'signed for another port',
      (form) => posted(path, encode(form), signed(path, form, TOKEN, `${PUBLIC_URL}:8443`)),
    ],
    [
      'with one field changed',
      (form) => posted(path, encode({ ...form, To: '+442079460200' }), signed(path, form)),
    ],
    [
      'with one field more',
      (form) => posted(path, encode({ ...form, Extra: 'x' }), signed(path, form)),
    ],
    [
      'with one field less',
      ({ To: _, ...form }) => posted(path, encode(form), signed(path, { ...form, To: '+44' })),
    ],
  ])('%s: 403', (_what, change) => asked(change, 403))

  it.each<[string, string, number]>([
    ['no type', '', 415],
    ['JSON', 'application/json', 415],
    ['a multipart form', 'multipart/form-data; boundary=x', 415],
    ['a type that begins alike', `${FORM}-not`, 415],
  ])('sent as %s: %s refused', async (_what, type, wanted) => {
    const form = make()
    const headers = { ...signed(path, form), 'Content-Type': type }
    await asked(() => posted(path, encode(form), headers), wanted)
  })

  it('compressed: 415, and nothing is unpacked', () =>
    asked(
      (form) =>
        posted(path, gzipSync(encode(form)), { 'Content-Encoding': 'gzip', ...signed(path, form) }),
      415
    ))

  it.each([
    ['65 kB', 65 * 1024],
    ['10 MB', 10 * 1024 * 1024],
  ])('of %s: 413', (_size, bytes) =>
    asked((form) => {
      const large = { ...form, Extra: 'x'.repeat(bytes) }
      return posted(path, encode(large), signed(path, large))
    }, 413)
  )

  it('of 65 kB and no length told: 413', () =>
    asked((form) => {
      const large = { ...form, Extra: 'x'.repeat(65 * 1024) }
      const body = new Blob([encode(large)]).stream()
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit
      return app.send(path, { ...init, headers: { 'Content-Type': FORM, ...signed(path, large) } })
    }, 413))

  it.each<[string, (form: Form) => string]>([
    ['201 names', () => Array.from({ length: 201 }, (_, i) => `n${i}=1`).join('&')],
    ['a name twice', (form) => `${encode(form)}&To=%2B442079460200`],
    ['a name twice, spelt in two ways', (form) => `${encode(form)}&%54o=x`],
  ])('with %s: 400', (_what, body) => asked((form) => app.raw(path, body(form)), 400))

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not answered: 405', (method) =>
    asked(
      (form) =>
        app.send(path, {
          method,
          headers: { 'Content-Type': FORM, ...signed(path, form) },
          ...(/GET/.test(method) ? {} : { body: encode(form) }),
        }),
      405
    )
  )
})

it('a GET signed as Twilio signs one is not answered either', async () => {
  const path = `/twilio/voice?${encode(calling())}`
  const answer = await app.send(path, { headers: signed(path, {}) })
  expect(answer.status).toBe(405)
})

it.each([
  ['no form at all', ''],
  ['no id', 'From=%2B447700900001&To=%2B442079460100'],
  ['only percent signs', '%ZZ=%ZZ&%=%'],
  ['names of the language', '__proto__=1&constructor=2&toString=3'],
  ['a nested name', 'CallSid[a]=1&From[]=2'],
])('%s, rightly signed: 400 on every route', async (_what, body) => {
  for (const [path] of ROUTES) {
    const answer = await app.raw(path, body)
    expect(answer.status, path).toBe(400)
    expect(JSON.parse(answer.body).error).not.toMatch(/\+44/)
  }
})

it('a signature that moved the border of two fields proves nothing: the form is refused', async () => {
  const form = calling()
  // CallSid=CA…, From=… and CallSidCA=…, both read "CallSidCA…From…" when signed.
  const { CallSid = '', ...rest } = form
  const moved = { [`CallSid${CallSid.slice(0, 2)}`]: CallSid.slice(2), ...rest }
  const headers = signed('/twilio/voice', form)
  expect((await posted('/twilio/voice', encode(moved), headers)).status).toBe(400)
})

it('an id with the border moved into it is refused', async () => {
  const MessageSid = messageSid()
  const form = texting('1', { MessageSid: `${MessageSid}NumMedia0` })
  expect((await app.post('/twilio/sms', form)).status).toBe(400)
})

it('says nothing of itself at an address that is none', async () => {
  for (const path of ['/', '/twilio', '/twilio/', '/admin', '/.env', '/twilio/voice/../../etc']) {
    const answer = await app.send(path, {})
    expect([404, 405], path).toContain(answer.status)
    expect(answer.body).not.toMatch(/\\n +at |hono|node/i)
  }
})
