import type { StaffAct } from '../handoff/acts.ts'
import { ACTS, LEADS, TAKES } from '../handoff/doers.ts'
import { ROLES, type Role } from '../places/shape.ts'

/** Who may use a route: everybody, or staff of the place with one of these roles. */
export type Who = 'anyone' | readonly Role[]

/**
 * Every route of the console with who may use it, below /console. A route without a row is not served, and the test
 * that tries each row with each role finds the routes by itself.
 */
export const ACCESS: Readonly<Record<string, Who>> = {
  'GET /sign-in': 'anyone',
  'GET /sign-in/start': 'anyone',
  'GET /sign-in/callback': 'anyone',
  'POST /sign-in/as': 'anyone',
  'POST /sign-out': 'anyone',
  'GET /': ROLES,
  'GET /files/:name': 'anyone',
  'GET /live': ROLES,
  'GET /queue': LEADS,
  'GET /promises': [...LEADS, 'auditor'],
  'GET /status': ROLES,
  'GET /contacts/:ref': [...LEADS, 'auditor'],
  'GET /shift': LEADS,
  'GET /phone': TAKES,
  'POST /phone/token': TAKES,
  'POST /phone/alive': TAKES,
  ...Object.fromEntries(Object.entries(ACTS).map(([act, who]) => [`POST /acts/${act}`, who])),
}

const may = (roles: readonly Role[], who: Who | undefined): boolean =>
  who === 'anyone' || (who?.some((role) => roles.includes(role)) ?? false)

/** Whether these roles may use this route. */
export const mayUse = (roles: readonly Role[], route: string): boolean => may(roles, ACCESS[route])

/** Whether these roles may do this. */
export const mayDo = (roles: readonly Role[], act: StaffAct['do']): boolean => may(roles, ACTS[act])

/** Whether these roles may see more of a contact than its reference. */
export const maySee = (roles: readonly Role[], { restricted }: { restricted: boolean }): boolean =>
  !restricted || roles.includes('safeguarding')

/** Whether a promise may be closed, or given to `to`: by whoever owns it, who takes it, or leads the shift. */
export const mayOwn = (
  { id, roles }: { id: string; roles: readonly Role[] },
  promise: { owner: string },
  to?: string
): boolean => roles.includes('supervisor') || promise.owner === id || to === id
