import { type Guard, type Neighbours, openNeighbours } from '../channels/breaker.ts'
import type { TakeTurn } from '../channels/inbound.ts'
import { type TeamsOptions, teams } from '../channels/teams.ts'
import type { TeamsReference } from '../channels/teams-activity.ts'
import { TRANSLATE_URL, type Translate, translator } from '../channels/translate.ts'
import type { TwilioAccount } from '../channels/twilio-ask.ts'
import { twilioCalls } from '../channels/twilio-calls-rest.ts'
import { type Sent, twilioTexts } from '../channels/twilio-rest.ts'
import type { Config } from '../config.ts'
import type { Content } from '../content.ts'
import type { OpenDesk } from '../desk/open.ts'
import { DoorError } from '../errors.ts'
import type { Log } from '../observe.ts'
import { staffByEntra } from '../places/roster.ts'
import type { SimulatorKeys } from '../simulator/simulator.ts'
import { sayOf } from '../turn/says.ts'

/** What the door knows when it meets its neighbours. `url` is known only once it listens. */
export interface Meeting {
  config: Config
  keys: SimulatorKeys | undefined
  url: () => string
  content: () => Content
  log: Log
  /** The breakers round them. */
  neighbours: Neighbours
  /** Loads the Bot Framework when it is first needed. */
  lazy?: boolean
}

/** Breakers that say in the log when a neighbour is shut. */
export const breakersTo = (log: Log): Neighbours =>
  openNeighbours((part, code) =>
    code === 'neighbour-shut'
      ? log.error({ part, code }, 'A neighbour is asked only now and then')
      : log.warn({ part, code }, 'A neighbour answers again')
  )

/** Twilio's token, and the one that takes its place while it is being changed. */
export const twilioTokens = ({
  TWILIO_AUTH_TOKEN: now,
  TWILIO_AUTH_TOKEN_NEXT: next,
}: Pick<Config, 'TWILIO_AUTH_TOKEN' | 'TWILIO_AUTH_TOKEN_NEXT'>) =>
  [now, next].filter((token) => token !== undefined)

/** How Twilio's REST side is reached: the simulator's in the demo. While the token is being changed either may hold. */
function accountBy({ config, keys, url }: Meeting): TwilioAccount {
  const twilio = keys?.twilio
  const accountSid = twilio?.accountSid ?? config.TWILIO_ACCOUNT_SID ?? ''
  const secret = twilio?.apiSecret ?? config.TWILIO_API_SECRET
  return {
    accountSid,
    username: twilio?.apiKey ?? config.TWILIO_API_KEY ?? accountSid,
    passwords: secret ? [secret] : twilioTokens(config),
    get apiUrl() {
      return twilio ? `${url()}/simulator/twilio` : config.TWILIO_API_URL
    },
  }
}

export const textsBy = (meeting: Meeting) => twilioTexts(accountBy(meeting))
export const callsBy = (meeting: Meeting) => twilioCalls(accountBy(meeting))

/** Where staff were last met in Teams, kept elsewhere than in this process. */
type Met = Pick<TeamsOptions, 'serviceUrl' | 'met'>

/** Teams: the simulator's in the demo, none where it is left out. */
export function teamsBy(
  meeting: Meeting,
  takeTurn: TakeTurn,
  desk?: Pick<OpenDesk, 'staffDid' | 'outOfTeam'>,
  kept?: Met
) {
  const { config, keys, url, content, log, neighbours, lazy = false } = meeting
  const sim = keys && {
    appId: keys.teams.appId,
    appPassword: keys.teams.appPassword,
    tenantId: keys.teams.tenantId,
    openIdUrl: `${url()}/simulator/teams-service/v1/.well-known/openidconfiguration`,
    loginUrl: `${url()}/simulator/teams-service/login/${keys.teams.tenantId}`,
    serviceUrl: `${url()}/simulator/teams-service/`,
  }
  const live = config.MICROSOFT_APP_ID !== undefined && {
    appId: config.MICROSOFT_APP_ID,
    appPassword: config.MICROSOFT_APP_PASSWORD ?? '',
    tenantId: config.MICROSOFT_APP_TENANT_ID,
    openIdUrl: config.MICROSOFT_OPENID_URL,
    loginUrl: config.MICROSOFT_LOGIN_URL,
  }
  const account = sim || live
  if (!account) return undefined
  const tenants = (tenant: string) =>
    [...content().places.values()].find(({ place }) => place.teams.tenant === tenant)?.place.place
  const unknownTenant = () => sayOf({ content: content(), lang: 'en' }, 'unknown-number', 'text')
  const guard = neighbours.guard('teams')
  const staff = (name: string, entra: string) => {
    const place = content().places.get(name)?.place
    return place && staffByEntra(place, entra)?.id
  }
  const heard = desk && { staffDid: desk.staffDid, staff, removed: desk.outOfTeam }
  const options = { ...account, tenants, unknownTenant, log, guard, lazy, ...heard, ...kept }
  return teams(takeTurn, options)
}

/** Google Translate, where it is connected. */
export function translateBy({ config, neighbours }: Meeting): Translating {
  const { GOOGLE_TRANSLATE_KEY: key, GOOGLE_TRANSLATE_URL: url = TRANSLATE_URL } = config
  if (key === undefined) return {}
  return { translate: translator({ key, url }), guardTranslate: neighbours.guard('translate') }
}

interface Translating {
  translate?: Translate
  guardTranslate?: Guard
}

/** Words into a Teams chat, for the outbox. */
export function wordsToTeams(channel: ReturnType<typeof teamsBy>) {
  if (!channel) return undefined
  return async function sendTeams(reach: unknown, text: string): Promise<Sent> {
    const message = { type: 'message', text, textFormat: 'plain' } as const
    return sending(async () => {
      const { id } = await channel.send(reach as TeamsReference, message)
      return { sid: id }
    })
  }
}

/** What Teams did with something of ours, with what may be tried again. */
export async function sending<Done>(send: () => Promise<Done>): Promise<Done | NotSent> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof DoorError)) throw error
    if (!error.retry) return { refused: error.message, code: error.code }
    const { waitSeconds } = (error.cause ?? {}) as { waitSeconds?: number }
    // Our password, most likely: an operator mends it, and what waits is sent.
    const ours = error.code === 'neighbour-refused' && {
      ours: `${error.message}: see MICROSOFT_APP_PASSWORD`,
    }
    return {
      retry: true,
      ...(waitSeconds !== undefined && { after: waitSeconds * 1000 }),
      ...ours,
    }
  }
}

type NotSent = Exclude<Sent, { sid: string }>
