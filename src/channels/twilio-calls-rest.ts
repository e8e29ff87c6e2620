import * as z from 'zod'
import { deskPhoneWords, unringable } from '../record/ringing.ts'
import {
  AMBIGUOUS,
  type Answer,
  ask,
  codeOf,
  type Form,
  type Later,
  later,
  refusal,
  type Sent,
  type TwilioAccount,
} from './twilio-ask.ts'
import type { Changed, Ringing, TwilioCalls } from './twilio-calls.ts'

/**
 * Twilio's call, conference and participant resources over fetch.
 * https://www.twilio.com/docs/voice/api/call-resource and /docs/voice/api/conference-participant-resource
 */
export function twilioCalls(account: TwilioAccount): TwilioCalls {
  const at = (rest: string) => `/2010-04-01/Accounts/${account.accountSid}/${rest}.json`
  const change = async (path: string, form?: Form) =>
    changed(await ask(account, form ? 'POST' : 'DELETE', at(path), form))
  return {
    ring: (call) => ring(account, at('Calls'), call),
    find: (to, since) => find(account, at('Calls'), to, since),
    move: (sid, url) => ofCall(sid, () => change(`Calls/${sid}`, { Url: url, Method: 'POST' })),
    end: (sid) => ofCall(sid, () => change(`Calls/${sid}`, { Status: 'completed' })),
    participants: async (name) => {
      const conference = await live(account, at('Conferences'), name)
      if (typeof conference !== 'string') return conference
      if (conference === '') return { conference, participants: [] }
      return within(account, conference, at(`Conferences/${conference}/Participants`))
    },
    change: (conference, call, { remove, ...to }) => {
      if (!CONFERENCE.test(conference)) return Promise.resolve('gone')
      const path = `Conferences/${conference}/Participants/${call}`
      return ofCall(call, () => change(path, remove ? undefined : participantForm(to)))
    },
    close: (conference) =>
      CONFERENCE.test(conference)
        ? change(`Conferences/${conference}`, { Status: 'completed' })
        : Promise.resolve('gone'),
  }
}

const CALL = /^CA[0-9a-f]{32}$/i
const CONFERENCE = /^CF[0-9a-f]{32}$/i
const CLIENT = /^client:[\w.@-]{1,100}$/
const PAGE = 100
/** More calls to one person, or people in one call, than there ever are. */
const MOST_PAGES = 5
/** A call that is over cannot be changed. https://www.twilio.com/docs/api/errors/21220 */
const NOT_IN_PROGRESS = '21220'

/** An id that Twilio would not know is never sent: it could be any path. */
const ofCall = (sid: string, work: () => Promise<Changed>): Promise<Changed> =>
  CALL.test(sid) ? work() : Promise.resolve('gone')

const rung = z.object({ sid: z.string().regex(CALL) })
const page = { next_page_uri: z.string().nullable().catch(null) }
const calls = z.object({
  calls: z.array(
    z.object({
      sid: z.string(),
      status: z.string(),
      direction: z.string().nullable(),
      date_created: z.string().nullable(),
    })
  ),
  ...page,
})
const conferences = z.object({
  conferences: z.array(z.object({ sid: z.string().regex(CONFERENCE), status: z.string() })),
})
const participants = z.object({
  participants: z.array(
    z.object({
      call_sid: z.string(),
      label: z.string().nullable(),
      hold: z.boolean(),
      muted: z.boolean(),
      status: z.string(),
    })
  ),
  ...page,
})

async function ring(account: TwilioAccount, path: string, call: Ringing): Promise<Sent> {
  const { to, from, url, statusCallback, timeout } = call
  const why = CLIENT.test(to) ? null : unringable(to)
  if (why) return { refused: why === 'desk-phone' ? deskPhoneWords() : NOT_HERE, code: why }
  const answer = await ask(account, 'POST', path, {
    To: to,
    From: from,
    Url: url,
    Method: 'POST',
    Timeout: String(timeout),
    StatusCallback: statusCallback,
    StatusCallbackMethod: 'POST',
    StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  })
  const taken = rung.safeParse(answer.json)
  if (answer.ok) return taken.success ? { sid: taken.data.sid } : AMBIGUOUS
  return later(answer) ?? refusal(answer)
}

const NOT_HERE = 'Only UK numbers that cost no more than a call are rung'

/** Not by StartTime: what rings still has none, and that is what is looked for. Twilio keeps whole seconds. */
async function find(account: TwilioAccount, path: string, to: string, since: number) {
  if (to === '') throw new Error('a list of everybody is never asked for')
  const from = Math.floor(since / 1000) * 1000
  const query = new URLSearchParams({ To: to, PageSize: `${PAGE}` })
  const listed = await pages(account, `${path}?${query}`, calls)
  if ('retry' in listed) return listed
  return listed
    .flatMap((each) => each.calls)
    .filter(({ direction }) => direction === 'outbound-api')
    .map(({ sid, status, date_created }) => ({
      sid,
      status,
      startedAt: Date.parse(date_created ?? '') || 0,
    }))
    .filter(({ startedAt }) => startedAt >= from)
}

/** The conference of this name that is not over; empty where there is none. One that nobody has joined yet is `init`. */
async function live(account: TwilioAccount, path: string, name: string): Promise<string | Later> {
  const query = new URLSearchParams({ FriendlyName: name, PageSize: `${PAGE}` })
  const answer = await ask(account, 'GET', `${path}?${query}`)
  const { success, data } = conferences.safeParse(answer.json)
  if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
  return data.conferences.find(({ status }) => status !== 'completed')?.sid ?? ''
}

async function within(account: TwilioAccount, conference: string, path: string) {
  const listed = await pages(account, `${path}?PageSize=${PAGE}`, participants)
  if ('retry' in listed) return listed
  const everybody = listed.flatMap((each) => each.participants)
  return {
    conference,
    participants: everybody
      .filter(({ status }) => status !== 'complete' && status !== 'failed')
      .map(({ call_sid: call, label, hold, muted }) => ({ call, label: label ?? '', hold, muted })),
  }
}

/** Every page of a list. What is not there has nobody in it. */
async function pages<Shape extends z.ZodType<{ next_page_uri: string | null }>>(
  account: TwilioAccount,
  first: string,
  shape: Shape
): Promise<z.infer<Shape>[] | Later> {
  const found: z.infer<Shape>[] = []
  for (let next: string | null = first; next !== null && found.length < MOST_PAGES; ) {
    const answer: Answer = await ask(account, 'GET', next)
    if (answer.status === 404) return found
    const { success, data } = shape.safeParse(answer.json)
    if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
    found.push(data)
    next = data.next_page_uri
  }
  return found
}

function participantForm(to: { hold?: boolean; holdUrl?: string; muted?: boolean }): Form {
  const { hold, holdUrl, muted } = to
  return {
    ...(hold !== undefined && { Hold: String(hold) }),
    ...(hold && holdUrl && { HoldUrl: holdUrl, HoldMethod: 'POST' }),
    ...(muted !== undefined && { Muted: String(muted) }),
  }
}

function changed(answer: Answer): Changed {
  if (answer.status >= 200 && answer.status < 300) return 'done'
  if (answer.status === 404 || codeOf(answer) === NOT_IN_PROGRESS) return 'gone'
  return later(answer) ?? refusal(answer)
}
