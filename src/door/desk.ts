import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import type { To } from '../channels/teams-cards.ts'
import { consoleApp } from '../console/console.ts'
import { consoleFiles } from '../console/files.ts'
import type { Content } from '../content.ts'
import type { Chatting, Reader } from '../desk/chats.ts'
import type { DeskWorld } from '../desk/effects.ts'
import type { OpenDesk } from '../desk/open.ts'
import type { Jobs } from '../jobs/poller.ts'
import { staffOf } from '../places/roster.ts'
import type { Card, Contact } from '../record/contact.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import { callsBy, type Meeting, sending, type teamsBy } from './neighbours.ts'
import { watchDesks } from './news.ts'

type Channel = ReturnType<typeof teamsBy>

/** What the desk reaches of the world: calls by Twilio, cards by Teams where it is connected. */
export function deskWorld(meeting: Meeting, channel: Channel): DeskWorld {
  const calling = {
    calls: callsBy(meeting),
    guard: meeting.neighbours.guard('twilio'),
    publicUrl: meeting.url(),
  }
  return { calling, ...(channel && { chatting: chattingBy(meeting, channel) }) }
}

function chattingBy({ content, url }: Meeting, { cards }: NonNullable<Channel>): Chatting {
  const toOf = ({ place: name, staff, room }: Reader): To | undefined => {
    const place = content().places.get(name)?.place
    if (!place) return undefined
    const { tenant } = place.teams
    const thread = place.rooms.find(({ id }) => id === room)?.thread
    if (room !== undefined) return thread === undefined ? undefined : { tenant, channel: thread }
    const one = staffOf(place, staff)
    return one && { tenant, person: one.entra }
  }
  async function write(to: Reader, send: (whom: To) => ReturnType<typeof cards.sendCard>) {
    const whom = toOf(to)
    if (!whom) return { refused: 'they are not on the roster', code: 'not-found' }
    return sending(async () => {
      const sent = await send(whom)
      if (sent === 'gone') return { refused: 'Teams has no such chat', code: 'gone' }
      return { message: sent.id, conversation: sent.conversation }
    })
  }
  return {
    card: (to, card: StaffCard, standing?: Card) =>
      write(to, async (whom) => {
        const changed =
          standing && (await cards.sendCard(whom, card, { replaces: standing.message }))
        return changed && changed !== 'gone' ? changed : cards.sendCard(whom, card)
      }),
    words: (to, text) => write(to, (whom) => cards.sendWords(whom, text)),
    link: ({ ref }: Contact) => `${url()}/console/contacts/${ref}`,
  }
}

/** The pages of staff. In the demo anybody may sign in as one of the sample people. */
export function consoleBy(
  meeting: Meeting,
  desk: OpenDesk,
  now: () => string
): { app: Hono; close: () => void } {
  const { config, keys, content, log, url } = meeting
  const news = watchDesks(desk.views)
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = config
  const {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_API_KEY: keySid,
    TWILIO_API_SECRET: keySecret,
    TWILIO_REGION: region,
  } = config
  const app = consoleApp({
    content,
    views: desk.views,
    act: desk.act,
    changed: news.changed,
    now,
    sessionKey: config.SESSION_KEY ?? randomBytes(32).toString('hex'),
    publicUrl: url,
    demo: keys !== undefined,
    phoneAlive: desk.phoneAlive,
    log,
    files: consoleFiles(),
    ...(issuer && clientId && clientSecret && { oidc: { issuer, clientId, clientSecret } }),
    ...(!keys &&
      accountSid &&
      keySid &&
      keySecret && { softphone: { accountSid, keySid, keySecret, ...(region && { region }) } }),
  })
  return { app: app as unknown as Hono, close: news.close }
}

/** Nothing due is left, and nobody is left to be asked. */
export async function settle(jobs: Jobs | undefined, desk: OpenDesk | undefined): Promise<void> {
  do {
    await jobs?.settled()
    await desk?.dispatch.idle()
  } while ((await jobs?.unsettled()) ?? false)
}

/** Looks at every place's desk now and then: another door may have changed it, and times pass. */
export function lookAgain(
  content: () => Content,
  { dispatch }: OpenDesk,
  everyMs: number
): () => void {
  const look = () => {
    for (const place of content().places.keys()) dispatch.offer(place)
  }
  look()
  const every = setInterval(look, everyMs)
  return () => clearInterval(every)
}
