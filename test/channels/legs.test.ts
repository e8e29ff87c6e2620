import fc from 'fast-check'
import twilio from 'twilio'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Inbound, Reply } from '../../src/channels/inbound.ts'
import type { LegStory, LegsPort } from '../../src/channels/legs.ts'
import {
  calling,
  callSid,
  type Form,
  openApp,
  PUBLIC_URL,
  signature,
  wordsOf,
} from '../app/opened.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000001'
const NAVIGATOR = `h=${CONTACT}&leg=staff%3Asam`
const STORY: LegStory = {
  lang: 'en',
  words: ['Danger not asked.', 'Mary & her son say: a fall.'],
  softphone: false,
}
const CONFERENCE = `CF${'1'.repeat(32)}`

/** The app with its handoffs and turns stood in: what they were asked, and what they answer. */
function open({
  story = STORY,
  join = 'join',
}: {
  story?: LegStory | null
  join?: 'join' | 'late'
}) {
  const told: unknown[][] = []
  const turns: Inbound[] = []
  const legs: LegsPort = {
    story: async (...asked) => {
      told.push(['story', ...asked])
      return story
    },
    said: async (...asked) => {
      told.push(['said', ...asked])
      return join
    },
    heard: async (...asked) => void told.push(['heard', ...asked]),
    over: async (...asked) => void told.push(['over', ...asked]),
  }
  const { parts, close } = openApp()
  const replies: Partial<Reply>[] = []
  const takeTurn = async (inbound: Inbound, render: (reply: Reply) => never) => {
    turns.push(inbound)
    return render({ ...SILENCE, ...replies.shift() })
  }
  const app = createApp({ ...parts, legs }, { takeTurn } as never)
  const post = async (path: string, form: Form = {}) => {
    const response = await app.request(`http://inside.test${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'X-Twilio-Signature': signature(path, form) },
    })
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, body: await response.text() }
  }
  return { post, told, turns, replies, app, close }
}

const SILENCE: Reply = {
  lang: 'en',
  turn: 7,
  contact: CONTACT,
  parts: [],
  listen: null,
  dial: null,
  choices: [],
  ended: null,
  silent: false,
}
const answered = (given: Form = {}): Form => ({ ...calling(), CallStatus: 'in-progress', ...given })
const saidIn = (answer: Parameters<typeof wordsOf>[0]) => wordsOf(answer).trim()
const next = (body: string) => /action="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''

/** What Twilio's own library makes of the same conference. */
function conferenceOf(label: string, action?: string): string {
  const document = new twilio.twiml.VoiceResponse()
  const dial = document.dial(action ? { action, method: 'POST' } : {})
  const callback = `/twilio/status/conference?h=${CONTACT}`
  dial.conference(
    {
      participantLabel: label,
      beep: 'false',
      startConferenceOnEnter: true,
      endConferenceOnExit: false,
      waitUrl: `/twilio/voice/wait?lang=en${label === 'caller' ? '' : '&say=soon'}`,
      waitMethod: 'POST',
      statusCallback: callback,
      statusCallbackEvent: ['start', 'end', 'join', 'leave', 'mute', 'hold'],
      statusCallbackMethod: 'POST',
    },
    CONTACT
  )
  return document.toString()
}

describe('a phone that we rang', () => {
  it('says the story, then asks for 1, which joins', async () => {
    const { post, told } = open({})
    const form = answered()
    const whisper = await post(`/twilio/voice/leg?${NAVIGATOR}`, form)
    expect(saidIn(whisper)).toBe(
      'Danger not asked. Mary & her son say: a fall. To take this call, press 1.'
    )
    expect(whisper.body).toContain('<Gather input="dtmf" numDigits="1"')
    const joined = await post(next(whisper.body), { ...form, Digits: '1' })
    expect(joined.body).toBe(conferenceOf('staff:sam'))
    expect(told).toEqual([
      ['story', CONTACT, 'staff:sam'],
      [
        'said',
        CONTACT,
        'staff:sam',
        true,
        { call: form.CallSid, webhook: `${form.CallSid}:said:1` },
      ],
    ])
  })

  it('asks once more; twice without the key is no, as a voicemail is', async () => {
    const { post, told } = open({})
    const form = answered()
    const whisper = await post(`/twilio/voice/leg?${NAVIGATOR}`, form)
    const again = await post(next(whisper.body), { ...form, Digits: '' })
    expect(saidIn(again)).toBe('To take this call, press 1.')
    expect(told).toHaveLength(1)
    const over = await post(next(again.body), { ...form, Digits: '4' })
    expect(over.body).toMatch(/You have not taken this call.*<Hangup\/>/)
    expect(told.at(-1)).toEqual([
      'said',
      CONTACT,
      'staff:sam',
      false,
      { call: form.CallSid, webhook: `${form.CallSid}:said:2` },
    ])
  })

  it('joins on the second asking', async () => {
    const { post } = open({})
    const form = answered()
    const again = await post(`/twilio/voice/leg/said?${NAVIGATOR}&n=1`, { ...form, Digits: '9' })
    expect((await post(next(again.body), { ...form, Digits: '1' })).body).toMatch(/<Conference/)
  })

  it.each([
    ['the contact is gone before the story', { story: null }, []],
    ['somebody else said yes first', { join: 'late' as const }, [{ Digits: '1' }]],
  ])('%s: they are told, and the line ends', async (_when, given, keys) => {
    const { post } = open(given)
    const form = answered()
    let reply = await post(`/twilio/voice/leg?${NAVIGATOR}`, form)
    for (const key of keys) reply = await post(next(reply.body), { ...form, ...key })
    expect(reply.body).toMatch(/This contact has been taken\. Thank you\..*<Hangup\/>/)
    expect(reply.body).not.toMatch(/<Conference/)
  })

  it('a softphone that answers goes straight in', async () => {
    const { post, told } = open({ story: { ...STORY, softphone: true } })
    const form = answered({ To: 'client:sam' })
    expect((await post(`/twilio/voice/leg?${NAVIGATOR}`, form)).body).toBe(
      conferenceOf('staff:sam')
    )
    expect(told.at(-1)).toMatchObject(['said', CONTACT, 'staff:sam', true, { call: form.CallSid }])
    const late = open({ story: { ...STORY, softphone: true }, join: 'late' })
    const reply = await late.post(`/twilio/voice/leg?${NAVIGATOR}`, form)
    expect(saidIn(reply)).toBe('This contact has been taken. Thank you.')
  })

  it('a story of any length fits a document', async () => {
    const { post } = open({ story: { ...STORY, words: ['é"<'.repeat(30_000), 'Last words.'] } })
    const { body } = await post(`/twilio/voice/leg?${NAVIGATOR}`, answered())
    expect(body.length).toBeLessThan(32_000)
    expect(body).toMatch(/Last words/)
  })
})

describe('what is refused', () => {
  it.each([
    ['no contact', '/twilio/voice/leg?leg=staff%3Asam'],
    ['no label', `/twilio/voice/leg?h=${CONTACT}`],
    ['a label of nobody', `/twilio/voice/leg?h=${CONTACT}&leg=staff%3A`],
    ['a label that is markup', `/twilio/voice/leg?h=${CONTACT}&leg=staff%3A%3CSay%3E`],
    ['a contact that is a path', '/twilio/voice/join?h=..%2F..'],
    ['a status of no leg', `/twilio/status/leg?h=${CONTACT}`],
  ])('%s', async (_what, path) => {
    const { post, told } = open({})
    expect((await post(path, { ...answered(), CallStatus: 'ringing' })).status).toBe(400)
    expect(told).toEqual([])
  })

  it.each([
    '/twilio/voice/leg',
    '/twilio/voice/leg/said',
    '/twilio/voice/join',
    '/twilio/voice/wait',
    '/twilio/voice/farewell',
    '/twilio/status/leg',
    '/twilio/status/conference',
  ])('%s, unsigned or signed for another address', async (path) => {
    const { app, told } = open({})
    const address = `${path}?${NAVIGATOR}`
    const form = answered()
    const post = (given: string) =>
      app.request(`http://inside.test${address}`, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { 'X-Twilio-Signature': given },
      })
    expect((await post('')).status).toBe(403)
    expect((await post(signature(address, form, 'another token'))).status).toBe(403)
    expect((await post(signature(address, form, undefined, `${PUBLIC_URL}.evil`))).status).toBe(403)
    expect(told).toEqual([])
  })

  it('a call id that is none, and nothing else that Twilio may add tomorrow', async () => {
    const { post } = open({})
    const path = `/twilio/voice/leg?${NAVIGATOR}`
    expect((await post(path, answered({ CallSid: 'CA1' }))).status).toBe(400)
    expect((await post(path, answered({ NewThing: 'x', StirVerstat: 'TN-A' }))).status).toBe(200)
  })
})

it('whatever is sent: a document, nothing, or a refusal, and never a fault of ours', async () => {
  const { post, close } = open({})
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '1',
      '',
      CONTACT,
      'caller',
      'staff:sam',
      'completed',
      'participant-leave',
      'constructor',
      CONFERENCE,
      `CA${'1'.repeat(32)}`
    )
  )
  const names = [
    'CallSid',
    'CallStatus',
    'Digits',
    'FriendlyName',
    'ConferenceSid',
    'StatusCallbackEvent',
    'ParticipantLabel',
    'SequenceNumber',
    '__proto__',
    'ReasonParticipantLeft',
  ]
  const paths = [
    'voice/leg',
    'voice/leg/said',
    'voice/join',
    'voice/wait',
    'voice/farewell',
    'status/leg',
    'status/conference',
    'voice/turn',
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.dictionary(fc.constantFrom('h', 'leg', 'n', 'lang', 'say', 'c', 'w', 'k', 't'), odd),
      fc.dictionary(fc.constantFrom(...names), odd),
      async (path, query, form) => {
        const asked = new URLSearchParams(query).toString()
        const { status, body } = await post(`/twilio/${path}${asked && `?${asked}`}`, form)
        expect([200, 204, 400]).toContain(status)
        if (status === 200) wordsOf({ status, type: '', body })
      }
    ),
    { numRuns: 600, seed: 4 }
  )
  await close()
})

describe('the status of a leg', () => {
  const status = async (CallStatus: string, SequenceNumber = '1') => {
    const { post, told } = open({})
    const form = answered({ CallStatus, SequenceNumber })
    const { status } = await post(`/twilio/status/leg?${NAVIGATOR}`, form)
    return { status, told, call: form.CallSid }
  }
  it.each([
    ['queued', 'ringing', false],
    ['initiated', 'ringing', false],
    ['ringing', 'ringing', false],
    ['busy', 'failed', true],
    ['no-answer', 'failed', true],
    ['failed', 'failed', true],
    ['canceled', 'failed', true],
    ['completed', 'left', true],
  ])('%s: %s', async (CallStatus, is, why) => {
    const { status: answer, told, call } = await status(CallStatus, '3')
    expect(answer).toBe(204)
    expect(told).toEqual([
      [
        'heard',
        CONTACT,
        { type: 'LEG', label: 'staff:sam', is, call, ...(why && { why: CallStatus }) },
        `${call}:${CallStatus}:3`,
      ],
    ])
  })
  it.each(['in-progress', 'answered', 'something-new'])('%s says nothing of a yes', async (word) =>
    expect(await status(word)).toMatchObject({ status: 204, told: [] })
  )
})

describe('what is told of a conference', () => {
  const happens = (StatusCallbackEvent: string, given: Form = {}) => ({
    ConferenceSid: CONFERENCE,
    FriendlyName: CONTACT,
    StatusCallbackEvent,
    SequenceNumber: '4',
    ...given,
  })
  it.each([
    ['participant-join', 'in'],
    ['participant-leave', 'left'],
    ['participant-hold', 'held'],
    ['participant-unhold', 'back'],
  ])('%s: %s, and the same id when it comes twice', async (event, is) => {
    const { post, told } = open({})
    const CallSid = callSid()
    const form = happens(event, { CallSid, ParticipantLabel: 'team:nurses' })
    for (let n = 0; n < 2; n++)
      expect((await post(`/twilio/status/conference?h=${CONTACT}`, form)).status).toBe(204)
    const one = [
      'heard',
      CONTACT,
      { type: 'LEG', label: 'team:nurses', is, call: CallSid },
      `${CallSid}:${event}:${CONFERENCE}:4`,
    ]
    expect(told).toEqual([one, one])
  })

  it('why somebody left', async () => {
    const { post, told } = open({})
    const form = happens('participant-leave', {
      CallSid: callSid(),
      ParticipantLabel: 'caller',
      ReasonParticipantLeft: 'participant_hung_up',
    })
    await post(`/twilio/status/conference?h=${CONTACT}`, form)
    expect(told[0]?.[2]).toMatchObject({ is: 'left', why: 'participant_hung_up' })
  })

  it.each([
    ['moved by us', 'participant_updated_via_api', 'in-progress', 0],
    ['put out as we end it', 'conference_ended_via_api', 'in-progress', 0],
    ['ended by us', 'participant_updated_via_api', 'completed', 1],
    ['hung up', 'participant_hung_up', 'completed', 1],
    ['told without a reason', '', '', 1],
  ])('a caller who is %s: gone only if their line is', async (_how, why, status, told) => {
    const opened = open({})
    const form = (ParticipantLabel: string) =>
      happens('participant-leave', {
        CallSid: callSid(),
        ParticipantLabel,
        ...(why && { ReasonParticipantLeft: why, ParticipantCallStatus: status }),
      })
    const path = `/twilio/status/conference?h=${CONTACT}`
    await opened.post(path, form('caller'))
    expect(opened.told).toHaveLength(told)
    await opened.post(path, form('staff:sam'))
    expect(opened.told.at(-1)?.[2]).toMatchObject({ label: 'staff:sam', is: 'left' })
  })

  it('its end', async () => {
    const { post, told } = open({})
    await post(`/twilio/status/conference?h=${CONTACT}`, happens('conference-end'))
    expect(told).toEqual([['over', CONTACT, `${CONFERENCE}:conference-end`]])
  })

  it.each([
    ['its start', happens('conference-start')],
    ['who is muted, which we know', happens('participant-mute', { ParticipantLabel: 'caller' })],
    ['an event of tomorrow', happens('participant-sneeze', { ParticipantLabel: 'caller' })],
    ['an event named like a property', happens('constructor', { ParticipantLabel: 'caller' })],
    ['somebody without a label', happens('participant-join', { CallSid: callSid() })],
    [
      'another conference',
      happens('participant-join', { FriendlyName: 'x', ParticipantLabel: 'caller' }),
    ],
  ])('%s is told to nobody', async (_what, form) => {
    const { post, told } = open({})
    expect((await post(`/twilio/status/conference?h=${CONTACT}`, form)).status).toBe(204)
    expect(told).toEqual([])
  })
})

describe('the caller', () => {
  it('is put into the conference without asking anything of us', async () => {
    const { post, told, turns } = open({ story: null })
    const { body } = await post(`/twilio/voice/join?h=${CONTACT}`, answered())
    const [said = ''] = /<Say.*?<\/Say>/.exec(body) ?? []
    expect(said).toMatch(/>A care navigator is with you now\.</)
    expect(body.replace(said, '')).toBe(conferenceOf('caller', next(body)))
    expect(next(body)).toMatch(/^\/twilio\/voice\/turn\?c=[\w-]{36}$/)
    expect([...told, ...turns]).toEqual([])
  })

  it('alone in it, or held, never hears nothing for more than five seconds', async () => {
    const { post } = open({})
    const { body } = await post('/twilio/voice/wait?lang=en', answered())
    expect([...body.matchAll(/<(\w+)/g)].map(([, name]) => name)).toEqual([
      'Response',
      ...Array.from({ length: 6 }, () => ['Say', 'Pause']).flat(),
      'Redirect',
    ])
    expect([...body.matchAll(/length="(\d+)"/g)].every(([, length]) => Number(length) <= 5)).toBe(
      true
    )
    expect(saidIn({ body, status: 200, type: '' })).toMatch(
      /^You are in the right place\. Stay on the line\./
    )
  })

  it.each([
    ['alone', /cut off at our end.*Stay on the line/],
    ['a thing nobody says', /^You are in the right place/],
  ])('%s: hears what holds for them', async (say, words) => {
    const { post } = open({})
    const reply = await post(`/twilio/voice/wait?${new URLSearchParams({ say })}`, answered())
    expect(saidIn(reply)).toMatch(words)
    expect(reply.body).toMatch(
      say === 'alone' ? /say=alone<\/Redirect>/ : /wait\?lang=en<\/Redirect>/
    )
  })

  it('hears that they will be rung, when nobody comes, and the call ends', async () => {
    const { post } = open({})
    const reply = await post('/twilio/voice/farewell?lang=en&say=call-back', answered())
    expect(saidIn(reply)).toMatch(/We will ring you back.*ring 9 9 9\.$/)
    expect(reply.body).toMatch(/<Hangup\/><\/Response>$/)
  })

  it('comes back to us when their part is over, and is gone when they hung up', async () => {
    const { post, turns } = open({})
    const form = answered()
    await post('/twilio/voice/turn?c=7', { ...form, DialCallStatus: 'answered' })
    await post('/twilio/voice/turn?c=8', { ...form, CallStatus: 'completed' })
    expect(turns).toMatchObject([
      { heard: { kind: 'parted' }, webhook: `${form.CallSid}:7:parted` },
      { heard: { kind: 'gone' }, webhook: `${form.CallSid}:over` },
    ])
  })
})

describe('a reply that joins the caller', () => {
  it('says its words first', async () => {
    const { post, replies } = open({})
    const parts = [{ step: 'joined', words: 'Sam is here now.', slow: false }]
    replies.push({ parts, conference: { name: CONTACT, label: 'caller' } })
    const { body } = await post('/twilio/voice', calling())
    expect(body).toContain('Sam is here now.')
    const dial = conferenceOf('caller', '/twilio/voice/turn?c=7')
    expect(body).toContain(/<Dial.*<\/Dial>/.exec(dial)?.[0])
  })
})

describe('a turn of the wait for a person', () => {
  const WORDS = 'A person is coming. To be rung back, press 1.'
  const AGAIN = 'You are in the right place.'
  async function waits(waiting: NonNullable<Reply['waiting']>, words = WORDS) {
    const opened = open({})
    opened.replies.push({ parts: [{ step: 'wait', words, slow: false }], waiting })
    const form = calling()
    const { body } = await opened.post('/twilio/voice', form)
    const goOn = async (given: Form) => {
      await opened.post(next(body), { ...form, ...given })
      return opened.turns.at(-1)?.heard
    }
    return { body, goOn }
  }

  it('says the words, listens for keys and speech, and comes back even when nothing is said', async () => {
    const { body } = await waits({ seconds: 15, keys: ['call-back'], again: AGAIN })
    expect(next(body)).toMatch(/^\/twilio\/voice\/turn\?t=7&w=1&k=1&n=[\w-]{36}$/)
    for (const attribute of ['input="dtmf speech"', 'numDigits="1"', 'actionOnEmptyResult="true"'])
      expect(body).toContain(attribute)
  })

  it.each([
    ['few words', { seconds: 15, keys: [], again: AGAIN }, 'Please hold.'],
    ['more words', { seconds: 15, keys: [], again: AGAIN }, WORDS],
    ['a longer time than we allow', { seconds: 60, keys: [], again: AGAIN }, WORDS],
    ['words that fill it', { seconds: 15, keys: [], again: AGAIN }, 'word '.repeat(30)],
    ['nothing to say again', { seconds: 15, keys: [] }, 'Please hold.'],
    ['no words', { seconds: 15, keys: [], again: AGAIN }, ''],
    ['a short turn', { seconds: 4, keys: [], again: AGAIN }, 'Please hold.'],
  ] as const)('%s: at most 15 s in all, and 5 s without a sound', async (_what, waiting, words) => {
    const { body } = await waits(waiting, words)
    const timeout = Number(/timeout="(\d+)"/.exec(body)?.[1])
    const pauses = [...body.matchAll(/<Pause length="(\d+)"/g)].map(([, length]) => Number(length))
    const spoken = [...body.matchAll(/<Say[^>]*>([^<]*)/g)].flatMap(([, said = '']) =>
      said.split(' ')
    )
    const total =
      timeout +
      pauses.reduce((sum, each) => sum + each, 0) +
      (spoken.filter(Boolean).length * 60) / 140
    expect(total).toBeLessThanOrEqual(15)
    expect(Math.max(timeout, ...pauses)).toBeLessThanOrEqual(5)
    expect(timeout).toBeGreaterThanOrEqual(1)
  })

  it.each([
    ['silence', {}, {}],
    ['silence, as it was asked for', { Digits: '', SpeechResult: '' }, {}],
    ['1', { Digits: '1' }, { key: 'call-back' }],
    ['2', { Digits: '2' }, { key: 'on-call' }],
    ['0', { Digits: '0' }, { raw: { kind: 'keys', digits: '0' } }],
    ['a key of nothing', { Digits: '7' }, {}],
    [
      'words',
      { SpeechResult: 'chest pain', Confidence: '0.8' },
      { raw: { kind: 'words', text: 'chest pain', confidence: 0.8 } },
    ],
  ])('%s reaches the turn as itself', async (_what, given, heard) => {
    const { goOn } = await waits({ seconds: 15, keys: ['on-call', 'call-back'] })
    expect(await goOn(given)).toEqual({ kind: 'waited', turn: 7, ...heard })
  })

  it('a round told twice is one webhook; the next round is another, though nothing was said in either', async () => {
    const opened = open({})
    const form = calling()
    const waiting = { seconds: 15, keys: [] }
    opened.replies.push({ waiting }, { waiting }, { waiting })
    const first = await opened.post('/twilio/voice', form)
    const second = await opened.post(next(first.body), form)
    await opened.post(next(first.body), form)
    await opened.post(next(second.body), form)
    const [, one, again, other] = opened.turns.map(({ webhook }) => webhook)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  it('a key that was not offered changes nothing', async () => {
    const { goOn } = await waits({ seconds: 15, keys: ['on-call'] })
    expect(await goOn({ Digits: '1' })).toEqual({ kind: 'waited', turn: 7 })
    expect(await goOn({ Digits: '2' })).toEqual({ kind: 'waited', turn: 7, key: 'on-call' })
  })
})
