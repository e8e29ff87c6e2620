import { inputs, secondsOf } from './acts.ts'
import { labelOf } from './conference.ts'
import type { Exchange } from './exchange.ts'
import { ended, type Line, legsOf, type Spoken } from './line.ts'
import { ringOut, rungOn } from './phones.ts'
import { memberOf, othersOf, quietSeconds } from './rooms.ts'

/** How a call stands, as the simulator tells it. */
export interface CallView {
  call: string
  /** What was heard since the last answer to an act. */
  heard: string[]
  waitingFor: { keys: boolean; speech: boolean; seconds: number } | null
  ended: boolean
  /** Phones that ring for this caller. */
  ringing?: string[]
  /** Who has joined: the number that answered, or the labels of the others in the conference. */
  with?: string[]
  /** In a conference: whether they are held, and whether the others hear them. */
  held?: boolean
  muted?: boolean
  /** Why the call broke off, when the app or its TwiML was at fault. */
  error?: string
}

/** A call with all that was said on it, for reading and not for acting. */
export interface FullCallView extends CallView {
  from: string
  to: string
  transcript: readonly Spoken[]
  /** What a question wants keyed: how many keys, what ends it, what was typed so far. */
  keypad: { numDigits: number | null; finishOnKey: string; typed: string } | null
}

/** How a call stands now, without acting on it. */
export function callView(line: Line): CallView {
  const legs = legsOf(line).filter((leg) => !ended(leg))
  const joined = legs.filter((leg) => leg.joined)
  return {
    call: line.sid,
    heard: [...line.unread],
    waitingFor: waitingFor(line),
    ...(line.wait?.kind === 'dial' &&
      (joined.length > 0
        ? { with: joined.map((leg) => leg.to) }
        : { ringing: legs.map((leg) => leg.to) })),
    ...conferring(line),
    ended: ended(line),
    ...(line.problem !== null && { error: line.problem }),
  }
}

/** Who else is in the conference, once it has started. */
function conferring(line: Line): Pick<CallView, 'with' | 'held' | 'muted'> {
  const member = memberOf(line)
  if (!member) return {}
  const others = member.room.status === 'init' ? [] : othersOf(member)
  return {
    ...(others.length > 0 && { with: others.map(labelOf) }),
    ...(member.held && { held: true }),
    ...(member.muted && { muted: true }),
  }
}

/** How a call stands, once only: what was heard counts as told. */
export function tellCall(line: Line): CallView {
  const view = callView(line)
  line.unread = []
  return view
}

/** A call with its whole transcript. */
export function fullCallView(line: Line): FullCallView {
  const { from, to, transcript } = line
  const gather = line.wait?.kind === 'gather' ? line.wait : null
  const { numDigits, finishOnKey = '#' } = gather?.verb.attributes ?? {}
  const keypad = gather && {
    numDigits: numDigits ? Number(numDigits) : null,
    finishOnKey,
    typed: gather.keys,
  }
  return { ...callView(line), from, to, transcript, keypad }
}

/** What one phone has received, and what rings on it now. */
export function phoneView(exchange: Exchange, number: string) {
  const mine = exchange.texts.filter((text) => text.to === number || text.from === number)
  const lines = rungOn(exchange, number)
  const received = mine.filter((text) => text.to === number)
  return {
    number,
    texts: received.map(({ from, body, at }) => ({ from, body, at })),
    ringing: lines.filter((line) => line.status === 'ringing').map(rung),
    speaking: lines
      .filter((line) => line.status === 'in-progress')
      .map((line) => ({ ...fullCallView(line), joined: line.joined })),
    thread: mine.map(({ from, to, body, at }) => ({ from, to, body, at })),
  }
}

/** What one softphone has, and what rings on it now. */
export function clientView(exchange: Exchange, id: string) {
  const { ringing, speaking } = phoneView(exchange, `client:${id}`)
  return { client: id, ringing, speaking }
}

/** Every phone that rings or on which someone speaks with the app. */
export const busyPhones = (exchange: Exchange) =>
  rungNow(exchange)
    .filter((to) => !to.startsWith('client:'))
    .map((number) => phoneView(exchange, number))

/** The same of softphones. */
export const busyClients = (exchange: Exchange) =>
  rungNow(exchange)
    .filter((to) => to.startsWith('client:'))
    .map((client) => clientView(exchange, client.slice('client:'.length)))

function rungNow(exchange: Exchange): string[] {
  ringOut(exchange)
  const rung = [...exchange.lines.values()].filter(
    (line) => line.direction !== 'inbound' && !ended(line)
  )
  return [...new Set(rung.map((line) => line.to))]
}

function rung(line: Line) {
  return { call: line.parent?.sid ?? line.sid, from: line.from, since: line.startedAt }
}

function waitingFor(line: Line): CallView['waitingFor'] {
  const { wait } = line
  if (!wait || wait.kind === 'dial') return null
  if (wait.kind === 'conference' && quietSeconds(wait.member) === 0) return null
  const heard = wait.kind === 'gather' ? inputs(wait.verb) : []
  return {
    keys: heard.includes('dtmf'),
    speech: heard.includes('speech'),
    seconds: secondsOf(wait),
  }
}
