import { Hono } from 'hono'
import * as z from 'zod'
import type { HandoffHeard } from '../handoff/types.ts'
import { conference, waitPath } from './conference.ts'
import { callSid, type FormEnv } from './twilio-form.ts'
import { say } from './voice.ts'
import { element, escapeXml, fitting, response } from './xml.ts'

/** What somebody hears who answers a leg that we rang, before they say yes. */
export interface LegStory {
  lang: string
  /** Plain words, most important first; said one after the other. */
  words: readonly string[]
  /** A browser's phone: they read the story before they pressed answer, and go straight in. */
  softphone: boolean
}

/** What the legs of a handoff need of the rest. Each may be called again for the same call, and answers the same. */
export interface LegsPort {
  /** The story for one leg; null where the contact was taken by another, or is over. */
  story: (contact: string, label: string) => Promise<LegStory | null>
  /** They said yes (1, or a softphone's answer), or twice something else. `late`: too late to come in. */
  said: (
    contact: string,
    label: string,
    yes: boolean,
    by: { call: string; webhook: string }
  ) => Promise<'join' | 'late'>
  /** Something happened to a line. The same webhook may come twice, and in any order. */
  heard: (contact: string, event: HandoffHeard, webhook: string) => Promise<void>
  /** The conference is over: nobody is in it any more, whatever was told of each. */
  over: (contact: string, webhook: string) => Promise<void>
  /** What is said every five seconds to somebody who is alone in a conference, or held; English by default. */
  still?: (lang: string) => string
}

const label = z.string().regex(/^(caller|(staff|team):[\w.@-]{1,80}|other:\d{1,3})$/)
const contact = z.string().regex(/^[\w-]{1,64}$/)
const leg = z.object({ h: contact, leg: label, n: z.enum(['1', '2']).catch('1') })
const ofContact = z.object({ h: contact })
const spoken = z.object({
  lang: z
    .string()
    .regex(/^[a-z]{2,3}(-\w{2,8})?$/)
    .catch('en'),
})

const called = z.object({ CallSid: callSid })
const keyed = called.extend({ Digits: z.string().max(64).default('') })
const progress = called.extend({
  CallStatus: z.string().max(32),
  SequenceNumber: z.coerce.number().int().nonnegative().catch(0),
})
const happened = z.object({
  ConferenceSid: z.string().regex(/^CF[0-9a-f]{32}$/i),
  FriendlyName: z.string().max(64),
  StatusCallbackEvent: z.string().max(64),
  SequenceNumber: z.coerce.number().int().nonnegative().catch(0),
  CallSid: callSid.optional(),
  ParticipantLabel: label.optional().catch(undefined),
  ReasonParticipantLeft: z.string().max(64).optional(),
})

/**
 * The lines of a handoff besides the caller's: what the one who answers hears, and what Twilio tells of each. A callback
 * that comes twice has the same id and is told under it once more: who keeps the contact knows it. One that comes late
 * or out of order is told as it is: `ringing` after `completed` is for the handoff to disregard, which knows what the
 * line was. What Twilio will tell tomorrow and we do not know is answered, and told to nobody.
 */
export function legs(port: LegsPort) {
  return new Hono<FormEnv>()
    .post('/voice/leg', async (c) => {
      const asked = leg.parse(c.req.query())
      const { CallSid } = called.parse(c.get('form'))
      return twiml(await answered(port, asked, CallSid))
    })
    .post('/voice/leg/said', async (c) => {
      const asked = leg.parse(c.req.query())
      return twiml(await keyedIn(port, asked, keyed.parse(c.get('form'))))
    })
    .post('/voice/join', (c) => {
      // The caller's way to a person needs no store: whatever is ill here, they are put through.
      const { h } = ofContact.parse(c.req.query())
      const { lang } = spoken.parse(c.req.query())
      const action = `/twilio/voice/turn?c=${crypto.randomUUID()}`
      return twiml([conference({ contact: h, label: 'caller', lang, action })])
    })
    .post('/voice/wait', (c) => {
      const { lang } = spoken.parse(c.req.query())
      return twiml(aloneIn(lang, port.still?.(lang) ?? STILL))
    })
    .post('/status/leg', async (c) => {
      const { h, leg: label } = leg.parse(c.req.query())
      const form = progress.parse(c.get('form'))
      const event = legEvent(label, form)
      const webhook = `${form.CallSid}:${form.CallStatus}:${form.SequenceNumber}`
      if (event) await port.heard(h, event, webhook)
      return c.body(null, 204)
    })
    .post('/status/conference', async (c) => {
      const { h } = ofContact.parse(c.req.query())
      await conferenceTold(port, h, happened.parse(c.get('form')))
      return c.body(null, 204)
    })
}

const STILL = 'You are in the right place. Stay on the line.'
const TAKEN = 'This contact has been taken. Thank you.'
const PRESS = 'To take this call, press 1.'
const NOT_TAKEN = 'You have not taken this call. Thank you.'
const STAFF_LANG = 'en'

/** Seconds a navigator has for the key, as long as a caller has. */
const SECONDS_FOR_THE_KEY = 8
const MOST_STORY_BYTES = 8 * 1024

type Leg = z.infer<typeof leg>

async function answered(port: LegsPort, asked: Leg, call: string): Promise<string[]> {
  const story = await port.story(asked.h, asked.leg)
  if (!story) return farewell(TAKEN)
  if (story.softphone) return comesIn(port, asked, { call, webhook: `${call}:answered` })
  const each = Math.floor(MOST_STORY_BYTES / Math.max(1, story.words.length))
  const words = story.words.map((text) => spokenAs(story.lang, fitting(text, each)))
  return [ask(asked, '1', ...words)]
}

async function keyedIn(
  port: LegsPort,
  asked: Leg,
  { CallSid: call, Digits }: z.infer<typeof keyed>
): Promise<string[]> {
  const by = { call, webhook: `${call}:said:${asked.n}` }
  if (Digits.startsWith('1')) return comesIn(port, asked, by)
  if (asked.n === '1') return [ask(asked, '2')]
  await port.said(asked.h, asked.leg, false, by)
  return farewell(NOT_TAKEN)
}

async function comesIn(port: LegsPort, asked: Leg, by: { call: string; webhook: string }) {
  const { h, leg } = asked
  if ((await port.said(h, leg, true, by)) === 'late') return farewell(TAKEN)
  return [conference({ contact: h, label: leg, lang: STAFF_LANG })]
}

/** A voicemail that answers presses nothing: twice without the key, and the leg counts as not answered. */
function ask({ h, leg }: Leg, n: '1' | '2', ...words: string[]): string {
  const attributes = {
    input: 'dtmf',
    numDigits: 1,
    timeout: SECONDS_FOR_THE_KEY,
    action: `/twilio/voice/leg/said?${new URLSearchParams({ h, leg, n })}`,
    method: 'POST',
    actionOnEmptyResult: true,
  }
  const pause = element('Pause', { length: 1 })
  return element('Gather', attributes, pause, ...words, spokenAs(STAFF_LANG, PRESS))
}

const spokenAs = (lang: string, words: string) => say(lang, { step: 'leg', words, slow: false })
const farewell = (words: string) => [spokenAs(STAFF_LANG, words), element('Hangup', {})]

/** Nobody who waits in a conference hears nothing for longer. A wait document holds Say, Play, Pause and Redirect only. */
const SECONDS_OF_SILENCE = 5
const TIMES = 6

function aloneIn(lang: string, words: string): string[] {
  const once = [spokenAs(lang, words), element('Pause', { length: SECONDS_OF_SILENCE })]
  const again = element('Redirect', { method: 'POST' }, escapeXml(waitPath(lang)))
  return [...Array.from({ length: TIMES }, () => once).flat(), again]
}

/** What became of a leg before or after it was in: 'answered' alone says nothing, for a voicemail answers too. */
function legEvent(
  label: string,
  { CallStatus, CallSid: call }: z.infer<typeof progress>
): HandoffHeard | null {
  switch (CallStatus) {
    case 'queued':
    case 'initiated':
    case 'ringing':
      return { type: 'LEG', label, is: 'ringing', call }
    case 'completed':
      return { type: 'LEG', label, is: 'left', call, why: CallStatus }
    case 'busy':
    case 'no-answer':
    case 'failed':
    case 'canceled':
      return { type: 'LEG', label, is: 'failed', call, why: CallStatus }
    default:
      return null
  }
}

const PARTICIPANT = {
  'participant-join': 'in',
  'participant-leave': 'left',
  'participant-hold': 'held',
  'participant-unhold': 'back',
} as const

async function conferenceTold(
  port: LegsPort,
  contact: string,
  told: z.infer<typeof happened>
): Promise<void> {
  const { StatusCallbackEvent: event, SequenceNumber, CallSid: call, ConferenceSid } = told
  // Told of another conference under this address: nothing that we made.
  if (told.FriendlyName !== contact) return
  // A call may be in two conferences of one contact, each counting from one.
  const webhook = `${call}:${event}:${ConferenceSid}:${SequenceNumber}`
  if (event === 'conference-end') return port.over(contact, `${ConferenceSid}:${event}`)
  const is = Object.hasOwn(PARTICIPANT, event) && PARTICIPANT[event as keyof typeof PARTICIPANT]
  if (!is || !told.ParticipantLabel) return
  const { ParticipantLabel: label, ReasonParticipantLeft: why } = told
  const event_ = { type: 'LEG', label, is, ...(call && { call }), ...(why && { why }) } as const
  await port.heard(contact, event_, webhook)
}

const twiml = (verbs: string[]) =>
  new Response(response(...verbs), { headers: { 'Content-Type': 'text/xml; charset=utf-8' } })
