import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { doingOf, nextNumber, type Person } from './people.ts'
import { type Form, signature } from './world/callbacks.ts'

/** Where webhooks are sent, and what they are signed with. A ChildDoor is one. */
export interface Target {
  port: number
  publicUrl: string
  token: string
}

export interface Reply {
  status: number
  type: string
  body: string
}

/** One webhook that was acknowledged: what was sent, the bytes of the reply, and when. */
export interface Turn {
  channel: 'voice' | 'sms'
  /** The number it came from: each conversation has its own. */
  from: string
  conversation: string
  path: string
  form: Form
  reply: Reply
  /** Milliseconds since 1970 at which the reply was whole. */
  at: number
  /** Milliseconds of the try that was answered. */
  ms: number
  /** 1 where the first try was answered. */
  tries: number
  /** A word on the call, such as its end: it has no answer in words. */
  status?: true
}

/** A webhook that was never acknowledged, though it was sent as often as the provider would. */
export interface Unanswered extends Omit<Turn, 'reply' | 'ms' | 'status'> {
  why: string
}

/** A conversation as its person had it. */
export interface Had {
  person: Person
  from: string
  turns: Turn[]
  /** It came to the end the person wanted, each of its turns acknowledged in words of the flow. */
  complete: boolean
}

export interface ClientOptions {
  /** In turns, where there is more than one. */
  targets: readonly Target[]
  random: () => number
  /** A try is given up after this many milliseconds. */
  deadline?: number
  /** And the webhook after so many. */
  patience?: number
  to?: string
  /**
   * How one webhook is sent, where that is not once: `once` sends it, or the same with another form, to the next target.
   * What this gives is the reply that counts.
   */
  send?: (asked: Asked, once: (form?: Form) => Promise<Reply>) => Promise<Reply>
}

/** A webhook as it is sent, again and again if need be. */
export type Asked = Omit<Turn, 'reply' | 'at' | 'ms' | 'tries'>

/** Twilio, as far as it sends webhooks, and the ledger of what was acknowledged. */
export interface Client {
  turns: Turn[]
  unanswered: Unanswered[]
  had: Had[]
  /** A whole conversation, from a number nobody had before. */
  talk: (person: Person, from?: string) => Promise<Had>
  /** Conversations, so many callers at a time, until `enough`. */
  talks: (people: readonly Person[], callers: number, enough: () => boolean) => Promise<void>
  /** The same bytes once more. */
  again: (turn: Pick<Turn, 'path' | 'form'>) => Promise<Reply>
  close: () => void
}

export const LEWISHAM = '+442079460100'
const ACCOUNT = `AC${'0'.repeat(32)}`
const MOST_TURNS = 30

/** Opens a client. */
export function openClient(options: ClientOptions): Client {
  const { targets, random, deadline = 5_000, patience = 30_000, to = LEWISHAM } = options
  const send = options.send ?? ((_, once) => once())
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const turns: Turn[] = []
  const unanswered: Unanswered[] = []
  const had: Had[] = []
  let sent = 0
  const target = () => targets[sent++ % targets.length] as Target

  /** Sends the same bytes until they are acknowledged or the provider would give up. */
  async function deliver(asked: Asked): Promise<Turn | null> {
    const until = performance.now() + patience
    let why = ''
    for (let tries = 1; ; tries++) {
      const started = performance.now()
      const once = (form = asked.form) => post(target(), asked.path, form, { agent, deadline })
      const reply = await send(asked, once).catch((error: Error) => error)
      const good = !(reply instanceof Error) && reply.status < 300
      if (good) {
        const turn = { ...asked, reply, at: Date.now(), ms: performance.now() - started, tries }
        turns.push(turn)
        return turn
      }
      why = reply instanceof Error ? reply.message : `${reply.status} ${reply.body.slice(0, 200)}`
      if (performance.now() > until) {
        unanswered.push({ ...asked, at: Date.now(), tries, why })
        return null
      }
      await new Promise((resolve) => setTimeout(resolve, 20 + 80 * random()))
    }
  }

  async function talk(person: Person, from = nextNumber()): Promise<Had> {
    const one: Had = { person, from, turns: [], complete: false }
    had.push(one)
    const work = person.channel === 'voice' ? ring : write
    one.complete = await work(one, (asked) => deliver(asked), to)
    return one
  }
  return {
    turns,
    unanswered,
    had,
    talk,
    async talks(people, callers, enough) {
      let next = 0
      const caller = async () => {
        while (!enough()) await talk(people[next++ % people.length] as Person)
      }
      await Promise.all(Array.from({ length: callers }, caller))
    },
    again: (turn) => post(target(), turn.path, turn.form, { agent, deadline: 10_000 }),
    close: () => agent.destroy(),
  }
}

type Deliver = (asked: Asked) => Promise<Turn | null>

async function ring({ person, from, turns }: Had, deliver: Deliver, to: string): Promise<boolean> {
  const CallSid = `CA${randomBytes(16).toString('hex')}`
  const base: Form = {
    AccountSid: ACCOUNT,
    ApiVersion: '2010-04-01',
    CallSid,
    CallStatus: 'in-progress',
    Direction: 'inbound',
    From: from,
    To: to,
  }
  const tell = { channel: 'voice', from, conversation: CallSid } as const
  let path = '/twilio/voice'
  let more: Form = {}
  for (let n = 0; n < MOST_TURNS; n++) {
    const turn = await deliver({ ...tell, path, form: { ...base, ...more } })
    if (!turn) return false
    turns.push(turn)
    const { body } = turn.reply
    const next = /<(Gather|Dial)[^>]* action="([^"]+)"/.exec(body)
    const doing = next?.[1] === 'Dial' ? 'answered' : doingOf(person, wordsIn(body))
    if (!next || doing === 'hang up') {
      const over = await deliver({
        ...tell,
        path: '/twilio/status',
        form: { ...base, CallStatus: 'completed' },
        status: true,
      })
      return over !== null && unbroken(turns)
    }
    path = unescapeXml(next[2] ?? '')
    more = doing === 'answered' ? { DialCallStatus: 'completed' } : formOf(doing)
  }
  return false
}

const formOf = (doing: { keys: string } | { words: string }): Form =>
  'keys' in doing ? { Digits: doing.keys } : { SpeechResult: doing.words, Confidence: '0.9' }

async function write({ person, from, turns }: Had, deliver: Deliver, to: string): Promise<boolean> {
  let Body = person.first ?? 'hello'
  for (let n = 0; n < MOST_TURNS; n++) {
    const MessageSid = `SM${randomBytes(16).toString('hex')}`
    const form = { AccountSid: ACCOUNT, MessageSid, From: from, To: to, Body, NumMedia: '0' }
    const conversation = `${to}:${from}`
    const turn = await deliver({ channel: 'sms', from, conversation, path: '/twilio/sms', form })
    if (!turn) return false
    turns.push(turn)
    const doing = doingOf(person, wordsIn(turn.reply.body))
    if (doing === 'hang up') return unbroken(turns)
    Body = 'keys' in doing ? doing.keys : doing.words
  }
  return false
}

/** The safe words of a door that could not save: an answer, but no acknowledgement that anything is kept. */
export const isBroken = (body: string) => /something is wrong here/i.test(wordsIn(body))

const unbroken = (turns: readonly Turn[]) => !turns.some(({ reply }) => isBroken(reply.body))

/** What is spoken or written in a TwiML document, as one text. */
export const wordsIn = (twiml: string) =>
  [...twiml.matchAll(/<(Say|Message)\b[^>]*>([\s\S]*?)<\/\1>/g)]
    .map(([, , inner = '']) => unescapeXml(inner.replace(/<[^>]+>/g, '')))
    .join(' ')

const unescapeXml = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')

/** One signed form. Rejects where there is no whole answer within the deadline. */
export function post(
  { port, publicUrl, token }: Target,
  path: string,
  form: Form,
  { agent, deadline = 5_000 }: { agent?: Agent; deadline?: number } = {}
): Promise<Reply> {
  const body = new URLSearchParams(form).toString()
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Twilio-Signature': signature(token, publicUrl + path, form),
    'Content-Length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port, path, method: 'POST', headers }
    const signal = AbortSignal.timeout(deadline)
    const asked = request({ ...where, signal, ...(agent && { agent }) }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        const body = Buffer.concat(chunks).toString()
        resolve({ status, type: headers['content-type'] ?? '', body })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
