import type { Tried } from '../jobs/outbox.ts'
import { staffOf } from '../places/roster.ts'
import type { Alerted, Contact, LogEntry } from '../record/contact.ts'
import { isUnasked } from '../record/unasked.ts'
import type { Commit, OutboxRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { settledCard } from '../words/staff-card-shift.ts'
import { keepAside } from './aside.ts'
import { type Chatting, triedOf } from './chats.ts'
import { threadRow } from './rooms.ts'

/** Rows that settle an alert are numbered from here, behind those of a thread. */
const FIRST = 80

/** What an alert is settled by, as its card says it. */
interface Settled {
  how: 'asked' | 'asks-again' | 'written' | 'over'
  by?: string
  answer?: string
}

/**
 * A commit with the work of every alert that it settles: the card loses its buttons, and the contact knows it no more.
 * Looked for in every commit, so that no act and no loss of a navigator can forget it.
 */
export function settling(commit: Commit): Commit {
  const { contact, log } = commit
  const found = (contact.alerts ?? []).map((alert) => ({
    alert,
    by: settledBy(alert, contact, log),
  }))
  const over = found.flatMap(({ alert, by }) => (by ? [{ alert, by }] : []))
  if (over.length === 0) return commit
  const alerts = found.flatMap(({ alert, by }) => (by ? [] : [alert]))
  const rows = over.map(({ alert, by }, n) =>
    settleRow(contact, commit.contact.updatedAt, n, alert, by)
  )
  return {
    ...commit,
    contact: { ...contact, alerts },
    outbox: [...commit.outbox, ...rows],
  }
}

function settledBy(
  { of, staff }: Alerted,
  { handoff }: Contact,
  log: readonly LogEntry[]
): Settled | undefined {
  if (handoff?.done !== false || handoff.context.by?.staff !== staff) return { how: 'over' }
  if (of === 'not-delivered')
    return log.some(({ kind }) => kind === 'said-by-staff') ? { how: 'written' } : undefined
  if (log.some(({ kind }) => kind === 'handed-back')) return { how: 'asks-again' }
  const asked = log.find(({ kind }) => kind === 'danger-asked')?.detail
  return asked && { how: 'asked', by: String(asked.by), answer: String(asked.answer) }
}

const settleRow = (
  contact: Pick<Contact, 'id' | 'turn'>,
  now: string,
  n: number,
  { message, staff }: Alerted,
  by: Settled
): OutboxRow => threadRow(contact, now, FIRST + n, { do: 'settle', message, staff, ...by })

/** Remembers where an alert stands. One that was settled while it was being sent is settled at once. */
export async function keepAlert(
  parts: Parts,
  row: OutboxRow,
  done: Readonly<Record<string, unknown>>
): Promise<void> {
  const { message, staff } = done
  if (typeof message !== 'string' || typeof staff !== 'string') return
  const of = row.body.do as Alerted['of']
  const alert: Alerted = { of, message, staff }
  const late = of === 'danger-words' && !isUnasked(await parts.store.timeline(row.contact))
  await keepAside(parts, {
    contact: row.contact,
    same: `alert:${row.id}`,
    change: (contact) =>
      late ? contact : { ...contact, alerts: [...(contact.alerts ?? []), alert] },
    outbox: (next, now) => (late ? [settleRow(next, now, 0, alert, { how: 'over' })] : []),
  })
}

/** Takes the buttons off an alert, and says what became of it. A card that is gone is as good. */
export async function settle(
  { parts, chatting }: { parts: Parts; chatting: Chatting },
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  const { message, staff, how, by, answer } = row.body as unknown as Alerted & Settled
  const place = parts.content().places.get(contact.place)?.place
  const name = (place && staffOf(place, by ?? '')?.name) ?? 'someone'
  const card = settledCard(contact.ref, { how, name, answer })
  const tried = triedOf(await chatting.change({ place: contact.place, staff }, card, message))
  return 'refused' in tried ? { done: { skipped: 'it is not there' } } : tried
}
