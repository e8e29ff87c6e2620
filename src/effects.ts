import { SHUT_MS } from './channels/breaker.ts'
import type { Sent } from './channels/twilio-rest.ts'
import { type Outbound, openCaps } from './effects/caps.ts'
import { deleteCopies, deleteRecording, kept, noteCopies } from './effects/copies.ts'
import { toldInTeams } from './effects/delivery.ts'
import { note } from './effects/note.ts'
import { type Texting, textSender } from './effects/text.ts'
import { noteTranslated, type Translating, translateRow } from './effects/translate.ts'
import { DoorError } from './errors.ts'
import type { OutboxResult, Tried } from './jobs/outbox.ts'
import type { Contact } from './record/contact.ts'
import { isBarred } from './record/outbound.ts'
import { meaningOf, withText } from './record/texts.ts'
import type { OutboxRow } from './store/contract.ts'
import { alert } from './turn/alert.ts'
import { copiesTimer } from './turn/copies.ts'
import type { Parts } from './turn.ts'

export { outboundOf } from './effects/caps.ts'
export { recordings } from './effects/copies.ts'
export { deliveries } from './effects/delivery.ts'

/** What the outbox needs of the world. */
export interface World extends Texting, Translating {
  outbound: Outbound
  /** Sends words into a Teams conversation; absent where Teams is not connected. */
  sendTeams?: (reach: unknown, text: string) => Promise<Sent>
  /** Does what handoffs ask for, and tells them how it ended; absent where nobody is handed over to. */
  desk?: {
    perform: (row: OutboxRow) => Promise<Tried> | undefined
    report: (row: OutboxRow, result: OutboxResult) => Promise<void> | undefined
  }
}

/** Does one row of the outbox. One function per kind; an unknown kind is refused, never dropped. */
export function performer(world: World, parts: Parts): (row: OutboxRow) => Promise<Tried> {
  const sendText = textSender(world, parts.store, openCaps(world.outbound, parts))
  const kinds: Record<string, (row: OutboxRow) => Promise<Sent>> = {
    text: sendText,
    // Teams knows no key either, and lets no bot read what it wrote: what is not sure is sent again.
    recording: (row) => deleteRecording(world, row),
    teams: ({ body }) =>
      world.sendTeams?.(body.reach, String(body.text)) ??
      Promise.resolve({ refused: 'Teams is not connected' }),
  }
  return async function perform(row) {
    if (row.kind === 'translate') return translateRow(world, parts, row)
    if (row.kind === 'copies') return deleteCopies(world, parts, row)
    const barred = await reachesBarred(parts, row)
    if (barred) return { refused: { why: barred } }
    const done = world.desk?.perform(row)
    if (done) return done
    const asked = kinds[row.kind]?.(row) ?? { refused: `nobody does ${row.kind}` }
    const sent: Sent = await Promise.resolve(asked).catch(whileShut)
    if ('sid' in sent) return { done: { sid: sent.sid } }
    if ('retry' in sent) {
      const { ours, ...later } = sent
      if (ours) alert(parts, row.kind, new DoorError('neighbour-refused', ours, true))
      return later
    }
    const { refused, code } = sent
    if (row.kind === 'teams') {
      const gone = code === 'not-found' ? 'not-found' : 'neighbour-refused'
      alert(parts, 'teams', new DoorError(gone, refused, false))
    }
    const meaning = meaningOf(code)
    return { refused: { why: refused, ...(code && { code }), ...(meaning && { meaning }) } }
  }
}

/**
 * Why a row may not go, where it would reach somebody that nothing of its contact may reach (domain 6.7: notThese, and death). The one place where that
 * is held: whatever leaves by the outbox passes here, whoever asked for it.
 */
async function reachesBarred({ store }: Parts, row: OutboxRow): Promise<string | null> {
  if (!REACHES.has(row.kind)) return null
  const contact = await store.load(row.contact)
  if (!contact?.notThese?.length && !contact?.died) return null
  const named = typeof row.body.to === 'string' ? row.body.to : undefined
  const meant = row.kind === 'join' ? contact.out?.number : contact.person.address
  const to = named ?? meant
  if (to === undefined || !isBarred(contact, to)) return null
  return contact.notThese?.includes(to) ? 'barred' : DIED
}

/** Nobody need see to what was not sent to somebody who has died. */
const DIED = 'they have died'

/** What goes to somebody who is not on the roster. */
const REACHES: ReadonlySet<string> = new Set(['text', 'teams', 'ring', 'join'])

/** A neighbour that did not answer, or is not asked for a while: its row waits, and nobody need hear of each. */
function whileShut(error: unknown): Sent {
  if (error instanceof DoorError && error.code === 'neighbour-down')
    return { retry: true, after: SHUT_MS }
  throw error
}

/** Writes how an outbox row ended into its contact's log. What could not be done becomes a person's task. */
export function reporter(
  parts: Parts,
  desk?: World['desk']
): (row: OutboxRow, result: OutboxResult) => Promise<void> {
  return async function report(row, result) {
    if (row.kind === 'translate') return noteTranslated(parts, row, result)
    if (row.kind === 'copies') return noteCopies(parts, row, result)
    const told = desk?.report(row, result)
    if (told) return told
    const failed = 'parked' in result
    if (failed && row.kind === 'recording') kept(parts, row.contact)
    const sid = 'done' in result && row.kind === 'text' ? String(result.done.sid) : undefined
    await note(parts, {
      contact: row.contact,
      same: `done:${row.id}`,
      entry: {
        kind: failed ? 'not-sent' : 'sent',
        detail: {
          id: row.id,
          kind: row.kind,
          ...('done' in result ? result.done : result.parked),
        },
      },
      task: failed && row.kind !== 'recording' && result.parked.why !== DIED,
      ...(typeof row.body.shows === 'number' && { outbox: shownBelow(row, failed) }),
      ...(sid !== undefined && {
        change: taken(row.id, sid),
        timers: ({ id }, now) => [copiesTimer(id, now)],
      }),
    })
  }
}

/** Below a text that was typed in Teams it is shown how it stands. */
const shownBelow = (row: OutboxRow, lost: boolean) => (contact: Contact, now: string) =>
  toldInTeams(contact, now, { of: row.id, lost, first: true, texts: Number(row.body.shows) })

/** Which of Twilio's texts was sent for this row, so that it is never taken for another's. */
const taken = (id: string, sid: string) => (contact: Contact, at: string) => ({
  ...contact,
  texts: withText(contact.texts ?? [], { id, sid, at, status: 'sent' }),
})
