import { createHash } from 'node:crypto'
import type { Exchange } from './exchange.ts'
import { SimulatorProblem } from './problem.ts'

/** A place as the app tells it: which organisation in Teams is its own and, where it says so, who is on its roster. */
interface TeamsPlace {
  place: string
  teams?: {
    tenant: string
    /** Staff and channels, by an Entra object id or a channel's thread id. */
    people?: readonly { who: string; name: string; kind: 'navigator' | 'channel'; id: string }[]
  }
}

/** Someone in Teams: a resident, a member of staff, or a channel that many read. */
export interface TeamsPerson {
  who: string
  name: string
  place: string | null
  tenant: string
  kind: 'resident' | 'navigator' | 'channel'
  /** The id the bot sees, and the person's id in their organisation. */
  id: string
  aadObjectId: string
  conversation: string
  messages: TeamsMessage[]
  /** Of a channel: whether the bot is in its team, and what it hears there. It is, and hears all, unless said. */
  bot?: { in?: boolean | undefined; hears?: 'all' | 'named' | undefined }
}

/** One message in a chat or channel, as it now stands. */
export interface TeamsMessage {
  id: string
  by: string
  at: string
  activity: Activity
  /** In a channel: the first message of its thread, unless it is the first itself. */
  thread?: string
  /** What the bot answered to the last button that was pressed on it. */
  notice?: string
}

/** The parts of a Bot Framework activity that the simulator reads; the rest travels with it. */
export interface Activity {
  type?: string | undefined
  text?: string | undefined
  value?: unknown
  attachments?: readonly { contentType: string; content?: unknown }[] | undefined
  replyToId?: string | undefined
}

/** Teams on one machine: organisations, people and what was said. */
export interface Teams {
  exchange: Exchange
  /** The places the app last told of. */
  places: readonly TeamsPlace[]
  people: Map<string, TeamsPerson>
  /** Makes message ids unique and in order. */
  count: number
}

/** Teams with no one in it. */
export function openTeams(exchange: Exchange): Teams {
  return { exchange, places: [], people: new Map(), count: 0 }
}

/** Asks the app for its places: their organisations, and rosters that become people. An app that fails changes nothing. */
export async function learnPlaces(teams: Teams): Promise<void> {
  const answer = await fetch(`${teams.exchange.origin()}/api/places`).catch(() => null)
  if (!answer?.ok) return answer?.body?.cancel()
  teams.places = ((await answer.json()) as { places: TeamsPlace[] }).places
  for (const { place, teams: theirs } of teams.places)
    for (const { who: named, name, kind, id } of theirs?.people ?? []) {
      // Two places may call somebody, or a channel, the same.
      const taken = teams.people.get(named)
      const who = taken && taken.place !== place ? `${named}-${place}` : named
      if (!teams.people.has(who))
        join(teams, { who, name, kind, place, tenant: theirs?.tenant ?? '', id })
    }
}

/** The address the bot answers to, as Teams tells it in every activity. */
export function serviceUrl(teams: Teams): string {
  return `${teams.exchange.origin()}/simulator/teams-service/`
}

/** Someone new in Teams. Their ids follow from who they are, so that a run repeats exactly. */
export function join(
  teams: Teams,
  given: Pick<TeamsPerson, 'who' | 'name' | 'kind' | 'place' | 'tenant'> & { id?: string }
): TeamsPerson {
  const seed = `${given.tenant}/${given.who}`
  const channel = given.kind === 'channel'
  const id = channel ? (given.id ?? `19:${hash(seed)}@thread.tacv2`) : `29:1${hash(seed)}`
  const person: TeamsPerson = {
    ...given,
    id,
    aadObjectId: given.id ?? uuidFrom(seed),
    conversation: channel ? id : `a:1${hash(`${seed}/chat`)}`,
    messages: [],
  }
  teams.people.set(person.who, person)
  return person
}

/** Whose chat or channel this conversation is. A reply in a channel names its thread after a semicolon. */
export function byConversation(teams: Teams, conversation: string): TeamsPerson | undefined {
  const [id] = conversation.split(';')
  return [...teams.people.values()].find((person) => person.conversation === id)
}

/** Someone by any id a bot may know them by. */
export function byId(teams: Teams, id: string): TeamsPerson | undefined {
  return [...teams.people.values()].find((person) => person.id === id || person.aadObjectId === id)
}

/** The person of this name, or what to do when there is none. */
export function byName(teams: Teams, who: string): TeamsPerson {
  const person = teams.people.get(who)
  if (person) return person
  throw new SimulatorProblem(
    404,
    `No one in Teams is called ${who}. GET /simulator/teams lists everyone; a new resident begins with { "say": "…", "place": "…" }.`
  )
}

/** An id for something that happens in Teams: in order, as its own are. */
export function nextId(teams: Teams): string {
  teams.count += 1
  return String(1_700_000_000_000 + teams.count)
}

/** The thread that a conversation id names after its semicolon. */
export const threadOf = (conversation: string): string | undefined =>
  /;messageid=(\d+)$/.exec(conversation)?.[1]

/** Keeps a message in a chat. */
export function keepMessage(
  teams: Teams,
  person: TeamsPerson,
  by: string,
  activity: Activity,
  thread?: string
): TeamsMessage {
  const at = teams.exchange.controls.clock.now()
  const message = { id: nextId(teams), by, at, activity, ...(thread !== undefined && { thread }) }
  person.messages.push(message)
  return message
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 40)
}

function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}
