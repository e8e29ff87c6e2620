import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose'

const HOUR_S = 3_600
/** A whole shift; and how long a page nobody touches stays open. */
export const WHOLE_S = 12 * HOUR_S
export const IDLE_S = HOUR_S
const TEXT = new TextEncoder()
const ENC = 'A256GCM'

/** What a sealed cookie is for. One made for a purpose opens for no other. */
export type Purpose = 'session' | 'sign-in' | 'said'

/** Who signed in, as their cookie remembers it. What they may do is never in it: that is read from the roster each time. */
export interface StaffSession {
  id: string
  place: string
  staff: string
  /** Of the person and roles as they were at sign-in: another version ends the session. */
  roles: string
  /** Seconds since 1970: when they signed in, and when they last did something. */
  began: number
  seen: number
}

/** Seals what the browser keeps for us, and opens what is still whole, in time, and made for this purpose. */
export interface Cookies {
  seal(purpose: Purpose, body: JWTPayload, until: number): Promise<string>
  open(purpose: Purpose, sealed: string | undefined): Promise<JWTPayload | null>
}

/**
 * Cookies encrypted and authenticated by one key (A256GCM, RFC 7516), derived from SESSION_KEY. `now` is real time in
 * milliseconds: how long a session lives is never counted by the clock of the service, which may be moved in a demo.
 */
export function cookies(sessionKey: string, now: () => number = Date.now): Cookies {
  const key = derive(sessionKey)
  return {
    async seal(purpose, body, until) {
      return new EncryptJWT(body)
        .setProtectedHeader({ alg: 'dir', enc: ENC })
        .setAudience(purpose)
        .setExpirationTime(until)
        .encrypt(await key)
    },
    async open(purpose, sealed) {
      if (!sealed || sealed.length > 4_096) return null
      return jwtDecrypt(sealed, await key, {
        audience: purpose,
        requiredClaims: ['exp'],
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: [ENC],
        currentDate: new Date(now()),
      }).then(
        ({ payload }) => payload,
        () => null
      )
    },
  }
}

async function derive(sessionKey: string): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto
  const base = await subtle.importKey('raw', TEXT.encode(sessionKey), 'HKDF', false, ['deriveBits'])
  const how = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: TEXT.encode('console'),
  }
  return new Uint8Array(await subtle.deriveBits(how, base, 256))
}

/** When a session ends if nothing more is done in it, in seconds since 1970. */
export const endsAt = ({ began, seen }: Pick<StaffSession, 'began' | 'seen'>): number =>
  Math.min(began + WHOLE_S, seen + IDLE_S)

export const sealSession = (to: Cookies, session: StaffSession): Promise<string> =>
  to.seal('session', { ...session }, endsAt(session))

/** The session in a cookie; null when there is none that still counts. */
export async function openSession(
  from: Cookies,
  sealed: string | undefined
): Promise<StaffSession | null> {
  const body = await from.open('session', sealed)
  if (!body) return null
  const { id, place, staff, roles, began, seen } = body as Record<string, unknown>
  const whole =
    [id, place, staff, roles].every((text) => typeof text === 'string') &&
    [began, seen].every((at) => Number.isSafeInteger(at))
  return whole ? ({ id, place, staff, roles, began, seen } as StaffSession) : null
}

/** A short name for a person with their roles: it changes when either does. */
export async function rolesVersion(entra: string, roles: readonly string[]): Promise<string> {
  const whole = TEXT.encode(JSON.stringify([entra.toLowerCase(), [...roles].sort()]))
  const hash = await globalThis.crypto.subtle.digest('SHA-256', whole)
  return Buffer.from(hash).toString('base64url').slice(0, 16)
}

/** Sessions that were signed out before their time; `until`, in seconds since 1970, they need not be remembered longer. */
export interface Ended {
  end(session: Pick<StaffSession, 'id' | 'place'>, until: number): Promise<void>
  has(session: Pick<StaffSession, 'id' | 'place'>): Promise<boolean>
}
