import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import { writing } from '../turn/outgoing.ts'
import type { DoingOn } from './doing.ts'

/** Words of a navigator to the person, by the channel they write on; after the words before them. */
export const saying = (
  { place }: DoingOn,
  contact: Contact,
  now: string,
  text: string
): readonly OutboxRow[] =>
  writing({ place, facts: { now } }, contact, `${contact.id}:${contact.turn}:1`, text)
