import { say } from './voice.ts'
import { element, escapeXml, response } from './xml.ts'

/** What a call hears when the service itself cannot be reached. */
export interface Fallback {
  /** The safe words, in each language offered. */
  words: readonly { lang: string; words: string }[]
  /** Said before each further number is rung. */
  between: readonly { lang: string; words: string }[]
  /** Numbers to ring one after the other, E.164. */
  numbers: readonly string[]
}

const SECONDS_TO_ANSWER = 20

/**
 * A call's document that needs nothing of ours: Twilio keeps it and runs it when the service does not answer. The 999
 * and 111 words come first, then each number is rung in turn. No document can tell a number that did not answer from a
 * talk that is over, so whoever has been helped is asked to hang up before the next is rung.
 */
export function fallbackTwiml({ words, between, numbers }: Fallback): string {
  const spoken = (lines: Fallback['words']) =>
    lines.flatMap(({ lang, words }) => [
      element('Pause', { length: 1 }),
      say(lang, { step: 'fallback', words, slow: false }),
    ])
  const rings = numbers.flatMap((number, at) => [
    ...(at > 0 ? spoken(between) : []),
    element(
      'Dial',
      { timeout: SECONDS_TO_ANSWER, answerOnBridge: true },
      element('Number', {}, escapeXml(number))
    ),
  ])
  const again = numbers.length > 0 ? spoken(words) : []
  return response(...spoken(words), ...rings, ...again, element('Hangup', {}))
}
