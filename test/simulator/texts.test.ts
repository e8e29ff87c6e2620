import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApp, fakeApp, say } from './fake-app.ts'

const FROM = '+447700900123'
const TO = '+442079460100'
let app: FakeApp
afterEach(() => app.close())

describe('a text message', () => {
  it.each([
    ['one reply', '<Message>Hello</Message>', ['Hello']],
    [
      'a reply in a body',
      '<Message><Body>Line one\nLine  two</Body></Message>',
      ['Line one\nLine  two'],
    ],
    ['two replies', '<Message>One</Message><Message>Two</Message>', ['One', 'Two']],
    ['no reply', '', []],
    [
      'a reply from elsewhere',
      '<Message>One</Message><Redirect>/twilio/more</Redirect>',
      ['One', 'More'],
    ],
  ])('gets %s', async (_name, verbs, replies) => {
    app = await fakeApp({
      '/twilio/sms': say(verbs),
      '/twilio/more': say('<Message>More</Message>'),
    })
    expect(await app.post('/texts', { from: FROM, to: TO, body: "it's mum" })).toEqual({
      status: 200,
      body: { replies },
    })
    const { body } = await app.get(`/phones/${FROM}`)
    expect(body.texts).toEqual(replies.map((reply) => ({ from: TO, body: reply, at: app.now() })))
    expect(body.thread?.[0]).toEqual({ from: FROM, to: TO, body: "it's mum", at: app.now() })
  })

  it('arrives as Twilio sends it', async () => {
    app = await fakeApp({ '/twilio/sms': say('') })
    await app.post('/texts', { from: FROM, to: TO, body: '🆘 help' })
    const sid = expect.stringMatching(/^SM[0-9a-f]{32}$/)
    expect(app.seen[0]).toMatchObject({
      signed: true,
      form: {
        MessageSid: sid,
        SmsSid: sid,
        SmsMessageSid: sid,
        From: FROM,
        To: TO,
        Body: '🆘 help',
        NumMedia: '0',
        NumSegments: '1',
        SmsStatus: 'received',
        AccountSid: app.keys.twilio.accountSid,
      },
    })
  })

  it.each([
    ['an empty reply', '<Message></Message>', '0 characters'],
    ['a reply too long', `<Message>${'x'.repeat(1601)}</Message>`, '1601 characters'],
    ['a spoken reply', '<Say>Hello</Say>', '<Say>'],
  ])('is told of %s', async (_name, verbs, words) => {
    app = await fakeApp({ '/twilio/sms': say(verbs) })
    expect(await app.post('/texts', { from: FROM, to: TO, body: 'hi' })).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining(words) },
    })
  })

  it('is told when the app fails', async () => {
    app = await fakeApp()
    const { body } = await app.post('/texts', { from: FROM, to: TO, body: 'hi' })
    expect(body.error).toContain('answered 404 to POST /twilio/sms')
  })
})

describe("Twilio's REST side", () => {
  const message = { To: FROM, From: TO, Body: 'Ring us by ten.' }

  it('delivers a text and reports it, signed', async () => {
    app = await fakeApp()
    const sent = await app.rest('/Messages.json', {
      ...message,
      StatusCallback: `${app.origin}/twilio/status?id=c:1:0`,
    })
    expect(sent).toMatchObject({
      status: 201,
      body: {
        sid: expect.stringMatching(/^SM/),
        status: 'queued',
        to: FROM,
        from: TO,
        direction: 'outbound-api',
        date_sent: null,
      },
    })
    const { body } = await app.post('/clock', { advance: 'PT1S' })
    expect(body.now).toBe('2026-11-24T10:00:01.000Z')
    expect(app.seen).toMatchObject(
      ['sent', 'delivered'].map((MessageStatus) => ({
        path: '/twilio/status?id=c:1:0',
        signed: true,
        form: { MessageStatus, MessageSid: sent.body.sid, To: FROM },
      }))
    )
    expect((await app.get(`/phones/${FROM}`)).body.texts).toMatchObject([
      { from: TO, body: 'Ring us by ten.' },
    ])
    expect((await app.rest(`/Messages/${sent.body.sid}.json`)).body.status).toBe('delivered')
  })

  it('answers to an API key, and finds what was sent', async () => {
    app = await fakeApp()
    const { apiKey, apiSecret } = app.keys.twilio
    await app.rest('/Messages.json', message, [apiKey, apiSecret])
    const query = new URLSearchParams({
      To: FROM,
      From: TO,
      'DateSent>': '2026-11-24T09:59:00.000Z',
    })
    expect((await app.rest(`/Messages.json?${query}`)).body.messages).toMatchObject([
      { body: message.Body },
    ])
    expect((await app.rest('/Messages.json?To=%2B447700900999')).body.messages).toEqual([])
  })

  it.each([
    ['an unknown password', {}, ['AC1', 'wrong'], 401, 20003],
    ['no number', { To: '' }, undefined, 400, 21604],
    ['a bad number', { To: '07700' }, undefined, 400, 21211],
    ['no sender', { From: '' }, undefined, 400, 21603],
    ['no words', { Body: '' }, undefined, 400, 21602],
    ['too many words', { Body: 'x'.repeat(1601) }, undefined, 400, 21617],
  ] as const)('refuses %s as Twilio does', async (_name, change, user, status, code) => {
    app = await fakeApp()
    const refused = await app.rest('/Messages.json', { ...message, ...change }, user && [...user])
    expect(refused).toMatchObject({ status, body: { code, status, message: expect.any(String) } })
    expect((await app.get(`/phones/${FROM}`)).body.texts).toEqual([])
  })

  it.each([['/Messages/SM1.json'], ['/Calls/CA1.json'], ['/Recordings.json']])(
    'has no %s',
    async (path) => {
      app = await fakeApp()
      expect(await app.rest(path)).toMatchObject({ status: 404, body: { code: 20404 } })
    }
  )

  it('rings a phone for the app, and runs what it is given', async () => {
    app = await fakeApp({
      '/twilio/welfare': say(
        '<Gather numDigits="1" action="/twilio/well"><Say>Are you well?</Say></Gather>'
      ),
      '/twilio/well': say('<Say>Good.</Say>'),
    })
    const made = await app.rest('/Calls.json', {
      To: FROM,
      From: TO,
      Url: `${app.origin}/twilio/welfare`,
      StatusCallback: `${app.origin}/twilio/status?id=w`,
      StatusCallbackEvent: 'answered completed',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'ringing', direction: 'outbound-api' },
    })
    expect((await app.post(`/phones/${FROM}`, { answer: true })).body.heard).toEqual([
      'Are you well?',
    ])
    expect((await app.post(`/phones/${FROM}`, { press: '1' })).body.heard).toEqual(['Good.'])
    expect(app.seen.map(({ path, form }) => [path, form.CallStatus])).toEqual([
      ['/twilio/status?id=w', 'in-progress'],
      ['/twilio/welfare', 'in-progress'],
      ['/twilio/well', 'in-progress'],
      ['/twilio/status?id=w', 'completed'],
    ])
    expect((await app.rest(`/Calls.json?To=${encodeURIComponent(FROM)}`)).body.calls).toMatchObject(
      [{ sid: made.body.sid, status: 'completed' }]
    )
  })

  it('sends a live call to another document', async () => {
    app = await fakeApp({
      '/twilio/voice': say('<Gather/>'),
      '/twilio/joined': say('<Say>Joined.</Say><Pause length="10"/>'),
    })
    const { body } = await app.post('/calls', { from: FROM, to: TO })
    await app.rest(`/Calls/${body.call}.json`, { Url: `${app.origin}/twilio/joined` })
    await app.post('/clock', { advance: 'PT1S' })
    expect((await app.get(`/calls/${body.call}`)).body).toMatchObject({
      heard: ['Joined.'],
      ended: false,
    })
    await app.rest(`/Calls/${body.call}.json`, { Status: 'completed' })
    await app.post('/clock', { advance: 'PT1S' })
    expect((await app.get(`/calls/${body.call}`)).body).toMatchObject({ ended: true })
  })
})

describe('the world round the service', () => {
  it('moves the clock both ways and lets it run', async () => {
    app = await fakeApp()
    expect((await app.post('/clock', { now: '2026-11-24T14:20:00Z' })).body).toEqual({
      now: '2026-11-24T14:20:00.000Z',
    })
    expect((await app.post('/clock', { advance: 'P1DT2H' })).body).toEqual({
      now: '2026-11-25T16:20:00.000Z',
    })
    expect((await app.post('/clock', { now: '2026-11-24T03:00:00+00:00' })).body).toEqual({
      now: '2026-11-24T03:00:00.000Z',
    })
    await app.post('/clock', { run: true })
    expect(app.told).toEqual([['run']])
    expect((await app.get('/clock')).body).toEqual({ now: '2026-11-24T03:00:00.000Z' })
  })

  it('passes a fault on', async () => {
    app = await fakeApp()
    await app.post('/faults', { service: 'redis', fault: 'silent', for: 'PT30S' })
    expect(app.told).toEqual([['redis', 'silent', 'PT30S']])
  })

  it.each([
    ['/clock', { now: 'tomorrow' }, '"advance": "PT2H"'],
    ['/clock', { advance: '2 hours' }, 'PT2H'],
    ['/clock', { advance: 'P' }, 'PT2H'],
    ['/faults', { service: 'weather', fault: 'rain', for: 'PT1S' }, '"redis"'],
  ])('refuses %s %o, and says what to send', async (path, body, words) => {
    app = await fakeApp()
    expect(await app.post(path, body)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(words) },
    })
  })

  it('keeps what the app refused while no one waited', async () => {
    app = await fakeApp()
    await app.rest('/Messages.json', {
      To: FROM,
      From: TO,
      Body: 'x',
      StatusCallback: `${app.origin}/twilio/lost`,
    })
    await app.post('/clock', { run: true })
    expect((await app.get('/troubles')).body.troubles?.[0]).toContain(
      'answered 404 to POST /twilio/lost'
    )
  })
})
