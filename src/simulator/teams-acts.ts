import * as z from 'zod'
import { SimulatorProblem } from './problem.ts'
import {
  keepMessage,
  nextId,
  serviceUrl,
  type Teams,
  type TeamsMessage,
  type TeamsPerson,
} from './teams.ts'
import { cardsOf, checkActivity, type Press, pressedData } from './teams-cards.ts'
import { channelToken } from './teams-tokens.ts'
import { BOT_NAME, formatted } from './teams-typed.ts'

const PATIENCE = 15_000

/** A press of a button, with what was filled in. */
export interface Click {
  card: string
  action: string
  data: Record<string, unknown>
}

/** Who acts, and in whose chat or in which channel. */
export interface ActingIn {
  teams: Teams
  person: TeamsPerson
  speaker: TeamsPerson
}

export interface Say {
  say: string
  thread?: string | undefined
  quote?: string | undefined
  written?: string | undefined
  attach?: readonly string[] | undefined
}

/** Somebody types. In a channel a bot that may not hear all hears only what names it. */
export async function says({ teams, person, speaker }: ActingIn, typed: Say): Promise<undefined> {
  const { say, quote } = typed
  const thread = typed.thread === undefined ? undefined : rootOf(person, typed.thread)
  const quoted = quote === undefined ? undefined : messageOf(person, quote)
  const shown = { type: 'message', text: say }
  const { id } = keepMessage(teams, person, speaker.who, shown, thread)
  const { named, ...activity } = formatted(teams, person, typed, quoted)
  if (!hears(person, named)) return
  const from = inbound(teams, person, speaker, thread ?? id)
  const entities = [...from.entities, ...activity.entities]
  const timestamp = typed.written ?? from.timestamp
  await tellBot(teams, { ...from, timestamp, type: 'message', ...activity, entities, id })
}

const hears = ({ kind, bot }: TeamsPerson, named: boolean): boolean =>
  kind !== 'channel' || (bot?.in !== false && (bot?.hears !== 'named' || named))

/** Somebody changes or deletes what they typed: Teams tells the bot, which may have made something of it. */
export async function changes(
  { teams, person, speaker }: ActingIn,
  message: string,
  say: string | null
): Promise<undefined> {
  const found = messageOf(person, message)
  if (found.by !== speaker.who)
    throw new SimulatorProblem(409, `${speaker.who} did not write "${message}".`)
  if (say === null) person.messages = person.messages.filter((each) => each !== found)
  else found.activity = { ...found.activity, text: say }
  if (!hears(person, false)) return
  const { channelData, ...from } = inbound(teams, person, speaker, found.thread ?? found.id)
  const eventType = say === null ? 'softDeleteMessage' : 'editMessage'
  await tellBot(teams, {
    ...from,
    ...{ type: say === null ? 'messageDelete' : 'messageUpdate', id: message },
    ...(say !== null && { text: say }),
    channelData: { ...channelData, eventType },
  })
}

/** What the bot is to a channel or a person: there or not, and whether it hears everything there. */
export interface BotThere {
  in?: boolean | undefined
  hears?: 'all' | 'named' | undefined
  /** Whether Teams tells the bot that it was taken out. */
  told?: boolean | undefined
}

/** The bot is put into a channel's team, or taken out of it; or somebody blocks it in their own chat. */
export async function botThere(
  { teams, person, speaker }: ActingIn,
  { told = true, ...bot }: BotThere
): Promise<undefined> {
  const was = person.bot?.in !== false
  person.bot = { ...person.bot, ...bot }
  const is = person.bot.in !== false
  // Whoever blocks a bot in their own chat tells it nothing.
  if (was === is || !told || person.kind !== 'channel') return
  const { text: _, ...from } = { text: '', ...inbound(teams, person, speaker, '') }
  const { recipient, conversation, channelData } = from
  const eventType = is ? 'teamMemberAdded' : 'teamMemberRemoved'
  await tellBot(teams, {
    ...from,
    ...{ type: 'conversationUpdate', id: nextId(teams) },
    [is ? 'membersAdded' : 'membersRemoved']: [recipient],
    conversation: { ...conversation, id: person.conversation },
    channelData: { ...channelData, eventType },
  })
}

function messageOf(person: TeamsPerson, message: string): TeamsMessage {
  const found = person.messages.find(({ id }) => id === message)
  if (found) return found
  throw new SimulatorProblem(404, `There is no message "${message}" here.`)
}

function rootOf(person: TeamsPerson, thread: string): string {
  const found = person.messages.find(({ id }) => id === thread)
  if (found) return found.thread ?? found.id
  throw new SimulatorProblem(404, `There is no message "${thread}" here to answer.`)
}

/** A press: a message with a value, which a button may dress as words of the person's own; or an invoke, with its answer. */
export async function clicks(
  { teams, person, speaker }: ActingIn,
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
  const now = teams.exchange.controls.clock.now()
  return {
    timestamp: now,
    localTimestamp: now,
    localTimezone: 'Europe/London',
    locale: 'en-GB',
    channelId: 'msteams',
    serviceUrl: serviceUrl(teams),
    from: { id: speaker.id, name: speaker.name, aadObjectId: speaker.aadObjectId },
    recipient: { id: `28:${teams.exchange.keys.teams.appId}`, name: BOT_NAME },
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
