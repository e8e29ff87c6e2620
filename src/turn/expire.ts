import type { CallbackWait } from '../handoff/callback-types.ts'
import type { HandoffWait } from '../handoff/types.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import type { Commit, OutboxRow, TimerRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { writeText } from '../words/text.ts'
import { callbackCommit } from './calling-back.ts'
import { copiesDue } from './copies.ts'
import { handoffCommit } from './handed.ts'
import { writing } from './outgoing.ts'
import { sayOf } from './says.ts'
import { entriesOf, heardKind, settle } from './settle.ts'
import { standingOf } from './standing.ts'
import { tell, told } from './tell.ts'
import { follow, type Thought, thinking } from './think.ts'
import { countWait } from './waited.ts'

/**
 * A wait has ended. True when it was carried out or dropped; false when another turn was saved first and it must be
 * thought again.
 */
export async function expire(parts: Parts, timer: TimerRow): Promise<boolean> {
  const contact = await parts.store.load(timer.contact)
  if (!contact || (timer.turn !== null && timer.turn !== contact.conversation?.turn)) return true
  const commit = ENDS[String(timer.event.type)]?.(parts, contact, timer)
  if (!commit) return true
  const { result } = await parts.store.commit(commit)
  if (result === 'saved') {
    parts.committed()
    countWait(parts, contact, commit.contact)
  }
  return result !== 'overtaken'
}

type End = (parts: Parts, contact: Contact, timer: TimerRow) => Commit | null
const ENDS: Record<string, End> = {
  ...{ silence, due, copies: copiesDue },
  callback: (parts, contact, { event }) =>
    callbackCommit(parts, contact, event.wait as CallbackWait),
  handoff: (parts, contact, { event }) =>
    handoffCommit(parts, contact, { type: 'DUE', wait: event.wait as HandoffWait }),
}

/**
 * Nobody answered a text: a reminder, and then a person. The words go out as a text of their own. A call that has long
 * been silent is over, though we were not told.
 */
function silence(parts: Parts, contact: Contact): Commit | null {
  const { conversation } = contact
  if (!conversation || conversation.state.done) return null
  const { channel, state, call = '' } = conversation
  const standing = standingOf(parts, contact)
  const t = thinking(parts.content(), standing, { channel }, parts.now())
  const heard = { type: channel === 'voice' ? 'GONE' : 'SILENCE' } as const
  const thought: Thought = { heard, asked: state.value, ...follow(t, state, heard) }
  const settled = settle(t, standing, { channel, conversation: call }, thought)
  const words = tell(t, settled.contact, thought, false)
  const said = writeText(words.reply)
  const first = { kind: heardKind(heard, false), step: state.value, said }
  const log = entriesOf(settled.contact, t.facts.now, first, settled.noted)
  const next = {
    ...settled.contact,
    entries: settled.contact.entries + log.length,
    conversation: words.conversation,
  }
  return {
    contact: next,
    expected: contact.turn,
    log,
    outbox: [...writing(t, next, `${next.id}:${next.turn}:1`, said), ...words.outbox],
    timers: settled.timers,
    cleared: settled.cleared,
  }
}

/** A clock fell due. A running one was missed; after the 999 words it is the moment to look. */
function due(parts: Parts, contact: Contact, timer: TimerRow): Commit | null {
  const { code, name } = timer.event
  const fallen = (clock: Clock) =>
    clock.code === code &&
    clock.name === name &&
    clock.due === timer.due &&
    clock.state === 'running'
  if (!contact.clocks.some(fallen)) return null
  const now = parts.now()
  const next = { ...contact, turn: contact.turn + 1, entries: contact.entries + 1, updatedAt: now }
  const outbox = name === 'check' && code === 'E999' ? checkByText(parts, next, timer) : []
  // A check that could not be made by text is a person's task: it stays open until they say so.
  const state = outbox.length > 0 ? 'met' : 'missed'
  const entry: LogEntry = {
    seq: next.entries,
    at: now,
    kind: name === 'check' ? 'check' : 'clock-missed',
    detail: { code, name, due: timer.due, state },
  }
  const clocks = contact.clocks.map((clock): Clock => (fallen(clock) ? { ...clock, state } : clock))
  return { contact: { ...next, clocks }, expected: contact.turn, log: [entry], outbox, timers: [] }
}

/** The first look after the 999 words is a text, where a text can harm nobody; the second is always a person. */
function checkByText(parts: Parts, contact: Contact, timer: TimerRow): OutboxRow[] {
  const { status, person, clocks, channel } = contact
  const first = clocks.find((clock) => clock.name === 'check' && clock.code === 'E999')
  const safe = status !== 'handed-over' && !person.unsafe && !person.overheard
  if (first?.due !== timer.due || !safe || person.phone !== 'mobile') return []
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  return writing(
    t,
    contact,
    `${contact.id}:${contact.turn}:1`,
    sayOf(t, 'check', 'text', told(t, contact))
  )
}
