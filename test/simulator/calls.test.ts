import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApp, fakeApp, say } from './fake-app.ts'

const FROM = '+447700900123'
const TO = '+442079460100'
let app: FakeApp
afterEach(() => app.close())

async function ring(documents: Parameters<typeof fakeApp>[0], from = FROM) {
  app = await fakeApp(documents)
  const { body, status } = await app.post('/calls', { from, to: TO })
  const path = `/calls/${body.call}`
  const act = async (does: unknown) => (await app.post(path, does)).body
  return { ...body, status, path, act }
}

const last = () => app.seen.filter(({ path }) => path !== '/twilio/status').at(-1)!

describe('what a caller hears', () => {
  it.each([
    ['words and a hang-up', '<Say>Hello.</Say><Hangup/>', ['Hello.']],
    [
      'words in another language',
      '<Say language="pl-PL" voice="Google.pl-PL-Standard-A">Cześć</Say>',
      ['Cześć'],
    ],
    ['escaped words', '<Say>A &amp; B&#8217;s &lt;c&gt;</Say>', ['A & B’s <c>']],
    [
      'marked-up speech',
      '<Say>Ring <say-as interpret-as="digits">999</say-as><break time="1s"/> <prosody rate="slow">now</prosody></Say>',
      ['Ring 999 now'],
    ],
    ['words twice', '<Say loop="2">Hold</Say>', ['Hold', 'Hold']],
    ['tones', '<Play digits="12w3"/>', ['[keys 12w3]']],
    ['a short pause', '<Say>One</Say><Pause length="2"/><Say>Two</Say>', ['One', 'Two']],
    [
      'another document',
      '<Redirect method="POST">/twilio/other?t=2</Redirect><Say>never</Say>',
      ['Other'],
    ],
    ['nothing', '', []],
    ['a refusal', '<Reject reason="busy"/>', []],
  ])('%s', async (_name, verbs, heard) => {
    const call = await ring({
      '/twilio/voice': say(verbs),
      '/twilio/other': say('<Say>Other</Say>'),
    })
    expect(call).toMatchObject({ status: 200, heard, waitingFor: null, ended: true })
    expect(app.seen.every(({ signed }) => signed)).toBe(true)
    expect(app.seen.at(-1)).toMatchObject({ path: '/twilio/status', form: { From: FROM, To: TO } })
  })

  it.each([
    ['a misspelt verb', '<Says>Hello</Says>', '<Says>, which Twilio does not know here'],
    [
      'a verb beyond the simulator',
      '<Record/>',
      '<Record>, which Twilio knows and this simulator does not',
    ],
    ['an attribute Twilio does not have', '<Say speed="2">Hello</Say>', '<Say speed'],
    ['a value Twilio does not accept', '<Gather input="keys"/>', 'input="keys"'],
    ['a number that is none', '<Gather timeout="soon"/>', 'timeout="soon"'],
    [
      'a verb in the wrong place',
      '<Gather><Dial>+442079460110</Dial></Gather>',
      '<Dial> inside <Gather>',
    ],
    ['words in the wrong place', 'Hello', 'words straight inside <Response>'],
    ['an entity XML does not know', '<Say>caf&eacute;</Say>', '&eacute;'],
    ['broken XML', '<Say>Hello', 'not XML'],
    [
      'a recording that is not there',
      '<Play>/audio/none.mp3</Play>',
      'no recording at /audio/none.mp3',
    ],
    ['a loop without a wait', '<Redirect>/twilio/voice</Redirect>', 'without once waiting'],
    ['an address outside the app', '<Redirect>http://192.0.2.1/x</Redirect>', 'calls only the app'],
    [
      'a document that fails',
      '<Redirect>/twilio/gone</Redirect>',
      'answered 404 to POST /twilio/gone',
    ],
  ])('is told of %s', async (_name, verbs, error) => {
    const call = await ring({ '/twilio/voice': say(verbs) })
    expect(call).toMatchObject({ status: 422, ended: true })
    expect(call.error).toContain(error)
  })

  it('is told when the app answers in plain text', async () => {
    const call = await ring({ '/twilio/voice': 'Hello' })
    expect(call.error).toContain('Twilio needs text/xml')
  })
})

describe('who is calling', () => {
  it.each([
    ['07700 900123', '+447700900123', 'GB'],
    ['anonymous', 'anonymous', ''],
    ['withheld', '+266696687', 'LS'],
  ])('%s arrives as %s', async (typed, From, FromCountry) => {
    await ring({ '/twilio/voice': say('<Hangup/>') }, typed)
    expect(app.seen[0]).toMatchObject({
      path: '/twilio/voice',
      signed: true,
      form: {
        From,
        Caller: From,
        FromCountry,
        CallerCountry: FromCountry,
        To: TO,
        Called: TO,
        ToCountry: 'GB',
        AccountSid: app.keys.twilio.accountSid,
        ApiVersion: '2010-04-01',
        CallSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
        CallStatus: 'ringing',
        Direction: 'inbound',
      },
    })
  })
})

const gather = (attributes: string) =>
  say(
    `<Gather action="/twilio/turn?t=1" ${attributes}><Say>Press a key.</Say></Gather><Say>Nothing.</Say>`
  )

describe('a question', () => {
  it.each([
    ['one key', 'numDigits="1"', [{ press: '1' }], { Digits: '1', FinishedOnKey: '' }],
    ['keys and hash', '', [{ press: '45#' }], { Digits: '45', FinishedOnKey: '#' }],
    ['keys one by one', '', [{ press: '4' }, { press: '5' }, { press: '#' }], { Digits: '45' }],
    [
      'as many keys as asked',
      'numDigits="3"',
      [{ press: '12' }, { press: '3' }],
      { Digits: '123' },
    ],
    ['a star among keys', '', [{ press: '*0#' }], { Digits: '*0' }],
    ['hash as a key', 'finishOnKey="" numDigits="2"', [{ press: '1#' }], { Digits: '1#' }],
    [
      'star as the end',
      'finishOnKey="*"',
      [{ press: '12*' }],
      { Digits: '12', FinishedOnKey: '*' },
    ],
    [
      'hash on its own, which Twilio ignores',
      '',
      [{ press: '#' }, { press: '7#' }],
      { Digits: '7' },
    ],
    [
      'keys and then silence',
      '',
      [{ press: '45' }, { silence: true }],
      { Digits: '45', FinishedOnKey: '' },
    ],
    [
      'speech',
      'input="dtmf speech"',
      [{ say: "mum's fall" }],
      { SpeechResult: "mum's fall", Confidence: '0.9' },
    ],
    [
      'doubtful speech',
      'input="speech" language="en-GB"',
      [{ say: 'eh', confidence: 0.3 }],
      { Confidence: '0.3', Language: 'en-GB' },
    ],
    [
      'silence that is reported',
      'input="dtmf speech" actionOnEmptyResult="true"',
      [{ silence: true }],
      { Digits: '', SpeechResult: '' },
    ],
    [
      'silence at a keys-only question',
      'actionOnEmptyResult="true"',
      [{ silence: true }],
      { Digits: '' },
    ],
  ])('hears %s', async (_name, attributes, does, form) => {
    const call = await ring({
      '/twilio/voice': gather(attributes),
      '/twilio/turn': say('<Say>Thank you.</Say>'),
    })
    expect(call).toMatchObject({ heard: ['Press a key.'], ended: false })
    const answers = []
    for (const one of does) answers.push(await call.act(one))
    expect(answers.at(-1)).toMatchObject({ heard: ['Thank you.'], ended: true })
    expect(last()).toMatchObject({ path: '/twilio/turn?t=1', signed: true })
    expect(last().form).toMatchObject({ msg: 'Gather End', CallStatus: 'in-progress', ...form })
  })

  it.each([
    ['speech at a keys-only question', 'input="dtmf"', { say: 'hello' }],
    ['keys at a speech-only question', 'input="speech"', { press: '1' }],
    ['too few keys', 'numDigits="2"', { press: '1' }],
  ])('does not hear %s', async (_name, attributes, does) => {
    const call = await ring({ '/twilio/voice': gather(attributes) })
    const after = await call.act(does)
    expect(after).toMatchObject({ heard: [], ended: false, waitingFor: call.waitingFor })
    expect(app.seen).toHaveLength(1)
  })

  it.each([
    ['input="dtmf speech" timeout="8"', { keys: true, speech: true, seconds: 8 }],
    ['input="speech" timeout="12"', { keys: false, speech: true, seconds: 12 }],
    ['', { keys: true, speech: false, seconds: 5 }],
  ])('with %s waits for %o', async (attributes, waitingFor) => {
    expect((await ring({ '/twilio/voice': gather(attributes) })).waitingFor).toEqual(waitingFor)
  })

  it('moves the clock by the wait when nothing is said, and falls through to the next verb', async () => {
    const call = await ring({ '/twilio/voice': gather('timeout="8"') })
    expect(await call.act({ silence: true })).toMatchObject({ heard: ['Nothing.'], ended: true })
    expect(app.now()).toBe('2026-11-24T10:00:08.000Z')
    expect(app.seen.at(-1)?.form).toMatchObject({ CallStatus: 'completed', CallDuration: '8' })
  })

  it('makes a long pause a wait of its own', async () => {
    const call = await ring({ '/twilio/voice': say('<Pause length="60"/><Say>Still here.</Say>') })
    expect(call.waitingFor).toEqual({ keys: false, speech: false, seconds: 60 })
    expect(await call.act({ silence: true })).toMatchObject({ heard: ['Still here.'] })
    expect(app.now()).toBe('2026-11-24T10:01:00.000Z')
  })

  it('refuses keys that would come after its end, and hears none of them', async () => {
    const call = await ring({ '/twilio/voice': gather('numDigits="1"') })
    const { status, body } = await app.post(call.path, { press: '12' })
    expect([status, body.error]).toEqual([409, expect.stringContaining('Only "1" would be heard')])
    expect((await app.get(call.path)).body.keypad).toEqual({
      numDigits: 1,
      finishOnKey: '#',
      typed: '',
    })
  })
})

describe('the end of a call', () => {
  it('reports a hang-up, and no more than that', async () => {
    const call = await ring({ '/twilio/voice': gather('') })
    expect(await call.act({ hangUp: true })).toMatchObject({ heard: [], ended: true })
    expect(app.seen.map(({ path }) => path)).toEqual(['/twilio/voice', '/twilio/status'])
    expect(app.seen[1]).toMatchObject({
      signed: true,
      form: { CallStatus: 'completed', Direction: 'inbound' },
    })
  })

  it.each([
    ['anything after the end', 409, 'has ended', '{"press":"1"}'],
    ['something else', 400, 'Send { "press": "1" }', '{"jump":true}'],
    ['two things at once', 400, 'Send { "press": "1" }', '{"press":"1","silence":true}'],
    ['no JSON', 400, 'not JSON', 'press 1'],
    ['a letter', 400, '0 to 9', '{"press":"A"}'],
  ])('refuses %s', async (_name, status, words, body) => {
    const call = await ring({ '/twilio/voice': say('<Hangup/>') })
    const answer = await fetch(`${app.origin}/simulator${call.path}`, { method: 'POST', body })
    expect([answer.status, await answer.text()]).toEqual([
      status,
      expect.stringContaining(JSON.stringify(words).slice(1, -1)),
    ])
  })

  it('keeps the whole talk for reading, without acting', async () => {
    const call = await ring({
      '/twilio/voice': gather('numDigits="1"'),
      '/twilio/turn': say('<Say>Ta.</Say>'),
    })
    await call.act({ press: '1' })
    const { body } = await app.get(call.path)
    expect(body.transcript?.map(({ who, text }) => `${who}: ${text}`)).toEqual([
      'door: Press a key.',
      'caller: Pressed 1',
      'door: Ta.',
    ])
    expect(body.heard).toEqual([])
  })

  it('knows no call it did not make', async () => {
    app = await fakeApp()
    expect(await app.get('/calls/CA1')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('POST /simulator/calls') },
    })
  })

  it('refuses a number that is none', async () => {
    app = await fakeApp()
    expect(await app.post('/calls', { from: '12', to: TO })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('+447700900123') },
    })
  })
})
