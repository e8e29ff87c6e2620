import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApp, fakeApp, say } from './fake-app.ts'

const FROM = '+447700900123'
const TO = '+442079460100'
const COVER = '+442079460110'
const SECOND = '+442079460111'
const EVENTS =
  'statusCallback="/twilio/leg/status" statusCallbackEvent="initiated ringing answered completed"'
let app: FakeApp
afterEach(() => app.close())

const dial = (numbers: string, attributes = 'timeout="20" answerOnBridge="true"') =>
  say(
    `<Say>A person is coming.</Say><Dial action="/twilio/dialled" callerId="${TO}" ${attributes}>${numbers}</Dial>`
  )

async function ring(verbs: string, whisper = say('<Say>A caller waits.</Say>')) {
  app = await fakeApp({
    '/twilio/voice': verbs,
    '/twilio/whisper': whisper,
    '/twilio/dialled': (form) => say(`<Say>Then: ${form.DialCallStatus}</Say>`),
  })
  const { body } = await app.post('/calls', { from: FROM, to: TO })
  const path = `/calls/${body.call}`
  return {
    ...body,
    act: async (does: unknown) => (await app.post(path, does)).body,
    read: async () => (await app.get(path)).body,
    phone: async (number: string, does: unknown) =>
      (await app.post(`/phones/${number}`, does)).body,
  }
}

const sent = (path: string) => app.seen.filter((each) => each.path === path)
const result = () => sent('/twilio/dialled').map(({ form }) => form)

describe('a dial', () => {
  it('rings, and says so', async () => {
    const call = await ring(dial(`<Number ${EVENTS}>${COVER}</Number>`))
    expect(call).toMatchObject({
      heard: ['A person is coming.'],
      waitingFor: null,
      ringing: [COVER],
      ended: false,
    })
    expect((await app.get(`/phones/${COVER}`)).body.ringing).toEqual([
      { call: call.call, from: TO, since: '2026-11-24T10:00:00.000Z' },
    ])
    expect(sent('/twilio/leg/status').map(({ form }) => form.CallStatus)).toEqual([
      'initiated',
      'ringing',
    ])
  })

  it('joins the one who answers, and goes on when they hang up', async () => {
    const call = await ring(dial(`<Number ${EVENTS}>${COVER}</Number>`))
    expect((await call.phone(COVER, { answer: true })).speaking).toHaveLength(1)
    expect(await call.read()).toMatchObject({ with: [COVER], waitingFor: null, ended: false })
    await app.post('/clock', { advance: 'PT90S' })
    await call.phone(COVER, { hangUp: true })
    expect(await call.read()).toMatchObject({ heard: ['Then: completed'], ended: true })
    expect(result()).toMatchObject([
      {
        DialCallStatus: 'completed',
        DialBridged: 'true',
        DialCallDuration: '90',
        DialCallSid: expect.stringMatching(/^CA/),
        CallSid: call.call,
        CallStatus: 'in-progress',
      },
    ])
    expect(sent('/twilio/leg/status').map(({ form }) => form.CallStatus)).toEqual([
      'initiated',
      'ringing',
      'in-progress',
      'completed',
    ])
    expect(sent('/twilio/leg/status')[2]).toMatchObject({
      signed: true,
      form: {
        ParentCallSid: call.call,
        Direction: 'outbound-dial',
        To: COVER,
        From: TO,
        SequenceNumber: '2',
      },
    })
    expect(app.seen.every(({ signed }) => signed)).toBe(true)
  })

  it.each([
    [
      'nobody answers in time',
      { silence: true },
      undefined,
      'no-answer',
      '2026-11-24T10:00:20.000Z',
    ],
    ['the phone is busy', undefined, { busy: true }, 'busy', '2026-11-24T10:00:00.000Z'],
    ['they decline', undefined, { decline: true }, 'busy', '2026-11-24T10:00:00.000Z'],
    ['the line fails', undefined, { fail: true }, 'failed', '2026-11-24T10:00:00.000Z'],
  ])('goes on when %s', async (_name, caller, callee, DialCallStatus, now) => {
    const call = await ring(dial(`<Number>${COVER}</Number>`))
    if (caller) expect(await call.act(caller)).toMatchObject({ heard: [`Then: ${DialCallStatus}`] })
    if (callee) await call.phone(COVER, callee)
    expect(result()).toMatchObject([{ DialCallStatus, DialBridged: 'false' }])
    expect(await call.read()).toMatchObject({ ended: true })
    expect(app.now()).toBe(now)
  })

  it.each([
    ['a short number, which Twilio can not ring', '<Number>999</Number>'],
    ['a misspelt number', '<Number>020 7946</Number>'],
  ])('fails at once for %s', async (_name, number) => {
    expect(await ring(dial(number))).toMatchObject({
      heard: ['A person is coming.', 'Then: failed'],
    })
  })

  it('goes on with the next verb when it has no action', async () => {
    const call = await ring(say(`<Dial timeout="15">${COVER}</Dial><Say>No one.</Say>`))
    expect(call.ringing).toEqual([COVER])
    expect(await call.act({ silence: true })).toMatchObject({ heard: ['No one.'], ended: true })
    expect(app.now()).toBe('2026-11-24T10:00:15.000Z')
  })

  it('rings several at once: the first who answers has it, and the rest stop', async () => {
    const call = await ring(dial(`<Number>${COVER}</Number><Number ${EVENTS}>${SECOND}</Number>`))
    expect(call.ringing).toEqual([COVER, SECOND])
    await call.phone(COVER, { answer: true })
    expect((await app.get(`/phones/${SECOND}`)).body.ringing).toEqual([])
    expect(sent('/twilio/leg/status').at(-1)?.form.CallStatus).toBe('canceled')
    expect(await call.read()).toMatchObject({ with: [COVER] })
  })

  it('waits for the others when one is busy', async () => {
    const call = await ring(dial(`<Number>${COVER}</Number><Number>${SECOND}</Number>`))
    await call.phone(COVER, { busy: true })
    expect(await call.read()).toMatchObject({ ringing: [SECOND], ended: false })
  })
})

describe('a whisper to the one who answers', () => {
  const accept = say(
    '<Gather numDigits="1" action="/twilio/accepted"><Say>Press 1 to take it.</Say></Gather><Hangup/>'
  )
  const number = `<Number url="/twilio/whisper">${COVER}</Number>`

  it('is heard before they are joined', async () => {
    const call = await ring(dial(number))
    expect(await call.phone(COVER, { answer: true })).toMatchObject({ heard: ['A caller waits.'] })
    expect(await call.read()).toMatchObject({ with: [COVER] })
    expect(sent('/twilio/whisper')[0]).toMatchObject({
      signed: true,
      form: { To: COVER, CallStatus: 'in-progress' },
    })
  })

  it('joins no one until it is over, and lets them say no by silence', async () => {
    const call = await ring(dial(number), accept)
    await call.phone(COVER, { answer: true })
    expect(await call.read()).toMatchObject({ ringing: [COVER], ended: false })
    expect(await call.act({ silence: true })).toMatchObject({
      error: expect.stringContaining('on the line'),
    })
    await call.phone(COVER, { silence: true })
    expect(await call.read()).toMatchObject({ heard: ['Then: no-answer'], ended: true })
  })
})

describe('the phones that are busy now', () => {
  it('are listed, whoever rang them, until they are put down', async () => {
    const call = await ring(dial(`<Number>${COVER}</Number>`))
    const busy = async () => (await app.get('/phones')).body.phones?.map(({ number }) => number)
    expect(await busy()).toEqual([COVER])
    await call.phone(COVER, { answer: true })
    expect(await busy()).toEqual([COVER])
    await call.phone(COVER, { hangUp: true })
    expect(await busy()).toEqual([])
  })
})

describe('a joined call with a limit', () => {
  it('is cut off when the limit is reached', async () => {
    const call = await ring(dial(`<Number>${COVER}</Number>`, 'timeLimit="600"'))
    await call.phone(COVER, { answer: true })
    expect(await call.act({ silence: true })).toMatchObject({ heard: ['Then: completed'] })
    expect(result()).toMatchObject([{ DialCallDuration: '600' }])
  })
})

describe('a caller who hangs up', () => {
  it.each([
    ['while it rings', undefined, 'no-answer'],
    ['while talking', { answer: true }, 'completed'],
  ])(
    '%s ends the other phone, and the dial is still reported',
    async (_name, first, DialCallStatus) => {
      const call = await ring(dial(`<Number ${EVENTS}>${COVER}</Number>`))
      if (first) await call.phone(COVER, first)
      await call.act({ hangUp: true })
      expect((await app.get(`/phones/${COVER}`)).body).toMatchObject({ ringing: [], speaking: [] })
      expect(result()).toMatchObject([{ DialCallStatus, CallStatus: 'completed' }])
      expect(app.seen.at(-1)?.path).toBe('/twilio/status')
    }
  )

  it('may end only the joined call by star', async () => {
    const call = await ring(dial(`<Number>${COVER}</Number>`, 'hangupOnStar="true"'))
    await call.phone(COVER, { answer: true })
    expect(await call.act({ press: '*' })).toMatchObject({ heard: ['Then: completed'] })
  })
})

describe('a phone that does not ring', () => {
  it.each([
    [{ answer: true }, 'is not ringing'],
    [{ press: '1' }, 'is not on a call'],
  ])('refuses %o', async (does, words) => {
    app = await fakeApp()
    expect(await app.post(`/phones/${COVER}`, does)).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining(words) },
    })
  })
})
