import { IN_HAND_AT, rank, WAITS_AT } from '../handoff/rank.ts'
import type { HandoffContext } from '../handoff/types.ts'
import type { Contact } from '../record/contact.ts'
import type { WaitingView } from '../record/views.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { liveHandoff } from '../turn/handing.ts'
import { isUnsorted } from '../words/staff-card-words.ts'

/** What says who is asked first. */
interface Asks {
  discipline?: string
  keyWorker?: string
  helpedBy?: string
  passed: readonly string[]
}

/** The desk's row of one who waits, or is with somebody: what of its contact may be read by all who work there. */
export function queueRow(contact: Contact): DeskRow | null {
  const live = liveHandoff(contact)
  if (!live) return null
  const { context, value } = live
  const view: WaitingView & Asks = {
    ...{ contact: contact.id, ref: contact.ref, channel: context.channel, value },
    ...{ priority: context.priority, level: context.level, danger: context.danger },
    ...(isUnsorted({ level: context.level, codes: contact.codes }) && { unsorted: true as const }),
    ...{ wants: context.wants, since: context.since, language: context.language },
    ...{ restricted: context.restricted, asked: context.asked, passed: context.passed },
    ...(context.by && { by: context.by.staff }),
    ...(context.discipline !== undefined && { discipline: context.discipline }),
    ...askedFirst(contact, context),
    ...(context.helpedBy !== undefined && { helpedBy: context.helpedBy }),
    ...(context.of !== undefined && { of: context.of }),
  }
  return {
    ...{ place: contact.place, kind: 'queue', id: contact.id, turn: contact.turn },
    rank: `${WAITS.includes(value) ? WAITS_AT : IN_HAND_AT}${rank(context)}`,
    owner: context.by?.staff ?? '',
    body: { ...view },
  }
}

/** Who knows them best: whoever spoke with them in this very call and has written it up, else their key worker. */
function askedFirst({ helpedBy }: Contact, { joined, keyWorker }: HandoffContext) {
  const first = (joined ? helpedBy : undefined) ?? keyWorker
  return first === undefined ? {} : { keyWorker: first }
}

const WAITS: readonly string[] = ['waiting', 'offered']

/** Puts a contact's row where it now belongs, or takes it away. Late news changes nothing. */
export async function mirror(desk: Desk, contact: Contact): Promise<void> {
  const row = queueRow(contact)
  if (row) await desk.put(row)
  else await desk.remove({ place: contact.place, kind: 'queue', id: contact.id })
}

/** A row as it was put. */
export const waitingOf = ({ body }: DeskRow): WaitingView & { passed: readonly string[] } =>
  body as unknown as WaitingView & { passed: readonly string[] }

/** Where one stands who waits on the line, or in a text, for somebody; nothing of one who is with somebody. */
export function waitsNow(row: DeskRow): { rank: string; since: string }[] {
  const { value, wants, since } = waitingOf(row)
  return wants && WAITS.includes(value) ? [{ rank: row.rank, since }] : []
}
