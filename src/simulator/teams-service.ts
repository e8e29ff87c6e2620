import { type Context, Hono } from 'hono'
import type { SimulatorKeys } from './keys.ts'
import {
  type Activity,
  byConversation,
  byId,
  join,
  keepMessage,
  learnPlaces,
  serviceUrl,
  type Teams,
  type TeamsPerson,
  threadOf,
} from './teams.ts'
import { checkActivity } from './teams-cards.ts'
import { botToken, isBotToken, keySet, TOKEN_SECONDS } from './teams-tokens.ts'

interface NewConversation {
  members?: readonly { id: string; name?: string }[]
  tenantId?: string
  channelData?: { tenant?: { id?: string }; channel?: { id?: string } }
  activity?: Activity
}

/**
 * What Microsoft serves to a bot: keys, tokens and the connector, at `/simulator/teams-service` of the app. Configure
 * (botbuilder's ConfigurationBotFrameworkAuthentication takes the names in brackets):
 *
 * - MICROSOFT_OPENID_URL  `<origin>/simulator/teams-service/v1/.well-known/openidconfiguration` [ToBotFromChannelOpenIdMetadataUrl]
 * - MICROSOFT_LOGIN_URL   `<origin>/simulator/teams-service/login/<tenant>`; tokens by POST to `…/oauth2/v2.0/token`
 * - issuer `https://api.botframework.com` [ToBotFromChannelTokenIssuer] and scope `https://api.botframework.com/.default`, as in real use
 *
 * The connector's address comes in each activity's serviceUrl. MSAL refuses any login address that is not https
 * (authority_uri_insecure), so over plain http on loopback the bot's credentials must fetch this token themselves: a form
 * of grant_type=client_credentials, client_id, client_secret and scope, which the real address takes as well.
 */
export function teamsService(teams: Teams): Hono {
  const { keys } = teams.exchange
  const service = new Hono()
  service.get('/v1/.well-known/openidconfiguration', (c) => c.json(metadata(teams)))
  service.get('/v1/.well-known/keys', async (c) => c.json(await keySet(keys)))
  service.post('/login/:tenant/oauth2/v2.0/token', (c) => token(keys, c))
  service.use('/v3/*', async (c, next) => {
    if (await isBotToken(keys, c.req.header('authorization') ?? '')) return next()
    return refuse(c, 401, 'Unauthorized', 'Authorization has been denied for this request.')
  })
  service.use('/v3/conversations/:id/*', async (c, next) => {
    if (byConversation(teams, c.req.param('id'))?.bot?.in !== false) return next()
    const why = 'The bot is not part of the conversation roster.'
    return refuse(c, 403, 'BotNotInConversationRoster', why)
  })
  service.post('/v3/conversations', (c) => converse(teams, c))
  service.post('/v3/conversations/:id/activities', (c) => speak(teams, c))
  service.post('/v3/conversations/:id/activities/:activity', (c) => speak(teams, c))
  service.put('/v3/conversations/:id/activities/:activity', (c) => change(teams, c))
  service.delete('/v3/conversations/:id/activities/:activity', (c) => withdraw(teams, c))
  service.get('/v3/conversations/:id/members/:member', (c) => member(teams, c))
  return service
}

function metadata(teams: Teams) {
  return {
    issuer: 'https://api.botframework.com',
    authorization_endpoint: 'https://invalid.botframework.com',
    jwks_uri: `${serviceUrl(teams)}v1/.well-known/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  }
}

async function token(keys: SimulatorKeys, c: Context): Promise<Response> {
  const form = new URLSearchParams(await c.req.text())
  const refusal = (error: string, error_description: string) =>
    c.json({ error, error_description }, error === 'invalid_client' ? 401 : 400)
  if (form.get('grant_type') !== 'client_credentials')
    return refusal('unsupported_grant_type', 'AADSTS70003: Use client_credentials.')
  if (form.get('scope') !== 'https://api.botframework.com/.default')
    return refusal('invalid_scope', 'AADSTS70011: Ask for https://api.botframework.com/.default.')
  const { appId, appPassword } = keys.teams
  if (form.get('client_id') !== appId || form.get('client_secret') !== appPassword)
    return refusal('invalid_client', 'AADSTS7000215: Invalid client secret provided.')
  return c.json({
    token_type: 'Bearer',
    expires_in: TOKEN_SECONDS,
    ext_expires_in: TOKEN_SECONDS,
    access_token: await botToken(keys, c.req.param('tenant') ?? ''),
  })
}

/** The bot begins: a chat with a person, or a new thread in a channel. */
async function converse(teams: Teams, c: Context): Promise<Response> {
  const asked = (await c.req.json()) as NewConversation
  const channel = asked.channelData?.channel?.id
  const id = channel ?? asked.members?.[0]?.id
  const tenant = asked.tenantId ?? asked.channelData?.tenant?.id
  if (id === undefined || tenant === undefined)
    return refuse(c, 400, 'BadSyntax', 'Name a tenant and either a channel or one member.')
  await learnPlaces(teams)
  const person = byId(teams, id) ?? newStaff(teams, id, tenant, channel !== undefined)
  const fault = asked.activity && checkActivity(asked.activity)
  if (fault) return refuse(c, 400, 'BadArgument', fault)
  const message = asked.activity && keepMessage(teams, person, 'door', asked.activity)
  const conversation =
    channel && message ? `${channel};messageid=${message.id}` : person.conversation
  return c.json(
    { id: conversation, serviceUrl: serviceUrl(teams), ...(message && { activityId: message.id }) },
    201
  )
}

/** Whoever a bot writes to first is staff: a resident is only ever answered. */
function newStaff(teams: Teams, id: string, tenant: string, channel: boolean): TeamsPerson {
  const place = teams.places.find((each) => each.teams?.tenant === tenant)?.place ?? null
  return join(teams, {
    who: id,
    name: channel ? 'Channel' : 'Member of staff',
    kind: channel ? 'channel' : 'navigator',
    place,
    tenant,
    id,
  })
}

async function speak(teams: Teams, c: Context): Promise<Response> {
  const id = c.req.param('id') ?? ''
  if (!byConversation(teams, id)) await learnPlaces(teams)
  const person = byConversation(teams, id)
  if (!person) return refuse(c, 404, 'ConversationNotFound', 'Conversation not found.')
  const activity = (await c.req.json()) as Activity
  const fault = checkActivity(activity)
  if (fault) return refuse(c, 400, 'BadArgument', fault)
  if (activity.type === 'typing') return c.json({ id: '' }, 201)
  return c.json({ id: keepMessage(teams, person, 'door', activity, threadOf(id)).id }, 201)
}

async function change(teams: Teams, c: Context): Promise<Response> {
  const message = find(teams, c)
  if (!message) return refuse(c, 404, 'ActivityNotFoundInConversation', 'Unknown activity id.')
  const activity = (await c.req.json()) as Activity
  const fault = checkActivity(activity)
  if (fault) return refuse(c, 400, 'BadArgument', fault)
  message.activity = activity
  delete message.notice
  return c.json({ id: message.id })
}

function withdraw(teams: Teams, c: Context): Response {
  const person = byConversation(teams, c.req.param('id') ?? '')
  const message = find(teams, c)
  if (!person || !message)
    return refuse(c, 404, 'ActivityNotFoundInConversation', 'Unknown activity id.')
  person.messages = person.messages.filter((each) => each !== message)
  return c.body(null, 200)
}

function member(teams: Teams, c: Context): Response {
  const person = byId(teams, c.req.param('member') ?? '')
  if (!person) return refuse(c, 404, 'MemberNotFoundInConversation', 'Member not found.')
  const { id, aadObjectId, name, tenant } = person
  return c.json({ id, aadObjectId, name, tenantId: tenant, userRole: 'user' })
}

function find(teams: Teams, c: Context) {
  const person = byConversation(teams, c.req.param('id') ?? '')
  return person?.messages.find(({ id, by }) => id === c.req.param('activity') && by === 'door')
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404,
  code: string,
  message: string
): Response {
  return c.json({ error: { code, message } }, status)
}
