import { exportJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SimulatorKeys } from './keys.ts'

const ISSUER = 'https://api.botframework.com'
const AN_HOUR = 3600

/** The token on every activity the bot receives: signed by Teams, meant for this bot, naming where it may answer. */
export function channelToken({ teams }: SimulatorKeys, serviceurl: string): Promise<string> {
  return signed(teams, { serviceurl }, ISSUER, teams.appId)
}

/** The keys that channel tokens are checked by. `endorsements` says that this key may speak for Teams. */
export async function keySet({ teams }: SimulatorKeys): Promise<{ keys: object[] }> {
  const key = await exportJWK(teams.publicKey)
  const { keyId } = teams
  return {
    keys: [{ ...key, use: 'sig', alg: 'RS256', kid: keyId, x5t: keyId, endorsements: ['msteams'] }],
  }
}

/** The token the bot buys with its password and shows when it speaks. */
export function botToken({ teams }: SimulatorKeys, tenant: string): Promise<string> {
  const claims = { appid: teams.appId, tid: tenant, ver: '1.0' }
  return signed(teams, claims, `https://sts.windows.net/${tenant}/`, ISSUER)
}

/** Whether the bot showed a token of ours that has not run out. */
export async function isBotToken({ teams }: SimulatorKeys, header: string): Promise<boolean> {
  const token = /^Bearer (.+)$/.exec(header)?.[1]
  if (token === undefined) return false
  const checked = await jwtVerify(token, teams.publicKey, {
    audience: ISSUER,
    algorithms: ['RS256'],
  }).catch(() => null)
  return checked?.payload.appid === teams.appId
}

/** How long a token lasts, in seconds. Real time: the service's clock may stand still or go back. */
export const TOKEN_SECONDS = AN_HOUR

function signed(
  teams: SimulatorKeys['teams'],
  claims: JWTPayload,
  issuer: string,
  audience: string
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: teams.keyId, x5t: teams.keyId })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setNotBefore(now - 300)
    .setExpirationTime(now + AN_HOUR)
    .sign(teams.privateKey)
}
