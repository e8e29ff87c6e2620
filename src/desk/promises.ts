import type { Clock, Contact } from '../record/contact.ts'
import type { PromiseView } from '../record/views.ts'
import type { Desk, DeskRow } from '../store/desk.ts'

/** A promise that somebody answers for: a call or a visit that was said aloud, or a look that is owed. */
const isOwed = ({ name, state }: Clock): boolean =>
  name !== 'standard' && (state === 'running' || state === 'missed')

const rowId = (contact: string, { code, name }: Clock) => `${contact}:${code}:${name}`

/** Puts each open promise of a contact on the desk under its owner, and takes away those that are not open any more. */
export async function mirrorPromises(desk: Desk, contact: Contact): Promise<void> {
  const { id, place, ref, turn } = contact
  const open = new Map(contact.clocks.filter(isOwed).map((clock) => [rowId(id, clock), clock]))
  for (const clock of contact.clocks) {
    const key = rowId(id, clock)
    if (!open.has(key)) await desk.remove({ place, kind: 'promise', id: key })
  }
  for (const [key, { code, owner, due, state }] of open) {
    const row: DeskRow = {
      ...{ place, kind: 'promise', id: key, rank: due, owner, turn },
      body: {
        contact: id,
        ref,
        code,
        due,
        missed: state === 'missed',
        restricted: contact.restricted === true,
      },
    }
    await desk.put(row)
  }
}

/** The open promises of one contact. */
export const owedBy = ({ id, ref, clocks, restricted }: Contact, now: string): PromiseView[] =>
  clocks.filter(isOwed).map(({ code, owner, due }) => ({
    ...{ contact: id, ref, code, owner, due, late: due < now },
    ...(restricted && { restricted }),
  }))

/** Promises of one owner, or of all, soonest first. */
export async function owned(
  desk: Desk,
  place: string,
  owner?: string,
  now?: string
): Promise<PromiseView[]> {
  const rows = await desk.list(place, 'promise', owner === undefined ? {} : { owner })
  return rows.map(({ owner: whose, body }) => {
    const { contact, ref, code, due, restricted } = body as unknown as PromiseView
    const late = now !== undefined && due < now
    return { contact, ref, code, due, owner: whose, late, ...(restricted && { restricted }) }
  })
}
