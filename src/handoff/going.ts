import { Temporal } from 'temporal-polyfill'
import { remembered } from '../places/remember.ts'
import { rank } from './rank.ts'
import type {
  HandoffContext,
  HandoffEffect,
  HandoffFacts,
  HandoffHeard,
  HandoffValue,
  HandoffWait,
  Leg,
  Refusal,
} from './types.ts'

/** One turn as it is thought: a copy of what is remembered, and the effects so far. Nothing outside sees it change. */
export interface Going {
  value: HandoffValue
  context: HandoffContext
  readonly effects: HandoffEffect[]
  readonly facts: HandoffFacts
}

/** What one event does to a turn. */
export type Rule<T extends HandoffHeard['type']> = (
  go: Going,
  heard: Extract<HandoffHeard, { type: T }>
) => void

export const CALLER = 'caller'
export const staffLabel = (staff: string): string => `staff:${staff}`

export function log(go: Going, what: string, detail?: Readonly<Record<string, unknown>>): void {
  go.effects.push({ kind: 'log', what, ...(detail && { detail }) })
}

/** Tells a member of staff why what they asked for came to nothing, and keeps it in the log. */
export function refuse(go: Going, to: string, what: Refusal, label?: string): void {
  go.effects.push({ kind: 'tell', to, what, ...(label !== undefined && { label }) })
  log(go, 'refused', { to, what, ...(label !== undefined && { label }) })
}

const msOf = remembered((span: string): number =>
  Temporal.Duration.from(span).total('milliseconds')
)

/** A wait begins, or begins anew. */
export function wait(go: Going, name: HandoffWait): void {
  const span = go.facts.times[name]
  const until = new Date(Date.parse(go.facts.now) + msOf(span)).toISOString()
  go.context.waits = { ...go.context.waits, [name]: until }
  go.effects.push({ kind: 'wait', name, for: span })
}

/** A wait ends early. */
export function stop(go: Going, name: HandoffWait): void {
  if (!go.context.waits[name]) return
  forget(go, name)
  go.effects.push({ kind: 'wait', name, for: null })
}

/** A wait has ended by itself. */
export function forget(go: Going, name: HandoffWait): void {
  const { [name]: _, ...others } = go.context.waits
  go.context.waits = others
}

/** Back to the queue, or to another place in it. */
export const queue = (go: Going): void =>
  void go.effects.push({ kind: 'queue', rank: rank(go.context) })

export const unqueue = (go: Going): void => void go.effects.push({ kind: 'queue', rank: null })

export const inQueue = ({ value }: Going): boolean => value === 'waiting' || value === 'offered'

/** Those who are asked are asked no more. */
export function release(go: Going, show: 'taken' | 'lapsed' | 'gone', by?: string): void {
  const { asked } = go.context
  stop(go, 'offer')
  if (asked.length === 0) return
  go.context.asked = []
  go.effects.push({ kind: 'card', to: asked, show, ...(by !== undefined && { by }) })
  for (const staff of asked) free(go, staff)
}

/** They were asked, and did not come: they are not asked again before everybody else was. */
export function remember(go: Going, passed: readonly string[]): void {
  go.context.passed = [...new Set([...go.context.passed, ...passed])].sort()
}

export const free = (go: Going, staff: string): void =>
  void go.effects.push({ kind: 'shift', staff, now: 'free' })

/** One person's card shows something else. */
export const card = (
  go: Going,
  staff: string,
  show: 'lapsed' | 'gone' | 'yours' | 'wrap-up' | 'empty'
): void => void go.effects.push({ kind: 'card', to: [staff], show })

/** Somebody is to write down what was agreed. */
export function toWrapUp(go: Going, staff: string): void {
  card(go, staff, 'wrap-up')
  go.effects.push({ kind: 'shift', staff, now: 'wrapping' })
}

/** Somebody has nothing more to do with this contact. */
export function excuse(go: Going, staff: string, show: 'lapsed' | 'gone' | 'empty'): void {
  card(go, staff, show)
  free(go, staff)
}

export const legOf = (go: Going, label: string): Leg | undefined =>
  go.context.legs.find((leg) => leg.label === label)

/** A participant comes, or is no longer what they were. */
export function putLeg(go: Going, leg: Leg): void {
  const others = go.context.legs.filter(({ label }) => label !== leg.label)
  go.context.legs = [...others, leg]
}

export function dropLeg(go: Going, label: string): void {
  go.context.legs = go.context.legs.filter((leg) => leg.label !== label)
}

/** Whether a line is in the call. */
export const isOn = (leg: Leg | undefined): boolean => leg?.is === 'in' || leg?.is === 'held'

/** Whether it rings, or has been answered and is on its way in. */
export const isComing = (leg: Leg | undefined): boolean =>
  leg?.is === 'ringing' || leg?.is === 'ready'

/** Takes a line out of the call, or stops ringing it. */
export function hangUp(go: Going, leg: Leg | undefined): void {
  if (!leg) return
  dropLeg(go, leg.label)
  if (go.context.channel === 'voice' && (isOn(leg) || isComing(leg)))
    go.effects.push({
      kind: 'participant',
      label: leg.label,
      do: leg.is === 'ringing' ? 'stop-ringing' : 'remove',
    })
}

export const callerOn = (go: Going): boolean => isOn(legOf(go, CALLER))

/** Whether somebody besides the person is in the call. */
export const helpers = (go: Going): readonly Leg[] =>
  go.context.legs.filter((leg) => leg.kind !== 'caller' && isOn(leg))

/** Colleagues who were brought into the call, or are rung for it, have nothing more to do with it. */
export function freeColleagues(go: Going): void {
  const { legs, by } = go.context
  for (const { kind, who } of legs) if (kind === 'staff' && who !== by?.staff) free(go, who)
}

/** The end of a handoff: nobody is asked, rung or owed anything by it any more. */
export function finish(go: Going, value: 'done' | 'covered' | 'promised' | 'withdrawn'): void {
  if (inQueue(go) || go.value === 'accepted') release(go, 'gone')
  if (inQueue(go)) unqueue(go)
  const { by, was } = go.context
  const others = go.context.legs.filter(({ kind }) => kind !== 'caller')
  freeColleagues(go)
  for (const leg of others) hangUp(go, leg)
  if (by && go.value === 'accepted') excuse(go, by.staff, 'gone')
  if (was) excuse(go, was.staff, 'empty')
  go.context.was = null
  for (const name of ['offer', 'join', 'alone'] as const) stop(go, name)
  go.value = value
  log(go, value)
}
