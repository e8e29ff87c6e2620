import { Temporal } from 'temporal-polyfill'
import type { Priority } from '../conversation/types.ts'
import type {
  Callback,
  CallbackContext,
  CallbackEffect,
  CallbackFacts,
  CallbackGiven,
  CallbackHeard,
  CallbackTurn,
  CallbackValue,
  CallbackWait,
} from './callback-types.ts'

/** When someone of each class is rung at the latest, from now (domain.md 6.4). The others have a slot. */
const WITHIN: Readonly<Partial<Record<Priority, string>>> = { P1: 'PT5M', P2: 'PT20M' }
const TEXT_BEFORE = 'PT2M'
/** When the three tries that follow an unanswered call are made, counted from it (domain.md 6.4). */
const TRIES = ['PT15M', 'PT1H', 'PT3H'] as const
/** Calls in all: the first, and those that follow it. */
export const MOST_TRIES = 1 + TRIES.length
const BUSY = 'PT5M'
/** After so many busy calls in a row the owner is told, and it is rung less often. */
const BUSY_TOLD = 6
const BUSY_LONG = 'PT15M'
/** Before the caller's number of a Relay UK call. */
const RELAY = '18002'

const later = (iso: string, span: string) => Temporal.Instant.from(iso).add(span).toString()
const sooner = (a: string, b: string) => (Date.parse(a) <= Date.parse(b) ? a : b)
const atLeast = (a: string, b: string) => (Date.parse(a) >= Date.parse(b) ? a : b)

/** What is dialled: through Relay UK the national number after its prefix. */
export const dialled = ({ number, relay }: Pick<CallbackGiven, 'number' | 'relay'>): string =>
  relay ? `${RELAY}${number.replace(/^\+44/, '0')}` : number

const isUrgent = ({ priority }: Pick<CallbackGiven, 'priority'>) => WITHIN[priority] !== undefined
const isTexted = ({ phone, textSafe }: CallbackGiven) => phone === 'mobile' && textSafe

/** Somebody is to be rung back. Pure: the same facts give the same call. */
export function beginCallback(given: CallbackGiven, facts: CallbackFacts): CallbackTurn {
  const first = firstCall(given, facts)
  const context: CallbackContext = {
    ...given,
    first,
    tries: 0,
    busy: 0,
    wait: 'ring',
    until: first,
  }
  const text = isTexted(given) ? later(first, `-${TEXT_BEFORE}`) : first
  return waitFor(context, 'waiting', isTexted(given) ? 'text' : 'ring', atLeast(text, facts.now))
}

/** P1 and P2 within their class, two minutes after the text where there is one; the others at their slot, in open hours. */
function firstCall(given: CallbackGiven, facts: CallbackFacts): string {
  const within = WITHIN[given.priority]
  const soonest = isTexted(given) ? later(facts.now, TEXT_BEFORE) : facts.now
  const at = atLeast(given.at ?? soonest, soonest)
  return within ? sooner(at, later(facts.now, within)) : facts.open(at)
}

/** Hears one thing of a call back. Pure. One that has ended is never stepped: that throws. */
export function stepCallback(
  state: Callback,
  heard: CallbackHeard,
  facts: CallbackFacts
): CallbackTurn {
  if (state.done) throw new Error(`the call back is finished at ${state.value}`)
  switch (heard.type) {
    case 'DUE':
      return due(state, heard.wait, facts)
    case 'ANSWERED':
      return end(state, 'reached', 'met', 'spoken with')
    case 'CAME':
      return end(state, 'reached', 'met', 'came to us')
    case 'STOP':
      return heard.owed ? byHand(state, heard.why) : end(state, 'withdrawn', 'stopped', heard.why)
    case 'BUSY':
      return state.value === 'ringing' ? busy(state, facts) : same(state)
    case 'UNANSWERED':
      return state.value === 'ringing' ? unanswered(state, heard.why, facts) : same(state)
    case 'DECIDED':
      return decided(state, heard)
  }
}

const same = (state: Callback): CallbackTurn => ({ state, effects: [] })

function due(state: Callback, wait: CallbackWait, facts: CallbackFacts): CallbackTurn {
  const { value, context } = state
  const early = Date.parse(facts.now) < Date.parse(context.until)
  if (wait !== context.wait || early || value === 'deciding') return same(state)
  if (wait === 'text') {
    const until = atLeast(context.first, later(facts.now, TEXT_BEFORE))
    const next = waitFor(context, 'waiting', 'ring', until)
    return { ...next, effects: [{ kind: 'text', what: 'before' }, ...next.effects] }
  }
  if (wait !== 'answer') return ring(context, facts)
  const next = unanswered(state, 'no-answer', facts)
  return { ...next, effects: [{ kind: 'stop-ringing' }, ...next.effects] }
}

function ring(context: CallbackContext, facts: CallbackFacts): CallbackTurn {
  const first = context.tries === 0 && context.busy === 0 ? facts.now : context.first
  const next = waitFor({ ...context, first }, 'ringing', 'answer', later(facts.now, facts.answer))
  const call: CallbackEffect = { kind: 'ring', dial: dialled(context), try: context.tries + 1 }
  return { ...next, effects: [call, ...next.effects] }
}

/** Somebody is on the phone, so they are there: tried again soon, and never counted. */
function busy({ context }: Callback, facts: CallbackFacts): CallbackTurn {
  const times = Math.min(context.busy + 1, BUSY_TOLD)
  const told = times === BUSY_TOLD && context.busy < BUSY_TOLD
  const at = later(facts.now, times < BUSY_TOLD ? BUSY : BUSY_LONG)
  const next = again({ ...context, busy: times }, at, facts)
  const tell: CallbackEffect[] = told ? [{ kind: 'tell-owner', what: 'busy' }] : []
  return { ...next, effects: [log('busy'), ...tell, ...next.effects] }
}

function unanswered(
  { context: before }: Callback,
  why: string,
  facts: CallbackFacts
): CallbackTurn {
  const context = { ...before, tries: before.tries + 1, busy: 0 }
  const span = TRIES[context.tries - 1]
  const effects = [log('unanswered', { why, tries: context.tries }), ...welfare(context)]
  if (span === undefined) return over(context, effects)
  const at = atLeast(later(context.first, span), later(facts.now, BUSY))
  const next = again(context, at, facts)
  return { ...next, effects: [...effects, ...next.effects] }
}

/** For P1 and P2 the first call that nobody answers asks somebody who knows them, and each one more asks further. */
function welfare(context: CallbackContext): CallbackEffect[] {
  if (!isUrgent(context)) return []
  if (context.tries === 1)
    return [
      { kind: 'tell-owner', what: 'unanswered' },
      ...(context.keyWorker ? ([{ kind: 'welfare', who: 'key-worker' }] as const) : []),
    ]
  return context.tries === 2 && context.nextOfKin ? [{ kind: 'welfare', who: 'next-of-kin' }] : []
}

/** All tries are over. For P1 and P2 a person decides whether the police look after them; nobody else does. */
function over(context: CallbackContext, before: readonly CallbackEffect[]): CallbackTurn {
  const texts: CallbackEffect[] = isTexted(context) ? [{ kind: 'text', what: 'tried' }] : []
  const tell = { kind: 'tell-owner', what: 'tried' } as const
  if (isUrgent(context))
    return {
      state: stateOf('deciding', context),
      effects: [
        ...before,
        ...texts,
        tell,
        { kind: 'welfare', who: 'police' },
        log('a person decides'),
      ],
    }
  const closed = end({ value: 'again', context }, 'tried', 'stopped', 'tried')
  return { ...closed, effects: [...before, ...texts, tell, ...closed.effects] }
}

/** We ring them no more, and the promise stands: its owner is told. What a person is deciding already stays with them. */
function byHand(state: Callback, why: string): CallbackTurn {
  if (state.value === 'deciding') return same(state)
  const { state: over, effects } = end(state, 'withdrawn', 'stopped', why)
  const others = effects.filter(({ kind }) => kind !== 'promise')
  return { state: over, effects: [...others, { kind: 'tell-owner', what: 'by-hand' }] }
}

function decided(
  state: Callback,
  { by, police, why }: Extract<CallbackHeard, { type: 'DECIDED' }>
): CallbackTurn {
  if (state.value !== 'deciding') return same(state)
  const closed = end(state, 'decided', 'met', why)
  return { ...closed, effects: [log('decided', { by, police, why }), ...closed.effects] }
}

function again(context: CallbackContext, at: string, facts: CallbackFacts): CallbackTurn {
  return waitFor(context, 'again', 'again', isUrgent(context) ? at : facts.open(at))
}

function waitFor(
  context: CallbackContext,
  value: CallbackValue,
  name: CallbackWait,
  until: string
): CallbackTurn {
  return {
    state: stateOf(value, { ...context, wait: name, until }),
    effects: [{ kind: 'wait', name, until }],
  }
}

function end(
  { value: from, context }: Pick<Callback, 'value' | 'context'>,
  value: 'reached' | 'tried' | 'decided' | 'withdrawn',
  now: 'met' | 'stopped',
  why: string
): CallbackTurn {
  const rings: CallbackEffect[] =
    from === 'ringing' && value === 'withdrawn' ? [{ kind: 'stop-ringing' }] : []
  return {
    state: stateOf(value, context),
    effects: [...rings, { kind: 'promise', now }, log(value, { why })],
  }
}

const log = (what: string, detail?: Readonly<Record<string, unknown>>): CallbackEffect => ({
  kind: 'log',
  what,
  ...(detail && { detail }),
})

const LIVE: readonly CallbackValue[] = ['waiting', 'ringing', 'again', 'deciding']

const stateOf = (value: CallbackValue, context: CallbackContext): Callback => ({
  machine: 'callback',
  version: 1,
  value,
  context,
  done: !LIVE.includes(value),
})
