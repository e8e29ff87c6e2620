import { createRequire } from 'node:module'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Hono } from 'hono'
import { v7 } from 'uuid'
import { type AppParts, createApp } from '../../src/app.ts'
import type { TakeTurn } from '../../src/channels/inbound.ts'
import type { Content } from '../../src/content.ts'
import { readContent } from '../../src/door/folders.ts'
import { DoorError } from '../../src/errors.ts'
import { openLog, openMetrics } from '../../src/observe.ts'
import type { Contact } from '../../src/record/contact.ts'
import { LIMITS } from '../../src/security/limits.ts'
import type { Commit, Store } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { turns } from '../../src/turn.ts'
import type { ContactSeen } from '../journeys/door.ts'

/** Twilio's own signature, so that ours is not measured against itself. */
const { getExpectedTwilioSignature } = createRequire(import.meta.url)(
  'twilio/lib/webhooks/webhooks'
) as { getExpectedTwilioSignature: (token: string, url: string, form: object) => string }

export const TOKEN = 'a-token-of-the-tests'
export const STAFF = 'a-staff-token-of-the-tests'
export const PUBLIC_URL = 'https://door.example.org'

export type Form = Record<string, string>
export interface Answer {
  status: number
  type: string
  body: string
}

let content: Content | undefined
/** The shipped flows, words and places, read once. */
export const shipped = () =>
  (content ??= readContent({ flows: 'flows', places: 'places', locales: 'locales' }))

export interface OpenedApp extends ReturnType<typeof openApp> {}

/** What a test gives the app in the place of its own. */
export interface Given extends Partial<Pick<AppParts, 'content' | 'store' | 'makes' | 'legs'>> {
  teams?: (takeTurn: TakeTurn) => Hono
}

const MANY = { most: 1_000_000, seconds: 60 }

/** The app with a store in memory, a clock that stands still, and its log kept; no network. */
export function openApp(now = '2026-11-24T14:20:00Z', { teams, ...given }: Given = {}) {
  const real = given.store ?? openSqlite(':memory:')
  const faults: { ill?: ((method: string) => Error | undefined) | undefined } = {}
  const clock = { now }
  const log: string[] = []
  const parts = {
    content: shipped,
    now: () => clock.now,
    makes: { uuid: v7, random: Math.random, partition: () => Math.floor(Math.random() * 64) },
    log: openLog('trace', { write: (line: string) => void log.push(line) }),
    metrics: openMetrics(),
    committed: () => undefined,
    publicUrl: () => PUBLIC_URL,
    staffToken: STAFF,
    twilioTokens: [TOKEN],
    // The tests are one busy member of staff.
    limits: { ...LIMITS, staff: MANY, failed: MANY },
    ready: async () => ({ store: true, content: true }),
    ...given,
    store: ailing(real, faults),
  }
  const taking = turns(parts)
  const app = createApp({ ...parts, ...(teams && { teams: teams(taking.takeTurn) }) }, taking)
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await app.request(`http://inside.test${path}`, init)
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, body: await response.text() }
  }
  /** A raw body, signed over the pairs it holds. */
  const raw = (path: string, body: string, headers: Form = {}) =>
    send(path, {
      method: 'POST',
      body,
      headers: { ...FORM, 'X-Twilio-Signature': signature(path, pairsOf(body)), ...headers },
    })
  const api = (path: string, headers: Form = { Authorization: `Bearer ${STAFF}` }) =>
    send(`/api/${path}`, { headers })
  return {
    app,
    parts,
    clock,
    log,
    faults,
    store: real,
    fire: taking.takeTimer,
    replaySpilled: taking.replaySpilled,
    send,
    raw,
    /** A form as Twilio sends it. */
    post: (path: string, form: Form) => raw(path, new URLSearchParams(form).toString()),
    api,
    contacts: async (query = '') => await listOf(api, query),
    contactOf: async (phone: string) => {
      const [first] = await listOf(api, `phone=${encodeURIComponent(phone)}`)
      return JSON.parse((await api(`contacts/${first?.ref}`)).body) as ContactSeen
    },
    close: () => real.close(),
  }
}

type Api = (path: string) => Promise<Answer>
async function listOf(api: Api, query: string): Promise<ContactSeen[]> {
  return JSON.parse((await api(`contacts?limit=200&${query}`)).body).contacts
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }
const pairsOf = (body: string) => Object.fromEntries(new URLSearchParams(body))

/** What Twilio would sign, by its own library. */
export const signature = (path: string, form: object, token = TOKEN, at = PUBLIC_URL) =>
  getExpectedTwilioSignature(token, at + path, form)

/** A store that fails as it is told to. */
function ailing(
  store: Store,
  faults: { ill?: ((method: string) => Error | undefined) | undefined }
): Store {
  function ill<Methods extends object>(methods: Methods, under = ''): Methods {
    const wrapped = Object.entries(methods).map(([name, work]) => [
      name,
      async (...asked: unknown[]) => {
        const error = faults.ill?.(under + name)
        if (error) throw error
        return work(...asked)
      },
    ])
    return Object.fromEntries(wrapped) as Methods
  }
  const { desk, ...methods } = store
  return { ...ill(methods), desk: ill(desk, 'desk.') }
}
export const storeDown = () => new DoorError('store-down', 'the store failed', true)

let last = 0
const hex = () => (last++).toString(16).padStart(32, '0')
export const callSid = () => `CA${hex()}`
export const messageSid = () => `SM${hex()}`
export const LEWISHAM = '+442079460100'
export const COVER = ['+442079460110', '+442079460111'] as const
export const mobile = () => `+4477009${String(10_000 + last++).padStart(5, '0')}`

export const calling = (given: Form = {}): Form => ({
  CallSid: callSid(),
  From: mobile(),
  To: LEWISHAM,
  CallStatus: 'ringing',
  ...given,
})
export const texting = (Body: string, given: Form = {}): Form => ({
  MessageSid: messageSid(),
  From: mobile(),
  To: LEWISHAM,
  NumMedia: '0',
  Body,
  ...given,
})

/** Everything a document says or writes, with its marks undone; a document that is not well-formed fails. */
export function wordsOf({ body }: Answer): string {
  const sound = XMLValidator.validate(body)
  if (sound !== true) throw new Error(`${sound.err.msg}: ${body}`)
  const found: string[] = []
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const child of node) walk(child)
    else if (typeof node === 'object' && node !== null)
      for (const [name, child] of Object.entries(node))
        if (name === '#text') found.push(String(child))
        else if (name !== ':@') walk(child)
  }
  walk(new XMLParser({ preserveOrder: true, parseTagValue: false }).parse(body))
  return found.join(' ')
}

/** Where a document sends what is answered next. */
export function nextOf({ body }: Answer): string {
  const path =
    /action="([^"]+)"/.exec(body)?.[1] ?? />(\/twilio\/[^<]+)<\/Redirect>/.exec(body)?.[1]
  if (!path) throw new Error(`nothing comes next in ${body}`)
  return path.replaceAll('&amp;', '&')
}

export type { Commit, Contact }
