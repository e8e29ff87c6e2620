import {
  type Activity,
  CardFactory,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  MessageFactory,
  type TurnContext,
} from 'botbuilder'
import { AppCredentials } from 'botframework-connector'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApp, fakeApp } from './fake-app.ts'

const TENANT = '00000000-0000-4000-8000-000000000002'
const CHANNEL = '19:navigators@thread.tacv2'
const NURSE = '11111111-1111-4111-8111-111111111111'
const places = [
  {
    place: 'lewisham',
    teams: {
      tenant: TENANT,
      people: [
        { who: 'amina', name: 'Amina Okoro', kind: 'navigator', id: NURSE },
        { who: 'navigators', name: 'Navigators', kind: 'channel', id: CHANNEL },
      ],
    },
  },
]
let app: FakeApp & { adapter: CloudAdapter; heard: Activity[]; status: number }
afterEach(() => app.close())

const question = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    { type: 'TextBlock', text: 'Check one', weight: 'Bolder' },
    {
      type: 'Container',
      items: [{ type: 'TextBlock', text: 'Is anyone hard to wake?', wrap: true }],
    },
    { type: 'FactSet', facts: [{ title: 'Reference', value: '123 456 78' }] },
    { type: 'Input.Text', id: 'words', label: 'In your words' },
  ],
  actions: [
    { type: 'Action.Submit', id: 'yes', title: 'Yes', data: { answer: 'yes', effect: 'c:1:0' } },
    {
      type: 'Action.Submit',
      title: 'Say it',
      data: { msteams: { type: 'imBack', value: 'I said it' } },
    },
    { type: 'Action.OpenUrl', title: 'Read more', url: 'https://example.org' },
  ],
}

/** What a colleague's own credentials must do, because MSAL refuses plain http. */
class LocalCredentials extends AppCredentials {
  readonly login: string
  readonly password: string
  constructor(appId: string, password: string, login: string) {
    super(appId, TENANT, 'https://api.botframework.com')
    this.password = password
    this.login = login
  }
  protected override async refreshToken() {
    const form = {
      grant_type: 'client_credentials',
      client_id: this.appId,
      client_secret: this.password,
      scope: `${this.oAuthScope}/.default`,
    }
    const answer = await fetch(`${this.login}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    const { access_token, expires_in } = (await answer.json()) as {
      access_token: string
      expires_in: number
    }
    return {
      accessToken: access_token,
      expiresOn: new Date(Date.now() + expires_in * 1000),
    } as never
  }
}

/** A bot on the real SDK, checking real tokens and answering through the real connector client. */
async function bot(reply: (context: TurnContext) => Promise<unknown>) {
  const fake = await fakeApp({}, places)
  const { appId, appPassword } = fake.keys.teams
  const service = `${fake.origin}/simulator/teams-service`
  const auth = new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppId: appId,
      ToChannelFromBotLoginUrl: `${service}/login/${TENANT}`,
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: `${service}/v1/.well-known/openidconfiguration`,
    },
    {
      isValidAppId: async (id) => id === appId,
      isAuthenticationDisabled: async () => false,
      createCredentials: async () =>
        new LocalCredentials(appId, appPassword, `${service}/login/${TENANT}`),
    }
  )
  const adapter = new CloudAdapter(auth)
  adapter.onTurnError = async (_context, error) => void console.error(error)
  app = Object.assign(fake, { adapter, heard: [], status: 0 })
  fake.app.post('/api/messages', async (c) => {
    const body = (await c.req.json()) as Activity
    const answer = {
      status: (code: number) => {
        app.status = code
      },
      send: () => {},
      end: () => {},
      header: () => {},
      socket: null,
    }
    await adapter.process(
      { body, headers: c.req.header(), method: 'POST' } as never,
      answer as never,
      async (context) => {
        app.heard.push(context.activity)
        await reply(context)
      }
    )
    return c.body(null, app.status as 200)
  })
}

const card = () => MessageFactory.attachment(CardFactory.adaptiveCard(question))
interface View {
  messages: { id: string; from: string; text: string; value?: unknown }[]
  cards: { card: string; title: string; text: string; actions: unknown[]; raw: unknown }[]
  replies: { text: string; cards: unknown[] }[]
  error: string
}
const post = async (who: string, body: unknown) => {
  const answer = await app.post(`/teams/${who}`, body)
  return { status: answer.status, body: answer.body as unknown as View }
}
const see = async (who: string) => (await app.get(`/teams/${who}`)).body as unknown as View

describe('a resident in Teams', () => {
  it('writes to the bot as Teams would, with a token the SDK accepts', async () => {
    await bot((context) => context.sendActivity('Hello.'))
    const { body, status } = await post('mrs-b', { say: "mum's fallen", place: 'lewisham' })
    expect([status, body.replies.map(({ text }) => text)]).toEqual([200, ['Hello.']])
    expect(app.heard[0]).toMatchObject({
      type: 'message',
      text: "mum's fallen",
      channelId: 'msteams',
      serviceUrl: `${app.origin}/simulator/teams-service/`,
      conversation: {
        id: expect.stringMatching(/^a:1/),
        tenantId: TENANT,
        conversationType: 'personal',
      },
      from: {
        id: expect.stringMatching(/^29:1/),
        aadObjectId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'mrs-b',
      },
      recipient: { id: `28:${app.keys.teams.appId}` },
    })
  })

  it('sees a card, and presses it', async () => {
    await bot((context) => context.sendActivity(card()))
    const { body } = await post('mrs-b', { say: 'hello', place: 'lewisham' })
    expect(body.cards).toEqual([
      {
        card: body.messages[1]!.id,
        title: 'Check one',
        text: 'Is anyone hard to wake?\nReference: 123 456 78',
        actions: [
          { action: 'yes', title: 'Yes' },
          { action: '1', title: 'Say it' },
          { action: '2', title: 'Read more' },
        ],
        raw: question,
      },
    ])
    const click = { card: body.cards[0]!.card, action: 'yes', data: { words: 'she fell' } }
    await post('mrs-b', { click })
    expect(app.heard[1]).toMatchObject({
      type: 'message',
      value: { answer: 'yes', effect: 'c:1:0', words: 'she fell' },
      replyToId: click.card,
    })
    expect(app.heard[1]?.text).toBeUndefined()
    await post('mrs-b', { click: { card: click.card, action: '1' } })
    expect(app.heard[2]).toMatchObject({ text: 'I said it' })
  })

  it.each([
    ['no place at first', 'new', { say: 'hi' }, 400, 'Say which "place"'],
    ['a place that is none', 'new', { say: 'hi', place: 'atlantis' }, 404, 'lewisham, elsewhere'],
    ['a card that is none', 'amina', { click: { card: '1', action: 'yes' } }, 404, 'has no card'],
    ['neither word nor press', 'amina', { shout: 'hi' }, 400, 'Send { "say"'],
  ])('is refused %s', async (_name, who, body, status, words) => {
    await bot(async () => {})
    expect(await post(who, body)).toMatchObject({
      status,
      body: { error: expect.stringContaining(words) },
    })
  })

  it.each([
    ['an unknown button', { action: 'no' }, 'It has "yes" (Yes)'],
    ['a button that leaves Teams', { action: '2' }, 'Action.OpenUrl'],
  ])('can not press %s', async (_name, press, words) => {
    await bot((context) => context.sendActivity(card()))
    const { body } = await post('mrs-b', { say: 'hello', place: 'lewisham' })
    const answer = await post('mrs-b', { click: { card: body.cards[0]!.card, ...press } })
    expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining(words) } })
  })

  it('of an organisation the door does not serve has another tenant', async () => {
    await bot((context) => context.sendActivity('This bot does not serve you.'))
    await post('stranger', { say: 'hi', place: 'elsewhere' })
    expect(app.heard[0]?.conversation.tenantId).toBe(app.keys.teams.strangerTenantId)
  })

  it('is told when the bot refuses', async () => {
    app = Object.assign(await fakeApp({}, places), {
      adapter: null as never,
      heard: [],
      status: 0,
    })
    app.app.post('/api/messages', (c) => c.body(null, 401))
    expect(await post('mrs-b', { say: 'hi', place: 'lewisham' })).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('answered 401') },
    })
  })
})

describe('staff in Teams', () => {
  it('are those the door has on its roster', async () => {
    await bot(async () => {})
    expect((await app.get('/teams')).body).toEqual([
      { place: 'lewisham', who: 'amina', kind: 'navigator', name: 'Amina Okoro' },
      { place: 'lewisham', who: 'navigators', kind: 'channel', name: 'Navigators' },
    ])
    await post('amina', { say: 'hi' })
    expect(app.heard[0]?.from).toMatchObject({ aadObjectId: NURSE, name: 'Amina Okoro' })
  })

  it('are written to first, and see a card change', async () => {
    await bot(async (context) => {
      await context.updateActivity({
        ...MessageFactory.text('Taken'),
        id: context.activity.replyToId ?? '',
      })
    })
    const { appId } = app.keys.teams
    const service = `${app.origin}/simulator/teams-service/`
    const chat = {
      isGroup: true,
      bot: { id: `28:${appId}`, name: '' },
      tenantId: TENANT,
      channelData: { channel: { id: CHANNEL }, tenant: { id: TENANT } },
      activity: card(),
    }
    await app.adapter.createConversationAsync(
      appId,
      'msteams',
      service,
      'https://api.botframework.com',
      chat as never,
      async () => {}
    )
    const before = await see('navigators')
    expect(before.cards).toMatchObject([{ title: 'Check one' }])
    await post('navigators', { click: { card: before.cards[0]!.card, action: 'yes' }, as: 'amina' })
    expect(app.heard[0]).toMatchObject({
      from: { aadObjectId: NURSE },
      conversation: { id: CHANNEL, conversationType: 'channel' },
      channelData: { channel: { id: CHANNEL } },
    })
    const after = await see('navigators')
    expect(after.cards).toEqual([])
    expect(after.messages[0]).toMatchObject({ from: 'door', text: 'Taken' })
  })
})

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
    app = Object.assign(await fakeApp({}, places), {
      adapter: null as never,
      heard: [],
      status: 0,
    })
    app.app.post('/api/messages', (c) => {
      token = c.req.header('authorization')?.replace('Bearer ', '') ?? ''
      return c.body(null, 200)
    })
    await post('mrs-b', { say: 'hi', place: 'lewisham' })
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
    await bot(async () => {})
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
    await bot(async () => {})
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
    await bot(async () => {})
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
