import { DoorError } from '../errors.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import type { Sender, TeamsReference } from './teams-activity.ts'
import type { Send, Sent, TeamsMessage } from './teams-send.ts'
import { cardMessage, plainMessage } from './teams-staff-hear.ts'

/** Where a bot may write first (Microsoft, "Send proactive messages"): until somebody has written from a nearer one. */
export const SERVICE_URL = 'https://smba.trafficmanager.net/teams/'
/** Addresses kept in this process. */
const REMEMBERED = 10_000

/** Whom a card goes to: where a message stands already, one of the staff, or a channel. */
export type To =
  | { reference: TeamsReference }
  /** By their Microsoft Entra object id; a chat is begun where there is none. */
  | { tenant: string; person: string }
  /** By the channel's id: `19:…@thread.tacv2`. */
  | { tenant: string; channel: string }

export interface How {
  /** The id of the message whose place it takes. */
  replaces?: string | undefined
  /** The id of a channel's message in whose thread it goes. */
  thread?: string | undefined
}

/** `gone`: they blocked or removed the bot, or there is no such chat, channel or message. Try the next way. */
export type SentCard = Sent | 'gone'

export interface Cards {
  /** Rejects with DoorError as `Send` does, for everything that trying later may help. */
  sendCard: (to: To, card: StaffCard, how?: How) => Promise<SentCard>
  sendWords: (to: To, words: string, how?: How) => Promise<SentCard>
  /** The card to the first of these that is there. */
  sendFirst: (to: readonly To[], card: StaffCard) => Promise<SentCard>
  /** Takes note of where somebody wrote from: the newest address of an organisation is the one to use. */
  met: (sender: Sender) => void
}

/** Sends cards of our own accord, and changes them. */
export function teamsCards({ send, serviceUrl }: { send: Send; serviceUrl: string }): Cards {
  const book = addressBook(serviceUrl)

  async function deliver(to: To, message: TeamsMessage, how: How): Promise<SentCard> {
    const sent = await unlessGone(() => send(book.find(to, how), message))
    if (!('person' in to)) return sent
    if (sent !== 'gone') book.keep(to, sent.conversation)
    else if (book.forget(to) && message.id === undefined) return deliver(to, message, how)
    return sent
  }

  const sendCard: Cards['sendCard'] = (to, card, how = {}) =>
    deliver(to, cardMessage(card, how.replaces), how)
  return {
    sendCard,
    sendWords: (to, words, how = {}) =>
      deliver(to, { ...plainMessage(words), ...(how.replaces && { id: how.replaces }) }, how),
    async sendFirst(all, card) {
      for (const to of all) {
        const sent = await sendCard(to, card)
        if (sent !== 'gone') return sent
      }
      return 'gone'
    },
    met: book.met,
  }
}

type Person = Extract<To, { person: string }>
const chatOf = ({ tenant, person }: Person) => `${tenant}/${person.toLowerCase()}`

/**
 * Where to write. It is remembered in this process only: after a restart the address in a stored reference is used, else
 * the first one, until somebody writes.
 */
function addressBook(first: string) {
  const newest = remembered()
  const chats = remembered()
  return {
    find(to: To, { thread }: How): TeamsReference {
      const stored = 'reference' in to ? to.reference : undefined
      const { tenant } = 'reference' in to ? to.reference : to
      const serviceUrl = newest.get(tenant) ?? stored?.serviceUrl ?? first
      if ('person' in to) {
        const conversation = chats.get(chatOf(to))
        return { serviceUrl, tenant, person: to.person, ...(conversation && { conversation }) }
      }
      const conversation = 'channel' in to ? to.channel : stored?.conversation
      const person = stored?.person
      return { serviceUrl, tenant, ...(person && { person }), ...inThread(conversation, thread) }
    },
    keep: (to: Person, conversation: string) => chats.set(chatOf(to), conversation),
    forget: (to: Person) => chats.delete(chatOf(to)),
    met({ tenant, aadObjectId, shared, conversation, reference }: Sender) {
      newest.set(tenant, reference.serviceUrl)
      if (aadObjectId && !shared) chats.set(chatOf({ tenant, person: aadObjectId }), conversation)
    },
  }
}

/** A channel, or a thread of it: Teams names a thread by its first message. */
function inThread(conversation: string | undefined, thread: string | undefined) {
  if (conversation === undefined) return {}
  if (thread === undefined) return { conversation }
  return { conversation: `${conversation.split(';')[0]};messageid=${thread}` }
}

async function unlessGone(sending: () => Promise<Sent>): Promise<SentCard> {
  try {
    return await sending()
  } catch (error) {
    if (error instanceof DoorError && error.code === 'not-found') return 'gone'
    throw error
  }
}

/** A map that forgets its oldest, so that strangers can not fill it. */
function remembered() {
  const kept = new Map<string, string>()
  return {
    get: (name: string) => kept.get(name),
    delete: (name: string) => kept.delete(name),
    set(name: string, value: string) {
      kept.delete(name)
      kept.set(name, value)
      const oldest = kept.size > REMEMBERED ? kept.keys().next().value : undefined
      if (oldest !== undefined) kept.delete(oldest)
    },
  }
}
