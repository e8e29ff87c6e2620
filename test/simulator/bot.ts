import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type TurnContext,
} from 'botbuilder'
import { AppCredentials } from 'botframework-connector'
import { type FakeApp, fakeApp } from './fake-app.ts'

export const TENANT = '00000000-0000-4000-8000-000000000002'
export const CHANNEL = '19:navigators@thread.tacv2'
export const NURSE = '11111111-1111-4111-8111-111111111111'
export const places = [
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

/** A fake app with a bot in it, what the bot heard, and what the SDK last answered. */
export type BotApp = FakeApp & { adapter: CloudAdapter; heard: Activity[]; status: number }

/** Credentials that fetch their token themselves, because the SDK's own refuse plain http. */
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
export async function bot(reply: (context: TurnContext) => Promise<unknown>): Promise<BotApp> {
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
  const app: BotApp = Object.assign(fake, { adapter, heard: [], status: 0 })
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
  return app
}
