import { randomBytes } from 'node:crypto'
import { signTwilio } from '../src/security/twilio-signature.ts'
import type { Poster } from './load.ts'

const TOKEN = 'b'.repeat(32)
const PUBLIC = 'http://bench.invalid'

/**
 * What is said in a whole call of fifteen turns, the greeting included, to its end: clear of danger; about oneself; a fall;
 * up; no head injury; no pain; the practice; may be shared; the number; name and address; a text of it. `plain` is keyed as
 * far as it can be, `chatty` is spoken.
 */
export const SCRIPTS = {
  plain: [
    ...['2', '2', '2', '1', '1', '2', '2', '2', '2', '2', '1', '1'],
    ...['I live at 12 Station Road', '1'],
  ],
  chatty: [
    ...['no none of those thank you', 'no none of those thank you', 'none of those thank you'],
    ...['it is about myself', 'it is about a fall', 'I got up thank you', 'no', 'no'],
    ...['it is the Amersham Vale surgery', 'yes that is right', 'yes that is all right'],
    'yes that is right',
    'You have my name already, and I live at 12 Station Road, on the second floor, and the bell does not work so please knock loudly and wait a while',
    'yes please',
  ],
} as const
export type Script = keyof typeof SCRIPTS

/** The greeting and the answers. */
export const TURNS = 15

/** One call, and the ledger of it: what was sent, and what was answered. */
export interface Call {
  sid: string
  from: string
  heard: string[]
  /** The last webhook that was answered, to be sent again, and its answer. */
  last?: { path: string; form: Record<string, string>; body: string }
  ended: boolean
  /** One turn; resolves to whether it was answered with words. */
  turn: (post: Poster) => Promise<boolean>
}

/** A call that takes one turn after the other; nobody is ever rung. */
export function call(n: number, script: Script = 'plain'): Call {
  const from = `+4477009${String(n % 100_000).padStart(5, '0')}`
  let path = '/twilio/voice'
  const me: Call = {
    sid: `CA${randomBytes(16).toString('hex')}`,
    from,
    heard: [],
    ended: false,
    async turn(post) {
      const said = me.last && SCRIPTS[script][me.heard.length]
      const form = formOf(me, said)
      const answer = await signed(post, path, form)
      if (answer.status !== 200 || !answer.body.includes('<Response>')) return false
      // The safe words of a fault: they are heard, and nothing is promised.
      if (answer.body.includes('something is wrong here')) return false
      if (said !== undefined) me.heard.push(said)
      me.last = { path, form, body: answer.body }
      const next = /action="([^"]+)"/.exec(answer.body)?.[1]
      if (next === undefined) me.ended = true
      else path = next.replaceAll('&amp;', '&')
      return true
    },
  }
  return me
}

/** Sends a webhook as Twilio signs it. */
export function signed(post: Poster, path: string, form: Record<string, string>) {
  const signature = signTwilio(TOKEN, PUBLIC + path, new Map(Object.entries(form)))
  return post(path, new URLSearchParams(form).toString(), signature)
}

function formOf({ sid, from }: Call, said: string | undefined): Record<string, string> {
  const keyed = said !== undefined && /^\d+$/.test(said)
  return {
    AccountSid: `AC${'0'.repeat(32)}`,
    ApiVersion: '2010-04-01',
    CallSid: sid,
    CallStatus: 'in-progress',
    Direction: 'inbound',
    From: from,
    To: '+442079460100',
    Caller: from,
    Called: '+442079460100',
    ...(said !== undefined &&
      (keyed ? { Digits: said } : { SpeechResult: said, Confidence: '0.9' })),
  }
}

/** Takes these calls on to their nth turn, a few at a time. One that goes another way than the script says is a fault. */
export async function play(post: Poster, calls: readonly Call[], turns = TURNS) {
  const waiting = [...calls]
  async function caller() {
    for (let me = waiting.pop(); me; me = waiting.pop())
      for (let n = taken(me) + 1; n <= turns; n++)
        if (!(await me.turn(post)) || me.ended !== (n === TURNS))
          throw new Error(`a call went another way at turn ${n}: ${me.last?.body}`)
  }
  await Promise.all(Array.from({ length: 32 }, caller))
}

/** How many turns of a call were answered. */
export const taken = ({ last, heard }: Call) => (last ? heard.length + 1 : 0)
