import type { Inbound, Render } from '../channels/inbound.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { Commit, OutboxRow, StoredReply } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { tellBeside } from './beside.ts'
import { type Carried, carriedIn } from './carry.ts'
import { open, type Standing } from './find.ts'
import { liveHandoff, withHandoff } from './handing.ts'
import { plainReply, ringNext } from './plain.ts'
import { recalled } from './recall.ts'
import { sayOf } from './says.ts'
import { entriesOf, heardKind, promiseTimers, type Settled, settle } from './settle.ts'
import { type TurnTold, tell } from './tell.ts'
import { follow, type Thinking, type Thought } from './think.ts'
import { toTranslate } from './translate.ts'
import { countWait } from './waited.ts'
import { conferenceReply, whileAsked } from './waiting.ts'

/** One try of a turn: what reached us, how its contact stands, and how the reply is rendered. */
export interface Trying {
  parts: Parts
  t: Thinking
  standing: Standing
  inbound: Inbound
  render: Render
}

/** Settles a thought, puts it into words and saves the whole. Null when another turn was saved first. */
export async function save(trying: Trying, thought: Thought): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const { stored } = standing
  if (stored && startsAgain(thought)) return saveAfresh(trying, stored, thought)
  const handed = handing(trying, thought)
  const { settled, thought: meant } = handed
  const told = whileAsked(
    t,
    settled.contact,
    joining(t, handed, tell(t, settled.contact, meant, standing.state === 'new'))
  )
  const reply = render(told.reply)
  const first = firstEntry(inbound, meant, told.said, standing)
  const entries = entriesOf(settled.contact, t.facts.now, first, settled.noted)
  const contact = {
    ...settled.contact,
    entries: settled.contact.entries + entries.length,
    conversation: told.conversation,
  }
  const foreign = parts.translates ? toTranslate(contact, meant, entries[0]?.seq ?? 0) : []
  const outbox = [...told.outbox, ...foreign, ...settled.outbox, ...tellBeside(standing, contact)]
  const commit = commitOf(standing, inbound, { ...settled, contact }, entries, reply, outbox)
  return finish(parts, commit, reply, stored)
}

/** A turn with what the way to a person makes of it. */
interface Handing {
  settled: Settled & { outbox: readonly OutboxRow[] }
  thought: Thought
  /** Somebody joins them in this very turn. */
  joins: boolean
}

/** What the way to a person makes of the same turn. Only where somebody is there to be asked. */
function handing({ parts, t, standing, inbound }: Trying, thought: Thought): Handing {
  const settled = settle(t, standing, inbound, thought)
  const { contact } = settled
  const plain = { settled: { ...settled, outbox: [] }, thought, joins: false }
  const begins = liveHandoff(contact) === undefined
  if (begins && !parts.staffed?.(contact.place, t.facts.channel)) return plain
  const anew = standing.state === 'new'
  const carried = withHandoff(t, contact, thought, { helpedBy: standing.helpedBy, anew })
  if (!carried) return plain
  const joined = carried.hears?.type === 'JOINED' && joinedAs(t, thought, carried.hears.by)
  if (!joined) return { ...plain, settled: withCarried(settled, carried) }
  const meant = settle(t, standing, inbound, joined)
  const whole = { ...meant, contact: { ...meant.contact, ...carriedIn(carried.contact) } }
  // The reply itself puts a caller through: Twilio need not be asked to.
  const outbox = carried.outbox.filter(({ kind }) => kind !== 'join')
  const next = withCarried(whole, { ...carried, outbox, contact: whole.contact })
  return { settled: next, thought: joined, joins: true }
}

const withCarried = (settled: Settled, carried: Carried): Handing['settled'] => ({
  contact: carried.contact,
  noted: [...settled.noted, ...carried.noted],
  timers: [
    ...settled.timers,
    ...carried.timers,
    ...promiseTimers(settled.contact, carried.contact),
  ],
  cleared: [...settled.cleared, ...carried.cleared],
  outbox: carried.outbox,
})

/** The question that would have come next is not asked: a person is there. What was decided stands. */
function joinedAs(t: Thinking, thought: Thought, by?: string): Thought | false {
  if (thought.state.done) return false
  const heard = { type: 'JOINED', ...(by !== undefined && { by }) } as const
  const joined = follow(t, thought.state, heard)
  const decided = thought.effects.filter(({ kind }) => kind === 'outcome' || kind === 'keep')
  return { ...thought, state: joined.state, effects: [...decided, ...joined.effects] }
}

/** In a call the reply itself puts them through; by text it says that somebody is there. */
function joining(t: Thinking, { joins, settled: { contact } }: Handing, told: TurnTold): TurnTold {
  if (!joins) return told
  if (contact.conversation?.channel === 'voice')
    return {
      ...told,
      reply: { ...told.reply, ...conferenceReply(contact, sayOf(t, 'joined-by-voice', 'voice')) },
    }
  const words = sayOf(t, 'joined-by-text', 'text')
  return { ...told, said: words, reply: { ...told.reply, ...plainReply(contact, 'joined', words) } }
}

function firstEntry(
  inbound: Inbound,
  thought: Thought,
  said: string,
  standing: Standing
): Omit<LogEntry, 'seq' | 'at'> {
  const heard = thought.heard && 'words' in thought.heard ? thought.heard.words : undefined
  const words = heard ?? thought.inTheirWords ?? thought.missed
  const { release, placeFile } = standing.contact.flow
  return {
    kind: thought.late
      ? 'late'
      : thought.joined
        ? 'joined-text'
        : heardKind(thought.heard, standing.state === 'new'),
    channel: inbound.channel,
    ...(thought.asked && { step: thought.asked }),
    ...(words && { heard: words }),
    ...(said && { said }),
    ...(standing.state === 'new' && { detail: { release, placeFile } }),
  }
}

function commitOf(
  { stored }: Standing,
  inbound: Inbound,
  { contact, timers, cleared }: Settled,
  log: readonly LogEntry[],
  reply: StoredReply,
  outbox: readonly OutboxRow[]
): Commit {
  return {
    contact,
    expected: stored?.turn ?? 0,
    webhook: { id: inbound.webhook, reply },
    log,
    outbox,
    timers,
    cleared,
  }
}

export async function finish(
  parts: Parts,
  commit: Commit,
  reply: StoredReply,
  before: Contact | null = null
): Promise<StoredReply | null> {
  const committed = await parts.store.commit(commit)
  if (committed.result === 'overtaken') return null
  if (committed.result === 'seen') return committed.reply
  const { contact, log } = commit
  countWait(parts, before, contact)
  parts.metrics.turns.inc({
    place: contact.place,
    channel: contact.conversation?.channel ?? contact.channel,
  })
  for (const entry of log)
    if (entry.kind === 'outcome')
      parts.metrics.outcomes.inc({ place: contact.place, code: String(entry.detail?.code) })
  parts.committed()
  return reply
}

const startsAgain = ({ effects }: Thought) =>
  effects.some((e) => e.kind === 'keep' && e.field === 'resume' && e.value === 'start-again')

/** "Start again": the broken-off contact is left as it was, and what follows is a contact of its own. */
async function saveAfresh(
  trying: Trying,
  old: Contact,
  thought: Thought
): Promise<StoredReply | null> {
  const { parts, t, standing, inbound } = trying
  const { now } = t.facts
  const fresh = recalled(open({ makes: parts.makes, now }, inbound, standing.loaded), [old])
  const left = await parts.store.commit(leaving(standing.contact, old.turn, fresh.ref, now))
  if (left.result !== 'saved') return null
  const anew: Standing = { ...standing, stored: null, contact: fresh, state: 'live' }
  return save({ ...trying, standing: anew }, thought)
}

function leaving(contact: Contact, expected: number, followedBy: string, now: string): Commit {
  const { dropped: _, ...rest } = contact
  const left: Contact = {
    ...rest,
    status: contact.status === 'open' ? 'incomplete' : contact.status,
    turn: contact.turn + 1,
    entries: contact.entries + 1,
    conversation: null,
    updatedAt: now,
  }
  const entry = { seq: left.entries, at: now, kind: 'left', detail: { for: followedBy } }
  const cleared = [`${contact.id}:silence`]
  return { contact: left, expected, log: [entry], outbox: [], timers: [], cleared }
}

/** The first number did not answer: the next one is rung, and the question waits. */
export async function saveRinging(trying: Trying, tried: number): Promise<StoredReply | null> {
  const { parts, t, standing, inbound, render } = trying
  const { contact } = standing
  const next: Contact = {
    ...contact,
    turn: contact.turn + 1,
    entries: contact.entries + 1,
    updatedAt: t.facts.now,
  }
  const reply = render(ringNext(next, tried))
  const entry: LogEntry = {
    seq: next.entries,
    at: t.facts.now,
    kind: 'unanswered',
    channel: 'voice',
    detail: { tried },
  }
  const webhook = { id: inbound.webhook, reply }
  const commit = { contact: next, expected: contact.turn, webhook, log: [entry] }
  return finish(parts, { ...commit, outbox: [], timers: [] }, reply)
}
