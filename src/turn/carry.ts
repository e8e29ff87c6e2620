import { Temporal } from 'temporal-polyfill'
import type { Handoff, HandoffEffect, HandoffTurn, Leg, Refusal, Told } from '../handoff/types.ts'
import { coverNumber } from '../places/cover.ts'
import { staffOf } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import { apply, type Deciding, type Noted } from '../record/apply.ts'
import type { Contact } from '../record/contact.ts'
import type { OutboxRow, TimerRow } from '../store/contract.ts'
import { isQuiet } from './owed.ts'
import { endThread } from './thread-end.ts'

/** What a step of a handoff changes: the contact, its log, and the work and waits that follow. */
export interface Carried {
  contact: Contact
  noted: Noted[]
  outbox: OutboxRow[]
  timers: TimerRow[]
  cleared: string[]
  /** What the conversation hears in the same turn. */
  hears: { type: 'JOINED' | 'NOBODY'; by?: string } | null
  /** What members of staff are told of what they did. */
  told: { to: string; what: Refusal }[]
  /** The flow takes the conversation again. */
  handsBack: boolean
  /** What the person is told. */
  says: Told[]
}

/** What of a contact a handoff alone changes: a turn of the conversation beside it is settled from the contact as it was. */
export const carriedIn = ({ handoff, cards, thread }: Contact): Partial<Contact> => ({
  ...(handoff && { handoff }),
  ...(cards && { cards }),
  ...(thread && { thread }),
})

interface Carrying {
  place: Place
  deciding: Deciding
  contact: Contact
  into: Carried
}

/** Rows of a handoff are numbered from here, beside those of the conversation. */
const FIRST_ROW = 11

/** Carries a step of a handoff into its contact, whose turn has already been counted up. */
export function carry(
  place: Place,
  deciding: Deciding,
  contact: Contact,
  { state, effects }: HandoffTurn
): Carried {
  const into: Carried = {
    contact: { ...contact, handoff: state },
    ...{
      noted: [],
      outbox: [],
      timers: [],
      cleared: [],
      hears: null,
      told: [],
      says: [],
      handsBack: false,
    },
  }
  const carrying = { place, deciding, contact, into }
  for (const effect of effects) if (!ofCover(effect)) one(carrying, effect)
  // What the desk shows of it is made anew with every step.
  const isNew = effects.length > 0 || isShownNew(contact.handoff, state)
  if (isNew && !effects.some(({ kind }) => kind === 'queue'))
    row(carrying, 'queue', `desk:${contact.id}`, {})
  showCall(carrying, state)
  leaveRoom(carrying, state)
  return into
}

/** What is known of them may change with nothing to be done: those who watch the queue see it all the same. */
const isShownNew = (before: Handoff | undefined, { context }: Handoff): boolean =>
  SHOWN.some((field) => before?.context[field] !== context[field])

/** What the row of a queue shows of somebody, and what it is decided by who is asked. */
const SHOWN = [
  ...(['danger', 'level', 'priority', 'wants'] as const),
  ...(['of', 'language', 'discipline', 'restricted'] as const),
]

/** A thread in a room ends as whoever has it is with them no more. */
function leaveRoom({ into, deciding }: Carrying, { value, context: { by } }: Handoff): void {
  const { thread } = into.contact
  const here = value === 'accepted' || value === 'connected'
  if (!thread || (here && by?.staff === thread.staff)) return
  const ended = endThread(into.contact, deciding.now)
  if (!ended) return
  into.contact = { ...into.contact, thread: ended.thread }
  into.outbox.push(...ended.outbox)
}

/**
 * Whoever has a call sees on their card who is on the line now: they hold, mute and take out by what it shows. A card that
 * stands in a room, where others read along, shows none of it.
 */
function showCall(c: Carrying, { value, context: { by, channel, legs } }: Handoff): void {
  if (!by || value !== 'connected' || channel !== 'voice') return
  if (coverNumber(by.staff) !== undefined) return
  const standing = c.contact.cards?.[by.staff]
  if (!standing || standing.room !== undefined) return
  const before = c.contact.handoff
  const was = before?.value === value ? before.context.legs : []
  if (JSON.stringify(was.map(asShown)) === JSON.stringify(legs.map(asShown))) return
  const to = cardTo(c.contact, by.staff)
  if (c.into.outbox.some(({ recipient }) => recipient === to)) return
  row(c, 'card', to, { staff: by.staff, show: 'yours' })
}

const asShown = ({ label, is, muted }: Leg) => [label, is, muted]

type Of<K extends HandoffEffect['kind']> = Extract<HandoffEffect, { kind: K }>
type Does = { [K in HandoffEffect['kind']]: (c: Carrying, effect: Of<K>) => void }

/** What each effect of a handoff becomes: a row of the outbox, a wait, a line of the log, or a change of the contact. */
const DOES: Does = {
  queue: (c, { rank }) => row(c, 'queue', `desk:${c.contact.id}`, { rank }),
  card(c, { to, show, by }) {
    for (const staff of to)
      row(c, 'card', cardTo(c.contact, staff), { staff, show, ...(by !== undefined && { by }) })
  },
  ring,
  join: (c) => row(c, 'join', `call:${c.contact.id}`, { call: c.contact.conversation?.call ?? '' }),
  participant: (c, { label, do: what }) =>
    row(c, 'participant', `leg:${c.contact.id}:${label}`, { label, do: what, ...callOf(c, label) }),
  close: (c) => row(c, 'participant', `leg:${c.contact.id}:*`, { label: '*', do: 'remove' }),
  conversation({ into }, { heard, by }) {
    into.hears = { type: heard, ...(by !== undefined && { by }) }
  },
  wait,
  shift: (c, { staff, now }) =>
    row(c, 'shift', `staff:${c.contact.place}:${staff}`, { staff, now }),
  promise,
  thread(c, { do: what }) {
    if (what === 'hand-back') c.into.handsBack = true
    const asks = what === 'feedback' && mayAskHowItWas(c.into.contact)
    if (asks) c.into.contact = { ...c.into.contact, feedback: { asked: c.deciding.now } }
    row(c, 'thread', `thread:${c.contact.id}`, { do: what })
  },
  tell: ({ into }, { to, what }) => void into.told.push({ to, what }),
  say(c, { what }) {
    c.into.says.push(what)
    // Who wrote may be rung, and who rang may write: how they are met now is the handoff's to know.
    if (c.into.contact.handoff?.context.channel !== 'voice') return
    const to = { label: 'caller', do: what, ...callOf(c, 'caller') }
    row(c, 'participant', `leg:${c.contact.id}:caller`, to)
  },
  log({ contact, into }, { what, detail }) {
    const leg = contact.handoff?.context.legs.find(({ label }) => label === detail?.label)
    // Twilio tells of a ring three times; that somebody was rung stands in the log already.
    if (what === 'line ringing' && leg?.is === 'ringing') return
    into.noted.push({ kind: what, ...(detail && { detail: { ...detail } }) })
  },
}

const one = (c: Carrying, effect: HandoffEffect): void =>
  (DOES[effect.kind] as (c: Carrying, effect: HandoffEffect) => void)(c, effect)

/** The call of a line, which the handoff may have let go of by now. */
function callOf({ contact: { handoff } }: Carrying, label: string): { call?: string } {
  const call = handoff?.context.legs.find((leg) => leg.label === label)?.call
  return call === undefined ? {} : { call }
}

/** Never somebody whose phone is not safe, a child, or who told of harm (domain 6.5). */
const mayAskHowItWas = (contact: Contact): boolean =>
  !contact.feedback && !isQuiet(contact) && !contact.codes.includes('EMH')

/** One person's cards of one contact, in their order. */
const cardTo = ({ place, id }: Contact, staff: string) => `card:${place}:${staff}:${id}`

function row(
  { contact, deciding, into }: Carrying,
  kind: string,
  recipient: string,
  body: Record<string, unknown>
): void {
  const id = `${contact.id}:${contact.turn}:${FIRST_ROW + into.outbox.length}`
  const waiting = { due: deciding.now, tries: 0, state: 'waiting' } as const
  into.outbox.push({ id, contact: contact.id, recipient, kind, body, ...waiting })
}

/** A softphone is rung by the staff member's id; their own phone, a team or anybody else by number. */
function ring(c: Carrying, { leg, via }: Of<'ring'>): void {
  const to = via === 'softphone' ? `client:${leg.who}` : (leg.number ?? ownNumber(c.place, leg))
  row(c, 'ring', `leg:${c.contact.id}:${leg.label}`, { label: leg.label, to })
}

const ownNumber = (place: Place, { kind, who }: Pick<Leg, 'kind' | 'who'>) =>
  (kind === 'staff' && (coverNumber(who) ?? staffOf(place, who)?.number)) || ''

/** A cover has no card, no shift and no chat: it is a telephone. */
function ofCover(effect: HandoffEffect): boolean {
  if (effect.kind === 'card') return effect.to.every((who) => coverNumber(who) !== undefined)
  const who = effect.kind === 'shift' ? effect.staff : effect.kind === 'tell' ? effect.to : ''
  return coverNumber(who) !== undefined
}

function wait({ contact, deciding, into }: Carrying, effect: Of<'wait'>) {
  const id = `${contact.id}:handoff:${effect.name}`
  if (effect.for === null) {
    into.cleared.push(id)
    return
  }
  const until = Date.parse(deciding.now) + Temporal.Duration.from(effect.for).total('milliseconds')
  const due = new Date(until).toISOString()
  const event = { type: 'handoff', wait: effect.name }
  into.timers.push({ id, contact: contact.id, due, turn: null, event })
}

/** Nobody came: whoever is on duty owes them a call, by the time that urgency gives. */
function promise(c: Carrying, { priority, why }: Of<'promise'>) {
  const step = `handoff:${why}`
  const owed = { kind: 'person', step, form: 'self', priority, wait: 'PT0S' } as const
  const { contact, noted } = apply(
    c.into.contact,
    [{ ...owed, staffed: true, rings: false }],
    c.deciding
  )
  c.into.contact = { ...contact, status: contact.status === 'open' ? 'promised' : contact.status }
  c.into.noted.push(...noted)
}
