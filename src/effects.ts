import { breaker } from './channels/breaker.ts'
import type { Sent } from './channels/twilio-rest.ts'
import { DoorError } from './errors.ts'
import type { OutboxResult, Tried } from './jobs/outbox.ts'
import type { Clock, Contact, LogEntry } from './record/contact.ts'
import type { OutboxRow, TimerRow } from './store/contract.ts'
import { dutyPromise } from './turn/duty.ts'
import type { Parts } from './turn.ts'

/** What the outbox needs of the world. */
export interface World {
  publicUrl: string
  sendText: (text: {
    to: string
    from: string
    body: string
    statusCallback: string
  }) => Promise<Sent>
  /** Sends words into a Teams conversation; absent where Teams is not connected. */
  sendTeams?: (reach: unknown, text: string) => Promise<Sent>
}

/** Does one row of the outbox. One function per kind; an unknown kind is refused, never dropped. */
export function performer(world: World): (row: OutboxRow) => Promise<Tried> {
  const twilio = breaker<Sent>()
  const kinds: Record<string, (row: OutboxRow) => Promise<Sent>> = {
    text: ({ id, body }) =>
      twilio(() =>
        world.sendText({
          to: String(body.to),
          from: String(body.from),
          body: String(body.body),
          statusCallback: `${world.publicUrl}/twilio/status?o=${encodeURIComponent(id)}`,
        })
      ),
    teams: ({ body }) =>
      world.sendTeams?.(body.reach, String(body.text)) ??
      Promise.resolve({ refused: 'Teams is not connected' }),
  }
  return async function perform(row) {
    const sent = await (kinds[row.kind]?.(row) ?? { refused: `nobody does ${row.kind}` })
    if ('sid' in sent) return { done: { sid: sent.sid } }
    return 'refused' in sent ? { refused: { why: sent.refused } } : sent
  }
}

/** Writes how an outbox row ended into its contact's log. What could not be done becomes a person's task. */
export function reporter(parts: Parts): (row: OutboxRow, result: OutboxResult) => Promise<void> {
  return async function report(row, result) {
    const failed = 'parked' in result
    const detail = {
      id: row.id,
      kind: row.kind,
      ...('done' in result ? result.done : result.parked),
    }
    await note(
      parts,
      row.contact,
      `done:${row.id}`,
      { kind: failed ? 'not-sent' : 'sent', detail },
      failed
    )
  }
}

/** Texts that Twilio could not deliver. */
const LOST = ['failed', 'undelivered']

/** Twilio's word on a text it took: kept in the log; one that never arrived becomes a person's task. */
export function deliveries(parts: Parts) {
  return async function delivered(outbox: string, status: string, code?: string): Promise<void> {
    const contact = outbox.split(':')[0] ?? ''
    const lost = LOST.includes(status)
    if (!lost && status !== 'delivered') return
    await note(
      parts,
      contact,
      `delivery:${outbox}:${status}`,
      {
        kind: lost ? 'not-delivered' : 'delivered',
        detail: { id: outbox, status, ...(code && { code }) },
      },
      lost
    )
  }
}

async function note(
  parts: Parts,
  id: string,
  webhook: string,
  entry: Omit<LogEntry, 'seq' | 'at'>,
  task: boolean
): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const contact = await parts.store.load(id)
    if (!contact) return
    const now = parts.now()
    const clock = task ? taskClock(parts, contact) : undefined
    const next: Contact = {
      ...contact,
      entries: contact.entries + 1,
      turn: contact.turn + 1,
      updatedAt: now,
      clocks: clock ? [...contact.clocks, clock] : contact.clocks,
    }
    const log = [{ ...entry, seq: next.entries, at: now }]
    const { result } = await parts.store.commit({
      contact: next,
      expected: contact.turn,
      // The same word on a row may come twice; it is written down once.
      webhook: { id: webhook, reply: { status: 204, type: '', body: '' } },
      log,
      outbox: [],
      timers: clock ? [clockTimer(contact, clock)] : [],
    })
    if (result !== 'overtaken') {
      parts.committed()
      return
    }
  }
  throw new DoorError('overtaken', `${webhook}: five other turns were saved first`, true)
}

/** A clock without a timer would never be missed. */
const clockTimer = ({ id, clocks }: Contact, { code, name, due }: Clock): TimerRow => ({
  id: `${id}:clock:${clocks.length}`,
  contact: id,
  due,
  turn: null,
  event: { type: 'due', code, name },
})

function taskClock(parts: Parts, { place }: Contact): Clock {
  const content = parts.content()
  const loaded = content.places.get(place)
  const now = parts.now()
  const { owner, due } = loaded
    ? dutyPromise(loaded.place, content.calendar, now, 'P2')
    : { owner: 'navigator', due: now }
  return { name: 'check', code: 'TEXT', owner, due, state: 'running' }
}
