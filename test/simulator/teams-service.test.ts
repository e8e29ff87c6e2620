import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { bot, CHANNEL, places, TENANT } from './bot.ts'
import { type FakeApp, fakeApp } from './fake-app.ts'

let app: FakeApp
afterEach(() => app.close())

describe('the Microsoft side', () => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${app.origin}/simulator/teams-service${path}`, init)
  const form = (change: Record<string, string> = {}) => ({
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.keys.teams.appId,
      client_secret: app.keys.teams.appPassword,
      scope: 'https://api.botframework.com/.default',
      ...change,
    }),
  })
  const bearer = async () => {
    const answer = await ask(`/login/${TENANT}/oauth2/v2.0/token`, form())
    return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`
  }

  it('publishes the key its tokens are signed with', async () => {
    let token = ''
    app = await fakeApp({}, places)
    app.app.post('/api/messages', (c) => {
      token = c.req.header('authorization')?.replace('Bearer ', '') ?? ''
      return c.body(null, 200)
    })
    await app.post('/teams/mrs-b', { say: 'hi', place: 'lewisham' })
    const { jwks_uri, issuer } = (await (
      await ask('/v1/.well-known/openidconfiguration')
    ).json()) as { jwks_uri: string; issuer: string }
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createRemoteJWKSet(new URL(jwks_uri)),
      { issuer, audience: app.keys.teams.appId, requiredClaims: ['exp', 'nbf'] }
    )
    expect(payload.serviceurl).toBe(`${app.origin}/simulator/teams-service/`)
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: app.keys.teams.keyId })
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: object[] }
    expect(keys).toMatchObject([{ kid: app.keys.teams.keyId, endorsements: ['msteams'] }])
    expect(JSON.stringify(keys)).not.toContain('"d"')
  })

  it.each([
    ['a wrong password', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another bot', { client_id: 'x' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['another scope', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope'],
  ])('sells no token for %s', async (_name, change, status, error) => {
    app = await bot(async () => {})
    const answer = await ask(`/login/${TENANT}/oauth2/v2.0/token`, form(change))
    expect([answer.status, await answer.json()]).toEqual([
      status,
      expect.objectContaining({ error }),
    ])
  })

  it.each([
    ['no token', async () => '', 401],
    ['a token of its own making', async () => 'Bearer eyJhbGciOiJub25lIn0.e30.', 401],
    ['a chat that is none', bearer, 404],
  ])('takes no message with %s', async (_name, Authorization, status) => {
    app = await bot(async () => {})
    const answer = await ask('/v3/conversations/a:1/activities', {
      method: 'POST',
      headers: { Authorization: await Authorization() },
      body: '{"type":"message","text":"x"}',
    })
    expect(answer.status).toBe(status)
  })

  it.each([
    [
      'an element Teams does not know',
      { body: [{ type: 'Blink', text: 'x' }] },
      'Unknown element type',
    ],
    [
      'an action Teams does not know',
      { body: [], actions: [{ type: 'Action.Jump', title: 'x' }] },
      'Unknown action type',
    ],
    [
      'a value that is none',
      { body: [{ type: 'TextBlock', text: 'x', weight: 'Heavy' }] },
      'Invalid value',
    ],
    ['too much', { body: [{ type: 'TextBlock', text: 'x'.repeat(29_000) }] }, '28 kB'],
  ])('refuses a card with %s', async (_name, content, words) => {
    app = await bot(async () => {})
    const attachments = [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', version: '1.5', ...content },
      },
    ]
    const answer = await ask(`/v3/conversations/${CHANNEL}/activities`, {
      method: 'POST',
      headers: { Authorization: await bearer() },
      body: JSON.stringify({ type: 'message', attachments }),
    })
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(words)])
  })
})
