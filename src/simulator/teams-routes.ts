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
  serviceUrl,
  type Teams,
  type TeamsMessage,
  type TeamsPerson,
} from './teams.ts'
import { cardsOf, pressedData } from './teams-cards.ts'
import { channelToken } from './teams-tokens.ts'

/** A place whose bot this is not: for seeing what a stranger's organisation is told. */
const STRANGERS = 'elsewhere'
const PATIENCE = 15_000
const ACTS =
  'Send { "say": "…" } or { "click": { "card": "…", "action": "…", "data": {} } }; with "place" on first contact.'
const shared = { place: z.string().optional(), as: z.string().optional() }
const act = z.union([
  z.strictObject({ ...shared, say: z.string().min(1).max(4000) }),
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
      await tellBot(teams, person, speaker, asked)
      await settle(teams.exchange)
      const replies = person.messages.slice(before).filter(({ by }) => by === 'door')
      return c.json({ ...teamsView(person), replies: replies.map(messageView) })
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

async function tellBot(
  teams: Teams,
  person: TeamsPerson,
  speaker: TeamsPerson,
  asked: Act
): Promise<void> {
  const said = 'say' in asked ? { text: asked.say } : clicked(person, asked.click)
  const message = keepMessage(teams, person, speaker.who, { type: 'message', ...said })
  const activity = { ...inbound(teams, person, speaker), ...message.activity, id: message.id }
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
  await answer.body?.cancel()
  if (!answer.ok)
    throw new SimulatorProblem(
      422,
      `The app answered ${answer.status} to POST /api/messages. Teams would say the message was not sent; see the app's log.`
    )
}

/** A press travels as a message with a value; a button may ask Teams to say something in the person's name. */
function clicked(person: TeamsPerson, click: Extract<Act, { click: unknown }>['click']) {
  const message = person.messages.find((each) =>
    cardsOf(each).some(({ card }) => card === click.card)
  )
  const card = message && cardsOf(message).find((each) => each.card === click.card)
  if (!card)
    throw new SimulatorProblem(
      404,
      `${person.who} has no card "${click.card}". GET /simulator/teams/${person.who} lists them.`
    )
  const { msteams, ...value } = pressedData(card, click.action, click.data)
  const asked = z.object({ type: z.string(), text: z.string().optional(), value: z.unknown() })
  const special = asked.safeParse(msteams).data
  if (special?.type === 'imBack') return { text: String(special.value) }
  return {
    value: special?.type === 'messageBack' && special.value !== undefined ? special.value : value,
    replyToId: message.id,
    ...(special?.text !== undefined && { text: special.text }),
  }
}

function inbound(teams: Teams, person: TeamsPerson, speaker: TeamsPerson) {
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
      id: conversation,
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
  const { id, by, at, activity } = message
  const pressed = activity.value === undefined ? {} : { value: activity.value }
  return { id, from: by, at, text: activity.text ?? '', cards: cardsOf(message), ...pressed }
}
