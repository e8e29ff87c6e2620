import { type Exchange, fileExists } from './exchange.ts'
import type { Line } from './line.ts'
import type { Verb } from './twiml.ts'

/** What Twilio makes of loop="0". */
const MOST_LOOPS = 1000

/** Says or plays one thing on a line. A short pause is only a breath. */
export async function speak(exchange: Exchange, line: Line, verb: Verb): Promise<void> {
  if (verb.name === 'Pause') return
  const { digits, language } = verb.attributes
  const text = verb.name === 'Say' ? verb.text : digits ? `[keys ${digits}]` : recording(line, verb)
  if (text === '') return
  if (verb.name === 'Play' && !digits) await fileExists(exchange, new URL(verb.text, line.at))
  const times = Number(verb.attributes.loop ?? 1) || MOST_LOOPS
  const at = exchange.controls.clock.now()
  for (let time = 0; time < times; time++) {
    line.unread.push(text)
    line.transcript.push({ who: 'door', text, at, ...(language && { language }) })
  }
}

function recording(line: Line, verb: Verb): string {
  return `[recording ${new URL(verb.text, line.at).pathname}]`
}
