import {
  card,
  excuse,
  forget,
  free,
  type Going,
  hangUp,
  inQueue,
  legOf,
  log,
  queue,
  type Rule,
  refuse,
  release,
  remember,
  staffLabel,
  stop,
  unqueue,
  wait,
} from './going.ts'
import { back, call, connectWhenCleared } from './joining.ts'
import { losesOther } from './leaving.ts'
import { inDanger, rank } from './rank.ts'
import type { HandoffContext, HandoffHeard } from './types.ts'

/** The conversation went on. What has become worse is asked of everybody anew. */
export const learn: Rule<'CHANGED'> = (go, heard) => {
  const before = go.context
  const { type: _, ...known } = heard
  go.context = { ...before, ...known }
  if (!heard.wants) go.context.told = false
  if (isWorse(before, go.context)) {
    go.context.passed = []
    log(go, 'raised', { priority: heard.priority, danger: heard.danger })
  }
  if (go.context.restricted && !before.restricted) hide(go)
  if (inQueue(go) && rank(before) !== rank(go.context)) queue(go)
  const { by, asked } = go.context
  if (by && go.value !== 'wrapping') card(go, by.staff, 'yours')
  // Who is asked must not decide by what was known a minute ago.
  if (go.value === 'offered') go.effects.push({ kind: 'card', to: asked, show: 'offer' })
}

/** Only safeguarding may see it from now on: whoever was asked is asked no more, and the right people are. */
function hide(go: Going): void {
  go.context.passed = []
  if (go.value !== 'offered') return
  release(go, 'lapsed')
  go.value = 'waiting'
}

export const learnWhileComing: Rule<'CHANGED'> = (go, heard) => {
  learn(go, heard)
  connectWhenCleared(go)
}

const isWorse = (before: HandoffContext, now: HandoffContext): boolean =>
  now.priority < before.priority || (inDanger(now) && !inDanger(before))

/** The desk has asked these people. Those who passed are asked again only once everybody was, so a new round begins. */
export const offer: Rule<'OFFERED'> = (go, { to }) => {
  const fresh = [...new Set(to)].filter((staff) => !isBusyHere(go, staff))
  if (fresh.length === 0) return
  if (fresh.some((staff) => go.context.passed.includes(staff))) go.context.passed = []
  go.context.asked = [...go.context.asked, ...fresh]
  go.value = 'offered'
  go.effects.push({ kind: 'card', to: fresh, show: 'offer' })
  for (const staff of fresh) go.effects.push({ kind: 'shift', staff, now: 'offered' })
  wait(go, 'offer')
  log(go, 'offered', { to: fresh })
}

/** Whether they are asked already, have it, are in the call, or write down what came before. */
function isBusyHere(go: Going, staff: string): boolean {
  const { asked, by, was } = go.context
  return (
    asked.includes(staff) ||
    by?.staff === staff ||
    was?.staff === staff ||
    legOf(go, staffLabel(staff)) !== undefined
  )
}

/** They were asked too late. */
export const offerTooLate: Rule<'OFFERED'> = (go, { to }) => {
  for (const staff of to) if (!isBusyHere(go, staff)) free(go, staff)
  log(go, 'offered too late', { to })
}

export const decline: Rule<'DECLINED'> = (go, { by, reason }) => {
  if (!go.context.asked.includes(by)) return declineTooLate(go, { type: 'DECLINED', by, reason })
  excuse(go, by, 'lapsed')
  pass(go, by)
  log(go, 'declined', { by, reason })
}

/** Somebody who is asked does not come. */
function pass(go: Going, staff: string): void {
  go.context.asked = go.context.asked.filter((one) => one !== staff)
  remember(go, [staff])
  if (go.context.asked.length > 0) return
  stop(go, 'offer')
  go.value = 'waiting'
}

export const declineTooLate: Rule<'DECLINED'> = (go, { by }) => {
  log(go, 'declined too late', { by })
  if (go.context.by?.staff !== by) card(go, by, 'lapsed')
}

/** The offer was let pass by all who had it. */
export const lapse = (go: Going): void => {
  forget(go, 'offer')
  const { asked } = go.context
  remember(go, asked)
  release(go, 'lapsed')
  go.value = 'waiting'
  log(go, 'lapsed', { to: asked })
}

/** The first to take it has it, whether they were asked or took it from the queue. */
export const accept: Rule<'ACCEPTED'> = (go, { by, via }) => {
  const { channel, asked, was } = go.context
  if (asked.includes(by)) go.context.asked = asked.filter((one) => one !== by)
  release(go, 'taken', by)
  unqueue(go)
  const spoken = via === 'thread' ? 'softphone' : via
  go.context.by = { staff: by, via: channel === 'voice' ? spoken : 'thread' }
  if (was?.staff === by) go.context.was = null
  go.context.failed = 0
  go.value = 'accepted'
  card(go, by, 'yours')
  go.effects.push({ kind: 'shift', staff: by, now: 'taken' })
  log(go, 'accepted', { by, via: go.context.by.via })
  call(go)
}

/** A second one takes it, or the first presses twice, or wants another phone to ring. */
export const acceptAgain: Rule<'ACCEPTED'> = (go, { by, via }) => {
  const { by: taken, channel } = go.context
  if (taken?.staff !== by) return acceptTooLate(go, { type: 'ACCEPTED', by, via })
  card(go, by, 'yours')
  const leg = legOf(go, staffLabel(by))
  if (channel !== 'voice' || via === 'thread' || via === taken.via || leg?.is !== 'ringing') return
  hangUp(go, leg)
  go.context.by = { staff: by, via }
  log(go, 'rings elsewhere', { by, via })
  call(go)
}

export const acceptTooLate: Rule<'ACCEPTED'> = (go, { by }) => {
  const taken = go.context.by?.staff
  log(go, 'accepted too late', { by })
  if (taken === by) return
  go.effects.push({ kind: 'card', to: [by], show: 'taken', ...(taken && { by: taken }) })
}

/** They took it, and cannot after all. */
export const giveBack: Rule<'DECLINED'> = (go, heard) => {
  const { by } = heard
  if (go.context.by?.staff !== by) return declineTooLate(go, heard)
  back(go, 'given back')
}

/** Nobody is left to ask: the conversation goes on, by dialling the cover first where there is one. */
export const none: Rule<'NONE'> = (go) => {
  const { wants, told, joined } = go.context
  if (!wants || told || joined) return
  go.context.told = true
  go.effects.push({ kind: 'conversation', heard: 'NOBODY' })
  log(go, 'nobody', { cover: go.facts.cover })
}

/** Somebody who is asked is gone from work. */
export const losesAsked: Rule<'LOST'> = (go, { staff, why }) => {
  if (!go.context.asked.includes(staff)) return losesOther(go, { type: 'LOST', staff, why })
  excuse(go, staff, 'empty')
  pass(go, staff)
  log(go, 'lost', { staff, why })
}

/** What somebody does in a call that is not theirs, or not yet one. */
export const notYours = (
  go: Going,
  { by }: Extract<HandoffHeard, { by: string }> & { label?: string }
): void => refuse(go, by, go.context.by?.staff === by ? 'not-yet' : 'not-yours')
