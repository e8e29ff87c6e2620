import type { Activity, ConversationReference } from 'botbuilder'
import * as z from 'zod'
import { DoorError } from '../errors.ts'
import type { BotTokens } from '../security/teams-login.ts'
import type { TeamsReference } from './teams-activity.ts'
import { connectorHttp, type HttpClient } from './teams-connector.ts'

const TIME_LIMIT = 10_000
const SCOPE = 'https://api.botframework.com'

/** A message as we write it. With an `id` it takes the place of the message of that id. */
export const outgoingShape = z.object({
  type: z.literal('message'),
  id: z.string().min(1).optional(),
  text: z.string().optional(),
  textFormat: z.literal('plain').optional(),
  summary: z.string().optional(),
  locale: z.string().optional(),
  attachments: z
    .array(z.object({ contentType: z.string(), content: z.record(z.string(), z.unknown()) }))
    .optional(),
})
export type TeamsMessage = z.infer<typeof outgoingShape>

/** Where a message now stands: what is needed to change it later. */
export interface Sent {
  id: string
  conversation: string
}

export type Send = (reference: TeamsReference, activity: TeamsMessage) => Promise<Sent>

/**
 * Sends one message through botbuilder, within 10 s. Rejects with DoorError as `connectorHttp` says; its `cause` is a
 * TeamsRefusal. One that timed out may have arrived: Teams cannot be asked.
 */
export function teamsSend(parts: {
  appId: string
  tokens: BotTokens
  mayCall: (url: string) => boolean
  /** Loads the Bot Framework with the first message: where a start must be quick, as at the edge. */
  lazy?: boolean
}): Send {
  let _loading: Promise<typeof import('botbuilder')> | undefined
  const load = () => {
    _loading ??= import('botbuilder')
    return _loading
  }
  // Half a second of loading: begun now, so that no one's first message waits for it.
  if (!parts.lazy) load().catch(() => {})
  return async function send(reference, activity) {
    // Asked again of every stored reference: the connector's own check comes after its requests are built.
    if (!parts.mayCall(reference.serviceUrl))
      throw new DoorError('not-allowed', 'A service URL that is not of Teams', false)
    const { signal, until, end } = timeLimit()
    const http = connectorHttp({ ...parts, signal, until })
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(tooLate()))
    })
    const sent = deliver({ sdk: await load(), appId: parts.appId, http }, reference, activity)
    return Promise.race([sent, late]).finally(end)
  }
}

interface Way {
  sdk: typeof import('botbuilder')
  appId: string
  http: HttpClient
}

async function deliver(way: Way, reference: TeamsReference, activity: TeamsMessage): Promise<Sent> {
  const adapter = adapterFor(way)
  const conversation = reference.conversation ?? (await begin(adapter, way, reference))
  const { id, ...rest } = activity
  const message = rest as Partial<Activity>
  let sent = ''
  const place = continued(way.appId, reference, conversation)
  await adapter.continueConversationAsync(way.appId, place, async (context) => {
    // botbuilder answers the activity it is told of; a message of our own answers none.
    if (reference.replyTo) context.activity.id = reference.replyTo
    else delete context.activity.id
    if (id) await context.updateActivity({ ...message, id })
    sent = id ?? (await context.sendActivity(message))?.id ?? ''
  })
  return { id: sent, conversation }
}

/** An adapter for one message, so that its requests end when its time does. It takes 0.01 ms to make. */
function adapterFor({ sdk, appId, http }: Way) {
  const credentials = {
    isValidAppId: async (given: string) => given === appId,
    isAuthenticationDisabled: async () => false,
    // Our own client signs requests: the SDK's sign-in refuses plain http and has no time limit.
    createCredentials: async () => ({ signRequest: async <T>(request: T) => request }),
  }
  const auth = new sdk.ConfigurationBotFrameworkAuthentication(
    { MicrosoftAppId: appId },
    credentials,
    undefined,
    undefined,
    { httpClient: http }
  )
  return new sdk.CloudAdapter(auth)
}

type Adapter = ReturnType<typeof adapterFor>

async function begin(adapter: Adapter, way: Way, reference: TeamsReference): Promise<string> {
  const { serviceUrl, tenant, person } = reference
  if (!person) throw new DoorError('bad-input', 'A message to no one', false)
  let conversation = ''
  await adapter.createConversationAsync(
    way.appId,
    'msteams',
    serviceUrl,
    SCOPE,
    {
      isGroup: false,
      bot: { id: `28:${way.appId}`, name: '' },
      members: [{ id: person, name: '' }],
      tenantId: tenant,
      channelData: { tenant: { id: tenant } },
    } as Parameters<Adapter['createConversationAsync']>[4],
    async (context) => {
      conversation = context.activity.conversation.id
    }
  )
  if (!conversation) throw new DoorError('neighbour-refused', 'Teams began no conversation', true)
  return conversation
}

function continued(appId: string, { serviceUrl, tenant, person }: TeamsReference, id: string) {
  return {
    serviceUrl,
    channelId: 'msteams',
    conversation: { id, tenantId: tenant },
    bot: { id: `28:${appId}`, name: '' },
    ...(person && { user: { id: person, name: '' } }),
  } as Partial<ConversationReference>
}

function timeLimit() {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIME_LIMIT)
  return {
    signal: abort.signal,
    until: Date.now() + TIME_LIMIT,
    end: () => clearTimeout(timer),
  }
}

const tooLate = () =>
  new DoorError('neighbour-down', 'Teams did not answer in 10 s', true, { cause: { status: 0 } })
