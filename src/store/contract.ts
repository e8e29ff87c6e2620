import type { Contact, LogEntry } from '../record/contact.ts'
import type { Desk } from './desk.ts'

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
  /**
   * Rows to one recipient are done one at a time, in the order they were saved. A row waits for every earlier one, also
   * for one due later: what is to be said tomorrow is a timer, not a row.
   */
  recipient: string
  kind: string
  body: Record<string, unknown>
  /** ISO 8601 UTC: not before this time. */
  due: string
  /** Times it was claimed, this one included. Above 1 an earlier try may have reached the world: look before resending. */
  tries: number
  /** `done` or `parked` on a row that was claimed again: it only needs its result reported. */
  state: 'waiting' | 'claimed' | 'done' | 'parked'
  result?: Record<string, unknown>
}

/**
 * A claimed row, by its id and which claim of it this is. The number of tries is the fence: whoever was too slow, so that
 * the row was given to another, settles nothing.
 */
export type OutboxClaim = Pick<OutboxRow, 'id' | 'tries'>

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
  /** A timer saved under an id that is already there takes its place. */
  timers: readonly TimerRow[]
  /** Ids of timers this turn ends, dropped before `timers` are saved. */
  cleared?: readonly string[]
}

export type Committed =
  | { result: 'saved' }
  /** This webhook was answered before: give it the same bytes. */
  | { result: 'seen'; reply: StoredReply }
  /** Another turn was saved first, a log line with this seq is there, or the reference is another contact's. */
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

/** What a turn looks for before it thinks: by its webhook, by the live call, and by whom it reached us from. */
export interface Sought {
  webhook: string
  /** CallSid or Teams conversation; absent where a conversation is found by its address. */
  call?: string
  /** The place reached, and the addresses to look for there: none where no one's contacts are to be looked at. */
  place: string
  addresses: readonly string[]
  /** ISO 8601: contacts updated at or after this instant. */
  since: string
}

/** What was found. With a reply there is nothing else to look for, and nothing else was. */
export interface Found {
  reply: StoredReply | null
  live: Contact | null
  recent: Contact[]
}

/**
 * Where contacts live. Every store passes test/store/contract.ts.
 * A method that cannot answer rejects with DoorError 'store-down'.
 */
export interface Store {
  load(id: string): Promise<Contact | null>
  byRef(ref: string): Promise<Contact | null>
  /** Contacts of this place and address updated at or after an instant, newest first, at most a hundred. */
  recent(place: string, address: string, since: string): Promise<Contact[]>
  /** The newest contact whose conversation has this CallSid or Teams conversation, done or not. */
  byCall(call: string): Promise<Contact | null>
  replyTo(webhook: string): Promise<StoredReply | null>
  /** `replyTo`, `byCall` and `recent` in one go, in as few journeys as the store can make of it. */
  find(sought: Sought): Promise<Found>
  commit(commit: Commit): Promise<Committed>
  timeline(contact: string): Promise<LogEntry[]>
  /** Newest first by when the contact was begun, so that a turn saved between two pages moves nothing. */
  list(query: ContactQuery): Promise<{ contacts: Contact[]; next: string | null }>
  /**
   * Takes timers due at this instant, earliest first, each once. A claimed timer ends when a commit clears it or by
   * `settleTimer`; one whose claimer died comes back.
   */
  claimTimers(now: string, limit: number): Promise<TimerRow[]>
  /** Ends a claimed timer, or gives it back for a later time. A timer set again meanwhile is left alone. */
  settleTimer(timer: TimerRow, end: { done: true } | { retryAt: string }): Promise<void>
  /** Takes outbox rows due at this instant, each by one claimer; a recipient's rows stay in order. */
  claimOutbox(now: string, limit: number): Promise<OutboxRow[]>
  /**
   * Records how a claimed row ended, or gives it back for a later time. Once done or parked it is never performed again;
   * it still holds its recipient, and comes back by `claimOutbox` after a crash, until `closeOutbox`. A row with a result
   * may be given back too: to report it later.
   */
  settleOutbox(
    claim: OutboxClaim,
    end:
      | { done: Record<string, unknown> }
      | { retryAt: string }
      | { parked: Record<string, unknown> }
  ): Promise<void>
  /** The result has reached the machine that asked: the recipient's next row may go. */
  closeOutbox(claim: OutboxClaim): Promise<void>
  /** The earliest due time of timers and outbox rows that could be claimed then: null when nothing waits. */
  nextDue(): Promise<string | null>
  /** Drops replies of turns saved before an instant, by the contact's `updatedAt`; returns how many. */
  expireReplies(before: string): Promise<number>
  /** The desks of places: small clear rows, saved apart from turns. */
  desk: Desk
  close(): Promise<void>
}
