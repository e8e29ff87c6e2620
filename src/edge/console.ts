import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { cookieName } from '../console/guard.ts'
import { cookies, openSession } from '../security/staff-session.ts'
import { deskOf } from './homes.ts'

interface ConsoleAtParts {
  /** SESSION_KEY, as every isolate has it. */
  sessionKey: string
  publicUrl: string
  places: readonly string[]
  /** Undefined where that home is silent. */
  take: (home: string, request: Request, ms?: number) => Promise<Response | undefined>
}

/** A service is made amber or red once that is proved: longer than a prover is waited for. */
const PROVING_MS = 75_000

/**
 * The pages of staff are drawn by the home of their desk, which knows at once what changes there. Whose they are says the
 * session, which is looked at there again; whoever has none yet may be signed in anywhere.
 */
export function consoleAt({ sessionKey, publicUrl, places, take }: ConsoleAtParts): Hono {
  const sealed = cookies(sessionKey)
  const name = cookieName('front-door', publicUrl.startsWith('https:'))
  return new Hono().all('*', async (c) => {
    const session = await openSession(sealed, getCookie(c, name))
    const place = places.find((one) => one === session?.place) ?? places[0] ?? ''
    const ms = c.req.path.endsWith('/acts/status') ? PROVING_MS : undefined
    const answer = await take(deskOf(place), c.req.raw, ms)
    return answer ?? c.text('The pages cannot be shown now. Please try again in a moment.', 503)
  })
}
