import { importJWK, type JWK } from 'jose'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { Log } from '../observe.ts'

const HOUR = 3_600_000
/** Keys older than this are fetched again; one that cannot be is still used until `KEPT`. */
const FRESH = 24 * HOUR
const KEPT = 72 * HOUR
const TIMEOUT = 3_000
// A token with a made-up key id, or an endpoint that is down, must not make every request a fetch.
const TRIES = 3
const WINDOW = 10_000

const metadata = z.object({ jwks_uri: z.url() })
const keySet = z.object({
  keys: z.array(
    z.looseObject({
      kty: z.string(),
      kid: z.string().optional(),
      use: z.string().optional(),
      endorsements: z.array(z.string()).catch([]).default([]),
    })
  ),
})

/** A key Microsoft signs with, and the channels it vouches for. */
export interface TeamsKey {
  key: Awaited<ReturnType<typeof importJWK>>
  endorsements: readonly string[]
}

export interface TeamsKeys {
  /** The key of this id; null when there is none. Rejects with 'neighbour-down' while no keys are to be had. */
  find(kid: string): Promise<TeamsKey | null>
}

/** Microsoft's signing keys: one fetch at a time, at most 3 s, and those in hand are used for 72 hours if it fails. */
export function teamsKeys(parts: { openId: string; log: Log; now?: () => number }): TeamsKeys {
  const now = parts.now ?? Date.now
  let keys = new Map<string, TeamsKey>()
  let fetchedAt = Number.NEGATIVE_INFINITY
  let tried: number[] = []
  let flight: Promise<void> | null = null

  async function refresh() {
    try {
      keys = await fetchKeys(parts.openId)
      fetchedAt = now()
    } catch {
      parts.log.warn({ part: 'teams', code: 'teams-keys' }, 'Signing keys could not be fetched')
    }
    flight = null
  }

  function mayTry() {
    tried = tried.filter((at) => at > now() - WINDOW)
    return tried.length < TRIES && tried.push(now()) > 0
  }

  return {
    async find(kid) {
      const due = now() - fetchedAt > FRESH || !keys.has(kid)
      if (due && !flight && mayTry()) flight = refresh()
      if (due && flight) await flight
      if (now() - fetchedAt > KEPT)
        throw new DoorError('neighbour-down', 'No key to check a Teams token with', true)
      return keys.get(kid) ?? null
    },
  }
}

async function fetchKeys(openId: string): Promise<Map<string, TeamsKey>> {
  const signal = AbortSignal.timeout(TIMEOUT)
  const { jwks_uri } = metadata.parse(await json(openId, signal))
  if (new URL(jwks_uri).origin !== new URL(openId).origin)
    throw new DoorError('not-allowed', 'The keys are at another origin than their metadata', false)
  const found = new Map<string, TeamsKey>()
  for (const jwk of keySet.parse(await json(jwks_uri, signal)).keys) {
    if (jwk.kty !== 'RSA' || !jwk.kid || (jwk.use ?? 'sig') !== 'sig') continue
    const key = await importJWK(jwk as JWK, 'RS256').catch(() => null)
    if (key) found.set(jwk.kid, { key, endorsements: jwk.endorsements })
  }
  if (found.size === 0) throw new DoorError('neighbour-refused', 'The key set is empty', true)
  return found
}

async function json(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal, redirect: 'manual' })
  if (!response.ok) throw new DoorError('neighbour-refused', `Status ${response.status}`, true)
  return response.json()
}
