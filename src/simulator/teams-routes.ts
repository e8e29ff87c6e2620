import { Hono } from 'hono'
import * as z from 'zod'
import { settle } from './exchange.ts'
import { SimulatorProblem } from './problem.ts'
import { readBody } from './read-body.ts'
import {
  byName,
  join,
  learnPlaces,
  type Teams,
  type TeamsMessage,
  type TeamsPerson,
} from './teams.ts'
import { type ActingIn, botThere, changes, clicks, says } from './teams-acts.ts'
import { cardsOf } from './teams-cards.ts'

/** A place whose bot this is not: for seeing what a stranger's organisation is told. */
const STRANGERS = 'elsewhere'
const ACTS =
  'Send { "say": "…" } or { "click": { "card": "…", "action": "…", "data": {} } }; with "place" on first contact, and "thread" (a message) to answer in a channel. "@Front door" names the bot. Also { "edit": { "message", "say" } }, { "delete": "…" }, and { "bot": { "in": false } } of a channel.'
const shared = { place: z.string().optional(), as: z.string().optional() }
const act = z.union([
  z.strictObject({
    ...shared,
    say: z.string().min(1).max(12_000),
    thread: z.string().optional(),
    /** A message of this chat that is quoted above the words. */
    quote: z.string().optional(),
    /** When it was typed, where Teams brings it later. */
    written: z.iso.datetime().optional(),
    /** Content types of pictures and files that go with them. */
    attach: z.array(z.string().min(1).max(100)).max(5).optional(),
  }),
  z.strictObject({
    ...shared,
    click: z.strictObject({
      card: z.string(),
      action: z.string(),
      data: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
  z.strictObject({
    ...shared,
    edit: z.strictObject({ message: z.string(), say: z.string().min(1).max(12_000) }),
  }),
  z.strictObject({ ...shared, delete: z.string() }),
  z.strictObject({
    ...shared,
    bot: z.strictObject({
      in: z.boolean().optional(),
      hears: z.enum(['all', 'named']).optional(),
      told: z.boolean().optional(),
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
      const answered = await doing({ teams, person, speaker }, asked)
      await settle(teams.exchange)
      const replies = person.messages.slice(before).filter(({ by }) => by === 'door')
      return c.json({
        ...teamsView(person),
        replies: replies.map(messageView),
        ...(answered !== undefined && { answered }),
      })
    })
}

function doing(acting: ActingIn, asked: Act): Promise<string | undefined> {
  if ('say' in asked) return says(acting, asked)
  if ('click' in asked) return clicks(acting, asked.click)
  if ('edit' in asked) return changes(acting, asked.edit.message, asked.edit.say)
  return 'bot' in asked ? botThere(acting, asked.bot) : changes(acting, asked.delete, null)
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
