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

/** What became of a text or a call: Twilio's id for it, or why it was refused, with Twilio's code. */
export type Sent = { sid: string } | { refused: string; code?: string } | Later

/** Twilio waits as long as we do; nobody has longer. */
const TIMEOUT_MS = 8000
/** Twilio may have taken it all the same: time for its list to know. */
export const AMBIGUOUS: Later = { retry: true, after: 2000 }

const error = z.object({ code: z.coerce.string() })

/** What Twilio answered. Status 0: nothing that could be read, so that it may have been done or not. */
export interface Answer {
  ok: boolean
  status: number
  json: unknown
  /** Seconds. */
  wait: number | null
}

/** Twilio's code for a refusal. */
export const codeOf = ({ json }: Answer) => error.safeParse(json).data?.code

/** Whether it may be tried again: undefined where it was taken, or refused for good. */
export function later({ ok, status, wait }: Answer): Later | undefined {
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

/** A refusal for good, with Twilio's code. */
export function refusal(answer: Answer): { refused: string; code?: string } {
  const code = codeOf(answer)
  return { refused: `Twilio ${answer.status}${code ? ` ${code}` : ''}`, ...(code && { code }) }
}

/** What a request names. A list is sent as the same name several times, as Twilio's API file says of its arrays. */
export type Form = Readonly<Record<string, string | readonly string[]>>

/** One request, and with the next password another where the first is refused: nothing was done by it. */
export async function ask(
  account: TwilioAccount,
  method: string,
  path: string,
  form?: Form
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
  form?: Form
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
      ...(form && { body: new URLSearchParams(pairsOf(form)).toString() }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { ok, status, headers } = response
    const text = await response.text()
    return { ok, status, json: parsed(text), wait: waitAsked(headers.get('Retry-After')) }
  } catch {
    return { ok: false, status: 0, json: null, wait: null }
  }
}

const pairsOf = (form: Form): [string, string][] =>
  Object.entries(form).flatMap(([name, given]) =>
    [given].flat().map((value) => [name, value] as [string, string])
  )

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** What became of something that was to go; what is not there has gone. */
export function removed(answer: Answer): 'gone' | Later | undefined {
  return answer.ok || answer.status === 404 ? 'gone' : later(answer)
}
