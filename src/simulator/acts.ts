import { partWays, sayTo } from './conference.ts'
import { type Exchange, inBackground, ringApp } from './exchange.ts'
import { afterConference, afterDial, carryOn, dialResult, goTo, linkOf } from './interpret.ts'
import { ended, type Line, legsOf, type Wait } from './line.ts'
import { SimulatorProblem } from './problem.ts'
import { memberOf, quietSeconds } from './rooms.ts'
import { endLine, lineFields } from './status.ts'
import type { Verb } from './twiml.ts'
import { playOn } from './wait-document.ts'

/** As everywhere: a pause this long is a wait that someone must sit through. */
const LONG_PAUSE = 5

/** Presses keys. Where nothing listens for keys they are not heard, as on a real phone. */
export async function press(exchange: Exchange, line: Line, keys: string): Promise<void> {
  const { wait } = line
  const listens = wait?.kind === 'gather' && inputs(wait.verb).includes('dtmf')
  const typed = listens ? pressed(wait, keys) : null
  note(exchange, line, `Pressed ${[...keys].join(' ')}`, !listens)
  if (!listens || !typed) return hangUpOnStar(exchange, line, keys)
  wait.keys = typed.keys
  if (typed.finished) await sendKeys(exchange, line, wait, typed.finishedOn)
}

/** Says something. `confidence` is how sure Twilio's recogniser would be. */
export async function say(
  exchange: Exchange,
  line: Line,
  words: string,
  confidence = 0.9
): Promise<void> {
  const { wait } = line
  const listens = wait?.kind === 'gather' && inputs(wait.verb).includes('speech') && !wait.keys
  const member = memberOf(line)
  const someone = member
    ? sayTo(exchange, member, words)
    : legsOf(line).some((leg) => leg.joined) || line.joined
  note(exchange, line, words, !listens && !someone)
  if (!listens) return
  await sendGather(exchange, line, wait.verb, {
    SpeechResult: words,
    Confidence: String(confidence),
    Language: wait.verb.attributes.language ?? 'en-US',
  })
}

/** Says and does nothing until the present wait is over; the service's clock moves with it. */
export async function staySilent(exchange: Exchange, line: Line): Promise<void> {
  const { wait } = line
  const leg = legsOf(line).find((each) => each.status === 'in-progress')
  const others = wait?.kind === 'conference' && quietSeconds(wait.member) === 0
  if (!wait || others || (leg && !limitOf(wait)))
    throw new SimulatorProblem(
      409,
      'A person is on the line, and no time runs out. Hang up, or let their phone hang up.'
    )
  await exchange.controls.clock.advance(`PT${secondsOf(wait)}S`)
  if (ended(line) || line.wait !== wait) return
  if (wait.kind === 'pause') return carryOn(exchange, line)
  if (wait.kind === 'conference') return playOn(exchange, wait.member)
  if (wait.kind === 'dial' && leg) return cutOff(exchange, line, wait, leg)
  if (wait.kind === 'dial') return nobodyAnswered(exchange, line, wait)
  if (wait.keys !== '') return sendKeys(exchange, line, wait, '')
  if (wait.verb.attributes.actionOnEmptyResult !== 'true') return carryOn(exchange, line)
  const heard = inputs(wait.verb)
  await sendGather(exchange, line, wait.verb, {
    ...(heard.includes('dtmf') && { Digits: '', FinishedOnKey: '' }),
    ...(heard.includes('speech') && { SpeechResult: '' }),
  })
}

/** Puts the phone down. Twilio then asks for no more words, but it does report the dial that was broken off. */
export function hangUp(exchange: Exchange, line: Line): void {
  note(exchange, line, 'Hung up', false)
  const { wait } = line
  if (wait?.kind === 'conference') {
    partWays(exchange, line, 'participant_hung_up')
    const { action } = wait.verb.attributes
    if (action !== undefined) reportEnd(exchange, line, wait.verb, action, ANSWERED)
  }
  if (wait?.kind === 'dial') {
    for (const leg of wait.legs) endLine(exchange, leg, leg.answeredAt ? 'completed' : 'no-answer')
    const { action } = wait.verb.attributes
    if (action !== undefined) reportDial(exchange, line, wait, action)
  }
  endLine(exchange, line, 'completed')
}

/** How long the present wait lasts. */
export function secondsOf(wait: Wait): number {
  if (wait.kind === 'pause') return wait.seconds
  if (wait.kind === 'conference') return quietSeconds(wait.member)
  if (wait.kind === 'gather')
    return Number(wait.verb.attributes.timeout ?? 5) + longPauses(wait.verb)
  const talking = wait.legs.some((leg) => leg.status === 'in-progress')
  return talking ? limitOf(wait) : Number(wait.verb.attributes.timeout ?? 30)
}

/** Seconds of silence between the words of a question; a short pause is only a breath. */
const longPauses = ({ children }: Verb): number =>
  children
    .filter(({ name }) => name === 'Pause')
    .map(({ attributes }) => Number(attributes.length ?? 1))
    .filter((length) => length >= LONG_PAUSE)
    .reduce((sum, length) => sum + length, 0)

/** How long a joined call may last; 0 when it may go on. */
function limitOf(wait: Wait): number {
  return wait.kind === 'dial' ? Number(wait.verb.attributes.timeLimit ?? 0) : 0
}

/** What a question listens for. */
export function inputs(gather: Verb): readonly string[] {
  return (gather.attributes.input ?? 'dtmf').split(' ')
}

function pressed(wait: Wait & { kind: 'gather' }, keys: string) {
  const { finishOnKey = '#', numDigits } = wait.verb.attributes
  let heard = wait.keys
  for (const [at, key] of [...keys].entries()) {
    const finisher = finishOnKey.includes(key)
    if (!finisher) heard += key
    // Twilio does not let the finishing key end a question that has no keys yet.
    const finished = finisher ? heard !== '' : heard.length === Number(numDigits)
    if (!finished) continue
    if (at < keys.length - 1)
      throw new SimulatorProblem(
        409,
        `Only "${keys.slice(0, at + 1)}" would be heard: the question ends there. Press the rest when the next one is asked.`
      )
    return { keys: heard, finished, finishedOn: finisher ? key : '' }
  }
  return { keys: heard, finished: false, finishedOn: '' }
}

async function hangUpOnStar(exchange: Exchange, line: Line, keys: string): Promise<void> {
  const { wait } = line
  const asked = wait?.kind === 'dial' || wait?.kind === 'conference'
  if (!asked || wait.verb.attributes.hangupOnStar !== 'true') return
  if (wait.kind === 'conference') {
    if (!keys.includes('*')) return
    partWays(exchange, line, 'participant_hung_up')
    return afterConference(exchange, line)
  }
  const leg = wait.legs.find((each) => each.joined)
  if (!keys.includes('*') || !leg) return
  await cutOff(exchange, line, wait, leg)
}

async function cutOff(
  exchange: Exchange,
  line: Line,
  wait: Wait & { kind: 'dial' },
  leg: Line
): Promise<void> {
  endLine(exchange, leg, 'completed')
  await afterDial(exchange, line, wait.verb, leg)
}

async function nobodyAnswered(
  exchange: Exchange,
  line: Line,
  wait: Wait & { kind: 'dial' }
): Promise<void> {
  for (const leg of wait.legs) endLine(exchange, leg, 'no-answer')
  await afterDial(exchange, line, wait.verb, wait.legs.at(-1))
}

function reportDial(
  exchange: Exchange,
  line: Line,
  wait: Wait & { kind: 'dial' },
  action: string
): void {
  const leg = wait.legs.find((each) => each.joined) ?? wait.legs.at(-1)
  reportEnd(exchange, line, wait.verb, action, dialResult(leg))
}

const ANSWERED = { DialCallStatus: 'answered' }

/** The dial that was broken off by who hung up. */
function reportEnd(
  exchange: Exchange,
  line: Line,
  verb: Verb,
  action: string,
  result: Record<string, string>
): void {
  const { method } = linkOf(verb, action)
  const fields = { ...lineFields(exchange, line), ...result, CallStatus: 'completed' }
  const url = new URL(action, line.at).href
  inBackground(exchange, () => ringApp(exchange, url, method, fields))
}

function sendKeys(
  exchange: Exchange,
  line: Line,
  wait: Wait & { kind: 'gather' },
  finishedOn: string
): Promise<void> {
  const fields = { Digits: wait.keys, FinishedOnKey: finishedOn }
  return sendGather(exchange, line, wait.verb, fields)
}

function sendGather(
  exchange: Exchange,
  line: Line,
  gather: Verb,
  fields: Record<string, string>
): Promise<void> {
  const link = linkOf(gather, gather.attributes.action ?? line.at)
  return goTo(exchange, line, link, { msg: 'Gather End', ...fields })
}

function note(exchange: Exchange, line: Line, text: string, lost: boolean): void {
  const at = exchange.controls.clock.now()
  line.transcript.push({ who: 'caller', text, at, ...(lost && { lost }) })
}
