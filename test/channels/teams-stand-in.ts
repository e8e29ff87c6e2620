import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import type { Reply, TakeTurn } from '../../src/channels/inbound.ts'
import { type TeamsOptions, teams } from '../../src/channels/teams.ts'
import type { LogFields } from '../../src/observe.ts'
import type { StoredReply } from '../../src/store/contract.ts'

export const APP = '5f8b1c9e-0000-4000-8000-000000000001'
export const PASSWORD = 'made for tests'
export const TENANT = '5f8b1c9e-0000-4000-8000-0000000000aa'
export const PERSON = '5f8b1c9e-0000-4000-8000-0000000000bb'

type Fault = { status: number; after?: string; body?: string } | 'hang' | 'reset'
export interface Got {
  method: string
  path: string
  token: string
  body: Record<string, unknown>
}

/** Microsoft on loopback: keys, sign-in and the connector, each of which can be made to fail. */
export async function standIn() {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = await exportJWK(pair.publicKey)
  const keys: Record<string, unknown>[] = [
    { ...jwk, kid: 'k1', use: 'sig', endorsements: ['msteams', 'webchat'] },
    { ...jwk, kid: 'bare', use: 'sig' },
    { ...jwk, kid: 'web', use: 'sig', endorsements: ['webchat'] },
  ]
  const state = {
    keys,
    keysFault: null as Fault | null,
    faults: [] as Fault[],
    got: [] as Got[],
    fetched: { openId: 0, keys: 0, tokens: 0 },
  }
  const server = createServer((request, response) => void serve(request, response, state))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const serviceUrl = `${origin}/service/`

  /** A token as Microsoft would sign it, or nearly. */
  async function token(claims: JWTPayload = {}, header: { kid?: string } = {}) {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({
      iss: 'https://api.botframework.com',
      aud: APP,
      nbf: now - 60,
      exp: now + 3600,
      serviceurl: serviceUrl,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
      .sign(pair.privateKey)
  }
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return {
    ...pair,
    state,
    origin,
    serviceUrl,
    token,
    close,
    openIdUrl: `${origin}/openid`,
    loginUrl: `${origin}/login/t`,
  }
}
export type StandIn = Awaited<ReturnType<typeof standIn>>
type State = StandIn['state']

async function serve(request: IncomingMessage, response: ServerResponse, state: State) {
  const { url = '', method = '' } = request
  const text = await new Promise<string>((done) => {
    let all = ''
    request.on('data', (part) => {
      all += part
    })
    request.on('end', () => done(all))
  })
  const { keysFault, fetched } = state
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  if (url === '/openid') {
    fetched.openId++
    if (keysFault) return fail(keysFault, response)
    return json(200, { jwks_uri: `http://${request.headers.host}/keys` })
  }
  if (url === '/keys') {
    fetched.keys++
    return json(200, { keys: state.keys })
  }
  if (url === '/login/t/oauth2/v2.0/token') {
    fetched.tokens++
    const form = new URLSearchParams(text)
    const good = form.get('client_id') === APP && form.get('client_secret') === PASSWORD
    if (!good) return json(401, { error: 'invalid_client' })
    return json(200, {
      access_token: `token-${fetched.tokens}`,
      expires_in: 3600,
      token_type: 'Bearer',
    })
  }
  const body = text ? JSON.parse(text) : {}
  const sent = request.headers.authorization ?? ''
  state.got.push({ method, path: url, token: sent, body })
  const fault = state.faults.shift()
  if (fault) return fail(fault, response)
  json(201, { id: url.endsWith('/conversations') ? 'a:new' : `m${state.got.length}` })
}

function fail(fault: Fault, response: ServerResponse) {
  if (fault === 'hang') return
  if (fault === 'reset') return response.destroy()
  const { status, after, body = '{"error":{"code":"Inner","message":"internal text"}}' } = fault
  response.writeHead(status, { ...(after !== undefined && { 'Retry-After': after }) }).end(body)
}

export const asked: Reply = {
  lang: 'en',
  turn: 3,
  contact: 'c1',
  parts: [{ step: 'breathing', words: 'Are you struggling to breathe?', slow: false }],
  listen: null,
  dial: null,
  choices: [
    { value: 'yes', label: 'Yes', key: '1' },
    { value: 'no', label: 'No', key: '2' },
  ],
  ended: null,
  silent: false,
}

/** The channel against a stand-in, with a turn that always asks the same and stores its replies. */
export function channel(service: StandIn, more: Partial<TeamsOptions> = {}) {
  const inbounds: Parameters<TakeTurn>[0][] = []
  const replies = new Map<string, StoredReply>()
  const logged: [LogFields, string][] = []
  const log = (fields: LogFields, message: string) => void logged.push([fields, message])
  const takeTurn: TakeTurn = async (inbound, render) => {
    inbounds.push(inbound)
    const reply = replies.get(inbound.webhook) ?? render(asked)
    replies.set(inbound.webhook, reply)
    return reply
  }
  const { app, send, cards } = teams(takeTurn, {
    appId: APP,
    appPassword: PASSWORD,
    openIdUrl: service.openIdUrl,
    loginUrl: service.loginUrl,
    serviceUrl: service.serviceUrl,
    tenants: (tenant) => (tenant === TENANT ? 'southwark' : undefined),
    unknownTenant: () => 'If someone is in danger now, ring 999.',
    log: { info: log, warn: log, error: log },
    ...more,
  })
  const post = async (body: unknown, authorization?: string | null, type = 'application/json') =>
    app.request('/', {
      method: 'POST',
      headers: {
        'Content-Type': type,
        ...(authorization !== null && {
          Authorization: authorization ?? `Bearer ${await service.token()}`,
        }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { app, send, cards, post, inbounds, logged, replies }
}

/** A message as Teams sends it. */
export const message = (service: StandIn, more: Record<string, unknown> = {}) => ({
  type: 'message',
  id: randomUUID(),
  channelId: 'msteams',
  serviceUrl: service.serviceUrl,
  conversation: { id: 'a:1chat', tenantId: TENANT, conversationType: 'personal' },
  from: { id: '29:person', name: 'Ada', aadObjectId: PERSON },
  recipient: { id: `28:${APP}`, name: 'Front door' },
  text: 'hello',
  textFormat: 'plain',
  channelData: { tenant: { id: TENANT } },
  ...more,
})
