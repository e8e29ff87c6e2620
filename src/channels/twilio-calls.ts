import type { Later, Sent } from './twilio-rest.ts'

/** A call that we place. `to` is E.164, or `client:<staff id>` for a softphone. */
export interface Ringing {
  to: string
  from: string
  /** Document for whoever answers; Twilio asks for it by POST. */
  url: string
  statusCallback: string
  /** Seconds. */
  timeout: number
}

/** One live participant of a conference, as Twilio keeps it. */
export interface Participant {
  label: string
  call: string
  hold: boolean
  muted: boolean
}

/** The parts of Twilio's call and conference resources that we use. Every call is bounded in time; none throws. */
export interface TwilioCalls {
  ring: (call: Ringing) => Promise<Sent>
  /** Calls of ours to someone, begun at or after an instant in milliseconds: looked for before one is rung again. */
  find: (
    to: string,
    since: number
  ) => Promise<readonly { sid: string; status: string; startedAt: number }[] | Later>
  /** Sends a live call to another document. `gone`: it is over. */
  move: (sid: string, url: string) => Promise<'done' | 'gone' | { refused: string } | Later>
  end: (sid: string) => Promise<'done' | 'gone' | { refused: string } | Later>
  /** Who is in the live conference of this name; none where there is no such conference. */
  participants: (
    conference: string
  ) => Promise<{ conference: string; participants: readonly Participant[] } | Later>
  change: (
    conferenceSid: string,
    callSid: string,
    to: { hold?: boolean; muted?: boolean; remove?: true }
  ) => Promise<'done' | 'gone' | { refused: string } | Later>
}
