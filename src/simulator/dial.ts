import { addLine, type Exchange, phoneNumber } from './exchange.ts'
import { newSid } from './keys.ts'
import { type Line, newLine } from './line.ts'
import { endLine, tell } from './status.ts'
import type { Verb } from './twiml.ts'

/** Rings every number of a dial at once. A number that can not be rung has failed before it rings. */
export function startDial(exchange: Exchange, line: Line, dial: Verb): readonly Line[] {
  const bare = dial.children.length === 0
  const numbers: readonly Verb[] = bare ? [{ ...dial, attributes: {} }] : dial.children
  return numbers.map((number) => {
    const leg = newLeg(exchange, line, dial, number)
    addLine(exchange, leg)
    tell(exchange, leg, 'initiated')
    if (reachable(leg.to)) tell(exchange, leg, 'ringing')
    else endLine(exchange, leg, 'failed')
    return leg
  })
}

function newLeg(exchange: Exchange, line: Line, dial: Verb, number: Verb): Line {
  const { url, method, statusCallback } = number.attributes
  return newLine({
    sid: newSid('CA'),
    from: dial.attributes.callerId ?? line.from,
    to: reachable(number.text) ? phoneNumber(number.text) : number.text,
    direction: 'outbound-dial',
    startedAt: exchange.controls.clock.now(),
    at: line.at,
    parent: line,
    ringSeconds: Number(dial.attributes.timeout ?? 30),
    ...(url && { script: { url, method: method?.toUpperCase() ?? 'POST' } }),
    ...(statusCallback && { callback: callbackOf(line, number, statusCallback) }),
  })
}

function callbackOf(line: Line, number: Verb, url: string): NonNullable<Line['callback']> {
  const { statusCallbackEvent = 'completed', statusCallbackMethod = 'POST' } = number.attributes
  return {
    url: new URL(url, line.at).href,
    method: statusCallbackMethod.toUpperCase(),
    events: new Set(statusCallbackEvent.split(' ')),
    told: 0,
  }
}

/** Short numbers such as 999 are not reachable over Twilio, and neither is a misspelt one. */
function reachable(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number)
}
