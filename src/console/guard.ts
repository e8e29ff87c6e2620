import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { staffOf } from '../places/roster.ts'
import type { Role } from '../places/shape.ts'
import { fromOurPage } from '../security/staff-origin.ts'
import {
  type Cookies,
  cookies,
  type Ended,
  endsAt,
  openSession,
  rolesVersion,
  type StaffSession,
  sealSession,
  WHOLE_S,
} from '../security/staff-session.ts'
import { ACCESS } from './access.ts'
import { refusedPage } from './pages/refused.ts'
import type { ConsoleEnv, ConsoleParts, Me } from './parts.ts'

/** How old "last seen" may be before it is written again. */
const SEEN_S = 60
const TYPES = ['application/json', 'application/x-www-form-urlencoded']

/** Everything that knows who asks: the cookie, the roster, and what was signed out. */
export interface Guard {
  cookies: Cookies
  /** Whether cookies can be bound to this host alone. */
  secure: boolean
  seconds: () => number
  /** Who asks, by the roster of this moment; null when they are out. */
  who(session: StaffSession | null): Promise<Me | null>
  signIn(c: Context, person: { place: string; staff: string }): Promise<void>
  signOut(c: Context): Promise<void>
  /** Lets in whom the table names. Throws while the app is made when a route has no row. */
  row(route: string): MiddlewareHandler<ConsoleEnv>
}

export function openGuard(parts: ConsoleParts): Guard {
  const clock = parts.clock ?? Date.now
  const sealed = cookies(parts.sessionKey, clock)
  const { ended } = parts
  const secure = parts.publicUrl().startsWith('https:')
  const seconds = () => Math.floor(clock() / 1000)
  const name = cookieName('front-door', secure)
  const who = reader(parts, ended, seconds)
  const read = (c: Context) => openSession(sealed, getCookie(c, name))
  const keep = async (c: Context, session: StaffSession) =>
    put(c, name, await sealSession(sealed, session), endsAt(session) - seconds(), secure)

  return {
    cookies: sealed,
    secure,
    seconds,
    who,
    row: rows(
      parts,
      async (c) => who(await read(c)),
      async (c, session) => {
        if (session.seen + SEEN_S < seconds()) await keep(c, { ...session, seen: seconds() })
      }
    ),
    async signIn(c, { place, staff: id }) {
      const staff = staffOf(parts.content().places.get(place)?.place ?? { staff: [] }, id)
      if (!staff) return
      const roles = await rolesVersion(staff.entra, staff.roles)
      const at = seconds()
      await keep(c, { id: crypto.randomUUID(), place, staff: id, roles, began: at, seen: at })
    },
    async signOut(c) {
      const session = await read(c)
      if (session) await ended.end(session, session.began + WHOLE_S)
      put(c, name, '', 0, secure)
    },
  }
}

/** The middleware of each row: who asks, whether they may, and that they are still at work. */
function rows(
  parts: ConsoleParts,
  asker: (c: Context) => Promise<Me | null>,
  worked: (c: Context, session: StaffSession) => Promise<void>
): Guard['row'] {
  return (route) => {
    const allowed = ACCESS[route]
    if (!allowed) throw new Error(`console/access.ts has no row for ${route}`)
    return async function guarded(c, next) {
      const wrong = ['GET', 'HEAD'].includes(c.req.method) ? undefined : unsound(c, parts)
      if (wrong) return refusedPage(c, wrong)
      const me = await asker(c)
      if (me) c.set('me', me)
      if (allowed === 'anyone') return next()
      if (!me) return refusedPage(c, 401)
      if (!me.can(...allowed)) return refusedPage(c, 403, me)
      if (isWork(c, route)) await worked(c, me.session)
      return next()
    }
  }
}

/** Whoever a session stands for, as the roster has them now: a role or a person that was taken away is out at once. */
function reader({ content }: ConsoleParts, ended: Ended, seconds: () => number) {
  return async function who(session: StaffSession | null): Promise<Me | null> {
    if (!session || endsAt(session) <= seconds() || (await ended.has(session))) return null
    const place = content().places.get(session.place)?.place
    const staff = place && staffOf(place, session.staff)
    if (!place || !staff) return null
    if ((await rolesVersion(staff.entra, staff.roles)) !== session.roles) return null
    const can = (...roles: readonly Role[]) => roles.some((role) => staff.roles.includes(role))
    return { place, staff, session, can }
  }
}

/** What a page asks for by itself is not somebody at work; a phone that stays open is. */
const isWork = (c: Context, route: string) =>
  c.req.header('X-By-Itself') === undefined && route !== 'GET /live'

/** Why a request to change something is not looked at further. */
function unsound(c: Context, parts: ConsoleParts): 403 | 415 | undefined {
  if (!fromOurPage(c.req.raw.headers, [new URL(parts.publicUrl()).origin])) return 403
  const type = (c.req.header('Content-Type') ?? '').split(';', 1)[0]?.trim() ?? ''
  return TYPES.includes(type) ? undefined : 415
}

/** A name no other host can set, where the connection is encrypted. */
export const cookieName = (name: string, secure: boolean) => (secure ? `__Host-${name}` : name)

/** Sets one of our cookies for so many seconds. */
export function put(c: Context, name: string, value: string, maxAge: number, secure: boolean) {
  setCookie(c, name, value, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge })
}
