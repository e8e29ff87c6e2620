import type { To } from '../channels/teams-cards.ts'
import type { Chatting, Reader } from '../desk/chats.ts'
import type { DeskWorld } from '../desk/effects.ts'
import { staffOf } from '../places/roster.ts'
import type { Card, Contact } from '../record/contact.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import { callsBy, type Meeting, sending, type teamsBy } from './neighbours.ts'

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
    change: (to, card, message) =>
      write(to, (whom) => cards.sendCard(whom, card, { replaces: message, thread: to.thread })),
    words: (to, text, message) =>
      write(to, (whom) => cards.sendWords(whom, text, { replaces: message, thread: to.thread })),
    link: ({ ref }: Contact) => `${url()}/console/contacts/${ref}`,
  }
}
