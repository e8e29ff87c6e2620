import {
  CALLER,
  callerOn,
  excuse,
  finish,
  forget,
  freeColleagues,
  type Going,
  hangUp,
  helpers,
  isOn,
  legOf,
  log,
  putLeg,
  queue,
  type Rule,
  release,
  remember,
  staffLabel,
  stop,
  unqueue,
  wait,
} from './going.ts'
import type { Leg } from './types.ts'

/** How often one navigator's line is tried. */
const TRIES = 2

/** Rings the navigator's own line, or opens the thread. */
export function call(go: Going): void {
  const { by } = go.context
  if (!by) return
  const label = staffLabel(by.staff)
  const leg = { label, kind: 'staff', who: by.staff } as const
  const before = legOf(go, label)
  const was = before?.call ?? before?.was
  putLeg(go, { ...leg, is: 'ringing', muted: false, ...(was !== undefined && { was }) })
  go.effects.push(
    by.via === 'thread' ? { kind: 'thread', do: 'open' } : { kind: 'ring', leg, via: by.via }
  )
  wait(go, 'join')
}

/** What became of a line is kept. Undefined where the line is not of this call, or the news is of an earlier try. */
export const note = (go: Going, heard: Parameters<Rule<'LEG'>>[1]): Leg | undefined => {
  const { label, is, call: sid } = heard
  const before = legOf(go, label)
  const stale = sid !== undefined && (before?.was === sid || (before?.call ?? sid) !== sid)
  // A line goes forward only: one that was answered rings no more, whatever arrives late.
  const backwards =
    (isOn(before) && is === 'ready') || (before?.is !== 'ringing' && is === 'ringing')
  if (!before || stale || backwards) return undefined
  const leg: Leg = { ...before, is: is === 'back' ? 'in' : is, ...(sid && { call: sid }) }
  putLeg(go, leg)
  const { why } = heard
  log(go, `line ${is}`, { label, ...(why !== undefined && { why }) })
  return leg
}

export const joinRanOut = (go: Going): void => {
  forget(go, 'join')
  failed(go, 'not answered in time')
}

/** A try came to nothing. Another one, then somebody else is asked. */
export function failed(go: Going, why: string | undefined) {
  const { by } = go.context
  if (!by) return
  go.context.failed += 1
  log(go, 'join failed', { by: by.staff, tries: go.context.failed, ...(why && { why }) })
  if (go.context.failed >= TRIES) return back(go, 'not reached')
  const leg = legOf(go, staffLabel(by.staff))
  if (leg?.is === 'ringing' && by.via !== 'thread') go.effects.push(stopRinging(leg))
  call(go)
}

const stopRinging = ({ label }: Leg) =>
  ({ kind: 'participant', label, do: 'stop-ringing' }) as const

/** Whoever took it does not come: back to the queue, at the rank they had. A person is never forgotten. */
export function back(go: Going, why: string) {
  const { by } = go.context
  if (by) {
    stop(go, 'join')
    hangUp(go, legOf(go, staffLabel(by.staff)))
    remember(go, [by.staff])
    excuse(go, by.staff, 'lapsed')
    log(go, why, { by: by.staff })
  }
  go.context.by = null
  go.value = 'waiting'
  const { ended, joined, waits } = go.context
  if (ended && !joined) return finish(go, 'withdrawn')
  if (joined && helpers(go).length > 0) return relieve(go)
  // Their time alone ran out while this navigator was on the way.
  if (joined && !waits.alone) return abandon(go)
  queue(go)
}

/**
 * Brings the person to the navigator as soon as one is there and danger is asked, even in mid-question. Until then the
 * navigator waits, and the flow goes on.
 */
export function connectWhenCleared(go: Going): void {
  const { by, danger, ended, joined } = go.context
  const leg = by && legOf(go, staffLabel(by.staff))
  if (go.value !== 'accepted' || !leg || leg.is === 'ringing') return
  stop(go, 'join')
  if (danger === 'not-asked' && !ended && !joined) return
  connect(go)
}

function connect(go: Going) {
  const { by, joined, channel } = go.context
  if (!by) return
  go.value = 'connected'
  go.context.failed = 0
  go.context.passed = []
  stop(go, 'alone')
  go.context.parted = false
  log(go, 'connected', { by: by.staff })
  if (joined) {
    fetchBack(go)
    return settleWas(go)
  }
  go.context.joined = true
  go.context.told = false
  const is = channel === 'voice' ? 'ringing' : 'in'
  putLeg(go, { label: CALLER, kind: 'caller', who: CALLER, is, muted: false })
  go.effects.push({ kind: 'conversation', heard: 'JOINED', by: by.staff })
  if (is === 'in') return
  go.effects.push({ kind: 'join' })
  wait(go, 'join')
}

/** Who waited alone is on hold, with words of ours: they hear whoever has come, and are heard. */
function fetchBack(go: Going): void {
  if (go.context.channel !== 'voice' || !callerOn(go)) return
  go.effects.push({ kind: 'participant', label: CALLER, do: 'unhold' })
}

/** Whoever held or muted somebody is gone: those who are left hear each other, and a team could not undo it. */
export function letHear(go: Going): void {
  for (const leg of go.context.legs) {
    const { label, is, muted } = leg
    if (is === 'held') go.effects.push({ kind: 'participant', label, do: 'unhold' })
    if (!muted || !isOn(leg)) continue
    putLeg(go, { ...leg, muted: false })
    go.effects.push({ kind: 'participant', label, do: 'unmute' })
  }
}

/** Whoever spoke with them before need not write it down: the one who speaks with them now will. */
function settleWas(go: Going): void {
  const { was } = go.context
  if (was) excuse(go, was.staff, 'empty')
  go.context.was = null
}

/** The person was not seen in the call: once more, then the navigator is told to ring them. */
export const personMissing = (go: Going) => {
  forget(go, 'join')
  const { by } = go.context
  if (callerOn(go) || !by) return
  go.context.failed += 1
  log(go, 'person not in the call', { tries: go.context.failed })
  if (go.context.failed < TRIES) {
    go.effects.push({ kind: 'join' })
    return wait(go, 'join')
  }
  go.effects.push({ kind: 'tell', to: by.staff, what: 'person-missing' })
}

/** Nobody is with the person any more: they are told so, and come first among those of their priority. */
export function alone(go: Going, why: 'alone' | 'parted' = 'alone'): void {
  const { by } = go.context
  stop(go, 'join')
  go.context.parted = why === 'parted'
  if (by) {
    go.context.was = by
    hangUp(go, legOf(go, staffLabel(by.staff)))
    if (go.value !== 'wrapping') {
      go.effects.push({ kind: 'card', to: [by.staff], show: 'wrap-up' })
      go.effects.push({ kind: 'shift', staff: by.staff, now: 'wrapping' })
    }
  }
  go.context.by = null
  go.value = 'waiting'
  // Who was on hold already would go on hearing that they are in the right place.
  letHear(go)
  go.effects.push({ kind: 'say', what: why })
  queue(go)
  wait(go, 'alone')
  log(go, why)
}

/**
 * The last of those who were brought in hung up before the person did. They are asked to stay only if they need somebody
 * still; whoever was with them before may go back to them, and others are asked too.
 */
export function parted(go: Going): void {
  const { by } = go.context
  alone(go, 'parted')
  if (!by) return
  go.effects.push({ kind: 'card', to: [by.staff], show: 'wrap-up' })
  go.effects.push({ kind: 'tell', to: by.staff, what: 'still-there' })
}

/** Whether it was in peace that they were left, and nothing is known that makes it urgent. */
export const isParted = ({ context: { parted, danger } }: Going): boolean =>
  parted && danger === 'cleared'

/** Nobody came to one who waits alone: they are told that they will be rung, within five minutes; where they were left in peace, within twenty. */
export const abandon = (go: Going): void => {
  forget(go, 'alone')
  const later = isParted(go) && go.context.priority !== 'P1'
  go.effects.push({ kind: 'say', what: later ? 'call-back-later' : 'call-back' })
  go.effects.push({ kind: 'promise', priority: later ? 'P2' : 'P1', why: 'dropped' })
  close(go)
  finish(go, 'promised')
}

/** The end of the call: every line that is left is taken out. */
export function close(go: Going) {
  const { legs, channel } = go.context
  freeColleagues(go)
  go.context.legs = []
  if (channel !== 'voice') return void go.effects.push({ kind: 'thread', do: 'close' })
  for (const leg of legs) if (leg.is === 'ringing') go.effects.push(stopRinging(leg))
  go.effects.push({ kind: 'close' })
}

/** Somebody is with the person who waited alone. */
export function relieve(go: Going) {
  stop(go, 'alone')
  go.context.parted = false
  release(go, 'gone')
  unqueue(go)
  fetchBack(go)
  const colleague = helpers(go).find(({ kind }) => kind === 'staff')
  log(go, 'no longer alone')
  if (colleague) return takeOver(go, colleague)
  go.value = 'wrapping'
  go.context.by = go.context.was
  go.context.was = null
}

/** A navigator who is in the call already has it from now on. */
export function takeOver(go: Going, { who, number }: Leg): void {
  const { was } = go.context
  if (was && was.staff !== who) excuse(go, was.staff, 'empty')
  go.context.was = null
  go.context.by = { staff: who, via: number === undefined ? 'softphone' : 'phone' }
  go.value = 'connected'
  go.effects.push({ kind: 'card', to: [who], show: 'yours' })
  go.effects.push({ kind: 'shift', staff: who, now: 'taken' })
  log(go, 'taken over', { by: who })
}
