import { Buffer } from 'node:buffer'
import * as z from 'zod'
import { waitAsked } from './retry-after.ts'

/** How Twilio's REST API is reached. */
export interface TwilioAccount {
  accountSid: string
  /** An API key, else the account's own SID. */
  username: string
  /** The key's secret, else the account's token; two while one replaces the other. */
  passwords: readonly string[]
  apiUrl: string
}

/** What may be worth another try, after so many milliseconds at the earliest. */
export interface Later {
  retry: true
  after?: number
  /** What an operator has to mend, where the fault is ours. */
  ours?: string
}

/** What became of one text: Twilio's id for it, or why it was refused, with Twilio's code. */
export type Sent = { sid: string } | { refused: string; code?: string } | Later

export interface Text {
  to: string
  from: string
  body: string
  statusCallback: string
}

/** One text as Twilio keeps it. */
export interface Copy {
  sid: string
  body: string
  /** inbound, outbound-api or outbound-reply. */
  direction: string
  status: string
  /** Milliseconds. */
  createdAt: number
  code?: string
  /** How many pictures and the like came with it. */
  media?: number
}

/** The part of Twilio's message resource that we use. Every call is bounded in time. */
export interface TwilioTexts {
  send: (text: Text) => Promise<Sent>
  /** Texts between two numbers, one way, created at or after an instant in milliseconds; newest first. */
  list: (way: { from: string; to: string }, since: number) => Promise<readonly Copy[] | Later>
  /** Deletes Twilio's copy, pictures first. `not-yet` while it is on its way: Twilio deletes only what is final. */
  remove: (copy: Pick<Copy, 'sid' | 'media'>) => Promise<'gone' | 'not-yet' | Later>
  removeRecording: (sid: string) => Promise<'gone' | Later>
}

/** Twilio's message resource over fetch. https://www.twilio.com/docs/messaging/api/message-resource */
export function twilioTexts(account: TwilioAccount): TwilioTexts {
  const messages = `/2010-04-01/Accounts/${account.accountSid}/Messages`
  return {
    async send({ to, from, body, statusCallback }) {
      const form = { To: to, From: from, Body: body, StatusCallback: statusCallback }
      const answer = await ask(account, 'POST', `${messages}.json`, form)
      const taken = sent.safeParse(answer.json)
      if (answer.ok) return taken.success ? { sid: taken.data.sid } : AMBIGUOUS
      return later(answer) ?? refusal(answer)
    },
    list: (way, since) => {
      if (way.from === '' || way.to === '')
        throw new Error('a list of everybody is never asked for')
      return list(account, `${messages}.json`, way, since)
    },
    async remove({ sid, media = 0 }) {
      const pictures = media > 0 ? await removeMedia(account, `${messages}/${sid}/Media`) : 'gone'
      if (pictures !== 'gone') return pictures
      return removed(await ask(account, 'DELETE', `${messages}/${sid}.json`)) ?? 'not-yet'
    },
    async removeRecording(sid) {
      const path = `/2010-04-01/Accounts/${account.accountSid}/Recordings/${sid}.json`
      return removed(await ask(account, 'DELETE', path)) ?? AMBIGUOUS
    },
  }
}

/** Twilio waits as long as we do; nobody has longer. */
const TIMEOUT_MS = 8000
/** Twilio may have taken it all the same: time for its list to know. */
const AMBIGUOUS: Later = { retry: true, after: 2000 }
const PAGE = 100
/** More texts to one person in a few hours than anybody is sent. */
const MOST_PAGES = 20

const sent = z.object({ sid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i) })
const listed = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      body: z.string().nullable(),
      direction: z.string(),
      status: z.string(),
      date_created: z.string().nullable(),
      error_code: z.coerce.string().nullable().catch(null),
      num_media: z.coerce.number().catch(0),
    })
  ),
  next_page_uri: z.string().nullable().catch(null),
})
const attached = z.object({ media_list: z.array(z.object({ sid: z.string() })) })
const error = z.object({ code: z.coerce.string() })

/** Not by DateSent: what Twilio has taken and not yet sent has none, and that is what is looked for. */
async function list(
  account: TwilioAccount,
  path: string,
  { from, to }: { from: string; to: string },
  since: number
): Promise<readonly Copy[] | Later> {
  const found: Copy[] = []
  let page: string | null =
    `${path}?${new URLSearchParams({ To: to, From: from, PageSize: `${PAGE}` })}`
  for (let n = 0; page !== null && n < MOST_PAGES; n++) {
    const answer: Answer = await ask(account, 'GET', page)
    const { success, data } = listed.safeParse(answer.json)
    if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
    const copies = data.messages.map(copyOf)
    found.push(...copies.filter(({ createdAt }) => createdAt >= since))
    page = copies.some(({ createdAt }) => createdAt < since) ? null : data.next_page_uri
  }
  return found
}

type Listed = z.infer<typeof listed>['messages'][number]
const copyOf = ({
  sid,
  body,
  direction,
  status,
  date_created,
  error_code,
  num_media,
}: Listed): Copy => ({
  sid,
  body: body ?? '',
  direction,
  status,
  createdAt: Date.parse(date_created ?? '') || 0,
  media: num_media,
  ...(error_code !== null && error_code !== 'null' && { code: error_code }),
})

/** Deletes what came with a text. */
async function removeMedia(account: TwilioAccount, path: string): Promise<'gone' | Later> {
  const answer = await ask(account, 'GET', `${path}.json`)
  const { success, data } = attached.safeParse(answer.json)
  if (answer.status === 404) return 'gone'
  if (!answer.ok || !success) return later(answer) ?? AMBIGUOUS
  for (const { sid } of data.media_list) {
    const gone = removed(await ask(account, 'DELETE', `${path}/${sid}.json`)) ?? AMBIGUOUS
    if (gone !== 'gone') return gone
  }
  return 'gone'
}

function removed(answer: Answer): 'gone' | Later | undefined {
  return answer.ok || answer.status === 404 ? 'gone' : later(answer)
}

/** What Twilio answered. Status 0: nothing that could be read, so that it may have been done or not. */
interface Answer {
  ok: boolean
  status: number
  json: unknown
  /** Seconds. */
  wait: number | null
}

const codeOf = ({ json }: Answer) => error.safeParse(json).data?.code

function later({ ok, status, wait }: Answer): Later | undefined {
  const after = wait === null ? {} : { after: wait * 1000 }
  if (ok || status === 0 || status >= 500) return { ...AMBIGUOUS, ...after }
  if (status === 429) return { retry: true, ...after }
  if (status === 401 || status === 403)
    return {
      retry: true,
      ours: `Twilio refuses our key (${status}): see TWILIO_API_KEY and TWILIO_AUTH_TOKEN`,
    }
  return undefined
}

function refusal(answer: Answer): Sent {
  const code = codeOf(answer)
  return { refused: `Twilio ${answer.status}${code ? ` ${code}` : ''}`, ...(code && { code }) }
}

/** One request, and with the next password another where the first is refused: nothing was done by it. */
async function ask(
  account: TwilioAccount,
  method: string,
  path: string,
  form?: Record<string, string>
): Promise<Answer> {
  let answer: Answer = { ok: false, status: 401, json: null, wait: null }
  for (const password of account.passwords) {
    answer = await once(account, password, method, path, form)
    if (answer.status !== 401) return answer
  }
  return answer
}

async function once(
  { username, apiUrl }: TwilioAccount,
  password: string,
  method: string,
  path: string,
  form?: Record<string, string>
): Promise<Answer> {
  try {
    const response = await fetch(apiUrl.replace(/\/$/, '') + path, {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'application/json',
        Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { ok, status, headers } = response
    const text = await response.text()
    return { ok, status, json: parsed(text), wait: waitAsked(headers.get('Retry-After')) }
  } catch {
    return { ok: false, status: 0, json: null, wait: null }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
