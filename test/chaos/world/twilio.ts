import { postSigned } from './callbacks.ts'
import type { Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { type Answer, type Asked, type Neighbour, openNeighbour, type Route } from './server.ts'
import { found, hex, refusal } from './twilio-answers.ts'
import { type Call, LINE_SERVES, type Lines, newLines, tellCall } from './twilio-lines.ts'
import { listed, messageOf, recordingOf } from './twilio-resources.ts'
import { OPERATIONS, strangeIn } from './twilio-shapes.ts'

/** A text as the stand-in keeps it. */
export interface Message {
  sid: string
  to: string
  from: string
  body: string
  status: string
  error: number | null
  at: number
  callback: string | null
}

/** A word of Twilio's on a text it took. */
export interface Word {
  status: string
  code?: number
}
/** What is told of a text: before the reply to its sending has left, and after it, in this order. */
export interface Telling {
  before?: readonly Word[]
  after?: readonly Word[]
}

/** A callback that was made, and the status of the answer; 0 where there was none. */
export interface Told extends Word {
  sid: string
  answer: number
}

/** Twilio on this machine. Requests that its API file does not describe are answered 400 and kept in `strange`. */
export interface Twilio extends Neighbour {
  /** Calls we placed, conferences, and what is told of them. */
  lines: Lines
  accountSid: string
  authToken: string
  messages: Map<string, Message>
  /** Recordings there are to be deleted. */
  recordings: Set<string>
  /** What is told of each text; sent and delivered, after the reply, unless it is said otherwise. */
  telling: { of: (message: Message) => Telling }
  told: Told[]
  /** Tells the app one thing of a text now, signed. */
  tell: (message: Message, word: Word) => Promise<number>
  /** Tells the app how a call stands now, signed. */
  tellCall: (call: Call, status: string) => Promise<number>
  /** Waits for the callbacks under way. */
  quiet: () => Promise<void>
}

const FINAL = ['delivered', 'undelivered', 'failed', 'canceled', 'read']

/** What the routes share. */
export interface State
  extends Pick<Twilio, 'accountSid' | 'authToken' | 'lines' | 'messages' | 'recordings' | 'told'> {
  ledger: Ledger
  telling: Twilio['telling']
  strange: string[]
  running: Set<Promise<unknown>>
}

/** Opens it. Its sids are random: nothing else is. */
export async function openTwilio(ledger: Ledger, faults: Faults): Promise<Twilio> {
  const state: State = {
    accountSid: `AC${hex(16)}`,
    authToken: hex(16),
    messages: new Map(),
    recordings: new Set(),
    told: [],
    lines: newLines(),
    ledger,
    telling: { of: () => ({ after: [{ status: 'sent' }, { status: 'delivered' }] }) },
    strange: [],
    running: new Set(),
  }
  const refused = refusal(404, 20404, 'The requested resource was not found')
  const neighbour = await openNeighbour(routesOf(state), faults, refused)
  state.strange = neighbour.strange
  const { accountSid, authToken, lines, messages, recordings, telling, told } = state
  const own = { accountSid, authToken, lines, messages, recordings, telling, told }
  return Object.assign(neighbour, own, {
    tell: (message: Message, word: Word) => tell(state, message, word),
    tellCall: (call: Call, status: string) => tellCall(state, call, status),
    async quiet() {
      while (state.running.size > 0) await Promise.all(state.running)
    },
  })
}

/** What one operation does. */
export type Serve = (state: State, asked: Asked, form: URLSearchParams) => Answer | Promise<Answer>

/** What each operation does; its method and path are those of Twilio's own file. */
const SERVES: Record<string, Serve> = {
  CreateMessage: createMessage,
  ListMessage: ({ messages, accountSid }, { query }) => ({
    status: 200,
    body: listed(
      accountSid,
      'Messages',
      query,
      [...messages.values()].filter(wanted(query)).reverse(),
      messageOf
    ),
  }),
  FetchMessage: (state, { path }) =>
    found(state.messages.get(path.Sid ?? ''), (message) => ({
      status: 200,
      body: messageOf(state.accountSid, message),
    })),
  UpdateMessage: (state, { path }, form) =>
    found(state.messages.get(path.Sid ?? ''), (message) => {
      if (form.get('Body') !== '') return refusal(400, 20001, 'Only an empty Body is taken')
      if (!FINAL.includes(message.status)) return notFinal
      message.body = ''
      state.ledger.note({ neighbour: 'twilio', kind: 'text-emptied', sid: message.sid })
      return { status: 200, body: messageOf(state.accountSid, message) }
    }),
  DeleteMessage: (state, { path }) =>
    found(state.messages.get(path.Sid ?? ''), (message) => {
      if (!FINAL.includes(message.status)) return notFinal
      state.messages.delete(message.sid)
      state.ledger.note({ neighbour: 'twilio', kind: 'text-deleted', sid: message.sid })
      return { status: 204 }
    }),
  FetchRecording: (state, { path }) =>
    found(state.recordings.has(path.Sid ?? ''), () => ({
      status: 200,
      body: recordingOf(state.accountSid, path.Sid ?? ''),
    })),
  DeleteRecording: (state, { path }) =>
    found(state.recordings.delete(path.Sid ?? ''), () => {
      state.ledger.note({ neighbour: 'twilio', kind: 'recording-deleted', sid: path.Sid ?? '' })
      return { status: 204 }
    }),
}

function routesOf(state: State): Route[] {
  return Object.entries({ ...SERVES, ...LINE_SERVES }).map(([name, serve]) => {
    const { method = '', path = '' } = OPERATIONS[name] ?? {}
    const pattern = path
      .replace('.', '\\.')
      .replace(/\{(\w+)\}/g, (_, of: string) => `(?<${of}>[A-Z]{2}[0-9a-f]{32})`)
    return {
      name,
      method,
      path: new RegExp(`^/2010-04-01/Accounts/(?<Account>AC[0-9a-f]{32})${pattern}$`),
      answer(asked) {
        const form = new URLSearchParams(asked.body)
        const strange = strangeIn(name, asked.query, form)
        state.strange.push(...strange)
        if (strange.length > 0) return refusal(400, 20001, strange.join('; '))
        return admitted(state, asked)
          ? serve(state, asked, form)
          : refusal(401, 20003, 'Authenticate')
      },
    }
  })
}

function admitted({ accountSid, authToken }: State, { headers, path }: Asked) {
  const pair = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  return headers.authorization === `Basic ${pair}` && path.Account === accountSid
}

async function createMessage(state: State, _: Asked, form: URLSearchParams): Promise<Answer> {
  const [to, from, body] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '')
  if (!to || !/^\+[1-9]\d{6,14}$/.test(to)) return refusal(400, 21211, `Invalid 'To' number ${to}`)
  if (!from) return refusal(400, 21603, "A 'From' phone number is required")
  if (!body) return refusal(400, 21602, 'Message body is required')
  const callback = form.get('StatusCallback')
  const sid = `SM${hex(16)}`
  const message: Message = {
    sid,
    to,
    from,
    body,
    status: 'queued',
    error: null,
    at: Date.now(),
    callback,
  }
  state.messages.set(sid, message)
  const outbox = callback === null ? null : new URL(callback).searchParams.get('o')
  const asked = outbox === null ? {} : { outbox }
  state.ledger.note({ neighbour: 'twilio', kind: 'text', sid, to, from, body, ...asked })
  const { before = [], after = [] } = state.telling.of(message)
  const resource = messageOf(state.accountSid, message)
  await tellAll(state, message, before)
  return {
    status: 201,
    body: resource,
    later: () => {
      const telling = tellAll(state, message, after).finally(() => state.running.delete(telling))
      state.running.add(telling)
    },
  }
}

async function tellAll(state: State, message: Message, words: readonly Word[]) {
  for (const word of words) await tell(state, message, word)
}

async function tell({ accountSid, authToken, told }: State, message: Message, word: Word) {
  const { sid, to, from, callback } = message
  if (!FINAL.includes(message.status)) message.status = word.status
  message.error = word.code ?? message.error
  const answer =
    callback === null
      ? 0
      : await postSigned(authToken, callback, {
          AccountSid: accountSid,
          ApiVersion: '2010-04-01',
          From: from,
          To: to,
          MessageSid: sid,
          SmsSid: sid,
          MessageStatus: word.status,
          SmsStatus: word.status,
          ...(word.code !== undefined && { ErrorCode: String(word.code) }),
        })
  told.push({ sid, ...word, answer })
  return answer
}

function wanted(query: URLSearchParams) {
  const is = (name: string, value: string) => [null, value].includes(query.get(name))
  const bound = (name: string, without: number) => Date.parse(query.get(name) ?? '') || without
  return ({ to, from, at }: Message) =>
    is('To', to) &&
    is('From', from) &&
    // Twilio keeps whole seconds.
    at >= bound('DateSent>', 0) - 1000 &&
    at <= bound('DateSent<', Number.MAX_SAFE_INTEGER)
}

const notFinal = refusal(409, 20009, 'Delivery is still in progress')
