import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export const CLIENT = { clientId: 'console-of-the-tests', clientSecret: 'a-client-secret' }

/** Who is at the keyboard, and what is wrong with the token they get. */
export interface Person {
  tid: string
  oid: string
}
export type Forge = (claims: JWTPayload) => JWTPayload
export type Sign = (claims: JWTPayload, key: CryptoKey) => Promise<string>

/** A small Entra: discovery, keys, authorisation and token, which hold a client to PKCE, secret, redirect and one use. */
export async function openIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }
  const app = new Hono()
  const codes = new Map<string, { challenge: string; nonce: string; redirect: string }>()
  const held = {
    person: { tid: '', oid: '' } as Person,
    forge: ((claims) => claims) as Forge,
    sign: ((claims, key) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key)) as Sign,
    origin: '',
    down: false,
  }
  app.use(async (c, next) => (held.down ? c.text('ill', 503) : next()))
  app.get('/.well-known/openid-configuration', (c) =>
    c.json({
      issuer: held.origin,
      authorization_endpoint: `${held.origin}/authorize`,
      token_endpoint: `${held.origin}/token`,
      jwks_uri: `${held.origin}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    })
  )
  app.get('/keys', (c) => c.json({ keys: [jwk] }))
  app.get('/authorize', (c) => {
    const asked = c.req.query()
    if (asked.client_id !== CLIENT.clientId || asked.code_challenge_method !== 'S256')
      return c.text('bad client', 400)
    const code = randomUUID()
    const { code_challenge = '', nonce = '', redirect_uri = '', state = '' } = asked
    codes.set(code, { challenge: code_challenge, nonce, redirect: redirect_uri })
    return c.redirect(`${redirect_uri}?${new URLSearchParams({ code, state })}`)
  })
  app.post('/token', async (c) => {
    const form = (await c.req.parseBody()) as Record<string, string>
    const known = codes.get(form.code ?? '')
    codes.delete(form.code ?? '')
    const challenge = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url')
    const sound =
      form.client_secret === CLIENT.clientSecret &&
      form.redirect_uri === known?.redirect &&
      challenge === known?.challenge
    if (!known || !sound) return c.json({ error: 'invalid_grant' }, 400)
    const now = Math.floor(Date.now() / 1000)
    const claims = held.forge({
      ...{ iss: held.origin, aud: CLIENT.clientId, sub: 'pairwise', nonce: known.nonce },
      ...{ iat: now, exp: now + 3_600, ...held.person },
    })
    const id_token = await held.sign(claims, privateKey)
    return c.json({ access_token: 'none', token_type: 'Bearer', expires_in: 60, id_token })
  })
  const server = createServer(getRequestListener(app.fetch))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  held.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => new Promise((resolve) => server.close(resolve))
  return Object.assign(held, { close })
}
