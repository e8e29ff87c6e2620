import type { Later, Sent } from './twilio-ask.ts'

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

/** What became of a change. `gone`: what was to be changed is over. */
export type Changed = 'done' | 'gone' | { refused: string; code?: string } | Later

/** The parts of Twilio's call and conference resources that we use. Every call is bounded in time; none throws. */
export interface TwilioCalls {
  /** Rings a UK number or a softphone of ours; every other number is refused here, before Twilio is asked. */
  ring: (call: Ringing) => Promise<Sent>
  /** Calls of ours to someone, begun at or after an instant in milliseconds, newest first: looked for before one is rung again. */
  find: (
    to: string,
    since: number
  ) => Promise<readonly { sid: string; status: string; startedAt: number }[] | Later>
  /** Sends a live call to another document. `gone`: it is over. */
  move: (sid: string, url: string) => Promise<Changed>
  /** Ends a call that rings or is going on. */
  end: (sid: string) => Promise<Changed>
  /** Who is in the live conference of this name, and its sid; nobody, and no sid, where there is no such conference. */
  participants: (
    conference: string
  ) => Promise<{ conference: string; participants: readonly Participant[] } | Later>
  /** `holdUrl`: what they hear while they are held; Twilio's music where there is none. */
  change: (
    conferenceSid: string,
    callSid: string,
    to: { hold?: boolean; holdUrl?: string; muted?: boolean; remove?: true }
  ) => Promise<Changed>
  /** Ends a conference for everybody who is still in it. */
  close: (conferenceSid: string) => Promise<Changed>
}
