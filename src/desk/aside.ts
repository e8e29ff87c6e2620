import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'

const TRIES = 5

/** What is kept of a contact beside its story: no line of the log, and it counts as untouched. */
export interface Aside {
  contact: string
  /** What makes the same the same when it comes twice. */
  same: string
  /** The contact as it is to be; null where nothing is to be changed. */
  change: (contact: Contact) => Contact | null
  /** Work that begins with it, for the contact as it will be saved. */
  outbox?: (contact: Contact, now: string) => readonly OutboxRow[]
}

/** Keeps it, once. Answers the contact as it now is; null where there is none. Throws 'overtaken' when others kept saving first. */
export async function keepAside(parts: Parts, aside: Aside): Promise<Contact | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const contact = await parts.store.load(aside.contact)
    const changed = contact && aside.change(contact)
    if (!contact || !changed) return contact
    const next: Contact = { ...changed, turn: contact.turn + 1 }
    const { result } = await parts.store.commit({
      contact: next,
      expected: contact.turn,
      webhook: { id: aside.same, reply: { status: 204, type: '', body: '' } },
      log: [],
      outbox: [...(aside.outbox?.(next, parts.now()) ?? [])],
      timers: [],
    })
    if (result === 'overtaken') continue
    if (result === 'saved') parts.committed()
    return result === 'saved' ? next : contact
  }
  throw new DoorError('overtaken', `${aside.same}: five other turns were saved first`, true)
}
