import type { Copy, Later, TwilioTexts } from '../channels/twilio-rest.ts'
import { DoorError } from '../errors.ts'
import type { OutboxResult, Tried } from '../jobs/outbox.ts'
import { waits } from '../record/texts.ts'
import type { OutboxRow } from '../store/contract.ts'
import { alert } from '../turn/alert.ts'
import { copiesTimer } from '../turn/copies.ts'
import type { Parts } from '../turn.ts'
import { note } from './note.ts'
import type { Texting } from './text.ts'

const CLOCKS_DIFFER_MS = 5 * 60_000
/** Stored replies say which texts are ours for 48 hours; after so long it can no longer be said. */
const SURE_MS = 47 * 3_600_000
/** Looks, an hour apart, before an operator is told that something stays at Twilio. */
const MOST_ROUNDS = 48

/** A text to us that Twilio has, and we have not. */
interface Unheard {
  sid: string
  words: string
}

/**
 * Deletes Twilio's copies of what was said with one person: what they wrote once it is stored here, what we wrote once it
 * is final there. What has to be left is looked at again an hour later, never tried again here: the person's texts wait
 * behind this row.
 */
export async function deleteCopies(texting: Texting, parts: Parts, row: OutboxRow): Promise<Tried> {
  const { texts, guardTexts = (work) => work() } = texting
  const contact = await parts.store.load(row.contact)
  if (!contact) return { done: { deleted: 0, left: 0, unheard: [] } }
  const since = Date.parse(contact.createdAt) - CLOCKS_DIFFER_MS
  const done = { deleted: 0, left: 0, unheard: [] as Unheard[] }
  const ask = <T>(work: () => Promise<T>) => guardTexts(work).catch(shut)
  for (const way of waysOf(row)) {
    const found = await ask(() => texts.list(way, since))
    if ('retry' in found) leave(parts, done, found)
    else for (const copy of found) await one({ parts, texts, row, done, ask }, copy)
  }
  return { done }
}

/** Both ways between a person and each of our numbers. */
function waysOf({ body }: OutboxRow): { from: string; to: string }[] {
  const { theirs, ours } = body as { theirs?: string; ours?: string[] }
  // A list of no sender is everybody's.
  if (!theirs || !ours) return []
  return ours.filter(Boolean).flatMap((own) => [
    { from: theirs, to: own },
    { from: own, to: theirs },
  ])
}

interface Deleting {
  parts: Parts
  texts: TwilioTexts
  row: OutboxRow
  done: { deleted: number; left: number; unheard: Unheard[] }
  ask: <T>(work: () => Promise<T>) => Promise<T | Later>
}

async function one({ parts, texts, row, done, ask }: Deleting, copy: Copy): Promise<void> {
  if (copy.direction === 'inbound' && !(await isStored(parts, row, copy))) {
    const age = Date.parse(parts.now()) - copy.createdAt
    // At the first look it may still wait in the spill, or be on its way to us.
    if (Number(row.body.round) > 0 && age < SURE_MS)
      done.unheard.push({ sid: copy.sid, words: copy.body })
    done.left += 1
    return
  }
  if (waits(copy.status)) {
    done.left += 1
    return
  }
  const gone = await ask(() => texts.remove(copy))
  if (gone === 'gone') done.deleted += 1
  else if (gone === 'not-yet') done.left += 1
  else leave(parts, done, gone)
}

/** By the reply it was given, or by the line that says it was found here before. */
async function isStored(parts: Parts, row: OutboxRow, { sid }: Copy): Promise<boolean> {
  if (await parts.store.replyTo(sid)) return true
  const lines = await parts.store.timeline(row.contact)
  return lines.some(({ kind, detail }) => kind === 'unheard' && detail?.sid === sid)
}

function leave(parts: Parts, done: { left: number }, { ours }: Later) {
  if (ours) alert(parts, 'copies', new DoorError('neighbour-refused', ours, true))
  done.left += 1
}

const shut = (error: unknown): Later => {
  if (error instanceof DoorError && error.retry) return { retry: true }
  throw error
}

/** Writes down what was deleted, and sets the next look. A text we never heard of becomes a person's task. */
export async function noteCopies(parts: Parts, row: OutboxRow, result: OutboxResult) {
  const { deleted, left, unheard } = (
    'done' in result ? result.done : { deleted: 0, left: 1, unheard: [] }
  ) as Deleting['done']
  const { contact } = row
  for (const { sid, words } of unheard) {
    const entry = { kind: 'unheard', heard: words, detail: { sid } }
    await note(parts, { contact, same: `unheard:${sid}`, entry, task: true })
  }
  if (deleted === 0 && left === 0) return
  const round = Number(row.body.round) + 1
  const again = left > 0 && round < MOST_ROUNDS
  if (left > 0 && !again) kept(parts, contact)
  await note(parts, {
    contact,
    same: `done:${row.id}`,
    entry: { kind: 'copies-deleted', detail: { deleted, left } },
    task: false,
    aside: true,
    ...(again && { timers: (_, now) => [copiesTimer(contact, now, round)] }),
  })
}

/** Deletes one recording. None is made by this service; one that is told of was made by a setting of the account. */
export async function deleteRecording(
  { texts, guardTexts = (work) => work() }: Texting,
  row: OutboxRow
) {
  const gone = await guardTexts(() => texts.removeRecording(String(row.body.sid)))
  return gone === 'gone' ? { sid: String(row.body.sid) } : gone
}

/** A recording was told of: it is deleted by the outbox of its call's contact. */
export function recordings(parts: Parts) {
  return async function recorded(call: string, sid: string): Promise<void> {
    if (!parts.deletesCopies) return
    const contact = await parts.store.byCall(call)
    if (!contact) return kept(parts)
    await note(parts, {
      contact: contact.id,
      same: `recording:${sid}`,
      entry: { kind: 'recorded', detail: { sid } },
      task: false,
      aside: true,
      outbox: ({ id, turn }, now) => [
        {
          id: `${id}:${turn}:1`,
          contact: id,
          recipient: `recording:${sid}`,
          kind: 'recording',
          body: { sid },
          due: now,
          tries: 0,
          state: 'waiting',
        },
      ],
    })
  }
}

/** Something personal stays at Twilio, and nothing here will delete it. */
export function kept({ log, metrics }: Parts, contact?: string) {
  metrics.faults.inc({ part: 'copies', code: 'copy-kept' })
  log.error(
    { part: 'copies', code: 'copy-kept', ...(contact && { contact }) },
    'A copy stays at Twilio'
  )
}
