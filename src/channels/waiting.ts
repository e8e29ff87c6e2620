import type { Raw } from '../conversation/understand.ts'
import { spokenSeconds } from '../words/measure.ts'
import type { Arrived, Reply, WaitingKey } from './inbound.ts'
import { element } from './xml.ts'

/** Seconds of one turn of the wait, words included: a person who comes is never further away than this. */
const LONGEST_TURN = 15
/** After so many seconds without a sound people think that the line is dead. */
const LONGEST_SILENCE = 5
/** The next turn begins with a pause of its own. */
const NEXT_PAUSE = 1

const DIGITS: Record<WaitingKey, string> = {
  ...{ 'call-back': '1', 'on-call': '2' },
  ...{ 'time-1': '1', 'time-2': '2', 'time-3': '3' },
}
/** Before the keys of an address where these are times: the same keys mean something else then. */
const TIMES = 't'
const isTime = (key: WaitingKey) => key.startsWith('time-')

/**
 * What follows the words of a waiting turn, inside its <Gather>: silences with something said between them, and how long
 * the last of them is. `said` is how many seconds the words take. A conference's own wait cannot hear
 * keys (error 13238): so the wait is a loop of short questions.
 */
export function stillness(
  { seconds, again }: NonNullable<Reply['waiting']>,
  said: number,
  say: (words: string) => string
): { between: string[]; timeout: number } {
  const between: string[] = []
  let left = Math.min(seconds, LONGEST_TURN) - said
  const each = again ? LONGEST_SILENCE + spokenSeconds(again) : Number.POSITIVE_INFINITY
  for (; again && left >= each + 1; left -= each)
    between.push(element('Pause', { length: LONGEST_SILENCE }), say(again))
  return { between, timeout: Math.max(1, Math.min(LONGEST_SILENCE - NEXT_PAUSE, Math.floor(left))) }
}

/** The keys that were offered, as the next turn's address carries them. */
export const offeredKeys = ({ keys }: NonNullable<Reply['waiting']>) =>
  (keys.some(isTime) ? TIMES : '') +
  keys
    .map((key) => DIGITS[key])
    .sort()
    .join('')

/** What one turn of the wait brought. A key that was not offered is a slip of the finger: it changes nothing. */
export function waitedFor(raw: Raw, offered: string, turn: { turn?: number }): Arrived {
  if (raw.kind === 'silence') return { kind: 'waited', ...turn }
  if (raw.kind !== 'keys' || raw.digits.startsWith('0')) return { kind: 'waited', ...turn, raw }
  const digit = raw.digits.slice(0, 1)
  const times = offered.startsWith(TIMES)
  const key = (Object.keys(DIGITS) as WaitingKey[]).find(
    (each) => DIGITS[each] === digit && isTime(each) === times
  )
  return { kind: 'waited', ...turn, ...(key && offered.includes(digit) && { key }) }
}
