import { SHUT_MS } from '../channels/breaker.ts'
import { DoorError } from '../errors.ts'
import type { OutboxResult, Tried } from '../jobs/outbox.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import type { Desk } from '../store/desk.ts'
import { alert } from '../turn/alert.ts'
import { takeHandoff } from '../turn/handed.ts'
import type { Parts } from '../turn.ts'
import { keepAlert } from './alerts.ts'
import { CALLS, type Calling } from './calls.ts'
import { tellOthers } from './came.ts'
import { CHATS, type Chatting, keepCard } from './chats.ts'
import { mirrorPromises } from './promises.ts'
import { mirror } from './queue.ts'
import { showing } from './reaching.ts'
import { followShift } from './shift-effects.ts'
import { keepSlots } from './slots.ts'
import { tellShift } from './staff.ts'
import { tellOwner } from './telling.ts'
import { onThread, shownOn, stands } from './threads.ts'

/** What the desk's work needs of the world. */
export interface DeskWorld {
  calling?: Calling
  chatting?: Chatting
}

/** The desk's part of the outbox: performing rows of its kinds, and telling the handoff how they ended. */
export interface DeskWork {
  perform: (row: OutboxRow) => Promise<Tried> | undefined
  report: (row: OutboxRow, result: OutboxResult) => Promise<void> | undefined
}

interface Working extends DeskWorld {
  parts: Parts
  desk: Desk
  offer: (place: string) => void
}

/** Does what handoffs ask for. A row of a contact that is not there, or of a handoff that has moved on, is done already. */
export function deskWork(working: Working): DeskWork {
  return {
    perform: (row) => (KINDS.has(row.kind) ? perform(working, row).catch(whileShut) : undefined),
    report: (row, result) => (KINDS.has(row.kind) ? report(working, row, result) : undefined),
  }
}

const KINDS = new Set([
  'queue',
  'shift',
  'promises',
  'tell',
  'came',
  'card',
  'thread',
  'told',
  ...Object.keys(CALLS),
])

async function perform(working: Working, row: OutboxRow): Promise<Tried> {
  const { parts, calling, chatting } = working
  const contact = await parts.store.load(row.contact)
  if (!contact) return { done: { skipped: 'there is no such contact' } }
  const call = CALLS[row.kind]
  if (call)
    return calling
      ? call(telling(calling, parts), parts, contact, row)
      : { refused: { why: 'no calls are connected' } }
  if (CHATS[row.kind]) {
    if (!chatting) return { done: { skipped: 'no Teams is connected' } }
    return showing({ parts, desk: working.desk, chatting }, contact, row, whileShut)
  }
  if (row.kind === 'thread')
    return chatting
      ? onThread({ parts, desk: working.desk, chatting }, contact, row)
      : { done: { skipped: 'no Teams is connected' } }
  if (row.kind === 'tell') return tellOwner({ ...working, chatting }, contact, row)
  if (row.kind === 'came') return tellOthers(parts, contact)
  return onDesk(working, contact, row)
}

/** A key of ours that Twilio refuses is for an operator to mend: what waits is done after. */
const telling = (calling: Calling, parts: Parts): Calling => ({
  ...calling,
  async guard(work) {
    const answer = await calling.guard(work)
    const { ours } = (answer ?? {}) as { ours?: string }
    if (ours) alert(parts, 'calls', new DoorError('neighbour-refused', ours, true))
    return answer
  },
})

async function onDesk(
  { parts, desk, offer }: Working,
  contact: Contact,
  row: OutboxRow
): Promise<Tried> {
  if (row.kind === 'promises') {
    await mirrorPromises(desk, contact)
    await keepSlots(parts, desk, contact)
  } else if (row.kind === 'queue') await mirror(desk, contact)
  else await shift(parts, desk, contact, row)
  offer(contact.place)
  return { done: {} }
}

const HEARS = { offered: 'OFFERED', taken: 'TAKEN', wrapping: 'WRAPPING', free: 'FREE' } as const

/** What a handoff makes of somebody's shift. */
async function shift(
  parts: Parts,
  desk: Desk,
  { id, place }: Contact,
  row: OutboxRow
): Promise<void> {
  const { staff, now } = row.body as { staff: string; now: keyof typeof HEARS }
  const effects = await tellShift(
    desk,
    place,
    staff,
    { type: HEARS[now], contact: id },
    parts.now()
  )
  await followShift({ parts, desk, place, staff }, effects)
}

/** How a row ended, told to the handoff that asked. */
async function report({ parts }: Working, row: OutboxRow, result: OutboxResult): Promise<void> {
  const same = `done:${row.id}`
  const label = typeof row.body.label === 'string' ? row.body.label : undefined
  if ('done' in result) {
    if (row.kind === 'card' && 'message' in result.done) await keptCard(parts, row, result.done)
    if (row.kind === 'thread' && row.body.do === 'open') return opened(parts, row, same)
    if (row.kind === 'thread' && isAlert(row)) return keepAlert(parts, row, result.done)
    if (row.kind === 'thread') return shownOn(parts, row, result.done)
    if (row.kind === 'ring' && label !== undefined && typeof result.done.sid === 'string') {
      const call = result.done.sid
      await takeHandoff(parts, row.contact, { type: 'LEG', label, is: 'ringing', call }, same)
    }
    return
  }
  const why = String(result.parked.why ?? 'unknown')
  if (row.kind === 'thread' && row.body.do === 'empty') stands(parts)
  if (ASIDE.has(row.kind) || (row.kind === 'thread' && !HEARD.has(String(row.body.do)))) return
  if (row.kind === 'join' && (await parts.store.load(row.contact))?.out)
    return unrung(parts, row, why, same)
  if (row.kind === 'ring' && label !== undefined)
    await takeHandoff(parts, row.contact, { type: 'LEG', label, is: 'failed', why }, same)
  else {
    const failed = {
      type: 'FAILED',
      effect: row.kind,
      why,
      ...(label !== undefined && { label }),
    } as const
    await takeHandoff(parts, row.contact, failed, same)
  }
}

/** What is theirs already, and stands where it stood, only shows who is on the line now: nothing new to keep of it. */
async function keptCard(
  parts: Parts,
  row: OutboxRow,
  done: Readonly<Record<string, unknown>>
): Promise<void> {
  const contact = row.body.show === 'yours' ? await parts.store.load(row.contact) : null
  const shown = contact?.handoff?.value === 'connected'
  const standing = contact?.cards?.[String(row.body.staff)]
  if (shown && standing?.message === done.message && standing?.room === undefined) return
  await keepCard(parts, row, done)
}

/** Rows that no handoff waits for. */
const ASIDE: ReadonlySet<string> = new Set(['queue', 'shift', 'promises', 'tell', 'told', 'came'])

const isAlert = ({ body }: OutboxRow) => body.do === 'danger-words' || body.do === 'not-delivered'

/** Rows of a thread that its handoff hears of, should they come to nothing. */
const HEARD: ReadonlySet<string> = new Set(['open', 'relay', 'danger-words', 'not-delivered'])

/** The person whom we were to ring could not be rung at all. */
const unrung = async (parts: Parts, row: OutboxRow, why: string, same: string): Promise<void> =>
  void (await takeHandoff(
    parts,
    row.contact,
    { type: 'LEG', label: 'caller', is: 'failed', why },
    same
  ))

/** Their thread is open: from now on the two write to each other. */
async function opened(parts: Parts, row: OutboxRow, same: string): Promise<void> {
  const contact = await parts.store.load(row.contact)
  const staff = contact?.handoff?.context.by?.staff
  if (staff === undefined) return
  await takeHandoff(parts, row.contact, { type: 'LEG', label: `staff:${staff}`, is: 'in' }, same)
}

/** A neighbour that is not asked for a while: its row waits. */
function whileShut(error: unknown): Tried {
  if (error instanceof DoorError && error.code === 'neighbour-down')
    return { retry: true, after: SHUT_MS }
  throw error
}
