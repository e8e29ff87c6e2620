import {
  CALLER,
  callerOn,
  free,
  type Going,
  hangUp,
  helpers,
  isComing,
  isOn,
  legOf,
  log,
  putLeg,
  type Rule,
  refuse,
  staffLabel,
  stop,
  toWrapUp,
} from './going.ts'
import { close, note } from './joining.ts'
import { handOver, navigatorLeft, personGone } from './leaving.ts'

/** More lines than this are no call any more. */
const MOST_LINES = 6

/** What happens to a line while the call is on. */
export const line: Rule<'LEG'> = (go, heard) => {
  const before = legOf(go, heard.label)
  const leg = note(go, heard)
  if (!leg) return
  const { by } = go.context
  const over = leg.is === 'left' || leg.is === 'failed'
  if (leg.kind === 'caller') {
    if (isOn(leg)) stop(go, 'join')
    return over ? personGone(go, { type: 'GONE' }) : undefined
  }
  if (!over) return
  hangUp(go, leg)
  if (isComing(before) && by)
    go.effects.push({ kind: 'tell', to: by.staff, what: 'no-answer', label: leg.label })
  if (by && leg.label === staffLabel(by.staff)) return navigatorLeft(go)
  if (leg.kind === 'staff') free(go, leg.who)
}

export const bring: Rule<'BRING'> = (go, { by, leg }) => {
  const no = refusal(go, by)
  if (no) return refuse(go, by, no)
  const there = legOf(go, leg.label)
  if (there || leg.kind === 'caller') return refuse(go, by, 'already-there', leg.label)
  if (go.context.legs.length >= MOST_LINES) return refuse(go, by, 'full')
  putLeg(go, { ...leg, is: 'ringing', muted: false })
  const own = leg.kind === 'staff' && leg.number === undefined
  go.effects.push({ kind: 'ring', leg, via: own ? 'softphone' : 'number' })
  if (leg.kind === 'staff') go.effects.push({ kind: 'shift', staff: leg.who, now: 'taken' })
  log(go, 'brings in', { by, label: leg.label, who: leg.who })
}

export const hold: Rule<'HOLD'> = (go, { by, label, on }) => {
  const no = refusal(go, by)
  if (no) return refuse(go, by, no)
  if (!isOn(legOf(go, label))) return refuse(go, by, 'no-such-line', label)
  go.effects.push({ kind: 'participant', label, do: on ? 'hold' : 'unhold' })
  log(go, on ? 'hold' : 'unhold', { by, label })
}

export const mute: Rule<'MUTE'> = (go, { by, label, on }) => {
  const no = refusal(go, by)
  if (no) return refuse(go, by, no)
  const leg = legOf(go, label)
  if (!leg || !isOn(leg)) return refuse(go, by, 'no-such-line', label)
  putLeg(go, { ...leg, muted: on })
  go.effects.push({ kind: 'participant', label, do: on ? 'mute' : 'unmute' })
  log(go, on ? 'mute' : 'unmute', { by, label })
}

/** Takes somebody out of the call. Taking the person out ends it, and is in the log with the name of who did. */
export const drop: Rule<'DROP'> = (go, { by, label }) => {
  const no = refusal(go, by)
  if (no) return refuse(go, by, no)
  if (label === staffLabel(by)) return leave(go, { type: 'LEAVE', by })
  const leg = legOf(go, label)
  const navigator = go.context.by && label === staffLabel(go.context.by.staff)
  if (!leg || navigator || (leg.kind === 'caller' && !isOn(leg)))
    return refuse(go, by, 'no-such-line', label)
  log(go, 'drops', { by, label })
  if (label === CALLER) {
    hangUp(go, leg)
    return personGone(go, { type: 'GONE' })
  }
  hangUp(go, leg)
  if (leg.kind === 'staff') free(go, leg.who)
}

/** The navigator leaves: the person stays with the others, and is never left alone. */
export const leave: Rule<'LEAVE'> = (go, { by }) => {
  const no = refusal(go, by)
  if (no) return refuse(go, by, no)
  const own = legOf(go, staffLabel(by))
  if (go.context.by?.staff !== by) {
    hangUp(go, own)
    free(go, by)
    return log(go, 'left', { by })
  }
  const others = helpers(go).filter((leg) => leg !== own)
  if (others.length > 0 && callerOn(go)) {
    hangUp(go, own)
    return handOver(go)
  }
  // After two joins that came to nothing there is nobody to stay with: the person is rung back.
  const missing = !callerOn(go) && !go.context.waits.join
  if (!missing) return refuse(go, by, 'alone')
  log(go, 'left without the person', { by })
  go.effects.push({ kind: 'promise', priority: 'P1', why: 'dropped' })
  close(go)
  go.value = 'wrapping'
  toWrapUp(go, by)
}

export const handBack: Rule<'HAND_BACK'> = (go, { by, what }) => {
  if (go.context.by?.staff !== by) return refuse(go, by, 'not-yours')
  if (go.context.channel === 'voice') return refuse(go, by, 'by-phone')
  const does = { questions: 'hand-back', feedback: 'feedback', close: 'close' } as const
  go.effects.push({ kind: 'thread', do: does[what] })
  go.context.legs = []
  go.value = 'wrapping'
  log(go, 'hands back', { by, what })
  toWrapUp(go, by)
}

/** Why somebody may not change who is in the call. */
function refusal(go: Going, staff: string): 'not-yours' | 'by-text' | undefined {
  const inCall = go.context.by?.staff === staff || isOn(legOf(go, staffLabel(staff)))
  if (!inCall) return 'not-yours'
  return go.context.channel === 'voice' ? undefined : 'by-text'
}
