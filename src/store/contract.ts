import type { Contact, LogEntry } from '../record/contact.ts'

/** The reply a webhook got, kept so that a repeat gets the same bytes. */
export interface StoredReply {
  status: number
  type: string
  body: string
}

/** Work that touches the world, done after the turn that asked for it is saved. `id` is `<contact>:<turn>:<n>`. */
export interface OutboxRow {
  id: string
  contact: string
  /** Rows to one recipient are done in order of `id` of their turn. */
  recipient: string
  kind: string
  body: Record<string, unknown>
  /** ISO 8601 UTC: not before this time. */
  due: string
  tries: number
  state: 'waiting' | 'claimed' | 'done' | 'parked'
  result?: Record<string, unknown>
}

/** A wait with an end. It comes back as a turn of its contact and is dropped if the turn has moved on. */
export interface TimerRow {
  id: string
  contact: string
  due: string
  /** The contact's turn this timer belongs to; null for one that holds whatever the turn. */
  turn: number | null
  event: Record<string, unknown>
}

/** Everything one turn changes. It is saved whole or not at all. */
export interface Commit {
  contact: Contact
  /** The turn the contact was loaded at: 0 for a new one. `contact.turn` must be one more. */
  expected: number
  webhook?: { id: string; reply: StoredReply }
  log: readonly LogEntry[]
  outbox: readonly OutboxRow[]
  timers: readonly TimerRow[]
  /** Ids of timers this turn ends. */
  cleared?: readonly string[]
}

export type Committed =
  | { result: 'saved' }
  /** This webhook was answered before: give it the same bytes. */
  | { result: 'seen'; reply: StoredReply }
  /** Another turn was saved first. */
  | { result: 'overtaken' }

export interface ContactQuery {
  place?: string
  status?: string
  code?: string
  team?: string
  /** ISO 8601: contacts updated at or after this instant. */
  from?: string
  /** The address that reached us, exactly as stored (E.164 or a Teams id). */
  phone?: string
  /** Opaque: the `next` of the page before. */
  after?: string
  limit: number
}

/**
 * Where contacts live. Every store passes test/store/contract.ts.
 * A method that cannot answer rejects with DoorError 'store-down'.
 */
export interface Store {
  load(id: string): Promise<Contact | null>
  byRef(ref: string): Promise<Contact | null>
  /** Contacts of this place that this address has reached us from since an instant, newest first. */
  recent(place: string, address: string, since: string): Promise<Contact[]>
  /** The live conversation with this CallSid or Teams conversation. */
  byCall(call: string): Promise<Contact | null>
  replyTo(webhook: string): Promise<StoredReply | null>
  commit(commit: Commit): Promise<Committed>
  timeline(contact: string): Promise<LogEntry[]>
  list(query: ContactQuery): Promise<{ contacts: Contact[]; next: string | null }>
  /** Takes timers due at this instant, each once. */
  claimTimers(now: string, limit: number): Promise<TimerRow[]>
  /** Takes outbox rows due at this instant, each by one claimer; a recipient's rows stay in order. */
  claimOutbox(now: string, limit: number): Promise<OutboxRow[]>
  /** Records how a claimed row ended, or gives it back for a later time. */
  settleOutbox(
    id: string,
    end:
      | { done: Record<string, unknown> }
      | { retryAt: string }
      | { parked: Record<string, unknown> }
  ): Promise<void>
  /** The earliest due time of waiting timers and outbox rows: null when nothing waits. */
  nextDue(): Promise<string | null>
  /** Drops replies older than an instant; returns how many. */
  expireReplies(before: string): Promise<number>
  close(): Promise<void>
}
