import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import type { Parts } from '../turn.ts'
import type { Standing } from './find.ts'

/** A stored contact as a turn of our own stands on it: a wait's end, or news of a call. */
export function standingOf(parts: Pick<Parts, 'content'>, contact: Contact): Standing {
  const loaded = parts.content().places.get(contact.place)
  if (!loaded) throw new DoorError('bad-flow', `place ${contact.place} is not here`, false)
  return { loaded, stored: contact, contact, state: 'live', contacts: 0 }
}
