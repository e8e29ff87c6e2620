import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import type { PromiseView } from '../record/views.ts'
import type { Desk, DeskRow } from '../store/desk.ts'

/** A promise that somebody answers for: a call or a visit that was said aloud, or a look that is owed. */
const isOwed = (clock: Clock): boolean => clock.name !== 'standard' && isOpen(clock)

/** The clocks of a contact by the rows of the desk: of two of one code each has its own, for they may have two owners. */
function rowsOf({ id, clocks }: Contact): [string, Clock][] {
  const count = new Map<string, number>()
  return clocks.map((clock) => {
    const key = `${id}:${clock.code}:${clock.name}`
    const n = 1 + (count.get(key) ?? 0)
    count.set(key, n)
    return [n === 1 ? key : `${key}:${n}`, clock]
  })
}

/** Puts each open promise of a contact on the desk under its owner, and takes away those that are not open any more. */
export async function mirrorPromises(desk: Desk, contact: Contact): Promise<void> {
  const { place } = contact
  for (const [id, clock] of rowsOf(contact)) {
    if (isOwed(clock)) await desk.put(rowOf(contact, id, clock))
    else await desk.remove({ place, kind: 'promise', id })
  }
}

function rowOf(contact: Contact, id: string, { code, owner, due, state, line }: Clock): DeskRow {
  const { place, turn, ref } = contact
  return {
    ...{ place, kind: 'promise', id, rank: due, owner, turn },
    body: {
      ...{ contact: contact.id, ref, code, due, missed: state === 'missed' },
      restricted: contact.restricted === true,
      ...(line !== undefined && { line }),
    },
  }
}

/** A promise, and the line of its contact's log that says what it is, where somebody of ours wrote it. */
export type Owed = PromiseView & { line?: number }

/** The open promises of one contact. */
export const owedBy = ({ id, ref, clocks, restricted }: Contact, now: string): Owed[] =>
  clocks.filter(isOwed).map(({ code, owner, due, line }) => ({
    ...{ contact: id, ref, code, owner, due, late: due < now },
    ...(restricted && { restricted }),
    ...(line !== undefined && { line }),
  }))

/** Promises of one owner, or of all, soonest first. */
export async function owned(
  desk: Desk,
  place: string,
  owner?: string,
  now?: string
): Promise<Owed[]> {
  const rows = await desk.list(place, 'promise', owner === undefined ? {} : { owner })
  return rows.map(({ owner: whose, body }) => {
    const { contact, ref, code, due, restricted, line } = body as unknown as Owed
    return {
      ...{ contact, ref, code, due, owner: whose, late: now !== undefined && due < now },
      ...(restricted && { restricted }),
      ...(line !== undefined && { line }),
    }
  })
}

/** A promise as staff read it: in the words it was written down with, which stand in the sealed log alone. */
export function inWords({ line, ...promise }: Owed, timeline: readonly LogEntry[]): PromiseView {
  const words = timeline.find(({ seq }) => seq === line)?.detail?.nextStep
  return { ...promise, ...(typeof words === 'string' && words !== '' && { words }) }
}
