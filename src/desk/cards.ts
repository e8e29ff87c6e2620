import { staffOf } from '../places/roster.ts'
import { type Place, serviceName } from '../places/shape.ts'
import type { Alerted, Contact } from '../record/contact.ts'
import { isQuiet } from '../turn/owed.ts'
import type { Parts } from '../turn.ts'
import {
  cardOf,
  emptiedCard,
  goneCard,
  lapsedCard,
  offerCard,
  type Told,
  takenCard,
} from '../words/staff-card.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import { alertCard } from '../words/staff-card-shift.ts'
import { threadCard } from '../words/staff-card-thread.ts'
import { wrapUpCard } from '../words/staff-card-wrap.ts'
import { yoursCard } from '../words/staff-card-yours.ts'
import { storyFor } from './read.ts'

interface CardAsked {
  staff: string
  show: string
  by?: string | undefined
  link: string
  /** It stands where others read along: whoever must be quiet is shown there as a restricted contact is. */
  shared?: boolean
}

/** What somebody's card of a contact shows now; null where there is nothing to show. */
export async function cardFor(
  parts: Parts,
  contact: Contact,
  { staff, show, by, link, shared = false }: CardAsked
): Promise<StaffCard | null> {
  const place = parts.content().places.get(contact.place)?.place
  if (!place) return null
  const of = { contact: contact.id, ref: contact.ref, turn: contact.turn }
  if (show === 'taken') return takenCard(of, staffOf(place, by ?? '')?.name ?? 'someone else')
  if (show === 'lapsed') return lapsedCard(of)
  if (show === 'gone') return goneCard(of)
  if (show === 'empty') return emptiedCard(of)
  const read = await storyFor(parts, contact)
  const story = shared && isQuiet(contact) ? { ...read, restricted: true } : read
  const told: Told = {
    story,
    turn: contact.turn,
    cards: place.handoff.cards,
    place: { name: place.name, zone: place.timeZone },
    now: parts.now(),
    link,
    wants: contact.handoff?.context.wants ?? false,
  }
  if (show === 'offer') return offerCard(told)
  const names = Object.fromEntries(place.staff.map(({ id, name }) => [id, name]))
  const services = Object.fromEntries(
    Object.keys(place.services).map((key) => [key, serviceName(place, key)])
  )
  const legs = contact.handoff?.context.legs ?? []
  const room = roomName(place, contact)
  if (show === 'thread') return threadCard(told, names[staff] ?? staff)
  if (show === 'yours') return yoursCard({ ...told, staff, legs, services, names, room })
  const owners = { ...names, ...services }
  const { value = '', context } = contact.handoff ?? {}
  const waits = (value === 'waiting' || value === 'offered') && context?.was?.staff === staff
  const zone = place.timeZone
  const unasked = story.unasked === true && story.channel !== 'voice'
  return wrapUpCard({ ...cardOf(told), now: told.now, zone, link, owners, waits, unasked })
}

/** What the room of a conversation is called: where it is held, or is about to be. */
function roomName(
  { rooms, handoff }: Pick<Place, 'rooms' | 'handoff'>,
  contact: Contact
): string | undefined {
  const { thread } = contact
  const room = thread && !thread.ended ? thread.room : handoff.threads
  return isQuiet(contact) ? undefined : rooms.find(({ id }) => id === room)?.name
}

/** What somebody must see at once of the person they write with; null where the place is no more. */
export async function alertFor(
  parts: Parts,
  contact: Contact,
  of: Alerted['of'],
  link: string
): Promise<StaffCard | null> {
  const cards = parts.content().places.get(contact.place)?.place.handoff.cards
  if (!cards) return null
  const { restricted } = await storyFor(parts, contact)
  const { id, ref, turn } = contact
  return alertCard({ contact: id, ref, turn, of, restricted, cards, link })
}
