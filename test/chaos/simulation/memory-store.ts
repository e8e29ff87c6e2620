import { DoorError } from '../../../src/errors.ts'
import type { Contact, LogEntry } from '../../../src/record/contact.ts'
import type {
  Commit,
  Committed,
  ContactQuery,
  OutboxRow,
  Store,
  StoredReply,
  TimerRow,
} from '../../../src/store/contract.ts'
import { findEach } from '../../../src/store/find.ts'
import { instant } from '../../../src/store/instant.ts'
import { matches, RECENT } from '../../../src/store/listed.ts'
import { memoryDesk } from './memory-desk.ts'

/** A row of the outbox as it is kept. */
export interface KeptRow {
  row: OutboxRow
  at: number
  tries: number
  state: 'waiting' | 'claimed' | 'closed'
  ended: 'done' | 'parked' | null
  result?: Record<string, unknown>
}
interface KeptTimer {
  timer: TimerRow
  at: number
  claimed: boolean
}

/** A contact as JSON, because who loads it gets one of their own, and what it is found by. */
interface KeptContact {
  json: string
  turn: number
  ref: string
  place: string
  address: string
  updated: number
  call: string | undefined
}

/** What a memory store holds, open to whoever looks for what must not be. */
export interface Memory {
  contacts: Map<string, KeptContact>
  logs: Map<string, LogEntry[]>
  replies: Map<string, StoredReply & { at: number }>
  rows: KeptRow[]
  timers: Map<string, KeptTimer>
  /** What was saved, first to last. */
  saved: Commit[]
}

/** A store that keeps everything in maps: small enough to be read whole, and fast enough for a hundred thousand worlds. */
export function openMemory(): {
  store: Store
  memory: Memory
  /** What a process that died had claimed may be claimed again; all of it, where no ids are given. */
  giveBack: (ids?: ReadonlySet<string>) => void
} {
  const memory: Memory = {
    contacts: new Map(),
    logs: new Map(),
    replies: new Map(),
    rows: [],
    timers: new Map(),
    saved: [],
  }
  let open = true
  const read =
    <Asked extends unknown[], Answer>(work: (...asked: Asked) => Answer) =>
    async (...asked: Asked): Promise<Answer> => {
      if (!open) throw new DoorError('store-down', 'the store is closed', true)
      return work(...asked)
    }
  const found = finding(memory)
  const jobs = claiming(memory)
  const finders = {
    replyTo: read((webhook: string) => found.reply(webhook)),
    byCall: read((call: string) => found.newest((kept) => kept.call === call)),
    recent: read((place: string, address: string, since: string) =>
      found.recent(place, address, instant(since))
    ),
  }
  const store: Store = {
    ...finders,
    find: (sought) => findEach(finders, sought),
    load: read((id) => found.load(id)),
    byRef: read((ref) => found.newest((kept) => kept.ref === ref)),
    commit: read((commit) => save(memory, commit)),
    timeline: read((id) => structuredClone(memory.logs.get(id) ?? [])),
    list: read((query) => found.list(query)),
    expireReplies: read((before) => expire(memory, instant(before))),
    claimTimers: read(jobs.claimTimers),
    settleTimer: read(jobs.settleTimer),
    claimOutbox: read(jobs.claimOutbox),
    settleOutbox: read(jobs.settleOutbox),
    closeOutbox: read(jobs.closeOutbox),
    nextDue: read(jobs.nextDue),
    desk: memoryDesk(read),
    close: async () => {
      open = false
    },
  }
  return { store, memory, giveBack: jobs.giveBack }
}

const parsed = ({ json }: KeptContact) => JSON.parse(json) as Contact

function finding({ contacts, replies }: Memory) {
  /** Newest first, by when each was begun. */
  const all = () => [...contacts.values()].reverse()
  return {
    load(id: string) {
      const kept = contacts.get(id)
      return kept === undefined ? null : parsed(kept)
    },
    newest(is: (kept: KeptContact) => boolean) {
      const kept = all().find(is)
      return kept === undefined ? null : parsed(kept)
    },
    recent: (place: string, address: string, since: number) =>
      all()
        .filter((one) => one.place === place && one.address === address && one.updated >= since)
        .slice(0, RECENT)
        .map(parsed),
    reply(webhook: string): StoredReply | null {
      const reply = replies.get(webhook)
      if (reply === undefined) return null
      const { status, type, body } = reply
      return { status, type, body }
    },
    list({ limit, after, from, ...query }: ContactQuery) {
      const ids = [...contacts.keys()]
      const below = after === undefined ? ids.length : ids.indexOf(after)
      const wanted = [...contacts.values()]
        .slice(0, below)
        .reverse()
        .map(parsed)
        .filter((one) => matches(one, { ...query, limit }))
        .filter(({ updatedAt }) => from === undefined || instant(updatedAt) >= instant(from))
      const page = wanted.slice(0, limit)
      return { contacts: page, next: wanted.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
  }
}

function save(memory: Memory, commit: Commit): Committed {
  const { contacts, logs, replies, rows, timers, saved } = memory
  const { contact, webhook, log, outbox } = commit
  const before = webhook && replies.get(webhook.id)
  if (before) {
    const { status, type, body } = before
    return { result: 'seen', reply: { status, type, body } }
  }
  if (isOvertaken(memory, commit)) return { result: 'overtaken' }
  contacts.set(contact.id, {
    json: JSON.stringify(contact),
    turn: contact.turn,
    ref: contact.ref,
    place: contact.place,
    address: contact.person.address,
    updated: instant(contact.updatedAt),
    call: contact.conversation?.call,
  })
  const lines = logs.get(contact.id) ?? []
  lines.push(...log)
  logs.set(contact.id, lines)
  if (webhook) replies.set(webhook.id, { ...webhook.reply, at: instant(contact.updatedAt) })
  for (const id of commit.cleared ?? [])
    if (timers.get(id)?.timer.contact === contact.id) timers.delete(id)
  for (const timer of commit.timers)
    timers.set(timer.id, { timer, at: instant(timer.due), claimed: false })
  for (const row of outbox)
    rows.push({
      row,
      at: instant(row.due),
      tries: row.tries,
      state: 'waiting',
      ended: null,
    })
  saved.push(commit)
  return { result: 'saved' }
}

function isOvertaken({ contacts, logs }: Memory, { contact, expected, log }: Commit): boolean {
  const kept = contacts.get(contact.id)
  if ((kept?.turn ?? 0) !== expected) return true
  const last = logs.get(contact.id)?.at(-1)?.seq ?? 0
  const seqs = log.map(({ seq }) => seq)
  if (seqs.some((seq) => seq <= last) || new Set(seqs).size < seqs.length) return true
  return kept === undefined && [...contacts.values()].some(({ ref }) => ref === contact.ref)
}

function expire({ replies }: Memory, before: number): number {
  const late = [...replies].filter(([, { at }]) => at < before)
  for (const [webhook] of late) replies.delete(webhook)
  return late.length
}

function claiming({ rows, timers }: Memory) {
  const waiting = () => [...timers.values()].filter(({ claimed }) => !claimed)
  /** Not held up by an earlier row of the same recipient. */
  const free = () =>
    rows.filter(
      ({ state, row }, i) =>
        state === 'waiting' &&
        !rows
          .slice(0, i)
          .some((one) => one.row.recipient === row.recipient && one.state !== 'closed')
    )
  const mine = ({ id, tries }: { id: string; tries: number }) =>
    rows.find((one) => one.row.id === id && one.tries === tries && one.state === 'claimed')
  return {
    claimTimers(now: string, limit: number) {
      const due = waiting().filter(({ at }) => at <= instant(now))
      const claimed = due.sort((a, b) => a.at - b.at).slice(0, limit)
      for (const one of claimed) one.claimed = true
      return claimed.map(({ timer }) => structuredClone(timer))
    },
    settleTimer(timer: TimerRow, end: { done: true } | { retryAt: string }) {
      const kept = timers.get(timer.id)
      if (!kept?.claimed || JSON.stringify(kept.timer) !== JSON.stringify(timer)) return
      if ('done' in end) timers.delete(timer.id)
      else Object.assign(kept, { at: instant(end.retryAt), claimed: false })
    },
    claimOutbox(now: string, limit: number): OutboxRow[] {
      const due = free().filter(({ at }) => at <= instant(now))
      const claimed = due.sort((a, b) => a.at - b.at).slice(0, limit)
      return claimed.map((one) => {
        Object.assign(one, { state: 'claimed', tries: one.tries + 1 })
        const { row, tries, ended, result } = one
        const state = ended ?? 'claimed'
        return { ...structuredClone(row), tries, state, ...(result && { result }) }
      })
    },
    settleOutbox(claim: { id: string; tries: number }, end: Parameters<Store['settleOutbox']>[1]) {
      const kept = mine(claim)
      if (!kept) return
      if ('retryAt' in end) Object.assign(kept, { state: 'waiting', at: instant(end.retryAt) })
      else if (kept.ended === null)
        Object.assign(
          kept,
          'done' in end
            ? { ended: 'done', result: end.done }
            : { ended: 'parked', result: end.parked }
        )
    },
    closeOutbox(claim: { id: string; tries: number }) {
      const kept = mine(claim)
      if (kept?.ended) kept.state = 'closed'
    },
    nextDue() {
      const at = [...free(), ...waiting()].map((one) => one.at)
      return at.length === 0 ? null : new Date(Math.min(...at)).toISOString()
    },
    giveBack(ids?: ReadonlySet<string>) {
      const theirs = (id: string) => ids?.has(id) ?? true
      for (const one of rows)
        if (one.state === 'claimed' && theirs(one.row.id)) one.state = 'waiting'
      for (const one of timers.values()) if (theirs(one.timer.id)) one.claimed = false
    },
  }
}
