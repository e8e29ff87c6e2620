/** A place as the app lists it. */
export interface Place {
  place: string
  name: string
  numbers: { number: string; use: string; channels: string[]; language?: string }[]
  /** Who is on its roster: the id that the log keeps, and the name. */
  teams?: { people?: { who: string; name: string }[] }
}

/** Names of staff, by id. */
export type Names = ReadonlyMap<string, string>

export const namesOf = (place: Place | null): Names =>
  new Map(place?.teams?.people?.map(({ who, name }) => [who, name]))

/** One thing said on a call. */
export interface Spoken {
  who: 'door' | 'caller' | 'other'
  by?: string
  text: string
  at: string
  language?: string
  lost?: true
}

/** A call as the simulator tells it. */
export interface Call {
  call: string
  waitingFor: { keys: boolean; speech: boolean; seconds: number } | null
  ended: boolean
  ringing?: string[]
  with?: string[]
  error?: string
  from: string
  to: string
  transcript: Spoken[]
  keypad: { numDigits: number | null; finishOnKey: string; typed: string } | null
}

/** A phone that rings or speaks. */
export interface Phone {
  number: string
  ringing: { call: string; from: string }[]
  speaking: (Call & { joined: boolean })[]
  thread: { from: string; to: string; body: string; at: string }[]
}

/** A card in Teams. */
export interface Card {
  card: string
  title: string
  raw: unknown
  actions: { action: string; title: string }[]
}

/** One person's side of Teams. */
export interface Chat {
  who: string
  messages: {
    id: string
    from: string
    at: string
    text: string
    value?: unknown
    cards: Card[]
    /** The first message of its thread in a channel. */
    thread?: string
    /** What the bot answered to the last button pressed on it. */
    notice?: string
  }[]
}

/** A contact in the log. The list gives the first part; one contact gives it all. */
export interface Contact {
  ref: string
  place: string
  channel: string
  status: string
  level: string
  codes: string[]
  meanings?: string[]
  route: { team: string; owner: string; rule: string } | null
  clocks: { name: string; code?: string; owner: string; due: string; state: string }[]
  consent: string | null
  createdAt?: string
  flow?: { flow: string; version: number } | string
  person?: Record<string, unknown>
  timeline?: Line[]
}

/** One line of a contact's timeline. */
export interface Line {
  seq: number
  at: string
  kind: string
  channel?: string
  step?: string
  heard?: unknown
  said?: unknown
  detail?: Record<string, unknown>
}

const token = document.querySelector<HTMLMetaElement>('meta[name=staff-token]')?.content ?? ''

/** Asks the simulator to do something. */
export function act<Answer>(path: string, body: unknown): Promise<Answer> {
  return ask(`/simulator${path}`, { method: 'POST', body: JSON.stringify(body) })
}

/** Asks the simulator how something stands. */
export function look<Answer>(path: string): Promise<Answer> {
  return ask(`/simulator${path}`)
}

/** Asks the app, as staff. */
export function staff<Answer>(path: string): Promise<Answer> {
  return ask(`/api${path}`, { headers: { Authorization: `Bearer ${token}` } })
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(path, init).catch(() => {
    throw new Error('The service does not answer. Is it still running?')
  })
  const body = (await answer.json().catch(() => ({}))) as Answer & { error?: string }
  if (answer.ok) return body
  throw new Error(body.error ?? `${path} answered ${answer.status}`)
}
