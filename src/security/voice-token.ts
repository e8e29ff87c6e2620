import { SignJWT } from 'jose'

/** What Twilio's access tokens are made with. Secret: an API key's secret, never the account's token. */
export interface VoiceTokenSettings {
  accountSid: string
  keySid: string
  keySecret: string
  /** Edge or region of the account, such as `ie1`; Twilio's own default without. */
  region?: string
}

/** How long a token lives, in seconds: the shortest that is not a nuisance to refresh. */
export const VOICE_TOKEN_S = 3_600

/**
 * A token with which one person's softphone can be rung, and can ring nobody: incoming only, one identity, one hour.
 * `now` is real time in milliseconds. https://www.twilio.com/docs/iam/access-tokens
 */
export function voiceToken(
  { accountSid, keySid, keySecret, region }: VoiceTokenSettings,
  identity: string,
  now: number
): Promise<string> {
  const at = Math.floor(now / 1000)
  const header = { typ: 'JWT', alg: 'HS256', cty: 'twilio-fpa;v=1', ...(region && { twr: region }) }
  return new SignJWT({ grants: { identity, voice: { incoming: { allow: true } } } })
    .setProtectedHeader(header)
    .setJti(`${keySid}-${at}`)
    .setIssuer(keySid)
    .setSubject(accountSid)
    .setIssuedAt(at)
    .setExpirationTime(at + VOICE_TOKEN_S)
    .sign(new TextEncoder().encode(keySecret))
}
