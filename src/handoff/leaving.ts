import {
  CALLER,
  dropLeg,
  excuse,
  finish,
  free,
  type Going,
  hangUp,
  helpers,
  inQueue,
  isOn,
  legOf,
  log,
  type Rule,
  refuse,
  release,
  staffLabel,
  stop,
  toWrapUp,
  unqueue,
} from './going.ts'
import {
  alone,
  back,
  close,
  connectWhenCleared,
  failed,
  isParted,
  letHear,
  note,
  parted,
  relieve,
  takeOver,
} from './joining.ts'

/** The person left before anybody spoke with them. Where it may be serious they are rung back. */
export const leftTheQueue: Rule<'GONE'> = (go) => {
  log(go, 'person gone')
  if (go.context.joined) return leftWhileAlone(go)
  if (go.context.ended || !isSerious(go)) return finish(go, 'withdrawn')
  promise(go, 'dropped')
  finish(go, 'promised')
}

/** The person left while somebody else was looked for. Whoever spoke with them writes it down, or they are rung back. */
function leftWhileAlone(go: Going) {
  const inPeace = isParted(go)
  dropLeg(go, CALLER)
  release(go, 'gone')
  unqueue(go)
  stop(go, 'alone')
  const { by, was } = go.context
  if (by) {
    stop(go, 'join')
    hangUp(go, legOf(go, staffLabel(by.staff)))
    excuse(go, by.staff, 'gone')
  }
  close(go)
  go.value = 'wrapping'
  go.context.by = was
  go.context.was = null
  if (was) return toWrapUp(go, was.staff)
  // They were asked whether they need somebody still, and hung up.
  if (inPeace) return finish(go, 'done')
  promise(go, 'dropped')
  finish(go, 'promised')
}

/** The person left the call, before or after they were in it. */
export const personGone: Rule<'GONE'> = (go) => {
  if (go.value !== 'connected' && go.value !== 'wrapping') return leftTheQueue(go, { type: 'GONE' })
  log(go, 'person gone')
  stop(go, 'join')
  if (legOf(go, CALLER)?.is === 'ringing' && isSerious(go)) promise(go, 'dropped')
  dropLeg(go, CALLER)
  const { by } = go.context
  if (go.value === 'connected' && by) {
    go.value = 'wrapping'
    toWrapUp(go, by.staff)
  }
  settle(go)
}

const isSerious = ({ context: { priority, danger } }: Going) =>
  priority === 'P1' || priority === 'P2' || danger !== 'cleared'

const promise = (go: Going, why: 'dropped' | 'not-written') =>
  void go.effects.push({ kind: 'promise', priority: go.context.priority, why })

/** What is left of a call whose navigator is done: nobody stays alone in it, and it ends when it is over for all. */
function settle(go: Going): void {
  if (legOf(go, CALLER)) {
    if (helpers(go).length === 0) parted(go)
    return
  }
  // A call that is over for the person goes on only while two of the staff still speak.
  if (go.context.channel !== 'voice' || helpers(go).length <= 1) endCall(go)
  if (!go.context.by) finish(go, 'done')
}

const endCall = (go: Going) => {
  if (go.context.legs.length > 0) close(go)
}

/** What happens to a line after the navigator left the call. */
export const lineAfter: Rule<'LEG'> = (go, heard) => {
  const leg = note(go, heard)
  if (!leg) return
  const over = leg.is === 'left' || leg.is === 'failed'
  if (leg.kind === 'caller' && over) return personGone(go, { type: 'GONE' })
  if (over) hangUp(go, leg)
  const { by } = go.context
  if (over && leg.kind === 'staff' && leg.who !== by?.staff) free(go, leg.who)
  if (isOn(leg) && leg.kind === 'staff' && !by && legOf(go, CALLER)) return takeOver(go, leg)
  settle(go)
}

/** The line of somebody who took it: they come, or they do not. */
export const navigatorComes: Rule<'LEG'> = (go, heard) => {
  const { by } = go.context
  if (!by || heard.label !== staffLabel(by.staff)) return lineOfAlone(go, heard)
  const leg = note(go, heard)
  if (!leg) return
  if (leg.is === 'left' || leg.is === 'failed') return failed(go, heard.why)
  if (leg.is !== 'ringing') connectWhenCleared(go)
}

/** A line of one who waits alone. */
export const lineOfAlone: Rule<'LEG'> = (go, heard) => {
  const leg = note(go, heard)
  if (!leg) return
  const over = leg.is === 'left' || leg.is === 'failed'
  if (leg.kind === 'caller') return over ? personGone(go, { type: 'GONE' }) : undefined
  if (over) {
    hangUp(go, leg)
    if (leg.kind === 'staff') free(go, leg.who)
  } else if (isOn(leg) && inQueue(go)) relieve(go)
}

/** The navigator's own line ended while the person is here. */
export function navigatorLeft(go: Going) {
  if (helpers(go).length > 0) return handOver(go)
  alone(go)
}

/** The call goes on with whoever is left: a colleague has it from now on, or the navigator writes it down. */
export function handOver(go: Going) {
  const { by } = go.context
  if (!by) return
  stop(go, 'join')
  log(go, 'left', { by: by.staff, with: helpers(go).map(({ label }) => label) })
  letHear(go)
  const colleague = helpers(go).find(({ kind }) => kind === 'staff')
  if (colleague) {
    excuse(go, by.staff, 'empty')
    return takeOver(go, colleague)
  }
  go.value = 'wrapping'
  toWrapUp(go, by.staff)
}

/** The flow ended with an outcome. Who is on the way still comes: the person is here until they leave. */
export const endedWhileComing: Rule<'ENDED'> = (go) => {
  if (go.context.joined || go.context.ended) return
  go.context.ended = true
  log(go, 'flow ended')
  connectWhenCleared(go)
}

export const ended: Rule<'ENDED'> = (go) => {
  if (!go.context.joined) finish(go, 'withdrawn')
}

/** The cover speaks with them. */
export const covered: Rule<'COVERED'> = (go) => {
  if (!go.context.joined) finish(go, 'covered')
}

export const wrapped: Rule<'WRAPPED'> = (go, { by }) => {
  if (go.context.by?.staff !== by) return wrappedBefore(go, { type: 'WRAPPED', by })
  excuse(go, by, 'empty')
  go.context.by = null
  log(go, 'wrapped up', { by })
  settle(go)
}

/** Whoever spoke with the person before writes it down, while somebody else is looked for. */
export const wrappedBefore: Rule<'WRAPPED'> = (go, { by }) => {
  const { was, by: now } = go.context
  if (was?.staff !== by) return refuse(go, by, now?.staff === by ? 'not-yet' : 'not-yours')
  excuse(go, by, 'empty')
  go.context.was = null
  log(go, 'wrapped up', { by })
}

/** Who should write it down is gone: somebody else has to. */
export const losesWriter: Rule<'LOST'> = (go, heard) => {
  const { staff, why } = heard
  if (go.context.by?.staff !== staff) {
    losesOther(go, heard)
    return settle(go)
  }
  log(go, 'lost', { staff, why })
  hangUp(go, legOf(go, staffLabel(staff)))
  go.context.by = null
  excuse(go, staff, 'empty')
  promise(go, 'not-written')
  settle(go)
}

export const losesComing: Rule<'LOST'> = (go, heard) => {
  if (go.context.by?.staff !== heard.staff) return losesOther(go, heard)
  back(go, 'lost')
}

/** The navigator is gone from work in the middle of a call. */
export const losesNavigator: Rule<'LOST'> = (go, heard) => {
  const { staff, why } = heard
  const { by } = go.context
  if (by?.staff !== staff) return losesOther(go, heard)
  log(go, 'lost', { staff, why })
  hangUp(go, legOf(go, staffLabel(staff)))
  excuse(go, staff, 'empty')
  go.context.by = null
  if (helpers(go).length === 0) return alone(go)
  letHear(go)
  const colleague = helpers(go).find(({ kind }) => kind === 'staff')
  if (colleague) return takeOver(go, colleague)
  promise(go, 'not-written')
  stop(go, 'join')
  go.value = 'wrapping'
}

/** A colleague in the call, or whoever was to write down what came before. */
export const losesOther: Rule<'LOST'> = (go, { staff, why }) => {
  const leg = legOf(go, staffLabel(staff))
  if (leg) hangUp(go, leg)
  if (go.context.was?.staff === staff) go.context.was = null
  else if (!leg) return
  excuse(go, staff, 'empty')
  log(go, 'lost', { staff, why })
}
