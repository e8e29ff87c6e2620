import { note } from '../effects/note.ts'
import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { Acting } from './doing.ts'

/** Gives a promise of one service another owner, and says so in the contact's log. Answers how many were given. */
export async function giveOwner(
  { parts }: Acting,
  id: string,
  { code, service, to }: { code: string; service: string; to: string }
): Promise<number> {
  const contact = await parts.store.load(id)
  const route = contact?.routes.find((one) => one.code === code)
  if (!contact || route?.service !== service || !contact.clocks.some(isOwed(code))) return 0
  await note(parts, {
    contact: id,
    same: `act:${parts.makes.uuid()}`,
    entry: { kind: 'owner', detail: { code, owner: to, why: `${service} takes no work now` } },
    task: false,
    change: (now: Contact) => ({
      ...now,
      clocks: now.clocks.map((clock) => (isOwed(code)(clock) ? { ...clock, owner: to } : clock)),
    }),
  })
  return 1
}

const isOwed = (code: string) => (clock: Clock) => clock.code === code && isOpen(clock)
