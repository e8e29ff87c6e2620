import { Hono } from 'hono'
import * as z from 'zod'
import type { HandoffHeard } from '../handoff/types.ts'
import { conference, waitPath } from './conference.ts'
import { called, leg, legStatus, ofContact } from './leg-status.ts'
import type { FormEnv } from './twilio-form.ts'
import { say } from './voice.ts'
import { element, escapeXml, fitting, response } from './xml.ts'

/** What somebody hears who answers a leg that we rang, before they say yes. */
export interface LegStory {
  lang: string
  /** Plain words, most important first; said one after the other. */
  words: readonly string[]
  /** What is said of the key, where they are no member of staff; said in `lang`, and nothing else is. */
  press?: string
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
  /** The conference is over: nobody is in it, whatever was told of each. The caller's own line may go on outside it. */
  over: (contact: string, webhook: string) => Promise<void>
  /** What is said to a person in a call, by language; plain English by default. */
  words?: (lang: string, what: Told) => string
}

/**
 * What a person in a call is told. still: held, or before anybody is there · alone: they were cut off · parted: those they
 * spoke with have hung up · call-back, call-back-later: nobody comes, goodbye · joined: somebody is there now · soon: to
 * staff, until the person comes.
 */
const TOLD = ['still', 'alone', 'parted', 'call-back', 'call-back-later', 'joined', 'soon'] as const
export type Told = (typeof TOLD)[number]

const spoken = z.object({
  lang: z
    .string()
    .regex(/^[a-z]{2,3}(-\w{2,8})?$/)
    .catch('en'),
  say: z.enum(TOLD).catch('still'),
})

const keyed = called.extend({ Digits: z.string().max(64).default('') })

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
      const joined = spokenAs(lang, port.words?.(lang, 'joined') ?? ENGLISH.joined)
      return twiml([joined, conference({ contact: h, label: 'caller', lang, action })])
    })
    .post('/voice/wait', (c) => {
      const { lang, say } = spoken.parse(c.req.query())
      return twiml(wait(lang, say, port.words?.(lang, say) ?? ENGLISH[say]))
    })
    .post('/voice/farewell', (c) => {
      const { lang, say } = spoken.parse(c.req.query())
      const words = spokenAs(lang, port.words?.(lang, say) ?? ENGLISH[say])
      return twiml([words, element('Hangup', {})])
    })
    .route('/status', legStatus(port))
}

/** A place's words in each language are the port's; these are for who has none. */
const ENGLISH: Record<Told, string> = {
  still: 'You are in the right place. Stay on the line.',
  alone: 'The call was cut off at our end. Stay on the line. I am finding you a person.',
  parted:
    'The other person has gone. If you need someone still, stay on the line. If not, you can hang up.',
  joined: 'A care navigator is with you now.',
  soon: 'They are with you in a moment. Stay on the line.',
  'call-back':
    'I am sorry. No one can come to the phone now. We will ring you back in five minutes. If it gets worse, ring 9 9 9.',
  'call-back-later':
    'I am sorry. No one can come to the phone now. We will ring you back in 20 minutes. If it gets worse, ring 9 9 9.',
}
const TAKEN = 'This contact has been taken. Thank you.'
const PRESS = 'To take this call, press 1.'
const NOT_TAKEN = 'You have not taken this call. Thank you.'
const STAFF_LANG = 'en'
const CALLER = 'caller'

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
  return [ask(asked, '1', story, ...words)]
}

async function keyedIn(
  port: LegsPort,
  asked: Leg,
  { CallSid: call, Digits }: z.infer<typeof keyed>
): Promise<string[]> {
  const by = { call, webhook: `${call}:said:${asked.n}` }
  if (Digits.startsWith('1')) return comesIn(port, asked, by)
  if (asked.n === '1') {
    // Staff are all asked the same; others as they were before.
    const story = isStaff(asked) ? undefined : await port.story(asked.h, asked.leg)
    return [ask(asked, '2', story)]
  }
  await port.said(asked.h, asked.leg, false, by)
  // A voicemail is told nothing more than it was.
  return isStaff(asked) ? farewell(NOT_TAKEN) : [element('Hangup', {})]
}

/** Whoever else is rung is the person, or somebody of theirs. */
const isStaff = ({ leg }: Leg) => leg !== CALLER && !leg.startsWith('other:')

async function comesIn(port: LegsPort, asked: Leg, by: { call: string; webhook: string }) {
  const { h, leg } = asked
  if ((await port.said(h, leg, true, by)) === 'late') return farewell(TAKEN)
  const say = leg === CALLER ? 'still' : 'soon'
  return [conference({ contact: h, label: leg, lang: STAFF_LANG, say })]
}

/** A voicemail that answers presses nothing: twice without the key, and the leg counts as not answered. */
function ask({ h, leg }: Leg, n: '1' | '2', story?: LegStory | null, ...words: string[]): string {
  const attributes = {
    input: 'dtmf',
    numDigits: 1,
    timeout: SECONDS_FOR_THE_KEY,
    action: `/twilio/voice/leg/said?${new URLSearchParams({ h, leg, n })}`,
    method: 'POST',
    actionOnEmptyResult: true,
  }
  const pause = element('Pause', { length: 1 })
  const press = story?.press ? spokenAs(story.lang, story.press) : spokenAs(STAFF_LANG, PRESS)
  return element('Gather', attributes, pause, ...words, press)
}

const spokenAs = (lang: string, words: string) => say(lang, { step: 'leg', words, slow: false })
const farewell = (words: string) => [spokenAs(STAFF_LANG, words), element('Hangup', {})]

/** Nobody who waits in a conference hears nothing for longer. A wait document holds Say, Play, Pause and Redirect only. */
const SECONDS_OF_SILENCE = 5
const TIMES = 6

function wait(lang: string, what: Told, words: string): string[] {
  const once = [spokenAs(lang, words), element('Pause', { length: SECONDS_OF_SILENCE })]
  const again = element('Redirect', { method: 'POST' }, escapeXml(waitPath(lang, what)))
  return [...Array.from({ length: TIMES }, () => once).flat(), again]
}

const twiml = (verbs: string[]) =>
  new Response(response(...verbs), { headers: { 'Content-Type': 'text/xml; charset=utf-8' } })
