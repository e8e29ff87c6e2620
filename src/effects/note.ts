import { DoorError } from '../errors.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'
import type { OutboxRow, TimerRow } from '../store/contract.ts'
import { dutyPromise } from '../turn/duty.ts'
import type { Parts } from '../turn.ts'

/** One thing to write into a contact's log, outside any turn of the person's. */
export interface Noting {
  /** The contact's id. */
  contact: string
  /** What makes the same word the same when it comes twice: it is written down once. */
  same: string
  entry: Omit<LogEntry, 'seq' | 'at'>
  /** True where a person has to see to it: a task with an owner and a time. */
  task: boolean
  /** What else of the contact it changes. */
  change?: (contact: Contact, now: string) => Contact
  /** True for housekeeping: the contact counts as untouched. */
  aside?: true
  /** Work that begins with it, for the contact as it will be saved. */
  outbox?: (contact: Contact, now: string) => readonly OutboxRow[]
  /** Waits that begin with it, for the contact as it will be saved. */
  timers?: (contact: Contact, now: string) => readonly TimerRow[]
}

const TRIES = 5

/** Writes it down, once. A contact that is not there has nothing written. Throws 'overtaken' when others kept saving first. */
export async function note(parts: Parts, noting: Noting): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const contact = await parts.store.load(noting.contact)
    if (!contact) return
    const { result } = await parts.store.commit(commitOf(parts, contact, noting))
    if (result === 'overtaken') continue
    parts.committed()
    return
  }
  throw new DoorError('overtaken', `${noting.same}: five other turns were saved first`, true)
}

function commitOf(parts: Parts, contact: Contact, noting: Noting) {
  const { same, entry, task, aside, change, outbox, timers } = noting
  const now = parts.now()
  const clock = task && !hasTask(contact) ? taskClock(parts, contact) : undefined
  const changed = change?.(contact, now) ?? contact
  const next: Contact = {
    ...changed,
    entries: contact.entries + 1,
    turn: contact.turn + 1,
    updatedAt: aside ? contact.updatedAt : now,
    clocks: clock ? [...changed.clocks, clock] : changed.clocks,
  }
  return {
    contact: next,
    expected: contact.turn,
    webhook: { id: same, reply: { status: 204, type: '', body: '' } },
    log: [{ ...entry, seq: next.entries, at: now }],
    outbox: outbox?.(next, now) ?? [],
    timers: [...(clock ? [clockTimer(contact, clock)] : []), ...(timers?.(next, now) ?? [])],
  }
}

/** The outcome code of a person's task about a text. */
const TEXT = 'TEXT'

/** One person's task is enough, however many texts it is about: all of them are in the log. */
const hasTask = ({ clocks }: Contact) =>
  clocks.some(({ code, state }) => code === TEXT && state === 'running')

/** A clock without a timer would never be missed. */
const clockTimer = ({ id, turn }: Contact, { code, name, due }: Clock): TimerRow => ({
  id: `${id}:clock:${turn + 1}:0`,
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
  return { name: 'check', code: TEXT, owner, due, state: 'running' }
}
