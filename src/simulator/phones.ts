import * as acts from './acts.ts'
import type { Exchange } from './exchange.ts'
import { afterDial, goTo, runDocument } from './interpret.ts'
import { ended, type Line } from './line.ts'
import { SimulatorProblem } from './problem.ts'
import { endLine, tell } from './status.ts'

/** What the holder of a phone that was rung can do. */
export type PhoneAct =
  | { answer: true }
  | { busy: true }
  | { decline: true }
  | { fail: true }
  | { press: string }
  | { say: string; confidence?: number | undefined }
  | { silence: true }
  | { hangUp: true }

/** The lines by which the app has rung this phone and which are not over, first rung first. */
export function rungOn(exchange: Exchange, number: string): readonly Line[] {
  return [...exchange.lines.values()].filter(
    (line) => line.to === number && line.direction !== 'inbound' && !ended(line)
  )
}

/** Stops what the app rang by itself and nobody answered in time, by the service's clock. */
export function ringOut(exchange: Exchange): void {
  const now = Date.parse(exchange.controls.clock.now())
  for (const line of exchange.lines.values()) {
    const until = Date.parse(line.startedAt) + line.ringSeconds * 1000
    if (line.direction === 'outbound-api' && line.status === 'ringing' && now >= until)
      endLine(exchange, line, 'no-answer')
  }
}

/** The line this act is about: a ringing one to answer or refuse, else the one being spoken on. */
export function lineFor(exchange: Exchange, number: string, act: PhoneAct): Line {
  const refusing = 'answer' in act || 'busy' in act || 'decline' in act || 'fail' in act
  const wanted = refusing ? 'ringing' : 'in-progress'
  const line = rungOn(exchange, number).find((each) => each.status === wanted)
  if (line) return line
  throw new SimulatorProblem(
    409,
    refusing
      ? `${number} is not ringing. It rings when a call waits for it: see "ringing" in the call's answer.`
      : `${number} is not on a call. Answer it first with { "answer": true }.`
  )
}

/** Does one thing on a phone that was rung, and lets the caller who waits for it go on. */
export async function actOnPhone(exchange: Exchange, line: Line, act: PhoneAct): Promise<void> {
  if ('answer' in act) await answer(exchange, line)
  else if ('busy' in act || 'decline' in act) endLine(exchange, line, 'busy')
  else if ('fail' in act) endLine(exchange, line, 'failed')
  else if ('press' in act) await acts.press(exchange, line, act.press)
  else if ('say' in act) await acts.say(exchange, line, act.say, act.confidence)
  else if ('silence' in act) await acts.staySilent(exchange, line)
  else acts.hangUp(exchange, line)
  await letCallerGoOn(exchange, line)
}

async function answer(exchange: Exchange, line: Line): Promise<void> {
  line.status = 'in-progress'
  line.answeredAt = exchange.controls.clock.now()
  tell(exchange, line, 'answered')
  if (line.parent?.wait?.kind === 'dial')
    for (const other of line.parent.wait.legs)
      if (other.status === 'ringing') endLine(exchange, other, 'canceled')
  if (!line.script) line.joined = true
  else if ('url' in line.script) await goTo(exchange, line, line.script)
  else await runDocument(exchange, line, line.script.twiml)
}

async function letCallerGoOn(exchange: Exchange, leg: Line): Promise<void> {
  const caller = leg.parent
  if (caller?.wait?.kind !== 'dial' || caller.wait.legs.some((each) => !ended(each))) return
  await afterDial(exchange, caller, caller.wait.verb, leg)
}
