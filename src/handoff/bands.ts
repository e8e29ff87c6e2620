/** How long somebody usually waits from now, as it is said: within so many minutes, longer, or nobody knows yet. */
export type Band = '1' | '5' | '10' | 'long' | 'unknown'

/** One wait for a person that is over. */
export interface Waited {
  /** ISO 8601 UTC: when it ended. */
  at: string
  /** Milliseconds. */
  ms: number
  /** Somebody came. Else they rang off, chose a call back or were put through to the cover. */
  came: boolean
}

/** How long people waited for somebody lately, by place. */
export interface Waits {
  add: (place: string, waited: Waited) => void
  of: (place: string) => readonly Waited[]
}

const MINUTE = 60_000
/** What was measured longer ago tells nothing of now. */
const LATELY = 60 * MINUTE
/** Of fewer waits nothing is said. */
const LEAST = 5
/** "Usually" is four times in five. */
const STILL_WAITING = 0.2
const ROUNDING = 1e-9
const BANDS: readonly [number, Band][] = [
  [MINUTE, '1'],
  [5 * MINUTE, '5'],
  [10 * MINUTE, '10'],
]

/** What is left of a list of waits that tells something of now. */
export const lately = (all: readonly Waited[], now: string): Waited[] =>
  all.filter(({ at }) => Date.parse(now) - Date.parse(at) <= LATELY)

export interface BandAsked {
  /** ISO 8601 UTC. */
  now: string
  /** How long they have waited, milliseconds. */
  waited: number
  /** The longest that one who stands before them waits already, milliseconds. */
  before: number
}

/**
 * Within what time a person usually comes to somebody who has waited so long already, by the waits of the last hour at
 * this desk: of those who had waited as long, four in five had somebody by then. Who rang off is counted as waiting until
 * they did, not as served. Never shorter than what those before them wait already. A place in the queue is never told.
 */
export function bandOf(all: readonly Waited[], { now, waited, before }: BandAsked): Band {
  const known = lately(all, now)
  if (known.length < LEAST) return 'unknown'
  const usual = usually(known.filter(({ ms }) => ms > waited))
  const left = Math.max(usual, before) - waited
  return BANDS.find(([most]) => left <= most)?.[1] ?? 'long'
}

/** By when four in five had somebody; never, where that cannot be told (Kaplan and Meier's estimate). */
function usually(waits: readonly Waited[]): number {
  const inOrder = [...waits].sort((a, b) => a.ms - b.ms)
  let still = 1
  for (const [at, { ms, came }] of inOrder.entries()) {
    if (came) still *= 1 - 1 / (inOrder.length - at)
    if (still <= STILL_WAITING + ROUNDING) return ms
  }
  return Number.POSITIVE_INFINITY
}
