import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { Log } from '../observe.ts'
import { teamsKeys } from '../security/teams-keys.ts'
import { botTokens } from '../security/teams-login.ts'
import { teamsToken } from '../security/teams-token.ts'
import { teamsUrls } from '../security/teams-urls.ts'
import type { StoredReply } from '../store/contract.ts'
import { card } from '../words/card.ts'
import type { Guard } from './breaker.ts'
import type { Arrived, Reply, TakeTurn } from './inbound.ts'
import {
  changeOf,
  heardIn,
  isRemoval,
  readActivity,
  type Sender,
  senderOf,
  type TeamsActivity,
  type TeamsReference,
  tenantOf,
} from './teams-activity.ts'
import { type Cards, SERVICE_URL, teamsCards } from './teams-cards.ts'
import { outgoingShape, type Send, type TeamsMessage, teamsSend } from './teams-send.ts'
import { isStaffData, NOT_DONE, type StaffPort } from './teams-staff.ts'
import {
  executed,
  type InvokeAnswer,
  invokeWords,
  plainMessage,
  staffHearing,
} from './teams-staff-hear.ts'
import { isNamed } from './teams-words.ts'

const MOST_BYTES = 64 * 1024
/** Webhooks whose replies are remembered as sent. */
const REMEMBERED = 10_000
const CARD = 'application/vnd.microsoft.card.adaptive'

/** What the Teams channel is made of. */
export interface TeamsOptions {
  appId: string
  appPassword: string
  tenantId?: string | undefined
  /** Whole addresses, for the simulator and tests; Microsoft's own by default. */
  openIdUrl?: string | undefined
  loginUrl?: string | undefined
  /** Where we write first, before anybody has written to us. */
  serviceUrl?: string | undefined
  /** The place a Microsoft tenant belongs to. */
  tenants: (tenantId: string) => string | undefined
  /** The 999 words, for someone no place of ours serves. */
  unknownTenant: () => string
  /** The words on the button for a person. */
  personButton?: (lang: string) => string
  /** The id, on the roster of this place, of whoever has this Microsoft Entra object id. */
  staff?: (place: string, entra: string) => string | undefined
  /** Carries out what staff do. Without it they are answered like anyone else. */
  staffDid?: StaffPort
  /** The bot was taken out of a team of this place: what it holds in rooms may have to move. */
  removed?: (place: string) => Promise<void>
  /** Told of everyone who reached us, so that they can be written to later. The newest address is the one to keep. */
  met?: (sender: Sender) => void | Promise<void>
  /** Takes over a reply that Teams did not take: without it Teams is told, and may send the message again. */
  undelivered?: (reference: TeamsReference, messages: readonly TeamsMessage[]) => Promise<void>
  log: Log
  /** Round what is asked of Teams. */
  guard?: Guard
  /** Loads the Bot Framework when it is first needed. */
  lazy?: boolean
}

/** Teams over the Bot Framework. Translates only: it knows Teams's words and ours, and no triage. */
export function teams(
  takeTurn: TakeTurn,
  options: TeamsOptions
): { app: Hono; send: Send; cards: Cards } {
  const { appId, appPassword, log } = options
  if (!appPassword) throw new DoorError('bad-config', 'MICROSOFT_APP_PASSWORD is missing', false)
  const urls = teamsUrls(options)
  const { mayCall } = urls
  const verify = teamsToken({ appId, keys: teamsKeys({ openId: urls.openId, log }), mayCall })
  const tokens = botTokens({ url: urls.token, appId, appPassword })
  const sending = teamsSend({ appId, tokens, mayCall, lazy: options.lazy ?? false })
  const { guard } = options
  const send: Send = guard ? (...given) => guard(() => sending(...given)) : sending
  const cards = teamsCards({ send, serviceUrl: options.serviceUrl ?? SERVICE_URL })
  const met = (sender: Sender) => {
    cards.met(sender)
    return options.met?.(sender)
  }
  const hear = hearing(takeTurn, { ...options, met }, delivery(send, options))
  const app = new Hono()
    .use(
      bodyLimit({ maxSize: MOST_BYTES, onError: (c) => c.body(null, 413, { Connection: 'close' }) })
    )
    .post('/', async (c) => {
      if (!/^application\/json\s*(;|$)/i.test(c.req.header('Content-Type') ?? ''))
        return c.body(null, 415)
      if (c.req.header('Content-Encoding')) return c.body(null, 415)
      const body = await c.req.text() // outside the try: the limit's own error becomes 413
      try {
        const activity = readActivity(body)
        await verify(c.req.header('Authorization'), activity)
        const answer = await hear(activity, body)
        return answer ? c.json(answer) : c.body(null, 200)
      } catch (error) {
        return new Response(null, { status: statusOf(error, log) })
      }
    })
    .all('/', (c) => c.body(null, 405, { Allow: 'POST' }))
  return { app, send, cards }
}

/** The status for a failure. Its text stays in the log: a sender learns only whose fault it was. */
function statusOf(error: unknown, log: Log): 400 | 401 | 500 | 503 {
  if (!(error instanceof DoorError)) {
    log.error({ part: 'teams', code: 'unknown' }, 'A Teams message failed')
    return 500
  }
  const fault = `${error.code}: ${error.message}`
  log.warn({ part: 'teams', code: error.code, fault }, 'A Teams message was not served')
  if (error.code === 'bad-input') return 400
  if (error.code === 'not-allowed') return 401
  return error.retry ? 503 : 500
}

type Deliver = (sender: Sender, messages: readonly TeamsMessage[]) => Promise<void>

function hearing(takeTurn: TakeTurn, options: TeamsOptions, deliver: Deliver) {
  const { tenants, staff, staffDid, unknownTenant, log } = options
  const hearStaff = staffDid && staffHearing({ staffDid, deliver, log })
  return async function hear(activity: TeamsActivity, body: string): Promise<InvokeAnswer | null> {
    const pressed = executed(activity)
    const heard = heardIn(activity)
    const removed = isRemoval(activity)
    const changed = changeOf(activity) !== null
    if (!pressed && !heard && !removed && !changed) return null
    if (removed) {
      // Teams may say it in the bot's own name: nobody need have sent it.
      const place = tenants(tenantOf(activity))
      if (place !== undefined) await options.removed?.(place)
      return null
    }
    const sender = senderOf(activity, body)
    const place = tenants(sender.tenant)
    if (changed && place === undefined) return null
    if (place === undefined) {
      log.warn({ part: 'teams', code: 'unknown-tenant' }, strangers(sender.tenant))
      if (pressed) return invokeWords(NOT_DONE.elsewhere)
      await deliver(sender, [plainMessage(`${unknownTenant()}\n\nThis bot does not serve you.`)])
      return null
    }
    await meet(sender, options)
    const who = sender.aadObjectId ? staff?.(place, sender.aadObjectId) : undefined
    if (hearStaff && who !== undefined) return hearStaff(activity, sender, { place, staff: who })
    if (changed) return null
    if (pressed) return invokeWords(NOT_DONE.stranger)
    if (isStaffData(activity.value)) await deliver(sender, [plainMessage(NOT_DONE.stranger)])
    else if (sender.shared) {
      // What someone says of their health is not answered where others read along, and what names no bot is not for us.
      if (isNamed(activity)) await deliver(sender, [plainMessage(unknownTenant())])
    } else if (heard) await deliver(sender, await answered(takeTurn, options, sender, heard))
    return null
  }
}

/** The turn of someone who is no staff: the messages that answer it. */
async function answered(
  takeTurn: TakeTurn,
  options: TeamsOptions,
  sender: Sender,
  heard: Arrived
): Promise<readonly TeamsMessage[]> {
  const { webhook, tenant: to, from, conversation } = sender
  const reach = { ...sender.reference }
  const inbound = { channel: 'teams', webhook, to, from, conversation, reach, heard } as const
  const reply = await takeTurn(inbound, rendering(options))
  return z.array(outgoingShape).parse(JSON.parse(reply.body))
}

/** Keeping an address must not cost anyone their answer. */
async function meet(sender: Sender, { met, log }: TeamsOptions): Promise<void> {
  try {
    await met?.(sender)
  } catch (error) {
    const fault = error instanceof DoorError ? error.code : 'unknown'
    log.error({ part: 'teams', fault }, 'Where to write to someone in Teams was not kept')
  }
}

// A tenant is named in the log only when it has the form of one.
const strangers = (tenant: string) =>
  `No place has the Teams tenant ${/^[\da-f-]{36}$/i.test(tenant) ? tenant : '(none)'}`

/** A reply as the JSON of the messages to send: one card, or nothing. */
const rendering =
  ({ personButton }: TeamsOptions) =>
  (reply: Reply): StoredReply => {
    const shown = card(reply, personButton?.(reply.lang))
    const nothing = reply.silent || (reply.parts.length === 0 && reply.choices.length === 0)
    const message: TeamsMessage = {
      type: 'message',
      locale: reply.lang,
      // Not `text`: Teams would show it above the card, and every question twice.
      summary: shown.text,
      attachments: [{ contentType: CARD, content: { ...shown.card } }],
    }
    const body = JSON.stringify(nothing ? [] : [message])
    return { status: 200, type: 'application/json', body }
  }

/**
 * Sends a reply once per webhook, also when the webhook comes again while it is being sent. What was sent is remembered in
 * this process only: a webhook repeated after a restart, or to another process, gets its reply a second time.
 */
function delivery(send: Send, { undelivered, log }: TeamsOptions): Deliver {
  const sent = new Map<string, Promise<void>>()

  async function attempt({ reference }: Sender, messages: readonly TeamsMessage[]) {
    try {
      for (const message of messages) await send(reference, message)
    } catch (error) {
      if (!(error instanceof DoorError)) throw error
      const { code, message: fault } = error
      log.error({ part: 'teams', code, fault }, 'A Teams reply was not delivered')
      // Gone for good: the same message sent again would find no one either.
      if (code === 'not-found') return
      if (!undelivered) throw error
      await undelivered(reference, messages)
    }
  }

  return function deliver(sender, messages) {
    const { webhook } = sender
    const before = sent.get(webhook)
    if (before) return before
    const now = attempt(sender, messages)
    sent.set(webhook, now)
    now.catch(() => sent.delete(webhook))
    const oldest = sent.size > REMEMBERED ? sent.keys().next().value : undefined
    if (oldest !== undefined) sent.delete(oldest)
    return now
  }
}
