import { Hono } from 'hono'
import * as z from 'zod'
import { settle } from './exchange.ts'
import { SimulatorProblem } from './problem.ts'
import { readBody } from './read-body.ts'
import {
  byName,
  join,
  keepMessage,
  learnPlaces,
  nextId,
  serviceUrl,
  type Teams,
  type TeamsMessage,
  type TeamsPerson,
} from './teams.ts'
import { cardsOf, checkActivity, type Press, pressedData } from './teams-cards.ts'
import { channelToken } from './teams-tokens.ts'

/** A place whose bot this is not: for seeing what a stranger's organisation is told. */
const STRANGERS = 'elsewhere'
const PATIENCE = 15_000
const ACTS =
  'Send { "say": "…" } or { "click": { "card": "…", "action": "…", "data": {} } }; with "place" on first contact, and "thread" (a message) to answer in a channel.'
const shared = { place: z.string().optional(), as: z.string().optional() }
const act = z.union([
  z.strictObject({ ...shared, say: z.string().min(1).max(12_000), thread: z.string().optional() }),
  z.strictObject({
    ...shared,
    click: z.strictObject({
      card: z.string(),
      action: z.string(),
      data: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
])
type Act = z.infer<typeof act>
type Click = Extract<Act, { click: unknown }>['click']

/** Teams as its people see it. `as` is who in a channel speaks or presses. */
export function teamsRoutes(teams: Teams): Hono {
  return new Hono()
    .use(async (_c, next) => {
      await learnPlaces(teams)
      await next()
    })
    .get('/', (c) => {
      const people = [...teams.people.values()]
      return c.json(people.map(({ place, who, kind, name }) => ({ place, who, kind, name })))
    })
    .get('/:who', (c) => c.json(teamsView(byName(teams, c.req.param('who')))))
    .post('/:who', async (c) => {
      const asked = await readBody(c, act, ACTS)
      const person = arrive(teams, c.req.param('who'), asked.place)
      const speaker = asked.as === undefined ? person : byName(teams, asked.as)
      const before = person.messages.length
      const answered =
        'say' in asked
          ? await says(teams, person, speaker, asked)
          : await clicks(teams, person, speaker, asked.click)
      await settle(teams.exchange)
      const replies = person.messages.slice(before).filter(({ by }) => by === 'door')
      return c.json({
        ...teamsView(person),
        replies: replies.map(messageView),
        ...(answered !== undefined && { answered }),
      })
    })
}

function arrive(teams: Teams, who: string, place: string | undefined): TeamsPerson {
  const known = teams.people.get(who)
  if (known) return known
  const { places } = teams
  const names = [...places.map((each) => each.place), STRANGERS].join(', ')
  if (place === undefined)
    throw new SimulatorProblem(
      400,
      `${who} is new to Teams. Say which "place" they are in: ${names}.`
    )
  const { tenantId, strangerTenantId } = teams.exchange.keys.teams
  const found = places.find((each) => each.place === place)
  if (!found && places.length > 0 && place !== STRANGERS)
    throw new SimulatorProblem(404, `There is no place "${place}" in Teams. There are ${names}.`)
  const tenant = place === STRANGERS ? strangerTenantId : (found?.teams?.tenant ?? tenantId)
  return join(teams, { who, name: who, kind: 'resident', place, tenant })
}

async function says(
  teams: Teams,
  person: TeamsPerson,
  speaker: TeamsPerson,
  { say, thread }: Extract<Act, { say: string }>
): Promise<undefined> {
  if (thread !== undefined && !person.messages.some(({ id }) => id === thread))
    throw new SimulatorProblem(404, `There is no message "${thread}" here to answer.`)
  const { id } = keepMessage(teams, person, speaker.who, { type: 'message', text: say }, thread)
  const said = { type: 'message', text: say, id }
  await tellBot(teams, { ...inbound(teams, person, speaker, thread ?? id), ...said })
}

/** A press: a message with a value, which a button may dress as words of the person's own; or an invoke, with its answer. */
async function clicks(
  teams: Teams,
  person: TeamsPerson,
  speaker: TeamsPerson,
  click: Click
): Promise<string | undefined> {
  const { message, press } = pressed(person, click)
  const thread = message.thread ?? message.id
  const common = { ...inbound(teams, person, speaker, thread), replyToId: message.id }
  delete message.notice
  if (press.by === 'invoke') {
    const action = { type: 'Action.Execute', id: click.action, verb: 'staff', data: press.data }
    const value = { action, trigger: 'manual' }
    const named = { type: 'invoke', name: 'adaptiveCard/action', id: nextId(teams), value }
    return takeAnswer(message, await tellBot(teams, { ...common, ...named }))
  }
  const sent = { type: 'message', ...asMessage(press.data) }
  const { id } = keepMessage(teams, person, speaker.who, sent, message.thread)
  // Someone's own words answer no card.
  const replyToId = 'value' in sent ? message.id : undefined
  await tellBot(teams, { ...common, ...sent, id, replyToId })
  return undefined
}

/** What a bot may ask of Teams in a button's data: to say something in the person's name. */
function asMessage({ msteams, ...value }: Record<string, unknown>) {
  const asked = z.object({ type: z.string(), text: z.string().optional(), value: z.unknown() })
  const special = asked.safeParse(msteams).data
  if (special?.type === 'imBack') return { text: String(special.value) }
  return {
    value: special?.type === 'messageBack' && special.value !== undefined ? special.value : value,
    ...(special?.text !== undefined && { text: special.text }),
  }
}

const invokeAnswer = z.object({
  statusCode: z.number(),
  type: z.string(),
  value: z.unknown(),
})

/** Shows what the bot answered to an invoke: a card in place of the pressed one, or words below it. */
function takeAnswer(message: TeamsMessage, body: unknown): string | undefined {
  const answer = invokeAnswer.safeParse(body).data
  if (!answer)
    throw new SimulatorProblem(422, 'The app gave no answer to the button. Teams would say so.')
  if (answer.type === 'application/vnd.microsoft.card.adaptive') {
    const attachments = [{ contentType: answer.type, content: answer.value }]
    const fault = checkActivity({ attachments })
    if (fault) throw new SimulatorProblem(422, `The app answered with a bad card. ${fault}`)
    message.activity = { ...message.activity, attachments }
    return undefined
  }
  message.notice = String(answer.value)
  return message.notice
}

async function tellBot(teams: Teams, activity: Record<string, unknown>): Promise<unknown> {
  const answer = await fetch(`${teams.exchange.origin()}/api/messages`, {
    method: 'POST',
    signal: AbortSignal.timeout(PATIENCE),
    headers: {
      Authorization: `Bearer ${await channelToken(teams.exchange.keys, serviceUrl(teams))}`,
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
    },
    body: JSON.stringify(activity),
  }).catch(() => {
    throw new SimulatorProblem(422, 'The app did not answer POST /api/messages. Is it running?')
  })
  const body = await answer.json().catch(() => null)
  if (!answer.ok)
    throw new SimulatorProblem(
      422,
      `The app answered ${answer.status} to POST /api/messages. Teams would say the message was not sent; see the app's log.`
    )
  return body
}

function pressed(person: TeamsPerson, click: Click): { message: TeamsMessage; press: Press } {
  const message = person.messages.find((each) =>
    cardsOf(each).some(({ card }) => card === click.card)
  )
  const card = message && cardsOf(message).find((each) => each.card === click.card)
  if (!card)
    throw new SimulatorProblem(
      404,
      `${person.who} has no card "${click.card}". GET /simulator/teams/${person.who} lists them.`
    )
  return { message, press: pressedData(card, click.action, click.data) }
}

/** What every activity says of where it comes from. In a channel the conversation is one thread of it. */
function inbound(teams: Teams, person: TeamsPerson, speaker: TeamsPerson, thread: string) {
  const { tenant, conversation, kind } = person
  const channel = kind === 'channel'
  const now = new Date().toISOString()
  return {
    timestamp: now,
    localTimestamp: now,
    localTimezone: 'Europe/London',
    locale: 'en-GB',
    channelId: 'msteams',
    serviceUrl: serviceUrl(teams),
    from: { id: speaker.id, name: speaker.name, aadObjectId: speaker.aadObjectId },
    recipient: { id: `28:${teams.exchange.keys.teams.appId}`, name: 'Front door' },
    conversation: {
      id: channel ? `${conversation};messageid=${thread}` : conversation,
      tenantId: tenant,
      conversationType: channel ? 'channel' : 'personal',
      ...(channel && { isGroup: true }),
    },
    textFormat: 'plain',
    entities: [
      {
        type: 'clientInfo',
        locale: 'en-GB',
        country: 'GB',
        platform: 'Web',
        timezone: 'Europe/London',
      },
    ],
    channelData: { tenant: { id: tenant }, ...(channel && { channel: { id: conversation } }) },
  }
}

function teamsView(person: TeamsPerson) {
  const { who, name, place, kind, messages } = person
  const cards = messages.filter(({ by }) => by === 'door').flatMap(cardsOf)
  return { who, name, place, kind, messages: messages.map(messageView), cards }
}

function messageView(message: TeamsMessage) {
  const { id, by, at, activity, thread, notice } = message
  const pressed = activity.value === undefined ? {} : { value: activity.value }
  const more = { ...(thread !== undefined && { thread }), ...(notice !== undefined && { notice }) }
  return {
    id,
    from: by,
    at,
    text: activity.text ?? '',
    cards: cardsOf(message),
    ...pressed,
    ...more,
  }
}
