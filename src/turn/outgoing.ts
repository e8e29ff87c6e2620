import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { mayReach } from '../record/numbers.ts'
import type { OutboxRow } from '../store/contract.ts'

/** What a message of ours needs to know of its turn. */
interface Writing {
  place: Place
  facts: { now: string }
}

/** One text to the number that reached us, sent after the turn is saved. */
export function textRow(
  { place, facts }: Writing,
  contact: Contact,
  id: string,
  body: string
): OutboxRow {
  const from =
    place.numbers.find(({ use, channels }) => use === 'residents' && channels.includes('sms'))
      ?.number ?? ''
  const to = contact.person.address
  return {
    id,
    contact: contact.id,
    recipient: to,
    kind: 'text',
    body: { to, from, body },
    due: facts.now,
    tries: 0,
    state: 'waiting',
  }
}

/** A text to whoever can be texted; Teams people get a message in their chat. */
export function writing(t: Writing, contact: Contact, id: string, text: string): OutboxRow[] {
  const { conversation, person } = contact
  if (text === '') return []
  if (conversation?.channel !== 'teams')
    return mayReach(person.address) ? [textRow(t, contact, id, text)] : []
  const { call = '', reach = {} } = conversation
  return [
    {
      ...{ id, contact: contact.id, recipient: call, kind: 'teams' },
      body: { conversation: call, reach, text },
      ...{ due: t.facts.now, tries: 0, state: 'waiting' },
    },
  ]
}
