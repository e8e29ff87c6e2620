import { Hono } from 'hono'
import * as z from 'zod'
import type { Raw } from '../conversation/understand.ts'
import type { StoredReply } from '../store/contract.ts'
import { spokenSeconds } from '../words/measure.ts'
import { conference } from './conference.ts'
import type { Inbound, Reply, TakeTurn } from './inbound.ts'
import { callSid, digest, type FormEnv, number } from './twilio-form.ts'
import { offeredKeys, stillness, waitedFor } from './waiting.ts'
import { element, escapeXml, fitting, response } from './xml.ts'

const MOST_KEYS = 32
const MOST_SPOKEN = 4000

const call = z.object({ CallSid: callSid, From: number, To: number })
const gathered = call.extend({
  // What cannot be a key is left out and what is too long is cut: a caller is never dropped for how they answered.
  Digits: z
    .string()
    .default('')
    .transform((keys) => keys.replace(/[^0-9*#]/g, '').slice(0, MOST_KEYS)),
  SpeechResult: z
    .string()
    .default('')
    .transform((text) => text.slice(0, MOST_SPOKEN)),
  Confidence: z.coerce.number().min(0).max(1).optional().catch(undefined),
  DialCallStatus: z.string().max(32).optional(),
  CallStatus: z.string().max(32).optional(),
})
const where = z.object({
  t: z.coerce.number().int().nonnegative().optional().catch(undefined),
  d: z.coerce.number().int().min(1).max(9).optional().catch(undefined),
  /** The wait for a person, and the keys that were offered in it. */
  w: z.literal('1').optional().catch(undefined),
  k: z
    .string()
    .regex(/^t?[123]{0,3}$/)
    .catch(''),
  /** Which round of the wait: nothing else may have changed since the one before. */
  n: z
    .string()
    .regex(/^[\w-]{1,36}$/)
    .catch(''),
  /** Which conference the caller was in: a call may be in several, one after the other. */
  c: z
    .string()
    .regex(/^[\w-]{1,36}$/)
    .optional()
    .catch(undefined),
})

/** How a number that was rung may end when nobody came to the phone. */
const UNANSWERED = ['busy', 'no-answer', 'failed', 'canceled']

/** Calls over Twilio. Translates only: it knows Twilio's words and ours, and no triage. */
export function voice(takeTurn: TakeTurn) {
  return new Hono<FormEnv>()
    .post('/', async (c) => {
      const form = call.parse(c.get('form'))
      return send(await takeTurn(inbound(form, 'begin', { kind: 'begin' }), twiml))
    })
    .post('/turn', async (c) => {
      const form = gathered.parse(c.get('form'))
      const { t, d, w, k, n, c: conferred } = where.parse(c.req.query())
      const turn = t === undefined ? {} : { turn: t }
      if (conferred) return send(await takeTurn(parted(form, conferred), twiml))
      if (d !== undefined || form.DialCallStatus !== undefined)
        return send(await takeTurn(rung(form, d ?? 1, turn), twiml))
      const raw = heard(form)
      const same = `${t ?? ''}:${await digest(JSON.stringify(raw))}`
      if (w)
        return send(await takeTurn(inbound(form, `${n}:${same}`, waitedFor(raw, k, turn)), twiml))
      return send(await takeTurn(inbound(form, same, { kind: 'answer', ...turn, raw }), twiml))
    })
}

function heard(form: z.infer<typeof gathered>): Raw {
  if (form.Digits) return { kind: 'keys', digits: form.Digits }
  if (!form.SpeechResult.trim()) return { kind: 'silence' }
  const { SpeechResult: text, Confidence: confidence } = form
  return confidence === undefined ? { kind: 'words', text } : { kind: 'words', text, confidence }
}

function rung(form: z.infer<typeof gathered>, tried: number, turn: { turn?: number }): Inbound {
  const same = `${turn.turn ?? ''}:rang:${tried}`
  return UNANSWERED.includes(form.DialCallStatus ?? 'no-answer')
    ? inbound(form, same, { kind: 'unanswered', tried, ...turn })
    : inbound(form, same, { kind: 'joined', by: 'cover' })
}

/** Twilio tells the end of a dial to a caller who hung up too. */
function parted(form: z.infer<typeof gathered>, which: string): Inbound {
  const over = form.CallStatus !== undefined && form.CallStatus !== 'in-progress'
  return over
    ? inbound(form, 'over', { kind: 'gone' })
    : inbound(form, `${which}:parted`, { kind: 'parted' })
}

function inbound(form: z.infer<typeof call>, same: string, heard: Inbound['heard']): Inbound {
  return {
    channel: 'voice',
    webhook: `${form.CallSid}:${same}`,
    to: form.To,
    from: form.From,
    conversation: form.CallSid,
    heard,
  }
}

const send = ({ status, type, body }: StoredReply) =>
  new Response(body, { status, headers: { 'Content-Type': type } })

/** A reply as TwiML. Keys always interrupt; speech does not where danger is asked. */
export function twiml(reply: Reply): StoredReply {
  const body = response(...verbs(reply))
  return { status: 200, type: 'text/xml; charset=utf-8', body }
}

const SECONDS_TO_ANSWER_A_RING = 20
const VOICES: Record<string, { language: string; voice: string }> = {
  en: { language: 'en-GB', voice: 'Polly.Amy' },
}

/** Twilio reads 64 kB at most (error 11750). Half of it is more than any flow says, and so is this for its words. */
const MOST_SPOKEN_BYTES = 24 * 1024
const MOST_HINT_BYTES = 4 * 1024

function verbs(reply: Reply): string[] {
  const parts = reply.parts.filter(({ words }) => words !== '')
  // Each part is begun, so that the question is heard whatever stands before it.
  const each = Math.floor(MOST_SPOKEN_BYTES / Math.max(1, parts.length))
  const words = parts.flatMap((part) => [
    element('Pause', { length: 1 }),
    say(reply.lang, { ...part, words: fitting(part.words, each) }),
  ])
  const next = (extra = '') => `/twilio/voice/turn?t=${reply.turn}${extra}`
  if (reply.conference) return [...words, joining(reply, reply.conference)]
  if (reply.dial) return [...words, dial(reply.dial, reply, next)]
  if (reply.waiting) return [waits(reply, reply.waiting, words, next)]
  if (reply.listen) return [gather(reply, reply.listen, words, next())]
  if (reply.ended === 'emergency')
    return [
      ...words,
      element('Pause', { length: 60 }),
      element('Redirect', { method: 'POST' }, escapeXml(next())),
    ]
  return [...words, element('Hangup', {})]
}

/** Words in the voice of their language. */
export function say(lang: string, { words, slow }: Reply['parts'][number]): string {
  const text = escapeXml(words)
  return element(
    'Say',
    { ...(VOICES[lang] ?? { language: lang }) },
    slow ? element('prosody', { rate: '80%' }, text) : text
  )
}

const joining = (
  { lang, turn }: Reply,
  { name: contact, label }: NonNullable<Reply['conference']>
) => conference({ contact, label, lang, action: `/twilio/voice/turn?c=${turn}` })

/** One turn of the wait for a person. Keys and words are heard all the while, danger words too. */
function waits(
  { lang, parts }: Reply,
  waiting: NonNullable<Reply['waiting']>,
  words: string[],
  next: (extra: string) => string
): string {
  const said = parts.map((part) => part.words).join(' ')
  const aloud = (text: string) => say(lang, { step: 'wait', words: text, slow: false })
  const pauses = parts.filter((part) => part.words !== '').length
  const { between, timeout } = stillness(waiting, spokenSeconds(said) + pauses, aloud)
  const attributes = {
    input: 'dtmf speech',
    action: next(`&w=1&k=${offeredKeys(waiting)}&n=${crypto.randomUUID()}`),
    method: 'POST',
    actionOnEmptyResult: true,
    timeout,
    speechTimeout: 'auto',
    numDigits: 1,
    language: VOICES[lang]?.language ?? lang,
    profanityFilter: false,
  }
  return element('Gather', attributes, ...words, ...between)
}

function gather(
  { lang }: Reply,
  listen: NonNullable<Reply['listen']>,
  words: string[],
  action: string
): string {
  const keys = listen.screen === 'one-key' ? { numDigits: 1 } : { finishOnKey: '#' }
  const attributes = {
    input: 'dtmf speech',
    action,
    method: 'POST',
    actionOnEmptyResult: true,
    timeout: listen.seconds,
    speechTimeout: 'auto',
    ...keys,
    language: VOICES[lang]?.language ?? lang,
    bargeIn: listen.bargeInSpeech,
    hints: listen.hints.length > 0 ? fitting(listen.hints.join(','), MOST_HINT_BYTES) : undefined,
    profanityFilter: false,
  }
  return element('Gather', attributes, ...words)
}

function dial(
  { number, tried }: NonNullable<Reply['dial']>,
  { turn }: Reply,
  next: (extra: string) => string
): string {
  const attributes = {
    timeout: SECONDS_TO_ANSWER_A_RING,
    answerOnBridge: true,
    action: next(`&d=${tried}`),
    method: 'POST',
  }
  const answered = {
    statusCallback: `/twilio/status?t=${turn}&leg=${tried}`,
    statusCallbackEvent: 'answered',
    statusCallbackMethod: 'POST',
  }
  return element('Dial', attributes, element('Number', answered, escapeXml(number)))
}
