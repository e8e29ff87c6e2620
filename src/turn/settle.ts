import type { Inbound } from '../channels/inbound.ts'
import type { Effect, Heard, Priority } from '../conversation/types.ts'
import type { Code } from '../flows/outcomes.ts'
import { coverAt } from '../places/cover.ts'
import { lineTo, route } from '../places/route.ts'
import { apply, type Decided, type Deciding, type Noted, type Promised } from '../record/apply.ts'
import type { Clock, Contact, Conversation, LogEntry } from '../record/contact.ts'
import type { TimerRow } from '../store/contract.ts'
import { copiesTimer } from './copies.ts'
import { dutyPromise } from './duty.ts'
import type { Standing } from './find.ts'
import { frontDoor, isOurs } from './owed.ts'
import { slotted } from './slotted.ts'
import type { Thinking, Thought } from './think.ts'
import { chosenTime } from './times.ts'

/** A turn thought through but not yet told or saved. */
export interface Settled {
  contact: Contact
  noted: readonly Noted[]
  timers: readonly TimerRow[]
  cleared: readonly string[]
}

/** By which channel and conversation a contact is spoken with. */
type Reaching = Pick<Inbound, 'channel' | 'conversation' | 'reach'>

/** Carries a thought into the contact: what was decided, who is rung, which waits begin. */
export function settle(
  t: Thinking,
  standing: Standing,
  inbound: Reaching,
  thought: Thought
): Settled {
  const before = { ...standing.contact, turn: standing.contact.turn + 1, updatedAt: t.facts.now }
  const { contact, noted } = apply(flagged(before, t, standing), thought.effects, deciding(t))
  const conversation = conversationAfter(t, contact, inbound, thought)
  const next = dropped(
    t,
    { ...contact, conversation, person: personAfter(contact, thought) },
    thought
  )
  return { contact: tidied(next, thought), noted, ...waits(t, standing.contact, next, thought) }
}

/** Someone who keeps ringing is known by it from the first word of the new contact. */
function flagged(contact: Contact, { facts }: Thinking, { state }: Standing): Contact {
  return state === 'new' && facts.repeat ? { ...contact, repeat: true } : contact
}

/** What deciding needs of a place at this instant. */
export function deciding(t: Thinking): Deciding {
  const { place, content, facts } = t
  const { calendar } = content
  const { now } = facts
  return {
    now,
    route: (code, contact, within) =>
      inSlot(
        t,
        contact,
        onTheMinute(
          route(
            place,
            calendar,
            code as Code,
            routed(contact),
            now,
            within,
            contact.priority ?? undefined
          )
        )
      ),
    promise: (priority) => promised(t, priority),
    checks: [3, 10].map((minutes) => ({
      due: new Date(Date.parse(now) + minutes * 60_000).toISOString(),
      owner: dutyPromise(place, calendar, now, 'P1').owner,
    })),
  }
}

/** A call of a team that promises so many in an hour is promised in one with room. */
function inSlot(t: Thinking, contact: Contact, decided: ReturnType<typeof onTheMinute>): Decided {
  if (!decided.ringBack) return decided
  const chosen = decided.code === 'CALL' ? chosenTime(t, contact) : undefined
  const since = contact.conversation?.waiting
  if (chosen) return { ...decided, ringBack: { ...chosen, ...(since && { since }) } }
  const { full, ...ringBack } = slotted(t, decided.service, decided.ringBack.due)
  if (!full) return { ...decided, ringBack }
  return { ...decided, ringBack, moved: [...decided.moved, 'every hour is full → a person now'] }
}

/** Who reaches somebody, and when: for P3 and P4 in an hour with room; P1 and P2 are counted in theirs. */
function promised(t: Thinking, priority: Priority): Promised {
  const { place, content, facts } = t
  const given = dutyPromise(place, content.calendar, facts.now, priority)
  const [service = ''] = frontDoor(place) ?? []
  // The night desk's calls are not the navigators' to count.
  if (!isOurs(place, given.owner)) return given
  const { full, ...at } = slotted(t, service, given.due)
  return full
    ? { ...dutyPromise(place, content.calendar, facts.now, 'P2'), ...at }
    : { owner: given.owner, ...at }
}

/** A time that is told to someone is a whole minute, and no later than what was decided. */
function onTheMinute(routed: ReturnType<typeof route>): ReturnType<typeof route> {
  if (!routed.ringBack) return routed
  const due = `${routed.ringBack.due.slice(0, 16)}:00.000Z`
  return { ...routed, ringBack: { due } }
}

/** What routing reads of a person. "Not sure" whether they are here counts as not known. */
function routed({ person }: Contact) {
  const { practice, postcode, adult, here } = person
  return { practice, postcode, adult, here: here === 'not-sure' ? undefined : here }
}

function conversationAfter(
  t: Thinking,
  contact: Contact,
  inbound: Reaching,
  thought: Thought
): Conversation {
  const { facts, lang } = t
  const asked = thought.effects.findLast((effect) => effect.kind === 'ask')?.step
  const old = contact.conversation?.call === inbound.conversation ? contact.conversation : undefined
  const asking = asked?.replace(/\/(confirm|pick)$/, '') ?? old?.asking
  const ringing = rings(t, contact, thought.effects)
  return {
    id: old?.id ?? `${contact.id}:${contact.turn}`,
    channel: inbound.channel,
    lang,
    state: thought.state,
    turn: thought.joined ? (old?.turn ?? contact.turn) : contact.turn,
    call: inbound.conversation,
    startedAt: old?.startedAt ?? facts.now,
    lastAt: facts.now,
    ...((inbound.reach ?? old?.reach) && { reach: inbound.reach ?? old?.reach ?? {} }),
    ...(asking && { asking }),
    ...(thought.heard?.type === 'GONE' &&
      thought.asked &&
      old && { left: { at: thought.asked, turn: old.turn } }),
    ...(ringing && { ringing }),
    ...(thought.heard?.type === 'JOINED' && { with: thought.heard.by ?? 'cover' }),
  }
}

/** The numbers a ringing person step rings: a service's own line, else the cover's number and its second. */
function rings({ place, content, facts }: Thinking, contact: Contact, effects: readonly Effect[]) {
  const effect = effects.findLast((e) => e.kind === 'person' && e.rings)
  if (effect?.kind !== 'person') return undefined
  const line =
    effect.to === undefined
      ? undefined
      : lineTo(place, content.calendar, effect.to, routed(contact), facts.now)
  if (line?.number) return [{ number: line.number, label: line.team }]
  const cover = coverAt(place, content.calendar, facts.now)
  if (cover.none) return undefined
  return [cover.number, cover.second].map((number) => ({ number, label: cover.organisation }))
}

function personAfter({ person }: Contact, { inTheirWords }: Thought): Contact['person'] {
  return inTheirWords && !person.inTheirWords ? { ...person, inTheirWords } : person
}

/** Notes where a conversation broke off once danger was cleared, so that it can be carried on. */
function dropped({ facts }: Thinking, contact: Contact, { heard }: Thought): Contact {
  const conversation = contact.conversation
  if (heard?.type !== 'GONE' || !conversation?.asking || !conversation.state.context.cleared)
    return contact
  return { ...contact, dropped: { at: conversation.asking, when: facts.now } }
}

/** Once a carried-on conversation has its outcome, the welfare call for the broken one is not needed. */
function tidied(contact: Contact, { effects, heard }: Thought): Contact {
  const ended = effects.some((effect) => effect.kind === 'end') && heard?.type !== 'GONE'
  const decided = contact.codes.some((code) => code !== 'HOLD')
  if (!ended || !contact.dropped || !decided) return contact
  const held = contact.clocks.find(({ code }) => code === 'HOLD')
  const clocks = contact.clocks.map(
    (clock): Clock =>
      clock.state === 'running' && [held?.code, held?.into].includes(clock.code)
        ? { ...clock, state: 'stopped' }
        : clock
  )
  const { dropped: _, ...rest } = contact
  return { ...rest, clocks }
}

/** How long a text waits for an answer before a reminder, and then before a person: minutes. */
const TEXT_SILENCE = { danger: [3, 7], other: [15, 45] } as const
/** A call says by itself that it is over. Where that word is lost, the caller is taken for gone after so long. */
const CALL_LOST = 10

/** Minutes until someone must look, though nothing more is heard; none when nobody is waited for. */
function patience({ effects, state }: Thought, channel: Contact['channel']): number | undefined {
  if (channel === 'voice') return state.done ? undefined : CALL_LOST
  const ask = effects.findLast((effect) => effect.kind === 'ask')
  if (ask?.kind !== 'ask') return undefined
  return TEXT_SILENCE[state.context.cleared ? 'other' : 'danger'][ask.attempt > 1 ? 1 : 0]
}

const silenceTimer = ({ id, turn }: Contact, due: string): TimerRow => ({
  ...{ id: `${id}:silence`, contact: id, due, turn },
  event: { type: 'silence' },
})

/** The end of a call that says no more, though nobody told us that it is over. */
export const lostTimer = (contact: Contact, now: string): TimerRow =>
  silenceTimer(contact, new Date(Date.parse(now) + CALL_LOST * 60_000).toISOString())

function waits(
  t: Thinking,
  before: Contact,
  after: Contact,
  thought: Thought
): Pick<Settled, 'timers' | 'cleared'> {
  const timers: TimerRow[] = []
  const at = (ms: number) => new Date(Date.parse(t.facts.now) + ms).toISOString()
  const minutes = patience(thought, after.conversation?.channel ?? after.channel)
  if (minutes !== undefined && !thought.joined)
    timers.push(silenceTimer(after, at(minutes * 60_000)))
  timers.push(...clockTimers(before, after))
  if (after.conversation?.channel === 'sms') timers.push(copiesTimer(after.id, t.facts.now))
  if (thought.joined) return { timers, cleared: [] }
  const still = timers.some(({ id }) => id === `${after.id}:silence`)
  return { timers, cleared: still ? [] : [`${after.id}:silence`] }
}

/**
 * A clock without a timer would never be missed. New are those that were not there before, wherever they stand: a sooner
 * promise takes a later one's place.
 */
export function clockTimers(before: Contact, after: Contact): TimerRow[] {
  const known = new Set(before.clocks.map(whichClock))
  return after.clocks
    .filter((clock) => !known.has(whichClock(clock)))
    .map(({ code, name, due }, i) => ({
      id: `${after.id}:clock:${after.turn}:${i}`,
      contact: after.id,
      due,
      turn: null,
      event: { type: 'due', code, name },
    }))
}

/** The timers of what a handoff promised in a turn of the conversation, which has set those of its own clocks. */
export const promiseTimers = (before: Contact, after: Contact): TimerRow[] =>
  clockTimers(before, after).map((timer) => ({ ...timer, id: `${timer.id}:handoff` }))

const whichClock = ({ name, code, due }: Clock) => `${name} ${code} ${due}`

/** The lines of the log for one turn: what was heard and said first, then what was decided. */
export function entriesOf(
  contact: Contact,
  at: string,
  first: Omit<LogEntry, 'seq' | 'at'>,
  noted: readonly Noted[]
): LogEntry[] {
  return [first, ...noted].map((entry, i) => ({ ...entry, seq: contact.entries + i + 1, at }))
}

/** What a turn heard, as the log names it. */
export const heardKind = (heard: Heard | null, begun: boolean): string =>
  heard?.type.toLowerCase() ?? (begun ? 'begin' : 'again')
