import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'

/** What an owner is told of a promise: which word it is, by when, and after how many tries. */
export interface OwnerTold {
  what: string
  owner: string
  /** ISO 8601 UTC, or empty. */
  due: string
  tries: number
}

/** Whoever owns a promise is told of it; its id is given by whoever saves it. */
export const tellRow = (
  { id }: Pick<Contact, 'id'>,
  { ...body }: OwnerTold,
  now: string
): OutboxRow => ({
  ...{ id: '', contact: id, kind: 'tell', recipient: `tell:${id}`, body },
  ...{ due: now, tries: 0, state: 'waiting' },
})
