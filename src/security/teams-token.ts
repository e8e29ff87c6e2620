import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { DoorError } from '../errors.ts'
import type { TeamsKeys } from './teams-keys.ts'

/** Who signs what Teams sends us. */
export const ISSUER = 'https://api.botframework.com'
const CHANNEL = 'msteams'
const SKEW_SECONDS = 300

/** What a token is checked against: the two fields of an activity that it vouches for. */
export interface Vouched {
  channelId?: string | null | undefined
  serviceUrl?: string | null | undefined
}

export interface TokenParts {
  appId: string
  keys: TeamsKeys
  mayCall: (url: string) => boolean
  now?: () => number
}

/**
 * Checks that Microsoft sent this activity to our bot. Rejects with DoorError 'not-allowed' otherwise, or 'neighbour-down'
 * when there is no key to check it with. Everything that needs no network is checked first, so that a stranger's request
 * costs nothing. https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export function teamsToken({ appId, keys, mayCall, now = Date.now }: TokenParts) {
  // An empty id would be the audience of a token made for no one.
  if (appId.trim() === '') throw new DoorError('bad-config', 'MICROSOFT_APP_ID is missing', false)
  return async function verify(header: string | undefined, activity: Vouched): Promise<void> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header ?? '')?.[1]
    if (!token) throw refused('there is no token')
    const { kid, claims } = unverified(token)
    if (claims.iss !== ISSUER) throw refused('another issuer')
    if (claims.aud !== appId) throw refused('another audience')
    if (activity.channelId !== CHANNEL) throw refused('another channel')
    const { serviceUrl } = activity
    if (!serviceUrl || claims.serviceurl !== serviceUrl) throw refused('another service URL')
    if (!mayCall(serviceUrl)) throw refused('a service URL that is not of Teams')
    const found = await keys.find(kid)
    if (!found) throw refused('an unknown key')
    if (!found.endorsements.includes(CHANNEL)) throw refused('a key not endorsed for Teams')
    await jwtVerify(token, found.key, {
      algorithms: ['RS256'],
      issuer: ISSUER,
      audience: appId,
      requiredClaims: ['exp', 'serviceurl'],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now()),
    }).catch((error: { code?: string }) => {
      throw refused(error.code ?? 'not valid')
    })
  }
}

function unverified(token: string): { kid: string; claims: JWTPayload } {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    if (alg !== 'RS256') throw refused('another algorithm')
    if (!kid) throw refused('no key id')
    return { kid, claims: decodeJwt(token) }
  } catch (error) {
    throw error instanceof DoorError ? error : refused('not a token')
  }
}

const refused = (why: string) => new DoorError('not-allowed', `Teams token: ${why}`, false)
