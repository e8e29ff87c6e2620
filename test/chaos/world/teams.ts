import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import type { Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { type Answer, type Asked, type Neighbour, openNeighbour, type Route } from './server.ts'

/** Lewisham's organisation in the shipped places. */
export const TENANT = '00000000-0000-4000-8000-000000000002'

/** Microsoft on this machine: keys, sign-in and the connector. */
export interface Teams extends Neighbour {
  appId: string
  appPassword: string
  openIdUrl: string
  loginUrl: string
  /** Chats that are gone, and people who may not be written to, and what is said of them. */
  gone: Map<string, { status: number; code: string }>
  /** Any claims under the key that Teams signs with, or as a header says otherwise; for forgers. */
  sign: (claims: object, header?: { alg?: string; kid?: string }) => Promise<string>
  /** The key in public, as it is published. */
  published: object
  /** The header that Teams shows with an activity; of another service, where `serviceUrl` names it. */
  bearer: (serviceUrl?: string) => Promise<string>
  /** A message as Teams sends it; the same `id` is the same message. */
  message: (who: string, text: string, id?: string) => Record<string, unknown>
}

/** The same for the same person. */
const objectId = (who: string) =>
  createHash('sha256')
    .update(who)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
    .replace(/-4.(...)-8.(...)-/, '-4$1-8$2-')

const AN_HOUR = 3600
const ISSUER = 'https://api.botframework.com'

/** Opens it, with keys of its own. */
export async function openTeams(ledger: Ledger, faults: Faults): Promise<Teams> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }
  const [appId, appPassword, token] = [randomUUID(), randomUUID(), randomUUID()]
  const gone: Teams['gone'] = new Map()
  // The second is the same key, vouching for another channel alone.
  const elsewhere = { ...key, kid: 'k2', endorsements: ['webchat'] }
  const keys = { keys: [{ ...key, endorsements: ['msteams'] }, elsewhere] }
  const routes = [
    ...signIn({ appId, appPassword, token, keys, at: () => neighbour.origin }),
    ...connector(ledger, `Bearer ${token}`, gone),
  ]
  const neighbour = await openNeighbour(routes, faults)
  const serviceurl = `${neighbour.origin}/service/`
  return Object.assign(neighbour, {
    appId,
    appPassword,
    gone,
    published: key,
    sign: (claims: object, header: { alg?: string; kid?: string } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
        .sign(privateKey),
    openIdUrl: `${neighbour.origin}/openid`,
    loginUrl: `${neighbour.origin}/login/${TENANT}`,
    async bearer(at = serviceurl) {
      const now = Math.floor(Date.now() / 1000)
      const times = { nbf: now - 60, exp: now + AN_HOUR }
      const claims = { iss: ISSUER, aud: appId, ...times, serviceurl: at }
      const signed = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      return `Bearer ${await signed.sign(privateKey)}`
    },
    message: (who: string, text: string, id: string = randomUUID()) => ({
      type: 'message',
      id,
      channelId: 'msteams',
      serviceUrl: serviceurl,
      conversation: { id: `a:${who}`, tenantId: TENANT, conversationType: 'personal' },
      from: { id: `29:${who}`, name: who, aadObjectId: objectId(who) },
      recipient: { id: `28:${appId}`, name: 'Front door' },
      text,
      textFormat: 'plain',
      channelData: { tenant: { id: TENANT } },
    }),
  })
}

function signIn(own: {
  appId: string
  appPassword: string
  token: string
  keys: object
  at: () => string
}): Route[] {
  const issued = { access_token: own.token, expires_in: AN_HOUR, token_type: 'Bearer' }
  return [
    {
      name: 'openid',
      method: 'GET',
      path: /^\/openid$/,
      answer: () => ({ status: 200, body: { issuer: ISSUER, jwks_uri: `${own.at()}/keys` } }),
    },
    {
      name: 'keys',
      method: 'GET',
      path: /^\/keys$/,
      answer: () => ({ status: 200, body: own.keys }),
    },
    {
      name: 'login',
      method: 'POST',
      path: /^\/login\/[^/]+\/oauth2\/v2\.0\/token$/,
      answer({ body }) {
        const form = new URLSearchParams(body)
        const known =
          form.get('client_id') === own.appId && form.get('client_secret') === own.appPassword
        return known
          ? { status: 200, body: issued }
          : { status: 401, body: { error: 'invalid_client' } }
      },
    },
  ]
}

/** A service may move: its address then has another number. */
const ACTIVITIES =
  '^/(?<service>service(?:-\\d+)?)/v3/conversations/(?<conversation>[^/]+)/activities'

/** The routes of the connector, each of which needs the token that was issued. */
function connector(ledger: Ledger, bearer: string, gone: Teams['gone']): Route[] {
  const guarded = (answer: (asked: Asked) => Answer) => (asked: Asked) => {
    const { status, code } = gone.get(chat(asked.path)) ?? {}
    if (asked.headers.authorization !== bearer)
      return { status: 401, body: { error: { code: 'Unauthorized' } } }
    return status === undefined ? answer(asked) : { status, body: { error: { code } } }
  }
  const say = guarded(({ path, body }) => {
    const { type, text, attachments } = JSON.parse(body) as Record<string, unknown>
    if (type === 'typing') return { status: 201, body: { id: '' } }
    const sid = randomUUID()
    const words = typeof text === 'string' ? text : JSON.stringify(attachments ?? '')
    ledger.note({
      neighbour: 'teams',
      kind: 'message',
      sid,
      to: chat(path),
      from: path.service ?? '',
      body: words,
    })
    return { status: 201, body: { id: sid } }
  })
  const noted = (kind: 'message-changed' | 'message-deleted') =>
    guarded(({ path, body }) => {
      const sid = path.activity ?? ''
      ledger.note({ neighbour: 'teams', kind, sid, to: chat(path), from: path.service ?? '', body })
      return { status: 200, body: { id: sid } }
    })
  const one = new RegExp(`${ACTIVITIES}/(?<activity>[^/]+)$`)
  return [
    { name: 'say', method: 'POST', path: new RegExp(`${ACTIVITIES}(/[^/]+)?$`), answer: say },
    { name: 'change', method: 'PUT', path: one, answer: noted('message-changed') },
    { name: 'withdraw', method: 'DELETE', path: one, answer: noted('message-deleted') },
    {
      name: 'converse',
      method: 'POST',
      path: /^\/service(?:-\d+)?\/v3\/conversations$/,
      answer: guarded(({ body }) => {
        const { members = [] } = JSON.parse(body) as { members?: { id: string }[] }
        const { status, code } = gone.get(members[0]?.id ?? '') ?? {}
        if (status !== undefined) return { status, body: { error: { code } } }
        const sid = `a:${randomUUID()}`
        ledger.note({ neighbour: 'teams', kind: 'conversation', sid, body })
        return { status: 201, body: { id: sid } }
      }),
    },
  ]
}

const chat = ({ conversation = '' }: Asked['path']) => decodeURIComponent(conversation)
