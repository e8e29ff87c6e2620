import type { IncomingMessage } from 'node:http'

/** What HTTP/1.1 calls a host and perhaps a port, by name or by address. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Whether two servers could read a request in two ways: it names no host or two, or speaks a version that a proxy before
 * us does not. Lengths and chunks Node itself refuses. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function readsTwoWays({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && isHost(rawHeaders[i - 1]))
  if (httpVersion === '1.0' && hosts.length === 0) return false
  const [host = '', ...more] = hosts
  return !['1.0', '1.1'].includes(httpVersion) || more.length > 0 || !HOST.test(host)
}

const isHost = (name = '') => name.length === 4 && name.toLowerCase() === 'host'
