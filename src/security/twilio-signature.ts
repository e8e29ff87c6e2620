import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What Twilio puts in X-Twilio-Signature: a hash of the address and then every name and value, in order of name.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export function signTwilio(
  authToken: string,
  url: string,
  pairs: ReadonlyMap<string, string>
): string {
  const names = [...pairs.keys()].sort()
  const text = names.reduce((so, name) => so + name + pairs.get(name), url)
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

/** Whether one of our tokens signed this request. Two tokens are live while one replaces the other. */
export function twilioSigned(
  authTokens: readonly string[],
  url: string,
  pairs: ReadonlyMap<string, string>,
  given: string
): boolean {
  const theirs = Buffer.from(given)
  // An empty token would let anyone sign. How many are tried is told by the time taken, and nothing else.
  return authTokens
    .filter((token) => token !== '')
    .some((token) =>
      addresses(url).some((address) => {
        const ours = Buffer.from(signTwilio(token, address, pairs))
        return ours.length === theirs.length && timingSafeEqual(ours, theirs)
      })
    )
}

/** Twilio signs some requests with the port in the address and some without, so both are tried. */
function addresses(url: string): string[] {
  const match = /^(https?):\/\/([^/?#]*?)(:\d+)?([/?#].*)?$/i.exec(url)
  if (!match) return [url]
  const [, scheme = '', host = '', port, rest = ''] = match
  const usual = scheme.toLowerCase() === 'https' ? ':443' : ':80'
  return [url, `${scheme}://${host}${port ? '' : usual}${rest}`]
}
