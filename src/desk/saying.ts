import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import { writing } from '../turn/outgoing.ts'
import { segments } from '../words/text.ts'
import type { DoingOn } from './doing.ts'

/**
 * Words of a navigator to the person, by the channel they write on; after the words before them. What becomes of a text
 * is shown below it where they wrote it in Teams.
 */
export function saying(
  { place, actor }: DoingOn,
  contact: Contact,
  now: string,
  text: string
): readonly OutboxRow[] {
  const rows = writing({ place, facts: { now } }, contact, `${contact.id}:${contact.turn}:1`, text)
  if (actor.surface !== 'teams' || !contact.thread) return rows
  return rows.map((row) =>
    row.kind === 'text' ? { ...row, body: { ...row.body, shows: segments(text) } } : row
  )
}
