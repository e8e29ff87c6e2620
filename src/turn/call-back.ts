import { beginCallback, MOST_TRIES, stepCallback } from '../handoff/callback.ts'
import type {
  Callback,
  CallbackEffect,
  CallbackHeard,
  CallbackTurn,
} from '../handoff/callback-types.ts'
import type { Noted } from '../record/apply.ts'
import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { Commit, OutboxRow, TimerRow } from '../store/contract.ts'
import type { Parts } from '../turn.ts'
import { dutyPromise } from './duty.ts'
import { textRow } from './outgoing.ts'
import { callbackFacts, isTextSafe, isWithUs, owedCalls } from './owed.ts'
import { freed, ringing, stopped } from './ringing-back.ts'
import { sayOf } from './says.ts'
import { clockTimers } from './settle.ts'
import { standingOf } from './standing.ts'
import { told } from './tell.ts'
import { tellRow } from './tell-row.ts'
import { type Thinking, thinking } from './think.ts'

/** What a call back stands on. */
export type CallingBack = Pick<Parts, 'content' | 'now' | 'staffed'>

/** A commit as call backs are carried into it. */
export interface Going {
  readonly parts: CallingBack
  readonly t: Thinking
  contact: Contact
  readonly noted: Noted[]
  readonly outbox: OutboxRow[]
  readonly timers: TimerRow[]
  readonly cleared: string[]
}

/** A call back that is not over; none where nobody is to be rung. */
export const liveCallback = ({ callback }: Pick<Contact, 'callback'>): Callback | undefined =>
  callback && !callback.done ? callback : undefined

/** Opens a commit for its call back. Null where its place is not here. */
export function opened(parts: CallingBack, { contact }: Pick<Commit, 'contact'>): Going | null {
  if (!parts.content().places.has(contact.place)) return null
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  return { parts, t, contact, noted: [], outbox: [], timers: [], cleared: [] }
}

/** Rows of call backs are numbered from here, behind those of the conversation and of the handoff. */
const FIRST_ROW = 60

/** The commit with what call backs made of it. */
export function closed(
  commit: Commit,
  { contact, noted, outbox, timers, cleared, t }: Going
): Commit {
  if (contact === commit.contact && noted.length === 0 && outbox.length === 0) return commit
  const log = noted.map((entry, i) => ({
    ...entry,
    seq: commit.contact.entries + i + 1,
    at: t.facts.now,
  }))
  const rows = outbox.map((row, i) => ({
    ...row,
    id: `${contact.id}:${contact.turn}:${FIRST_ROW + i}`,
  }))
  const set = new Set(timers.map(({ id }) => id))
  return {
    ...commit,
    contact: { ...contact, entries: commit.contact.entries + log.length },
    log: [...commit.log, ...log],
    outbox: [...commit.outbox, ...rows],
    timers: [...commit.timers.filter(({ id }) => !set.has(id)), ...timers],
    cleared: [...(commit.cleared ?? []), ...cleared],
  }
}

/** Somebody is to be rung back from now on. */
export function begin(go: Going, given: Parameters<typeof beginCallback>[0]): void {
  const { place, content, facts } = go.t
  const turn = beginCallback(given, callbackFacts(place, content.calendar, facts.now, go.contact))
  const { first, priority } = turn.state.context
  go.noted.push({ kind: 'call-back', detail: { priority, at: first, phone: given.phone } })
  carry(go, turn)
}

/** A call back hears something. What it is too late for changes nothing. */
export function hear(go: Going, heard: CallbackHeard): void {
  const live = liveCallback(go.contact)
  if (!live) return
  const { place, content, facts } = go.t
  const known = callbackFacts(place, content.calendar, facts.now, go.contact)
  const turned = stepCallback(live, heard, known)
  const rings = turned.effects.some(({ kind }) => kind === 'ring')
  // They are on the phone with us, or with one of us: as busy as a line can be.
  const isBusy = rings && isWithUs(go.contact)
  carry(go, isBusy ? stepCallback(turned.state, BUSY, known) : turned)
  if (heard.type === 'CAME') stopped(go)
  if (heard.type === 'UNANSWERED' || heard.type === 'BUSY') freed(go)
}

const BUSY = { type: 'BUSY' } as const

function carry(go: Going, { state, effects }: CallbackTurn): void {
  go.contact = { ...go.contact, callback: state }
  for (const effect of effects) (DOES[effect.kind] as Does<CallbackEffect>)(go, effect)
  if (state.done) go.cleared.push(timerId(go.contact))
}

type Does<E> = (go: Going, effect: E) => void
type Of<K extends CallbackEffect['kind']> = Extract<CallbackEffect, { kind: K }>

const timerId = ({ id }: Contact) => `${id}:callback`

/** What each effect of a call back becomes: a row of the outbox, a wait, a change of clocks, or a line of the log. */
const DOES: { [K in CallbackEffect['kind']]: Does<Of<K>> } = {
  wait({ contact, timers }, { name, until }) {
    const event = { type: 'callback', wait: name }
    // Stores compare times as texts: all have milliseconds.
    const due = new Date(until).toISOString()
    timers.push({ id: timerId(contact), contact: contact.id, due, turn: null, event })
  },
  text,
  ring(go, { dial, try: n }) {
    const by = owedCalls(go.t.place, go.contact)[0]?.due ?? go.t.facts.now
    ringing(go, { number: dial, who: 'the person', callBack: { try: n, of: MOST_TRIES, by } })
  },
  'stop-ringing': (go) => stopped(go),
  welfare(go, { who }) {
    go.noted.push({ kind: 'welfare', detail: { who } })
    if (who === 'police') toDecide(go)
    tell(go, `welfare-${who}`)
  },
  'tell-owner': (go, { what }) => tell(go, what),
  promise: (go, { now }) => keep(go, now),
  log(go, { what, detail }) {
    go.noted.push({ kind: `call-back ${what}`, ...(detail && { detail: { ...detail } }) })
  },
}

/** A text that says we will ring is only sent while somebody is at work who can. */
function text(go: Going, { what }: Of<'text'>): void {
  const { contact, t, parts } = go
  const number = contact.callback?.context.number ?? ''
  if (!isTextSafe(contact, number))
    return void go.noted.push({ kind: 'not-texted', detail: { why: 'it may not be safe' } })
  if (what === 'before' && !parts.staffed?.(contact.place, 'voice'))
    return void go.noted.push({ kind: 'not-texted', detail: { why: 'nobody is on shift' } })
  const words = sayOf(t, what === 'before' ? 'ringing-you' : 'tried', 'text', told(t, contact))
  go.outbox.push(textRow(t, contact, '', words))
}

/** Whoever owns the promise is told, in Teams; and in any case it stands in the log. */
export function tell({ contact, outbox, t }: Going, what: string): void {
  const { owner = '', due = '' } = owedCalls(t.place, contact)[0] ?? {}
  const tries = contact.callback?.context.tries ?? 0
  outbox.push(tellRow(contact, { what, owner, due, tries }, t.facts.now))
}

/** The outcome code of the decision whether somebody looks after a person who does not answer. */
export const WELFARE = 'WELF'

/** A person decides, and until they have there is a task with an owner and a time. */
function toDecide(go: Going): void {
  const { place, content, facts } = go.t
  const { owner, due } = dutyPromise(place, content.calendar, facts.now, 'P1')
  const clock: Clock = { name: 'check', code: WELFARE, owner, due, state: 'running' }
  const before = go.contact
  go.contact = { ...before, clocks: [...before.clocks, clock] }
  go.noted.push({ kind: 'promise', detail: { code: WELFARE, owner, due } })
  const [timer] = clockTimers(before, go.contact)
  if (timer) go.timers.push({ ...timer, id: `${timer.id}:welfare` })
}

/** The promises of this call are kept, or nobody can keep them. */
function keep(go: Going, now: 'met' | 'stopped'): void {
  const { contact, t } = go
  const owed = owedCalls(t.place, contact)
  const isKept = (clock: Clock) => owed.includes(clock) || isDecision(clock)
  const clocks = contact.clocks.map(
    (clock): Clock => (isKept(clock) ? { ...clock, state: now } : clock)
  )
  const open = clocks.some(isOpen)
  const status = contact.status === 'promised' && !open ? 'closed' : contact.status
  go.contact = { ...contact, clocks, status }
  const codes = owed.map(({ code }) => code)
  go.noted.push({ kind: 'promise-closed', detail: { codes, how: now, by: 'the call back' } })
}

const isDecision = (clock: Clock) => clock.code === WELFARE && isOpen(clock)
