import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { BotTokens } from '../security/teams-login.ts'
import { waitAsked } from './retry-after.ts'

type ConnectorOptions = NonNullable<
  ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]
>
/** How botbuilder's connector sends its requests. */
export type HttpClient = NonNullable<ConnectorOptions['httpClient']>
type HttpRequest = Parameters<HttpClient['sendRequest']>[0]

/** Why Teams did not take a message: the `cause` of the DoorError. */
export interface TeamsRefusal {
  /** 0 when there was no answer. */
  status: number
  /** How long Teams asked us to wait. */
  waitSeconds?: number
}

const TRIES = 4
const FIRST_PAUSE = 300
const AGAIN = [412, 429, 500, 502, 503, 504]
const GONE = [403, 404, 410]
const taken = z.object({ id: z.string().catch('') }).catch({ id: '' })

interface Parts {
  tokens: BotTokens
  mayCall: (url: string) => boolean
  /** Ends every try and every pause. */
  signal: AbortSignal
  /** When it does, by Date.now(). */
  until: number
}

/**
 * Sends the connector's requests with fetch, because its own client has no time limit, follows redirects and decides
 * itself what to repeat. Rejects with DoorError: 'not-found' when the conversation is gone for good (403, 404, 410),
 * 'neighbour-refused' when Teams will not have this message, 'neighbour-down' when trying later may help.
 */
export function connectorHttp(parts: Parts): HttpClient {
  return {
    async sendRequest(request) {
      if (!parts.mayCall(request.url))
        throw new DoorError('not-allowed', 'A service URL that is not of Teams', false)
      for (let tries = 1; ; tries++) {
        const answer = await attempt(request, parts)
        if ('id' in answer) return accepted(request, answer.id)
        const pause = pauseBefore(answer, tries)
        if (pause === null || Date.now() + pause >= parts.until) throw refusal(answer)
        await sleep(pause)
      }
    },
  }
}

async function attempt(
  request: HttpRequest,
  { tokens, signal }: Parts
): Promise<{ id: string } | TeamsRefusal> {
  const token = await tokens.get()
  try {
    const response = await fetch(request.url, {
      method: request.method,
      body: typeof request.body === 'string' ? request.body : null,
      headers: { ...request.headers.toJson(), Authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal,
    })
    if (response.ok) return taken.parse(await response.json().catch(() => null))
    await response.body?.cancel()
    if (response.status === 401) tokens.forget(token)
    const wait = waitAsked(response.headers.get('Retry-After'))
    return { status: response.status, ...(wait !== null && { waitSeconds: wait }) }
  } catch {
    return { status: 0 }
  }
}

/** Milliseconds before the next try; null when there should be none. */
function pauseBefore({ status, waitSeconds }: TeamsRefusal, tries: number): number | null {
  if (status === 401) return tries === 1 ? 0 : null
  if (tries === TRIES || !(status === 0 || AGAIN.includes(status))) return null
  const pause = FIRST_PAUSE * 2 ** (tries - 1)
  const jittered = pause / 2 + Math.random() * pause
  if (waitSeconds !== undefined) return waitSeconds * 1000 + Math.random() * FIRST_PAUSE
  return status === 429 ? jittered + 1000 : jittered
}

function refusal(cause: TeamsRefusal): DoorError {
  const { status } = cause
  if (GONE.includes(status))
    return new DoorError('not-found', `The conversation is gone (${status})`, false, { cause })
  if (status === 0) return new DoorError('neighbour-down', 'Teams did not answer', true, { cause })
  const later = status === 401 || AGAIN.includes(status)
  const code = later ? 'neighbour-down' : 'neighbour-refused'
  return new DoorError(code, `Teams said ${status}`, later, { cause })
}

/** What the connector is told: that it went well, and under which id. Nothing else of the answer is believed. */
function accepted(request: HttpRequest, id: string) {
  const headers = request.headers.clone()
  for (const name of headers.headerNames()) headers.remove(name)
  headers.set('content-type', 'application/json')
  return { request, status: 200, headers, bodyAsText: JSON.stringify({ id }) }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
