import type { Sent } from '../channels/twilio-rest.ts'
import { note } from '../effects/note.ts'
import type { Refusal } from '../handoff/types.ts'
import type { Tried } from '../jobs/outbox.ts'
import type { Card, Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import { cardFor } from './cards.ts'
import { REFUSED } from './words.ts'

/** Who reads it: somebody on a roster by themselves, or all who read a room of theirs. */
export interface Reader {
  place: string
  staff: string
  /** An id of the place's rooms. */
  room?: string
  /** The first message of a thread in that room. */
  thread?: string
}

type Written = { message: string; conversation: string } | Exclude<Sent, { sid: string }>

/** What the desk writes in Teams: cards of staff, and the thread of a text conversation. */
export interface Chatting {
  /** Sends a card to its reader, or puts it in place of one that stands there. */
  card: (to: Reader, card: StaffCard, standing: Card | undefined) => Promise<Written>
  /** Puts a card in place of a message; refused where that is gone. */
  change: (to: Reader, card: StaffCard, message: string) => Promise<Written>
  /** Words for a reader; in place of a message, where one is named. */
  words: (to: Reader, text: string, message?: string) => Promise<Written>
  /** The address of a contact's page. */
  link: (contact: Contact) => string
}

type Does = (chatting: Chatting, parts: Parts, contact: Contact, row: OutboxRow) => Promise<Tried>

export const CHATS: Readonly<Record<string, Does>> = { card, told }

/** Shows somebody what is now to be seen of a contact. What it shows is made as it is sent, so that it is never old. */
async function card(
  chatting: Chatting,
  parts: Parts,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { staff, show, by } = row.body as { staff: string; show: string; by?: string }
  const standing = contact.cards?.[staff]
  if (!standing && (show === 'lapsed' || show === 'gone' || show === 'empty'))
    return { done: { skipped: 'nothing stands there' } }
  if (show === 'offer' && !contact.handoff?.context.asked.includes(staff))
    return { done: { skipped: 'they are asked no more' } }
  const link = chatting.link(contact)
  const to = { place: contact.place, staff }
  if (standing?.room !== undefined) {
    const room = { ...to, room: standing.room }
    const own = show === 'yours' || show === 'wrap-up'
    const seen = await cardFor(parts, contact, {
      ...(own ? { show: 'taken', by: staff } : { show, by }),
      ...{ staff, link, shared: true },
    })
    const shown = seen ? triedOf(await chatting.card(room, seen, standing)) : { done: {} }
    // What is theirs alone is never shown where others read along.
    if (!own && 'done' in shown) return { done: { ...shown.done, room: standing.room } }
    if (!('done' in shown)) return shown
  }
  const made = await cardFor(parts, contact, { staff, show, by, link })
  if (!made) return { done: { skipped: 'it is over' } }
  return triedOf(await chatting.card(to, made, standing?.room === undefined ? standing : undefined))
}

/** What came of what they asked for, some time after they did. */
async function told(
  chatting: Chatting,
  _: Parts,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { staff, what } = row.body as { staff: string; what: Refusal }
  const words = `${contact.ref}: ${REFUSED[what]}`
  return triedOf(await chatting.words({ place: contact.place, staff }, words))
}

/** An offer in a room that this person reads, for who can not be written to; a restricted contact is never shown there. */
export async function cardInRoom(
  chatting: Chatting,
  parts: Parts,
  contact: Contact,
  staff: string
): Promise<Tried | null> {
  const place = parts.content().places.get(contact.place)?.place
  if (!place || contact.restricted) return null
  const link = chatting.link(contact)
  const made = await cardFor(parts, contact, { staff, show: 'offer', link, shared: true })
  if (!made) return null
  for (const { id: room } of place.rooms) {
    const sent = triedOf(
      await chatting.card({ place: contact.place, staff, room }, made, undefined)
    )
    if ('done' in sent) return { done: { ...sent.done, room } }
  }
  return null
}

/** How a row ended by what Teams made of it. */
export function triedOf(sent: Awaited<ReturnType<Chatting['card']>>): Tried {
  if ('message' in sent) return { done: { message: sent.message, conversation: sent.conversation } }
  if ('retry' in sent)
    return { retry: true, ...(sent.after !== undefined && { after: sent.after }) }
  return { refused: { why: sent.refused, ...(sent.code && { code: sent.code }) } }
}

/** Remembers where a card stands, so that it can be changed. */
export async function keepCard(
  parts: Parts,
  row: OutboxRow,
  done: Readonly<Record<string, unknown>>
): Promise<void> {
  const { staff, show } = row.body as { staff: string; show: string }
  const kept = {
    ...{ message: String(done.message), conversation: String(done.conversation) },
    ...(typeof done.room === 'string' && { room: done.room }),
  }
  await note(parts, {
    contact: row.contact,
    same: `done:${row.id}`,
    entry: { kind: 'card', detail: { to: staff, show } },
    task: false,
    aside: true,
    change: (contact) => ({ ...contact, cards: { ...contact.cards, [staff]: kept } }),
  })
}
