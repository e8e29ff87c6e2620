import { note } from '../effects/note.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow, TimerRow } from '../store/contract.ts'
import type { DoingOn } from './doing.ts'

/** One thing that staff did to a contact, as its log has it. */
export interface Written {
  kind: string
  /** What makes it the same when it comes twice; without it each act is one line. */
  same?: string
  detail?: Record<string, unknown>
  said?: string
  change?: (contact: Contact, now: string) => Contact
  outbox?: (contact: Contact, now: string) => readonly OutboxRow[]
  timers?: (before: Contact, after: Contact) => readonly TimerRow[]
}

/** Writes it into the contact's log, with what it changes, in one turn. */
export function writeDown(doing: DoingOn, written: Written): Promise<void> {
  const { parts, contact, actor } = doing
  const { kind, same, detail = {}, said, change, outbox, timers } = written
  return note(parts, {
    contact: contact.id,
    same: same ?? `act:${parts.makes.uuid()}`,
    entry: {
      kind,
      detail: { ...detail, by: actor.staff, on: actor.surface },
      ...(said !== undefined && { said }),
    },
    task: false,
    ...(change && { change }),
    ...(outbox && { outbox }),
    ...(timers && { timers: (after: Contact) => timers(contact, after) }),
  })
}
