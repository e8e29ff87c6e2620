import type { Member } from './rooms.ts'
import type { Verb } from './twiml.ts'

/** Where a call stands, in Twilio's words. */
export type CallStatus =
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled'

/** What a line is held up by. */
export type Wait =
  | { kind: 'gather'; verb: Verb; keys: string }
  | { kind: 'pause'; seconds: number }
  | { kind: 'dial'; verb: Verb; legs: readonly Line[] }
  | { kind: 'conference'; verb: Verb; member: Member }

/** One thing said or done on a line. `lost` is what the caller did when nothing listened for it. */
export interface Spoken {
  /** `other`: somebody else in the same conference, by their label. */
  who: 'door' | 'caller' | 'other'
  by?: string
  text: string
  at: string
  language?: string
  lost?: true
}

/** One person's end of a call: someone who rang in, or a phone that the app rang. */
export interface Line {
  sid: string
  from: string
  to: string
  direction: 'inbound' | 'outbound-dial' | 'outbound-api'
  /** For a leg of a dial: the line that is dialling, and how its owner is told. */
  parent?: Line
  /** What this phone runs when it answers, before it is joined or instead of it. */
  script?: { url: string; method: string } | { twiml: string }
  callback?: { url: string; method: string; events: ReadonlySet<string>; told: number }
  ringSeconds: number
  status: CallStatus
  joined: boolean
  startedAt: string
  answeredAt: string | null
  endedAt: string | null
  /** The address of the document now being run, against which its links are read. */
  at: string
  todo: readonly Verb[]
  wait: Wait | null
  /** Documents fetched since the line last waited: a loop that never waits is a fault. */
  hops: number
  /** Heard and not yet told to the person acting. */
  unread: string[]
  transcript: Spoken[]
  problem: string | null
  /** Work on this line so far; the next piece of work waits for it. */
  busy: Promise<void>
}

/** A line that rings. */
export function newLine(
  given: Pick<Line, 'sid' | 'from' | 'to' | 'direction' | 'startedAt' | 'at'> & Partial<Line>
): Line {
  return {
    ringSeconds: 30,
    status: 'ringing',
    joined: false,
    answeredAt: null,
    endedAt: null,
    todo: [],
    wait: null,
    hops: 0,
    unread: [],
    transcript: [],
    problem: null,
    busy: Promise.resolve(),
    ...given,
  }
}

/** Whether no one is on the line any more. */
export function ended(line: Line): boolean {
  return line.status !== 'ringing' && line.status !== 'in-progress'
}

/** Runs one piece of work on a line at a time, so that two presses can not cross. */
export function inTurn<T>(line: Line, work: () => Promise<T>): Promise<T> {
  const root = line.parent ?? line
  const next = root.busy.then(work)
  root.busy = next.then(
    () => {},
    () => {}
  )
  return next
}

/** The legs of the dial a line waits for. */
export function legsOf(line: Line): readonly Line[] {
  return line.wait?.kind === 'dial' ? line.wait.legs : []
}

/** Whole seconds between two instants; the clock may have been put back, so never less than none. */
export function seconds(from: string | null, to: string | null): string {
  if (from === null || to === null) return '0'
  return String(Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)))
}
