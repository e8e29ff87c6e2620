import type { Contact, People } from '../record/contact.ts'

/** Whether somebody wrote down who looks after the person of this contact, or who may speak for them; nobody left counts too. */
export const isKnown = ({ people, restricted, died }: Contact): boolean =>
  !restricted && !died && (people?.keyWorker !== undefined || people?.agreed !== undefined)

/**
 * A new contact with what was written down for its number, newest first: a hint of who looks after them, and of who may
 * speak for them. Nothing is taken over from a contact that only safeguarding may see, nor of somebody who has died.
 */
export function recalled(contact: Contact, before: readonly Contact[]): Contact {
  const found = hintOf(before.find(isKnown))
  const lost = before.find(({ died }) => died)?.ref
  if (!found && lost === undefined) return contact
  return { ...contact, people: { ...found, ...(lost !== undefined && { lost }) } }
}

/** What was only a hint then is no more than that now. */
function hintOf(known: Contact | undefined): People | undefined {
  const { keyWorker, agreed = [], from = known?.ref } = known?.people ?? {}
  if (from === undefined || (!keyWorker && agreed.length === 0)) return undefined
  return { ...(keyWorker && { keyWorker }), agreed, from }
}
