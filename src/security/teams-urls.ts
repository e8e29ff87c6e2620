import { DoorError } from '../errors.ts'

/** Where Microsoft publishes the keys it signs activities with. */
const OPENID_URL = 'https://login.botframework.com/v1/.well-known/openidconfiguration'
/** Where a bot signs in; the tenant follows. */
const LOGIN_URL = 'https://login.microsoftonline.com'

/** The addresses of one Teams, real or simulated. */
export interface TeamsUrls {
  openId: string
  /** Where a token is asked for. */
  token: string
  /** Whether we may send to this address. Asked of every activity, every stored reference and every request. */
  mayCall: (url: string) => boolean
}

// Only names that Microsoft alone can hand out: anyone may register under trafficmanager.net or azurewebsites.net.
const HOSTS = [
  /^smba\.trafficmanager\.net$/,
  /^([a-z0-9-]+\.)+botframework\.com$/,
  /^smba\.infra\.([a-z0-9-]+\.)*teams\.microsoft\.com$/,
]

/**
 * The addresses to use. On loopback, where the simulator and the tests are, only that one origin is called; anywhere else
 * everything is https. Throws DoorError 'bad-config' for anything between.
 */
export function teamsUrls(given: {
  openIdUrl?: string | undefined
  loginUrl?: string | undefined
  tenantId?: string | undefined
}): TeamsUrls {
  const openId = checked('MICROSOFT_OPENID_URL', given.openIdUrl ?? OPENID_URL)
  const tenant = encodeURIComponent(given.tenantId || 'botframework.com')
  const login = checked('MICROSOFT_LOGIN_URL', given.loginUrl ?? `${LOGIN_URL}/${tenant}`)
  return {
    openId: openId.href,
    token: `${login.href.replace(/\/$/, '')}/oauth2/v2.0/token`,
    mayCall: isLoopback(openId) ? (url) => parsed(url)?.origin === openId.origin : isMicrosoft,
  }
}

function checked(name: string, address: string): URL {
  const url = parsed(address)
  if (!url || !(url.protocol === 'https:' || isLoopback(url)))
    throw new DoorError('bad-config', `${name} must be an https address`, false)
  return url
}

function isMicrosoft(address: string): boolean {
  const url = parsed(address)
  return (
    url?.protocol === 'https:' && url.port === '' && HOSTS.some((host) => host.test(url.hostname))
  )
}

/** An address without a name and password in it, or null. */
function parsed(address: string): URL | null {
  const url = URL.canParse(address) ? new URL(address) : null
  return url && url.username === '' && url.password === '' ? url : null
}

const isLoopback = ({ protocol, hostname }: URL) =>
  /^https?:$/.test(protocol) && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
