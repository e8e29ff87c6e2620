import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApp, fakeApp, say } from './fake-app.ts'

const FROM = '+447700900123'
const OTHER = '+447700900456'
const TO = '+442079460100'
const NURSES = '+442079460120'
const NAME = '019ab000-0000-7000-8000-000000000001'
const STILL = 'You are in the right place.'
let app: FakeApp
afterEach(() => app.close())

const room = (label: string, more = '', name = NAME, action = ` action="/twilio/after"`) =>
  say(
    `<Dial${action}><Conference participantLabel="${label}" beep="false" waitUrl="/twilio/wait" statusCallback="/twilio/room/status" statusCallbackEvent="start end join leave mute hold" ${more}>${name}</Conference></Dial>`
  )
const wait = say(`<Say>${STILL}</Say><Pause length="5"/><Redirect>/twilio/wait</Redirect>`)

/** The app answers callers with these documents, in the order in which they ring. */
async function open(documents: string[], more: Record<string, string> = {}) {
  app = await fakeApp({
    '/twilio/voice': () => documents.shift() ?? say('<Hangup/>'),
    '/twilio/wait': wait,
    '/twilio/after': (form) => say(`<Say>After: ${form.DialCallStatus}</Say>`),
    '/twilio/elsewhere': say('<Gather input="dtmf" numDigits="1" timeout="5"/>'),
    '/twilio/leg': say(
      '<Gather input="dtmf" numDigits="1" timeout="8" action="/twilio/leg/said"><Say>Press 1.</Say></Gather>'
    ),
    '/twilio/leg/said': room('staff:sam'),
    '/twilio/soft': room('staff:sam'),
    ...more,
  })
  return { ring: (from: string) => ring(from) }
}

async function ring(from: string) {
  const { body, status } = await app.post('/calls', { from, to: TO })
  const path = `/calls/${body.call}`
  return {
    ...body,
    status,
    call: body.call ?? '',
    act: async (does: unknown) => (await app.post(path, does)).body,
    read: async () => (await app.get(path)).body,
  }
}

const events = () =>
  app.seen
    .filter(({ path }) => path === '/twilio/room/status')
    .map(({ form }) => `${form.StatusCallbackEvent} ${form.ParticipantLabel ?? ''}`.trim())
const lastEvent = () =>
  app.seen.filter(({ path }) => path === '/twilio/room/status').at(-1)?.form ?? {}

/** Waits for what nobody waits for, such as callbacks. */
const settled = () => app.post('/clock', { advance: 'PT0S' })

async function conferenceSid(name = NAME): Promise<string> {
  const { body } = await app.rest(`/Conferences.json?FriendlyName=${name}`)
  return (body.conferences as { sid: string }[])[0]?.sid ?? ''
}
const participants = async () => {
  const { body } = await app.rest(`/Conferences/${await conferenceSid()}/Participants.json`)
  return body.participants as Record<string, unknown>[]
}

describe('a conference', () => {
  it('plays its wait to whoever is alone before it starts, again and again', async () => {
    const { ring } = await open([room('caller')])
    const call = await ring(FROM)
    expect(call).toMatchObject({
      heard: [STILL],
      waitingFor: { keys: false, speech: false, seconds: 5 },
      ended: false,
    })
    expect(call).not.toHaveProperty('with')
    expect(await call.act({ silence: true })).toMatchObject({ heard: [STILL], ended: false })
    expect(app.now()).toBe('2026-11-24T10:00:05.000Z')
    expect(app.seen.find(({ path }) => path === '/twilio/wait')).toMatchObject({
      signed: true,
      form: { FriendlyName: NAME, ConferenceSid: await conferenceSid(), CallSid: call.call },
    })
  })

  it('joins two under their labels, and tells of each, signed', async () => {
    const { ring } = await open([room('caller'), room('staff:sam')])
    const [caller, sam] = [await ring(FROM), await ring(OTHER)]
    expect(await caller.read()).toMatchObject({ with: ['staff:sam'], waitingFor: null })
    expect(sam).toMatchObject({ with: ['caller'], waitingFor: null })
    expect(events()).toEqual([
      'participant-join caller',
      'participant-join staff:sam',
      'conference-start',
    ])
    const [joined] = app.seen.filter(({ path }) => path === '/twilio/room/status')
    expect(joined).toMatchObject({
      signed: true,
      form: {
        ConferenceSid: expect.stringMatching(/^CF[0-9a-f]{32}$/),
        FriendlyName: NAME,
        CallSid: caller.call,
        SequenceNumber: '1',
        Muted: 'false',
        Hold: 'false',
        StartConferenceOnEnter: 'true',
        EndConferenceOnExit: 'false',
      },
    })
  })

  it('carries what is said to the others, and keys to nobody', async () => {
    const { ring } = await open([room('caller'), room('staff:sam')])
    const [caller, sam] = [await ring(FROM), await ring(OTHER)]
    await caller.act({ say: 'I fell over.' })
    expect((await sam.act({ press: '5' })).heard).toEqual(['I fell over.'])
    expect((await sam.read()).transcript?.at(-1)).toMatchObject({ text: 'Pressed 5', lost: true })
    expect((await sam.read()).transcript).toContainEqual(
      expect.objectContaining({ who: 'other', by: 'caller', text: 'I fell over.' })
    )
    await sam.act({ say: 'I am here.' })
    expect((await caller.read()).heard).toContain('I am here.')
    expect(await caller.act({ silence: true })).toMatchObject({
      error: expect.stringContaining('on the line'),
    })
  })

  it('goes on for those who are left, and ends with the last', async () => {
    const { ring } = await open([room('caller'), room('staff:sam'), room('team:nurses')])
    const caller = await ring(FROM)
    const sam = await ring(OTHER)
    const nurses = await ring(NURSES)
    expect((await caller.read()).with).toEqual(['staff:sam', 'team:nurses'])
    await sam.act({ hangUp: true })
    expect(lastEvent()).toMatchObject({
      ParticipantLabel: 'staff:sam',
      ReasonParticipantLeft: 'participant_hung_up',
      ParticipantCallStatus: 'completed',
    })
    expect((await caller.read()).with).toEqual(['team:nurses'])
    await nurses.act({ hangUp: true })
    expect(await caller.read()).toMatchObject({ ended: false, waitingFor: { seconds: 60 } })
    await caller.act({ hangUp: true })
    expect(lastEvent()).toMatchObject({
      StatusCallbackEvent: 'conference-end',
      ReasonConferenceEnded: 'last-participant-left',
      CallSidEndingConference: caller.call,
    })
    const { body } = await app.rest(`/Conferences/${await conferenceSid()}.json`)
    expect(body).toMatchObject({ status: 'completed', friendly_name: NAME })
  })

  it('one whom the others have left hears nothing: the wait is for what comes before the start', async () => {
    const { ring } = await open([room('caller'), room('staff:sam')])
    const [caller, sam] = [await ring(FROM), await ring(OTHER)]
    await sam.act({ hangUp: true })
    expect(await caller.act({ silence: true })).toMatchObject({ heard: [], ended: false })
    expect(app.now()).toBe('2026-11-24T10:01:00.000Z')
  })

  it('ends for all when one leaves who has endConferenceOnExit: the others go on after their <Dial>', async () => {
    const { ring } = await open([room('caller'), room('staff:sam', 'endConferenceOnExit="true"')])
    const [caller, sam] = [await ring(FROM), await ring(OTHER)]
    await sam.act({ hangUp: true })
    expect(await caller.read()).toMatchObject({
      heard: expect.arrayContaining(['After: answered']),
      ended: true,
    })
    expect(lastEvent()).toMatchObject({
      ReasonConferenceEnded: 'participant-with-end-conference-on-exit-left',
      ParticipantLabelEndingConference: 'staff:sam',
    })
  })

  it('does not start before somebody who may start it comes', async () => {
    const shy = 'startConferenceOnEnter="false"'
    const { ring } = await open([room('caller', shy), room('other:1', shy), room('staff:sam')])
    const caller = await ring(FROM)
    expect(await ring(OTHER)).toMatchObject({ heard: [STILL], waitingFor: { seconds: 5 } })
    expect(await caller.read()).not.toHaveProperty('with')
    await ring(NURSES)
    expect((await caller.read()).with).toEqual(['other:1', 'staff:sam'])
  })

  it('refuses a second one of the same label, whose call goes on after its <Dial>', async () => {
    const { ring } = await open([room('caller'), room('caller')])
    await ring(FROM)
    expect(await ring(OTHER)).toMatchObject({ heard: ['After: failed'], ended: true })
  })

  it('a second conference of the name begins when the first is over', async () => {
    const { ring } = await open([room('caller'), room('caller')])
    const first = await ring(FROM)
    const sid = await conferenceSid()
    await first.act({ hangUp: true })
    await ring(OTHER)
    expect(await conferenceSid()).not.toBe(sid)
  })

  it('a star leaves it where the dial says so', async () => {
    const { ring } = await open([
      room('caller', '', NAME, ' action="/twilio/after" hangupOnStar="true"'),
    ])
    const caller = await ring(FROM)
    expect(await caller.act({ press: '*' })).toMatchObject({ heard: ['After: answered'] })
  })

  it.each([
    ['a name that is empty', room('caller', '', ''), /has no name/],
    [
      'a number beside it',
      say(`<Dial><Conference>x</Conference><Number>${OTHER}</Number></Dial>`),
      /nothing else/,
    ],
    [
      'an attribute Twilio does not have',
      room('caller', 'endConferenceOnExits="true"'),
      /endConferenceOnExits/,
    ],
    ['a value Twilio does not take', room('caller', 'record="yes"'), /record="yes"/],
  ])('%s is a fault', async (_what, document, error) => {
    const { ring } = await open([document])
    expect(await ring(FROM)).toMatchObject({
      status: 422,
      error: expect.stringMatching(error),
      ended: true,
    })
  })

  it.each(['Gather', 'Dial', 'Hangup', 'Record'])(
    'a wait that holds <%s> is a fault, as at Twilio (13238)',
    async (verb) => {
      const { ring } = await open([room('caller')], { '/twilio/wait': say(`<${verb}/>`) })
      expect(await ring(FROM)).toMatchObject({ status: 422, error: expect.stringContaining(verb) })
    }
  )

  it('a wait that runs out is silence; one that never pauses is a fault', async () => {
    const { ring } = await open([room('caller')], { '/twilio/wait': say('<Say>Hold.</Say>') })
    const caller = await ring(FROM)
    expect(await caller.act({ silence: true })).toMatchObject({ heard: [], ended: false })
    await app.close()
    const again = await open([room('caller')], {
      '/twilio/wait': say('<Say>Hold.</Say><Redirect>/twilio/wait</Redirect>'),
    })
    expect(await again.ring(FROM)).toMatchObject({
      error: expect.stringContaining('without a pause'),
    })
  })
})

describe('the app, over REST', () => {
  const joined = async () => {
    const { ring } = await open([room('caller'), room('staff:sam')])
    const [caller, sam] = [await ring(FROM), await ring(OTHER)]
    const conference = await conferenceSid()
    return { caller, sam, at: `/Conferences/${conference}/Participants/${caller.call}.json` }
  }

  it('sees who is in a conference, by name', async () => {
    const { caller } = await joined()
    expect(await participants()).toMatchObject([
      { label: 'staff:sam', hold: false, muted: false, status: 'connected' },
      { label: 'caller', call_sid: caller.call },
    ])
    const { body } = await app.rest('/Conferences.json?FriendlyName=another')
    expect(body.conferences).toEqual([])
    expect((await app.rest('/Conferences.json?Status=in-progress')).body.conferences).toHaveLength(
      1
    )
    expect((await app.rest(`/Conferences/CF${'1'.repeat(32)}/Participants.json`)).status).toBe(404)
  })

  it('holds one, who hears what it says and nobody, and lets them back', async () => {
    const { caller, sam, at } = await joined()
    const HoldUrl = `${app.origin}/twilio/wait`
    await caller.act({ say: 'Hello?' })
    expect((await app.rest(at, { Hold: 'true', HoldUrl, HoldMethod: 'POST' })).body).toMatchObject({
      hold: true,
    })
    const held = await caller.act({ say: 'Are you there?' })
    expect(held).toMatchObject({ held: true, heard: expect.arrayContaining([STILL]) })
    expect((await sam.act({ say: 'Only to myself' })).heard).toEqual(['Hello?'])
    expect((await caller.act({ silence: true })).heard).toEqual([STILL])
    await app.rest(at, { Hold: 'false' })
    await settled()
    expect(await caller.read()).not.toHaveProperty('held')
    await caller.act({ say: 'Back again' })
    expect((await sam.read()).heard).toEqual(['Back again'])
    expect(events().slice(-2)).toEqual(['participant-hold caller', 'participant-unhold caller'])
  })

  it('holds with music of its own where nothing is named, and once only', async () => {
    const { caller, at } = await joined()
    await app.rest(at, { Hold: 'true' })
    await app.rest(at, { Hold: 'true' })
    expect((await caller.act({ silence: true })).heard).toContain('[music]')
    expect(events().filter((event) => event.startsWith('participant-hold'))).toHaveLength(1)
  })

  it('mutes one: the others do not hear them', async () => {
    const { caller, sam, at } = await joined()
    await app.rest(at, { Muted: 'true' })
    expect(await caller.act({ say: 'Secret' })).toMatchObject({ muted: true })
    expect((await sam.read()).heard).not.toContain('Secret')
    expect(await participants()).toMatchObject([{}, { label: 'caller', muted: true }])
    await app.rest(at, { Muted: 'false' })
    await settled()
    expect(events().slice(-2)).toEqual(['participant-mute caller', 'participant-unmute caller'])
  })

  it('takes one out, whose call goes on; by the label too', async () => {
    const { caller, sam, at } = await joined()
    expect((await app.remove(at.replace(caller.call, 'caller'))).status).toBe(204)
    expect((await app.remove(at)).status).toBe(404)
    expect(await sam.read()).not.toHaveProperty('with')
    expect(await caller.read()).toMatchObject({
      heard: expect.arrayContaining(['After: answered']),
    })
    expect(app.seen.find(({ form }) => form.ReasonParticipantLeft)?.form).toMatchObject({
      ReasonParticipantLeft: 'participant_updated_via_api',
    })
  })

  it('moves a caller out of a conference to another document', async () => {
    const { caller, sam } = await joined()
    await app.rest(`/Calls/${caller.call}.json`, { Url: `${app.origin}/twilio/elsewhere` })
    expect(await caller.act({ press: '1' })).toMatchObject({ ended: false })
    expect(await sam.read()).not.toHaveProperty('with')
    expect(app.seen.some(({ path }) => path === '/twilio/after')).toBe(false)
    expect(app.seen.find(({ form }) => form.ReasonParticipantLeft)?.form).toMatchObject({
      ReasonParticipantLeft: 'participant_updated_via_api',
      ParticipantCallStatus: 'in-progress',
    })
  })

  it('moves a caller who waits into a conference', async () => {
    const { ring } = await open([say('<Gather input="dtmf" timeout="5"/>'), room('staff:sam')], {
      '/twilio/join': room('caller'),
    })
    const [caller] = [await ring(FROM), await ring(OTHER)]
    await app.rest(`/Calls/${caller.call}.json`, { Url: `${app.origin}/twilio/join` })
    await settled()
    expect(await caller.read()).toMatchObject({ with: ['staff:sam'] })
  })

  it('ends a conference for everybody', async () => {
    const { caller, sam } = await joined()
    const sid = await conferenceSid()
    await app.rest(`/Conferences/${sid}.json`, { Status: 'completed' })
    await settled()
    for (const call of [caller, sam]) expect((await call.read()).ended).toBe(true)
    expect(lastEvent()).toMatchObject({ ReasonConferenceEnded: 'conference-ended-via-api' })
  })

  it('ends one call: the others stay', async () => {
    const { caller, sam } = await joined()
    await app.rest(`/Calls/${sam.call}.json`, { Status: 'completed' })
    await settled()
    expect(await caller.read()).toMatchObject({ ended: false })
    expect(await participants()).toMatchObject([{ label: 'caller' }])
    expect(lastEvent()).toMatchObject({ ParticipantCallStatus: 'completed' })
  })
})

describe('a leg that the app rings', () => {
  const place = async (To: string, Url = '/twilio/leg', Timeout = '20') => {
    const { body } = await app.rest('/Calls.json', [
      ['To', To],
      ['From', TO],
      ['Url', app.origin + Url],
      ['Method', 'POST'],
      ['Timeout', Timeout],
      ['StatusCallback', `${app.origin}/twilio/leg/status`],
      ...['initiated', 'ringing', 'answered', 'completed'].map((event): [string, string] => [
        'StatusCallbackEvent',
        event,
      ]),
    ])
    return String(body.sid)
  }
  const told = () =>
    app.seen
      .filter(({ path }) => path === '/twilio/leg/status')
      .map(({ form }) => `${form.CallStatus} ${form.SequenceNumber}`)

  it('rings at its phone, hears the story, and joins by key: at the phone or by its call', async () => {
    const { ring } = await open([room('caller')])
    const caller = await ring(FROM)
    const leg = await place(NURSES)
    const phone = `/phones/${NURSES}`
    expect((await app.get(phone)).body.ringing).toMatchObject([{ call: leg, from: TO }])
    expect((await app.post(`/calls/${leg}`, { press: '1' })).body.error).toMatch(/Answer it first/)
    expect((await app.post(phone, { answer: true })).body.heard).toEqual(['Press 1.'])
    await app.post(`/calls/${leg}`, { press: '1' })
    expect(await caller.read()).toMatchObject({ with: ['staff:sam'] })
    expect((await app.get(phone)).body.speaking).toMatchObject([{ joined: true, with: ['caller'] }])
    await app.post(phone, { hangUp: true })
    expect(told()).toEqual(['initiated 0', 'ringing 1', 'in-progress 2', 'completed 3'])
    expect(await caller.read()).not.toHaveProperty('with')
  })

  it('rings a softphone, which answers straight into the conference', async () => {
    const { ring } = await open([room('caller')])
    const caller = await ring(FROM)
    const leg = await place('client:sam', '/twilio/soft')
    expect((await app.get('/clients/sam')).body).toMatchObject({
      client: 'sam',
      ringing: [{ call: leg, from: TO }],
      speaking: [],
    })
    expect((await app.get('/phones')).body.phones).toEqual([])
    expect((await app.get('/clients')).body).toMatchObject({ clients: [{ client: 'sam' }] })
    await app.post('/clients/sam', { answer: true })
    expect(await caller.read()).toMatchObject({ with: ['staff:sam'] })
    expect((await app.get('/clients/sam')).body.speaking).toMatchObject([{ with: ['caller'] }])
    await app.post('/clients/sam', { hangUp: true })
    expect((await app.get('/clients/sam')).body).toMatchObject({ ringing: [], speaking: [] })
    expect(app.seen.every(({ signed }) => signed)).toBe(true)
  })

  it('declined, it is busy; never answered, it rings out by the clock', async () => {
    await open([])
    await place('client:sam')
    await app.post('/clients/sam', { decline: true })
    expect(told().at(-1)).toBe('busy 2')
    await place(NURSES)
    await app.post('/clock', { advance: 'PT19S' })
    expect((await app.get(`/phones/${NURSES}`)).body.ringing).toHaveLength(1)
    await app.post('/clock', { advance: 'PT1S' })
    expect((await app.get(`/phones/${NURSES}`)).body.ringing).toEqual([])
    expect(told().at(-1)).toBe('no-answer 2')
  })

  it('is ended by REST while it rings', async () => {
    await open([])
    const leg = await place('client:sam')
    await app.rest(`/Calls/${leg}.json`, { Status: 'completed' })
    await settled()
    expect((await app.get('/clients/sam')).body.ringing).toEqual([])
    expect(told().at(-1)).toBe('canceled 2')
  })

  it.each(['client:', 'client:a b', 'sip:sam@example.org', '999'])(
    '%s can not be rung',
    async (To) => {
      await open([])
      const { status, body } = await app.rest('/Calls.json', {
        To,
        From: TO,
        Url: `${app.origin}/x`,
      })
      expect({ status, code: body.code }).toEqual({ status: 400, code: 21211 })
    }
  )

  it('no softphone rings: it says so', async () => {
    await open([])
    expect(await app.post('/clients/sam', { answer: true })).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('is not ringing') },
    })
  })
})

describe('silences between the words of a question', () => {
  it('are sat through with the wait that follows', async () => {
    const { ring } = await open([
      say(
        '<Gather input="dtmf" numDigits="1" timeout="4"><Say>Hold.</Say><Pause length="5"/><Say>Still.</Say><Pause length="1"/></Gather>'
      ),
    ])
    const call = await ring(FROM)
    expect(call).toMatchObject({ heard: ['Hold.', 'Still.'], waitingFor: { seconds: 9 } })
    await call.act({ silence: true })
    expect(app.now()).toBe('2026-11-24T10:00:09.000Z')
  })
})
