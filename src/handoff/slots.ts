/** When a team rings people back, as the place's hours say it; bank holidays are in it. Times are ISO 8601 UTC. */
export interface Opening {
  /** The first moment from this one on at which it is open; undefined where it does not open again. */
  from: (iso: string) => string | undefined
  /** When what is open at this moment closes; undefined where it never does. */
  until: (iso: string) => string | undefined
}

/** One slot: an hour of a team in which somebody is rung. */
export interface Slot {
  /** Names the hour: `2026-11-02T10`. Promises made in it are counted under this name. */
  hour: string
  /** From when, and by when, they are rung. */
  from: string
  by: string
}

export interface SlotsAsked {
  /** ISO 8601 UTC. */
  now: string
  /** The last moment a promise of this class may end: the end of today for P3, of the next working day for P4. */
  by: string
  /** Calls a team can promise in one hour. */
  perHour: number
  /** Calls promised by the name of the hour. */
  taken: (hour: string) => number
  opening: Opening
  /** How many to choose from. */
  choices: number
}

const HOUR = 3_600_000
const MINUTE = 60_000
/** Less than this is left of an hour, and nobody new is promised in it. */
const LEAST = 10 * MINUTE
/** A promise is at most so many hours away: a week. */
const FURTHEST = 7 * 24

/** The name of the hour a moment lies in. */
export const hourNamed = (iso: string): string => new Date(iso).toISOString().slice(0, 13)

/** The row that counts a team's promises of an hour. */
export const slotId = (team: string, hour: string): string => `${team}:${hour}`

/**
 * The next honest times at which someone can be rung, first to last: hours that are open, not full and not nearly over.
 * None means that a person has to be found now: nothing is promised that nobody can keep (domain.md 6.4).
 */
export function slots({ now, by, perHour, taken, opening, choices }: SlotsAsked): Slot[] {
  const found: Slot[] = []
  const last = Date.parse(by)
  let at: number | undefined = Date.parse(now)
  for (let looked = 0; at !== undefined && looked < FURTHEST && found.length < choices; looked++) {
    const from = opening.from(iso(at))
    if (from === undefined) break
    const start = Math.max(Date.parse(from), at)
    const hourEnd = Math.floor(start / HOUR) * HOUR + HOUR
    const closes = opening.until(iso(start))
    const end = Math.min(hourEnd, closes ? Date.parse(closes) : hourEnd)
    if (start >= last) break
    const hour = hourNamed(iso(start))
    if (end - start >= LEAST && end <= last && taken(hour) < perHour)
      found.push({ hour, from: iso(start), by: iso(end) })
    at = end
  }
  return found
}

const iso = (ms: number) => new Date(ms).toISOString()
