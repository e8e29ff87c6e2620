import twilio from 'twilio'
import { DoorError } from '../errors.ts'

/** How Twilio's REST API is reached. */
export interface TwilioAccount {
  accountSid: string
  /** An API key pair where there is one, else the account's own token. */
  username: string
  password: string
  apiUrl: string
}

/** What became of one text: Twilio's id for it, or why it was refused. */
export type Sent = { sid: string } | { refused: string } | { retry: true; after?: number }

/** Twilio waits 30 seconds by default; nobody on a call has that long. */
const TIMEOUT_MS = 8000

/** Sends text messages. Bounded in time; says whether trying again could help. */
export function textSender(account: TwilioAccount) {
  const client = twilio(account.username, account.password, {
    accountSid: account.accountSid,
    httpClient: { request: (options: Asked) => ask(account, options) } as never,
  })
  return async function sendText(text: {
    to: string
    from: string
    body: string
    statusCallback: string
  }): Promise<Sent> {
    try {
      const { sid } = await client.messages.create(text)
      return { sid }
    } catch (error) {
      const { status, code } = error as { status?: number; code?: number }
      if (status === 429 || status === undefined || status >= 500) return { retry: true }
      return { refused: `Twilio ${status}${code ? ` ${code}` : ''}` }
    }
  }
}

interface Asked {
  method: string
  uri: string
  username?: string
  password?: string
  headers?: Record<string, string>
  params?: Record<string, string>
  data?: Record<string, string>
}

/** Twilio's own client over fetch, with a deadline, and pointed where the settings say. */
async function ask(account: TwilioAccount, { method, uri, headers, data, params }: Asked) {
  const { pathname, search } = new URL(uri)
  const url = new URL(account.apiUrl.replace(/\/$/, '') + pathname + search)
  for (const [name, value] of Object.entries(params ?? {})) url.searchParams.set(name, value)
  const basic = Buffer.from(`${account.username}:${account.password}`).toString('base64')
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...headers,
        Authorization: `Basic ${basic}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      ...(data && { body: new URLSearchParams(data) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return {
      statusCode: response.status,
      body: await response.json(),
      headers: Object.fromEntries(response.headers),
    }
  } catch (cause) {
    throw new DoorError('neighbour-down', 'Twilio did not answer', true, { cause })
  }
}
