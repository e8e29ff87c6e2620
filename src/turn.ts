import type { Inbound, Render, Reply, TakeTurn } from './channels/inbound.ts'
import type { Content, Release } from './content.ts'
import { DoorError } from './errors.ts'
import type { Log, Metrics } from './observe.ts'
import type { Contact, LogEntry } from './record/contact.ts'
import type { Commit, OutboxRow, Store, StoredReply, TimerRow } from './store/contract.ts'
import { alert } from './turn/alert.ts'
import { gather } from './turn/facts.ts'
import { findStanding, type Makes, open, type Standing } from './turn/find.ts'
import { entriesOf, heardKind, type Settled, settle } from './turn/settle.ts'
import { brokenReply, hangUp, nothing, ringNext, tell, unknownReply } from './turn/tell.ts'
import { goOn, joinText, start, type Thinking, type Thought } from './turn/think.ts'

/** What a turn stands on. `committed` is told after each save, so that waiting work is looked at. */
export interface Parts {
  content: () => Content
  store: Store
  now: () => string
  makes: Makes
  log: Log
  metrics: Metrics
  committed: () => void
}

const TRIES = 3

/**
 * One turn: load, think, save, reply. The only place where the pure core meets the store. A fault of ours never
 * reaches a caller as a fault: they hear the safe words, and the number of the cover for the hour is rung.
 */
export function turns(parts: Parts): {
  takeTurn: TakeTurn
  takeTimer: (timer: TimerRow) => Promise<void>
} {
  const running = new Map<string, Promise<unknown>>()

  async function takeTurn(inbound: Inbound, render: Render): Promise<StoredReply> {
    const started = performance.now()
    try {
      if (inbound.channel === 'voice') return await attempt(parts, inbound, render, false)
      return await inOrder(`${inbound.to}:${inbound.from}`, (joins) =>
        attempt(parts, inbound, render, joins)
      )
    } catch (error) {
      alert(parts, 'turn', error, inbound)
      return render(brokenReply(parts, inbound))
    } finally {
      parts.metrics.turnSeconds.observe(
        { channel: inbound.channel },
        (performance.now() - started) / 1000
      )
    }
  }

  /** A text that arrives while an earlier one's turn is running joins that turn; it never answers the next question. */
  async function inOrder<T>(key: string, work: (joins: boolean) => Promise<T>): Promise<T> {
    const before = running.get(key)
    const mine = (before ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => work(before !== undefined))
    running.set(key, mine)
    try {
      return await mine
    } finally {
      if (running.get(key) === mine) running.delete(key)
    }
  }

  return { takeTurn, takeTimer: (timer) => takeTimer(parts, timer) }
}

async function attempt(
  parts: Parts,
  inbound: Inbound,
  render: Render,
  joins: boolean
): Promise<StoredReply> {
  for (let tries = 0; tries < TRIES; tries++) {
    const reply = await once(parts, inbound, render, joins)
    if (reply) return reply
  }
  throw new DoorError('overtaken', 'three other turns were saved first', true)
}

/** One try. Null when another turn was saved first: load again and think again. */
async function once(
  parts: Parts,
  inbound: Inbound,
  render: Render,
  joins: boolean
): Promise<StoredReply | null> {
  const { store } = parts
  const seen = await store.replyTo(inbound.webhook)
  if (seen) return seen
  const content = parts.content()
  const now = parts.now()
  const standing = await findStanding({ content, store, makes: parts.makes, now }, inbound)
  if (standing === 'unknown-place') return render(unknownReply(content, inbound.channel))
  const reached = inbound.heard.kind === 'begin' || inbound.heard.kind === 'answer'
  if (standing.state === 'over') return render(hangUp(standing))
  if (standing.state === 'new' && !reached) return render(nothing(standing.contact))
  const t = thinking(content, standing, inbound, now)
  const ringing = standing.contact.conversation?.ringing
  if (
    inbound.heard.kind === 'unanswered' &&
    ringing?.[inbound.heard.tried] &&
    !isLate(standing, inbound)
  )
    return saveRinging(parts, t, standing, inbound, render)
  const thought = think(t, standing, inbound, joins)
  return save(parts, t, standing, inbound, thought, render)
}

const isLate = ({ contact }: Standing, { heard }: Inbound) =>
  'turn' in heard && heard.turn !== undefined && heard.turn !== contact.conversation?.turn

function thinking(content: Content, standing: Standing, inbound: Inbound, now: string): Thinking {
  const { loaded, contact, contacts } = standing
  const { place } = loaded
  const release = releaseOf(content, contact)
  const line = place.numbers.find(({ number }) => number === inbound.to)
  const lang = contact.conversation?.lang ?? line?.language ?? place.languages[0] ?? 'en'
  const facts = gather({
    place,
    calendar: content.calendar,
    channel: inbound.channel,
    now,
    contact,
    contacts,
  })
  return { content, release, place, facts, lang }
}

function releaseOf(content: Content, { flow: { flow, version } }: Contact): Release {
  const release = content.releases.get(`${flow}.v${version}`)
  if (!release)
    throw new DoorError('bad-flow', `flow ${flow} version ${version} is not here`, false)
  return release
}

function think(t: Thinking, standing: Standing, inbound: Inbound, joins: boolean): Thought {
  if (standing.state === 'new') return start(t, inbound)
  return joins ? joinText(t, standing.contact, inbound) : goOn(t, standing.contact, inbound)
}

async function save(
  parts: Parts,
  t: Thinking,
  standing: Standing,
  inbound: Inbound,
  thought: Thought,
  render: Render
): Promise<StoredReply | null> {
  const afresh = thought.effects.some(
    (e) => e.kind === 'keep' && e.field === 'resume' && e.value === 'start-again'
  )
  if (afresh && standing.stored) return leaveForNew(parts, t, standing, inbound, thought, render)
  const settled = settle(t, standing, inbound, thought)
  const told = tell(t, settled.contact, thought, standing.state === 'new')
  const reply = render(told.reply)
  const first = firstEntry(inbound, thought, told.said, standing)
  const entries = entriesOf(settled.contact, t.facts.now, first, settled.noted)
  const contact = {
    ...settled.contact,
    entries: settled.contact.entries + entries.length,
    conversation: told.conversation,
  }
  const commit = commitOf(standing, inbound, { ...settled, contact }, entries, reply, told.outbox)
  return finish(parts, commit, reply)
}

function firstEntry(
  inbound: Inbound,
  thought: Thought,
  said: string,
  standing: Standing
): Omit<LogEntry, 'seq' | 'at'> {
  const heard = thought.heard && 'words' in thought.heard ? thought.heard.words : undefined
  const words = heard ?? thought.inTheirWords
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

async function finish(
  parts: Parts,
  commit: Commit,
  reply: StoredReply
): Promise<StoredReply | null> {
  const committed = await parts.store.commit(commit)
  if (committed.result === 'overtaken') return null
  if (committed.result === 'seen') return committed.reply
  const { contact, log } = commit
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

/** "Start again": the broken-off contact is left as it was, and what follows is a contact of its own. */
async function leaveForNew(
  parts: Parts,
  t: Thinking,
  standing: Standing,
  inbound: Inbound,
  thought: Thought,
  render: Render
): Promise<StoredReply | null> {
  const { contact: old, loaded, stored } = standing
  if (!stored) return null
  const fresh = open({ content: t.content, makes: parts.makes, now: t.facts.now }, inbound, loaded)
  const { dropped: _, ...rest } = old
  const status = old.status === 'open' ? ('incomplete' as const) : old.status
  const entry: LogEntry = {
    seq: old.entries + 1,
    at: t.facts.now,
    kind: 'left',
    detail: { for: fresh.ref },
  }
  const left: Contact = {
    ...rest,
    status,
    turn: old.turn + 1,
    entries: old.entries + 1,
    conversation: null,
    updatedAt: t.facts.now,
  }
  const cleared = [`${old.id}:silence`]
  const saved = await parts.store.commit({
    contact: left,
    expected: stored.turn,
    log: [entry],
    outbox: [],
    timers: [],
    cleared,
  })
  if (saved.result !== 'saved') return null
  return save(
    parts,
    t,
    { ...standing, stored: null, contact: fresh, state: 'live' },
    inbound,
    thought,
    render
  )
}

/** The first number did not answer: the next one is rung, and the question waits. */
async function saveRinging(
  parts: Parts,
  t: Thinking,
  standing: Standing,
  inbound: Inbound,
  render: Render
): Promise<StoredReply | null> {
  if (inbound.heard.kind !== 'unanswered' || !standing.stored) return null
  const { contact } = standing
  const tried = inbound.heard.tried
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
  return finish(
    parts,
    { contact: next, expected: contact.turn, webhook, log: [entry], outbox: [], timers: [] },
    reply
  )
}

/** A wait has ended: silence in a text conversation, or a clock that fell due. Dropped when the turn has moved on. */
async function takeTimer(parts: Parts, timer: TimerRow): Promise<void> {
  const { expire } = await import('./turn/expire.ts')
  for (let tries = 0; tries < TRIES; tries++) if (await expire(parts, timer)) return
  throw new DoorError('overtaken', `timer ${timer.id}: three other turns were saved first`, true)
}

export { type Reply, thinking }
