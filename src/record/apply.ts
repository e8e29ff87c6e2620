import type { Effect, Priority } from '../conversation/types.ts'
import { byUrgency, levelOf } from '../flows/outcomes.ts'
import type { Clock, Consent, Contact, LogEntry, Person } from './contact.ts'
import { oneCall } from './one-call.ts'

/** What a place decided about one outcome code. */
export interface Decided {
  code: string
  service: string
  team: string
  owner: string
  number?: string | undefined
  rule: string
  ringBack: { due: string; slot?: string; since?: string } | null
  standard: { due: string } | null
  alsoCodes: readonly string[]
  /** What was closed, and what was tried instead. */
  moved?: readonly string[]
  /** What the service asks for that nobody knows. */
  notChecked?: readonly string[]
}

/** Who owns a promise to reach someone, and by when. */
export interface Promised {
  owner: string
  due: string
  slot?: string
}

/** What the shell knows that deciding needs: bound to the place and the instant of this turn. */
export interface Deciding {
  now: string
  route: (code: string, contact: Contact, within?: string) => Decided
  promise: (priority: Priority) => Promised
  /** When the person must be checked on after the 999 words. */
  checks: readonly { due: string; owner: string }[]
}

/** One line of the log that a turn's effects make; the shell gives it its number and time. */
export type Noted = Omit<LogEntry, 'seq' | 'at'>

/**
 * Carries a turn's effects into the contact: codes, route, clocks, promises, answers kept. Pure; the contact given
 * is left as it was. A code, once recorded, stays; the route shown is that of the most urgent code.
 */
export function apply(contact: Contact, effects: readonly Effect[], by: Deciding) {
  let next = contact
  const noted: Noted[] = []
  for (const effect of effects) {
    if (effect.kind === 'outcome') next = outcome(next, effect, by, noted)
    if (effect.kind === 'person') next = person(next, effect, by, noted)
    if (effect.kind === 'keep') next = kept(next, effect)
    if (effect.kind === 'joined') next = { ...next, status: 'handed-over' }
    if (effect.kind === 'end') next = ended(next)
  }
  return { contact: oneCall(next, noted), noted }
}

type Outcome = Extract<Effect, { kind: 'outcome' }>

function outcome(contact: Contact, effect: Outcome, by: Deciding, noted: Noted[]): Contact {
  let next = contact
  const queue = effect.codes.filter((code) => !contact.codes.includes(code))
  for (let at = 0; at < queue.length; at++) {
    const code = queue[at] ?? ''
    const decided = by.route(code, next, effect.within)
    for (const also of [decided.code, ...decided.alsoCodes])
      if (also !== code && !queue.includes(also) && !next.codes.includes(also)) queue.push(also)
    const { service, team, owner, number, rule, moved, notChecked } = decided
    const routed = { code, team, service, owner, rule, ...(number && { number }) }
    const clocks = clocksOf(code, decided)
    const detail = {
      ...routed,
      clocks,
      ...(moved && moved.length > 0 && { moved }),
      ...(notChecked && notChecked.length > 0 && { notChecked }),
    }
    noted.push({ kind: 'outcome', step: effect.step, detail })
    next = {
      ...next,
      codes: [...next.codes, code],
      routes: [...next.routes, routed],
      clocks: [...next.clocks, ...clocks],
    }
  }
  if (queue.some((code) => code === 'E999' || code === 'EPOL')) next = withChecks(next, by)
  return settle(next)
}

function clocksOf(code: string, { owner, ringBack, standard }: Decided): Clock[] {
  const clock = (name: Clock['name'], at: Pick<Clock, 'due' | 'slot' | 'since'>): Clock => ({
    ...{ name, code, owner, due: at.due, state: 'running' },
    ...(at.slot !== undefined && { slot: at.slot }),
    ...(at.since !== undefined && { since: at.since }),
  })
  return [
    ...(ringBack ? [clock('ringBack', ringBack)] : []),
    ...(standard ? [clock('standard', standard)] : []),
  ]
}

/** After the 999 words someone looks: by text at 3 minutes, by call at 10 (domain 6.0). */
function withChecks(contact: Contact, { checks }: Deciding): Contact {
  if (contact.clocks.some((clock) => clock.name === 'check')) return contact
  const added = checks.map(
    ({ due, owner }): Clock => ({ name: 'check', code: 'E999', owner, due, state: 'running' })
  )
  return { ...contact, clocks: [...contact.clocks, ...added] }
}

/** Level and shown route follow from the codes; nothing else may set them. */
function settle(contact: Contact): Contact {
  // A welfare call is nobody's route once it is known who takes the matter.
  const decided = contact.codes.filter((code) => code !== 'HOLD')
  const first = byUrgency(decided)[0] ?? 'HOLD'
  const route = contact.routes.find(({ code }) => code === first) ?? contact.route
  return { ...contact, level: levelOf(contact.codes), route, status: statusOf(contact, decided) }
}

/** Promised as soon as someone holds a clock for the matter itself: the questions after it may be hung up on. */
function statusOf({ status, clocks }: Contact, decided: readonly string[]): Contact['status'] {
  const matter = decided.filter((code) => code !== 'CALL')
  const running = clocks.some((clock) => clock.state === 'running' && matter.includes(clock.code))
  return status === 'open' && running ? 'promised' : status
}

type PersonEffect = Extract<Effect, { kind: 'person' }>

/** Where no line can be rung but someone is on duty, a person is a task with a time. */
function person(contact: Contact, effect: PersonEffect, by: Deciding, noted: Noted[]): Contact {
  const { priority, step, rings, staffed } = effect
  const urgent = contact.priority && contact.priority < priority ? contact.priority : priority
  const next = { ...contact, priority: urgent }
  if (rings || !staffed) {
    noted.push({ kind: rings ? 'ringing' : 'no-cover', step, detail: { priority } })
    return next
  }
  const { owner, due, slot } = by.promise(priority)
  noted.push({ kind: 'promise', step, detail: { priority, owner, due } })
  const clock: Clock = {
    ...{ name: 'ringBack', code: 'PERSON', owner, due, state: 'running' },
    ...(slot !== undefined && { slot }),
  }
  const others = next.clocks.filter((c) => c.code !== 'PERSON' || c.due < due)
  const sooner = others.some((c) => c.code === 'PERSON' && c.state === 'running')
  return { ...next, clocks: sooner ? next.clocks : [...others, clock] }
}

function kept(contact: Contact, { field, value }: Extract<Effect, { kind: 'keep' }>): Contact {
  if (field === 'consent') return { ...contact, consent: value as Consent }
  if (field === 'resume' && value === 'start-again') return contact
  const change = CHANGES[field]?.(value)
  return change ? { ...contact, person: { ...contact.person, ...change } } : contact
}

const CHANGES: Partial<Record<string, (value: string) => Partial<Person>>> = {
  who: (value) =>
    value === 'known'
      ? {}
      : value === 'child'
        ? { who: 'other', adult: 'no' }
        : { who: value as 'self' | 'other', adult: 'yes' },
  practice: (value) => (value === 'none' ? {} : { practice: value }),
  postcode: (value) => (value === 'none' ? {} : { postcode: value }),
  here: (value) => ({ here: value as 'yes' | 'no' | 'not-sure' }),
  number: (value) => (value === 'none' ? {} : { ringOn: value }),
  name: (value) => (value === 'none' ? {} : { name: value }),
  'code-word': (value) => (value === 'none' ? {} : { codeWord: value }),
  unsafe: (value) => ({ unsafe: value !== 'no' }),
  overheard: (value) => ({ overheard: value !== 'no' }),
  child: (value) => (value === 'no' ? {} : { adult: 'no' }),
  need: (value) => ({ need: value }),
  'text-me': (value) => ({ textMe: value === 'yes' }),
}

/** The conversation is over: what was promised has a time; what was only begun is incomplete. */
function ended(contact: Contact): Contact {
  if (contact.status === 'handed-over') return contact
  const emergency = contact.level === 'emergency' && contact.codes.length > 0
  const consent: Pick<Contact, 'consent' | 'consentReason'> =
    emergency && contact.consent === null
      ? { consent: 'cannot', consentReason: 'an emergency: there was no time to ask' }
      : { consent: contact.consent }
  const only = contact.codes.length > 0 && contact.codes.every((code) => code === 'HOLD')
  const promised = contact.clocks.some((clock) => clock.state === 'running')
  const status = only ? 'incomplete' : promised ? 'promised' : 'closed'
  return { ...contact, ...consent, status }
}
