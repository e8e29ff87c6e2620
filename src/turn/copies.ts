import type { Contact } from '../record/contact.ts'
import type { Commit, TimerRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'

/** How long after the last text Twilio's copies are looked at: by then each has arrived, or never will. */
const AFTER_MS = 3_600_000

/**
 * The wait after which Twilio's copies of a contact's texts are deleted. Each text sets it anew. `round` counts the looks
 * at which something had to be left.
 */
export const copiesTimer = (contact: string, now: string, round = 0): TimerRow => ({
  id: `${contact}:copies`,
  contact,
  due: new Date(Date.parse(now) + AFTER_MS).toISOString(),
  turn: null,
  event: { type: 'copies', round },
})

/** The wait is over: the copies are work for the outbox, behind every text that still goes to this person. */
export function copiesDue(parts: Parts, contact: Contact, { event }: TimerRow): Commit | null {
  const { address } = contact.person
  const theirs = address.replace(/^sender:/, '')
  // Without a number, or once the person was erased, a list would be everybody's.
  if (!parts.deletesCopies || theirs === 'withheld' || theirs === '') return null
  const next = { ...contact, turn: contact.turn + 1 }
  const row = {
    id: `${contact.id}:${next.turn}:1`,
    contact: contact.id,
    recipient: address,
    kind: 'copies',
    body: { theirs, ours: ownNumbers(parts, contact), round: event.round },
    due: parts.now(),
    tries: 0,
    state: 'waiting' as const,
  }
  return { contact: next, expected: contact.turn, log: [], outbox: [row], timers: [] }
}

/** Our numbers this person may have texted with: the place's, and the one they wrote to. */
function ownNumbers({ content }: Parts, { place, conversation }: Contact): string[] {
  const numbers = content().places.get(place)?.place.numbers ?? []
  const texting = numbers.filter(({ channels }) => channels.includes('sms'))
  const [to = ''] = conversation?.channel === 'sms' ? (conversation.call ?? '').split(':') : []
  return [...new Set([...texting.map(({ number }) => number), to])].filter(Boolean)
}
