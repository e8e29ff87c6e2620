import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Door, openDoor } from '../../src/node.ts'
import { LEWISHAM, post, type Reply, type Target } from './client.ts'
import { childDoor } from './door.ts'
import type { Rig } from './rig.ts'
import { TENANT } from './world/teams.ts'
import type { Call } from './world/twilio-lines.ts'
import { openWorld, type World } from './world/world.ts'

/** The sample navigators of Lewisham: Farah and Gwen have numbers of their own, Hari a softphone alone. */
export const ENTRA = {
  farah: '00000000-0000-4000-9000-000000020001',
  gwen: '00000000-0000-4000-9000-000000020002',
  hari: '00000000-0000-4000-9000-000000020003',
  ines: '00000000-0000-4000-9000-000000020004',
} as const
export type Who = keyof typeof ENTRA
export const ROOM = '19:lewisham-navigators@thread.tacv2'
/** The cover of Lewisham by day. */
export const COVER = '+442079460110'
/** A Tuesday afternoon, when everybody is there. */
const AFTERNOON = '2026-11-24T14:20:00Z'
const ACCOUNT = `AC${'0'.repeat(32)}`

const hex = () => randomBytes(16).toString('hex')
export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A live door in this process, whose neighbours are stand-ins and whose clock a run may move; and the people round it. */
export interface Staffed extends Target {
  world: World
  door: Door
  staff: (who: Who) => Member
  rings: (from?: string) => Promise<Caller>
  writes: (from: string, words: string) => Promise<Reply>
  /** Sends everything that reached the door once more, byte for byte: in its order, or from last to first. */
  again: (order?: 'backwards') => Promise<number[]>
  /** Moves the clock on, and lets it run. */
  pass: (duration: string) => void
  /** Waits until it is so; false where it never was. */
  until: (so: () => boolean | Promise<boolean>, ms?: number) => Promise<boolean>
  /** Answers what Twilio was asked to ring, as somebody who presses these keys; what they heard last. */
  answers: (call: Call, keys?: string) => Promise<string>
  /** Twilio tells who came into, or left, the conference of a contact. */
  tells: (contact: string, event: 'join' | 'leave', label: string, call: string) => Promise<number>
  /** How often a fault of this part and code was told to operators. */
  alerts: (part: string, code: string) => Promise<number>
  api: <T>(path: string) => Promise<T>
  /** The one contact of a number, with its timeline. */
  contactOf: (from: string) => Promise<Seen>
}

export interface Seen {
  id: string
  ref: string
  status: string
  clocks: { name: string; code: string; owner: string; state: string }[]
  timeline: { at: string; kind: string; heard?: string; detail?: Record<string, unknown> }[]
}

/** Somebody of the staff in Teams, as the stand-in has them. */
export interface Member {
  /** Their own chat's id. */
  chat: string
  /** `serviceUrl`: from there, and from then on. */
  say: (text: string, serviceUrl?: string) => Promise<number>
  /** The newest state of each card in their chat, oldest first. */
  cards: () => Card[]
  /** Presses a button; the words or the title of the card that came back. */
  press: (card: Card, act: string, fields?: Record<string, unknown>) => Promise<string>
  /** Says hello and begins a shift. */
  start: () => Promise<void>
}

export interface Card {
  sid: string
  text: string
  /** By what they do: accept, decline, hold:true. */
  presses: Record<string, Record<string, unknown>>
}

export interface Caller {
  from: string
  call: string
  /** The TwiML of the last answer. */
  heard: () => string
  /** Presses keys, or is silent for ''. The new TwiML. */
  keys: (digits: string) => Promise<string>
  /** The number dialled to end: answered, or not. */
  dialled: (status: string) => Promise<string>
  goto: (path: string) => Promise<string>
  hangUp: () => Promise<Reply>
}

let houses = 0

/** Opens it. `env` goes over the settings of a live door. */
export async function openStaffed(rig: Rig, env: Record<string, string> = {}): Promise<Staffed> {
  const world = await openWorld(rig.random)
  rig.after(world.close)
  const folder = join(rig.folder, `staffed-${houses++}`)
  const child = await childDoor({ world, folder, without: ['translate'], env })
  const { publicUrl, port, token } = child
  const door = await openDoor({ ...child.env, LOG_LEVEL: 'silent' })
  rig.after(door.close)
  door.clock.set(AFTERNOON)
  door.clock.run()
  const at: Target = { publicUrl, port, token }
  const sent: (() => Promise<number>)[] = []
  /** Everything that Twilio sends: remembered, so that it can be sent again. */
  const tell: Tell = async (path, form) => {
    const send = () => post(at, path, form)
    sent.push(async () => (await send()).status)
    return send()
  }
  const press = async (activity: Record<string, unknown>) => {
    const authorization = await world.teams.bearer(activity.serviceUrl as string | undefined)
    const send = () =>
      fetch(`${publicUrl}/api/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: authorization },
        body: JSON.stringify(activity),
      })
    sent.push(async () => {
      const { status, body } = await send()
      await body?.cancel()
      return status
    })
    return send()
  }
  const told = telling(world, at, tell)
  return {
    ...at,
    world,
    door,
    ...told,
    api: child.api,
    async again(order) {
      const statuses: number[] = []
      for (const one of order ? sent.toReversed() : [...sent]) statuses.push(await one())
      return statuses
    },
    staff: (who) => member(world, press, who),
    rings: (from = landline()) => caller(tell, from),
    writes: (from, Body) =>
      tell('/twilio/sms', {
        ...{ AccountSid: ACCOUNT, MessageSid: `SM${hex()}`, From: from, To: LEWISHAM },
        ...{ Body, NumMedia: '0' },
      }),
    pass(duration) {
      door.clock.advance(duration)
      door.clock.run()
    },
    until,
    alerts: async (part, code) => {
      const headers = { Authorization: `Bearer ${child.env.STAFF_TOKEN}` }
      const text = await (await fetch(`${publicUrl}/metrics`, { headers })).text()
      const line = new RegExp(
        `^door_faults_total\\{[^}]*part="${part}"[^}]*code="${code}"[^}]*\\} (\\d+)`,
        'm'
      )
      return Number(line.exec(text)?.[1] ?? 0)
    },
    async contactOf(from) {
      const page = await child.api<{ contacts: { ref: string }[] }>(
        `contacts?phone=${encodeURIComponent(from)}`
      )
      return child.api<Seen>(`contacts/${page.contacts[0]?.ref}`)
    },
  }
}

async function until(so: () => boolean | Promise<boolean>, ms = 10_000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(20))
    if (await so()) return true
  return so()
}

let last = 0
/** A landline that nobody has: Ofcom's drama range. */
export const landline = () => `+441632960${String(last++ % 1000).padStart(3, '0')}`
/** A mobile that nobody has. */
export const mobile = (n: number) => `+4477009${String(30_000 + n).padStart(5, '0')}`

type Tell = (path: string, form: Record<string, string>) => Promise<Reply>

function telling(world: World, at: Target, tell: Tell): Pick<Staffed, 'answers' | 'tells'> {
  let told = 0
  return {
    async answers(call, keys = '1') {
      const base = { AccountSid: ACCOUNT, CallSid: call.sid, From: call.from, To: call.to }
      const path = (url: string) => url.replace(at.publicUrl, '')
      call.status = 'in-progress'
      const first = await tell(path(call.url), { ...base, CallStatus: 'in-progress' })
      const next = actionOf(first.body)
      if (!next?.includes('/leg/said')) return first.body
      return (await tell(next, { ...base, CallStatus: 'in-progress', Digits: keys })).body
    },
    async tells(contact, event, label, call) {
      const form = {
        AccountSid: ACCOUNT,
        ConferenceSid: `CF${'0'.repeat(32)}`,
        FriendlyName: contact,
        StatusCallbackEvent: `participant-${event}`,
        SequenceNumber: String(++told),
        CallSid: call,
        ParticipantLabel: label,
      }
      if (event === 'join') world.twilio.lines.confer(contact, [{ label, call }])
      return (await tell(`/twilio/status/conference?h=${contact}`, form)).status
    },
  }
}

const unescaped = (text: string) => text.replaceAll('&amp;', '&')
/** Where Twilio goes on after this document. */
const actionOf = (twiml: string) => {
  const found = /<(?:Gather|Dial)[^>]* action="([^"]+)"/.exec(twiml)?.[1]
  return found === undefined ? undefined : unescaped(found)
}

async function caller(tell: Tell, from: string): Promise<Caller> {
  const call = `CA${hex()}`
  const base = {
    ...{ AccountSid: ACCOUNT, ApiVersion: '2010-04-01', CallSid: call, Direction: 'inbound' },
    ...{ CallStatus: 'in-progress', From: from, To: LEWISHAM },
  }
  let body = (await tell('/twilio/voice', base)).body
  const go = async (path: string, more: Record<string, string> = {}) => {
    body = (await tell(path, { ...base, ...more })).body
    return body
  }
  const next = () => actionOf(body) ?? '/twilio/voice/turn'
  return {
    from,
    call,
    heard: () => body,
    keys: (Digits) => go(next(), Digits === '' ? {} : { Digits }),
    dialled: (DialCallStatus) => go(next(), { DialCallStatus }),
    goto: (path) => go(path),
    hangUp: () => tell('/twilio/status', { ...base, CallStatus: 'completed' }),
  }
}

type Press = (activity: Record<string, unknown>) => Promise<Response>

function member({ teams, ledger }: World, deliver: Press, who: Who): Member {
  const chat = `a:${who}`
  const from = { id: `29:${who}`, name: who, aadObjectId: ENTRA[who] }
  async function send(activity: Record<string, unknown>) {
    const response = await deliver(activity)
    const text = await response.text()
    return { status: response.status, json: text ? JSON.parse(text) : null }
  }
  let where = {}
  const self: Member = {
    chat,
    async say(text, serviceUrl) {
      if (serviceUrl !== undefined) where = { serviceUrl }
      return (await send({ ...teams.message(who, text), from, ...where })).status
    },
    cards: () => cardsIn(ledger.effects, chat),
    async press({ presses }, act, fields = {}) {
      if (!presses[act]) throw new Error(`no ${act} among ${Object.keys(presses)}`)
      const data = { ...presses[act], ...fields }
      const action = { type: 'Action.Execute', id: act, verb: 'staff', data }
      const { text: _, textFormat: __, ...rest } = teams.message(who, '')
      const pressed = {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value: { action, trigger: 'manual' },
      }
      const { status, json } = await send({ ...rest, from, ...where, ...pressed })
      return status === 200 ? wordsOf(json?.value) : `status ${status}`
    },
    async start() {
      await self.say('hello')
      const card = self.cards().findLast(({ presses }) => presses['shift:start'])
      if (!card) throw new Error(`${who} was shown no shift`)
      await self.press(card, 'shift:start')
    },
  }
  return self
}

const wordsOf = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '')

/** The cards of one chat as they stand now, by what was sent and changed. */
export function cardsIn(effects: World['ledger']['effects'], chat: string): Card[] {
  const standing = new Map<string, string>()
  for (const { kind, sid, to, body = '' } of effects)
    if (to === chat && (kind === 'message' || kind === 'message-changed')) standing.set(sid, body)
  return [...standing].flatMap(([sid, body]) => {
    if (!body.includes('AdaptiveCard')) return []
    const whole = JSON.parse(body) as unknown
    const attachments = (
      Array.isArray(whole) ? whole : (whole as { attachments: unknown }).attachments
    ) as {
      content: object
    }[]
    const content = attachments[0]?.content ?? {}
    return [{ sid, text: JSON.stringify(content), presses: pressesIn(content) }]
  })
}

/** Every button of a card with its data, wherever in the card it stands. */
function pressesIn(node: unknown, found: Card['presses'] = {}): Card['presses'] {
  if (Array.isArray(node)) for (const one of node) pressesIn(one, found)
  else if (node && typeof node === 'object') {
    const { type, data } = node as { type?: string; data?: { act?: Record<string, unknown> } }
    const act = data?.act
    if (type === 'Action.Execute' && data && act) {
      const more = act.to ?? act.on ?? act.answer ?? act.what
      found[more === undefined ? String(act.do) : `${act.do}:${more}`] = data
    }
    for (const one of Object.values(node)) pressesIn(one, found)
  }
  return found
}

/** Somebody in Teams of another organisation, for what strangers try. */
export const STRANGER = { tenant: '99999999-9999-4999-8999-999999999999', own: TENANT } as const
