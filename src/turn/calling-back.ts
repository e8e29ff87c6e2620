import type { CallbackHeard, CallbackWait } from '../handoff/callback-types.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { Commit, OutboxRow, Store } from '../store/contract.ts'
import {
  begin,
  type CallingBack,
  closed,
  type Going,
  hear,
  liveCallback,
  opened,
  tell,
} from './call-back.ts'
import { liveHandoff } from './handing.ts'
import { givenOf, mayTellKin, numberToRing, owedCalls, whoKnowsThem } from './owed.ts'

/**
 * A store that rings people back: whatever turn makes, keeps or takes away a promise to ring, the call back begins, ends or
 * changes in the same commit, so that no promise is made which nobody rings for.
 */
export const callingBack = (store: Store, parts: CallingBack): Store => ({
  ...store,
  commit: (commit) => store.commit(withCame(withCallback(parts, commit))),
})

/** Somebody of ours speaks with them: whatever other call they are owed is looked for, once this is saved. */
function withCame(commit: Commit): Commit {
  const { contact, log, outbox } = commit
  const { address } = contact.person
  if (contact.out || address === 'withheld' || !log.some((entry) => joined(entry))) return commit
  const row: OutboxRow = {
    ...{ id: `${contact.id}:${contact.turn}:59`, contact: contact.id, kind: 'came' },
    ...{ recipient: `came:${contact.id}`, body: {}, due: contact.updatedAt, tries: 0 },
    state: 'waiting',
  }
  return { ...commit, outbox: [...outbox, row] }
}

/** A commit with what its contact's call back makes of it. */
export function withCallback(parts: CallingBack, commit: Commit): Commit {
  const { contact, log } = commit
  const place = parts.content().places.get(contact.place)?.place
  // Most turns owe nobody a call: they are to cost nothing more.
  if (!place || (!liveCallback(contact) && owedCalls(place, contact).length === 0)) return commit
  const go = opened(parts, commit)
  if (!go) return commit
  for (const entry of log) heardIn(go, entry)
  const live = liveCallback(go.contact)
  if (live) stillOwed(go)
  if (!liveCallback(go.contact) || isSooner(go)) beginOwed(go)
  return closed(commit, go)
}

/** What the lines of a turn's log mean for a call back. */
function heardIn(go: Going, entry: LogEntry): void {
  const live = liveCallback(go.contact)
  if (!live) return
  if (entry.kind === 'clock-missed') tell(go, 'late')
  if (KNOWN.has(entry.kind)) known(go)
  const { out } = go.contact
  // They ring us while we were about to ring them: as busy as a line can be.
  if (entry.kind === 'begin' && entry.channel === 'voice' && !out) hear(go, { type: 'BUSY' })
  const heard = out ? (out.who === THEM ? ofLine(entry) : undefined) : joined(entry)
  if (heard) hear(go, heard)
  if (entry.kind === 'came') hear(go, { type: 'CAME' })
  if (entry.kind === 'welfare-decided') {
    const { by, police, why } = entry.detail as { by: string; police: boolean; why: string }
    hear(go, { type: 'DECIDED', by, police, why })
  }
}

/** What staff write down of who knows them and who may be told. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['ring-by', 'key-worker', 'agreed', 'agreed-no-more', 'same-person'],
])

/** Whether they have a key worker, and whether their next of kin is told, may have changed. */
function known(go: Going): void {
  const { callback } = go.contact
  if (!callback) return
  const nextOfKin = mayTellKin(go.contact)
  const keyWorker = whoKnowsThem(go.contact) !== undefined
  const context = { ...callback.context, nextOfKin, keyWorker }
  go.contact = { ...go.contact, callback: { ...callback, context } }
}

/** Whom a call of ours rings, of those it may. */
const THEM = 'the person'

/** Somebody of ours speaks with them, by their own call or text. */
const joined = ({ kind }: LogEntry): CallbackHeard | undefined =>
  kind === 'connected' || kind === 'joined' ? { type: 'CAME' } : undefined

/** What became of the person's own line in a call of ours. */
function ofLine({ kind, detail }: LogEntry): CallbackHeard | undefined {
  if (detail?.label !== 'caller') return undefined
  const why = String(detail.why ?? '')
  if (kind === 'line in') return { type: 'ANSWERED' }
  if (kind === 'line failed' && why === 'busy') return { type: 'BUSY' }
  if (kind !== 'line failed' && kind !== 'line left') return undefined
  return { type: 'UNANSWERED', why: WHY[why] ?? 'no-answer' }
}

/** Whoever answers and presses nothing is taken for a voicemail, or is one. */
const WHY: Readonly<Record<string, 'voicemail' | 'failed'>> = {
  'said no': 'voicemail',
  completed: 'voicemail',
  failed: 'failed',
}

/** A call that is owed no more is not made; nor is one to a number that may not be rung: a person keeps that promise. */
function stillOwed(go: Going): void {
  const { contact, t } = go
  const may = numberToRing(t.place, contact) !== undefined
  if (may && owedCalls(t.place, contact).length > 0) return
  const met = contact.clocks.some(({ name, state }) => name === 'ringBack' && state === 'met')
  if (!may) hear(go, { type: 'STOP', why: 'may not be rung', ...(!contact.died && { owed: true }) })
  else
    hear(go, met ? { type: 'ANSWERED' } : { type: 'STOP', why: 'it is not ours to make any more' })
}

/** A promise that is sooner than the one they wait for takes its place; so does a new one, once all tries were over. */
function isSooner({ contact, t }: Going): boolean {
  const live = liveCallback(contact)
  if (!live) return false
  const clocks = contact.clocks.filter(({ state }) => state === 'running')
  const given = givenOf(t.place, { ...contact, clocks }, t.facts.now)
  if (!given) return false
  if (live.value === 'deciding') return given.priority === 'P1' || given.priority === 'P2'
  const waits = live.value === 'waiting' && live.context.tries === 0
  const { priority, number } = live.context
  return waits && (given.priority < priority || given.number !== number)
}

function beginOwed(go: Going): void {
  const given = givenOf(go.t.place, go.contact, go.t.facts.now)
  if (given) begin(go, given)
}

/** What is saved when a call back's wait ends; null where none goes on. */
export function callbackCommit(
  parts: CallingBack,
  contact: Contact,
  wait: CallbackWait
): Commit | null {
  const now = parts.now()
  const next = { ...contact, turn: contact.turn + 1, updatedAt: now }
  const commit: Commit = {
    ...{ contact: next, expected: contact.turn, log: [], outbox: [], timers: [], cleared: [] },
  }
  const go = liveCallback(contact) && opened(parts, commit)
  if (!go) return null
  if (wait === 'answer' && stillAsked(contact)) return closed(commit, lookAgain(go))
  hear(go, { type: 'DUE', wait })
  return closed(commit, go)
}

/** Nobody has taken it yet, or they are being rung now. It stays in the queue: it is never dropped. */
const stillAsked = (contact: Contact): boolean =>
  contact.out?.callBack !== undefined && liveHandoff(contact) !== undefined

const LOOK_AGAIN_MS = 600_000

function lookAgain(go: Going): Going {
  const { contact, timers, noted, t } = go
  const due = new Date(Date.parse(t.facts.now) + LOOK_AGAIN_MS).toISOString()
  const event = { type: 'callback', wait: 'answer' }
  timers.push({ id: `${contact.id}:callback`, contact: contact.id, due, turn: null, event })
  noted.push({ kind: 'call-back waits', detail: { for: contact.handoff?.value ?? '' } })
  return go
}
