/** How an attribute's value must look. A list names every value allowed. */
export type Kind = 'text' | 'whole' | 'boolean' | 'method' | readonly string[]

/** What one element may hold. `ignored` are Twilio's attributes that change nothing a caller would notice here. */
export interface Rule {
  text: boolean
  children: readonly string[]
  attributes: Readonly<Record<string, Kind>>
}

export type Grammar = Readonly<Record<string, Rule>>

const SSML = [
  'break',
  'emphasis',
  'lang',
  'p',
  'phoneme',
  'prosody',
  's',
  'say-as',
  'sub',
  'w',
] as const
const spoken = (attributes: Record<string, Kind> = {}): Rule => ({
  text: true,
  children: SSML,
  attributes,
})
const verb = (attributes: Record<string, Kind>, children: readonly string[] = []): Rule => ({
  text: false,
  children,
  attributes,
})
const words = (attributes: Record<string, Kind>, children: readonly string[] = []): Rule => ({
  text: true,
  children,
  attributes,
})

const SPOKEN: Grammar = {
  Say: spoken({ voice: 'text', language: 'text', loop: 'whole' }),
  Play: words({ loop: 'whole', digits: 'text' }),
  Pause: verb({ length: 'whole' }),
  break: verb({ strength: 'text', time: 'text' }),
  emphasis: spoken({ level: 'text' }),
  lang: spoken({ 'xml:lang': 'text' }),
  p: spoken(),
  phoneme: spoken({ alphabet: 'text', ph: 'text' }),
  prosody: spoken({ volume: 'text', rate: 'text', pitch: 'text' }),
  s: spoken(),
  'say-as': spoken({ 'interpret-as': 'text', format: 'text', role: 'text' }),
  sub: spoken({ alias: 'text' }),
  w: spoken({ role: 'text' }),
}

const GATHER = verb(
  {
    input: ['dtmf', 'speech', 'dtmf speech', 'speech dtmf'],
    action: 'text',
    method: 'method',
    timeout: 'whole',
    speechTimeout: 'text',
    maxSpeechTime: 'whole',
    profanityFilter: 'boolean',
    finishOnKey: 'text',
    numDigits: 'whole',
    language: 'text',
    hints: 'text',
    bargeIn: 'boolean',
    debug: 'boolean',
    actionOnEmptyResult: 'boolean',
    speechModel: 'text',
    enhanced: 'boolean',
  },
  ['Say', 'Play', 'Pause']
)

const DIAL = words(
  {
    action: 'text',
    method: 'method',
    timeout: 'whole',
    timeLimit: 'whole',
    hangupOnStar: 'boolean',
    callerId: 'text',
    answerOnBridge: 'boolean',
    record: [
      'do-not-record',
      'record-from-answer',
      'record-from-ringing',
      'record-from-answer-dual',
      'record-from-ringing-dual',
      'true',
      'false',
    ],
    trim: ['trim-silence', 'do-not-trim'],
    ringTone: 'text',
  },
  ['Number', 'Conference']
)

const NUMBER = words({
  url: 'text',
  method: 'method',
  statusCallback: 'text',
  statusCallbackEvent: 'text',
  statusCallbackMethod: 'method',
})

const CONFERENCE = words({
  muted: 'boolean',
  beep: ['true', 'false', 'onEnter', 'onExit'],
  startConferenceOnEnter: 'boolean',
  endConferenceOnExit: 'boolean',
  participantLabel: 'text',
  jitterBufferSize: ['large', 'medium', 'small', 'off'],
  waitUrl: 'text',
  waitMethod: 'method',
  maxParticipants: 'whole',
  record: ['do-not-record', 'record-from-start'],
  region: ['us1', 'us2', 'ie1', 'sg1', 'br1', 'au1', 'jp1', 'de1'],
  trim: ['trim-silence', 'do-not-trim'],
  statusCallback: 'text',
  statusCallbackEvent: 'text',
  statusCallbackMethod: 'method',
})

/** What a call may be told to do. Taken from the types of Twilio's own library. */
export const VOICE: Grammar = {
  ...SPOKEN,
  Response: verb({}, ['Say', 'Play', 'Pause', 'Gather', 'Dial', 'Redirect', 'Hangup', 'Reject']),
  Gather: GATHER,
  Dial: DIAL,
  Number: NUMBER,
  Conference: CONFERENCE,
  Redirect: words({ method: 'method' }),
  Hangup: verb({}),
  Reject: verb({ reason: ['rejected', 'busy'] }),
}

/** What somebody may hear who waits in a conference or is held; anything else is Twilio's error 13238. */
export const WAIT: Grammar = {
  ...SPOKEN,
  Response: verb({}, ['Say', 'Play', 'Pause', 'Redirect']),
  Redirect: words({ method: 'method' }),
}

/** What the answer to a text message may hold. */
export const MESSAGING: Grammar = {
  Response: verb({}, ['Message', 'Redirect']),
  Message: words(
    { to: 'text', from: 'text', action: 'text', method: 'method', statusCallback: 'text' },
    ['Body']
  ),
  Body: words({}),
  Redirect: words({ method: 'method' }),
}

/** Real Twilio, but beyond this simulator. Naming them tells an author apart from a misspelling. */
export const BEYOND = new Set([
  'Application',
  'Client',
  'Connect',
  'ConversationRelay',
  'Enqueue',
  'Echo',
  'Leave',
  'Media',
  'Pay',
  'Prompt',
  'Queue',
  'Record',
  'Refer',
  'Sim',
  'Sip',
  'Siprec',
  'Sms',
  'Start',
  'Stop',
  'Stream',
  'Transcription',
])
