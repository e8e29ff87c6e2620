import {
  accept,
  acceptAgain,
  acceptTooLate,
  decline,
  declineTooLate,
  giveBack,
  lapse,
  learn,
  learnWhileComing,
  losesAsked,
  none,
  notYours,
  offer,
  offerTooLate,
} from './asking.ts'
import { forget, type Going, log, queue, type Rule, refuse, staffLabel } from './going.ts'
import { abandon, joinRanOut, personMissing } from './joining.ts'
import {
  covered,
  ended,
  endedWhileComing,
  leftTheQueue,
  lineAfter,
  lineOfAlone,
  losesComing,
  losesNavigator,
  losesOther,
  losesWriter,
  navigatorComes,
  personGone,
  wrapped,
  wrappedBefore,
} from './leaving.ts'
import { bring, drop, handBack, hold, leave, line, mute } from './together.ts'
import type {
  Given,
  Handoff,
  HandoffContext,
  HandoffFacts,
  HandoffHeard,
  HandoffTurn,
  HandoffValue,
  HandoffWait,
} from './types.ts'

/** The values at which a handoff can still hear something. */
export type Live = 'waiting' | 'offered' | 'accepted' | 'connected' | 'wrapping'
export type RulesOf = { readonly [T in HandoffHeard['type']]: Rule<T> }
/** What each event does at each value. `waits` is what the end of a wait does there. */
export interface Rules {
  at: Readonly<Record<Live, Partial<RulesOf>>>
  waits: Readonly<Record<Live, Partial<Record<HandoffWait, (go: Going) => void>>>>
}

const nothing = () => undefined

/** A service did not do what was asked: whoever is in charge is told. */
const cameToNothing: Rule<'FAILED'> = (go, { effect, label, why }) => {
  const { by } = go.context
  log(go, 'failed', { effect, why, ...(label !== undefined && { label }) })
  if (by) refuse(go, by.staff, 'failed', label)
}

/** What an event does where the table says nothing of it: every event is legal everywhere. */
const OTHERWISE: RulesOf = {
  CHANGED: learn,
  OFFERED: offerTooLate,
  DECLINED: declineTooLate,
  ACCEPTED: acceptTooLate,
  NONE: nothing,
  DUE: nothing,
  LEG: nothing,
  BRING: notYours,
  HOLD: notYours,
  MUTE: notYours,
  DROP: notYours,
  LEAVE: notYours,
  HAND_BACK: notYours,
  GONE: nothing,
  ENDED: nothing,
  WRAPPED: wrappedBefore,
  LOST: losesOther,
  COVERED: nothing,
  FAILED: cameToNothing,
}

/** The handoff machine: each line is one transition (docs/decisions/018). */
export const RULES: Rules = {
  at: {
    waiting: {
      OFFERED: offer,
      ACCEPTED: accept,
      NONE: none,
      LEG: lineOfAlone,
      GONE: leftTheQueue,
      ENDED: ended,
      COVERED: covered,
    },
    offered: {
      OFFERED: offer,
      DECLINED: decline,
      ACCEPTED: accept,
      LEG: lineOfAlone,
      LOST: losesAsked,
      GONE: leftTheQueue,
      ENDED: ended,
      COVERED: covered,
    },
    accepted: {
      CHANGED: learnWhileComing,
      DECLINED: giveBack,
      ACCEPTED: acceptAgain,
      LEG: navigatorComes,
      LEAVE: (go, { by }) => giveBack(go, { type: 'DECLINED', by, reason: 'left' }),
      LOST: losesComing,
      GONE: leftTheQueue,
      ENDED: endedWhileComing,
      COVERED: covered,
    },
    connected: {
      LEG: line,
      BRING: bring,
      HOLD: hold,
      MUTE: mute,
      DROP: drop,
      LEAVE: leave,
      HAND_BACK: handBack,
      GONE: personGone,
      LOST: losesNavigator,
    },
    wrapping: {
      LEG: lineAfter,
      GONE: personGone,
      WRAPPED: wrapped,
      LOST: losesWriter,
    },
  },
  waits: {
    waiting: { alone: abandon },
    offered: { offer: lapse, alone: abandon },
    accepted: { join: joinRanOut },
    connected: { join: personMissing },
    wrapping: {},
  },
}

const LIVE: readonly string[] = Object.keys(RULES.at)
const isLive = (value: HandoffValue): value is Live => LIVE.includes(value)

/** A contact comes to the queue. Pure: the same facts give the same place in it. */
export function beginHandoff(given: Given, facts: HandoffFacts): HandoffTurn {
  const context: HandoffContext = {
    ...given,
    since: given.since ?? facts.now,
    told: false,
    ended: false,
    asked: [],
    passed: [],
    by: null,
    legs: [],
    failed: 0,
    joined: false,
    parted: false,
    was: null,
    waits: {},
  }
  const go: Going = { value: 'waiting', context, effects: [], facts }
  queue(go)
  log(go, 'queued', { priority: context.priority, danger: context.danger })
  return turned(go)
}

/**
 * Hears one thing and says what to do next. Pure: no clock, no store, no channel. Every event is legal at every value; what
 * does not apply changes nothing, and somebody who acted is told so. A finished handoff is never stepped: that throws.
 * `rules` are another table only in proofs of what each line is for.
 */
export function stepHandoff(
  state: Handoff,
  heard: HandoffHeard,
  facts: HandoffFacts,
  rules: Rules = RULES
): HandoffTurn {
  const { value } = state
  if (state.done || !isLive(value)) throw new Error(`the handoff is finished at ${value}`)
  const go: Going = { value, context: { ...state.context }, effects: [], facts }
  const what = asLine(state, heard)
  if (what.type === 'DUE') waitEnds(go, value, what.wait, rules)
  else follow(go, value, what, rules)
  return turned(go)
}

function follow<T extends HandoffHeard['type']>(
  go: Going,
  value: Live,
  heard: Extract<HandoffHeard, { type: T }>,
  rules: Rules
): void {
  const rule = (rules.at[value][heard.type as T] ?? OTHERWISE[heard.type as T]) as Rule<T>
  rule(go, heard)
}

/** The end of a wait counts once, and only when its time has come: an older timer of that name is nothing. */
function waitEnds(go: Going, value: Live, name: HandoffWait, rules: Rules): void {
  const until = go.context.waits[name]
  if (!until || Date.parse(go.facts.now) < Date.parse(until)) return
  // One alone, whose time is over while a navigator is on the way, is looked at as that one comes or does not.
  const rule = rules.waits[value][name]
  if (rule) rule(go)
  else forget(go, name)
}

/** A line that could not be rung, or a thread that could not be opened, is a line that failed. */
function asLine({ value, context }: Handoff, heard: HandoffHeard): HandoffHeard {
  if (heard.type !== 'FAILED') return heard
  const own = context.by ? staffLabel(context.by.staff) : undefined
  const label = heard.label ?? own
  const rings = heard.effect === 'ring' || (heard.effect === 'thread' && value === 'accepted')
  if (!rings || label === undefined) return heard
  return { type: 'LEG', label, is: 'failed', why: heard.why }
}

const turned = ({ value, context, effects }: Going): HandoffTurn => ({
  state: { machine: 'handoff', version: 1, value, context, done: !isLive(value) },
  effects,
})

/**
 * Whether a line that was rung is still wanted in the call: what it is told when it says yes. False once somebody else
 * took it, the person left, or its try ran out.
 */
export function mayJoin({ context, done }: Handoff, label: string): boolean {
  const leg = context.legs.find((one) => one.label === label)
  return !done && leg !== undefined && leg.is !== 'left' && leg.is !== 'failed'
}
