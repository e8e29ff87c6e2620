import * as z from 'zod'
import { DoorError } from '../errors.ts'

const SCOPE = 'https://api.botframework.com/.default'
const TIMEOUT = 3_000
const MARGIN = 300_000

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().min(0) })

/** The bot's own token, for what it sends. */
export interface BotTokens {
  get(): Promise<string>
  /** Says that this token was refused, so that the next `get` asks for another. */
  forget(token: string): void
}

/** Signs the bot in with its password: one request at a time, at most 3 s, kept until five minutes before it ends. */
export function botTokens(parts: {
  url: string
  appId: string
  appPassword: string
  now?: () => number
}): BotTokens {
  const now = parts.now ?? Date.now
  let held: { token: string; until: number } | null = null
  let flight: Promise<string> | null = null

  async function signIn(): Promise<string> {
    try {
      const { access_token, expires_in } = await ask(parts)
      const life = expires_in * 1000
      held = { token: access_token, until: now() + Math.max(life - MARGIN, life / 2) }
      return access_token
    } finally {
      flight = null
    }
  }

  return {
    get() {
      if (held && held.until > now()) return Promise.resolve(held.token)
      flight ??= signIn()
      return flight
    },
    forget(token) {
      if (held?.token === token) held = null
    },
  }
}

async function ask(parts: { url: string; appId: string; appPassword: string }) {
  const response = await fetch(parts.url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT),
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: parts.appId,
      client_secret: parts.appPassword,
      scope: SCOPE,
    }),
  }).catch((cause) => {
    throw new DoorError('neighbour-down', 'Microsoft sign-in did not answer', true, { cause })
  })
  // An expired password is mended by the operator, so what waits to be sent is kept.
  if (!response.ok)
    throw new DoorError('neighbour-refused', `Microsoft sign-in said ${response.status}`, true)
  const read = answer.safeParse(await response.json().catch(() => null))
  if (!read.success) throw new DoorError('neighbour-down', 'Microsoft sign-in gave no token', true)
  return read.data
}
