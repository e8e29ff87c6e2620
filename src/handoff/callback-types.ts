import type { Priority } from '../conversation/types.ts'

/** Who is to be rung back. */
export interface CallbackGiven {
  priority: Priority
  /** ISO 8601 UTC: when we said we would ring. P1 and P2 are rung as soon as their class says, whatever is later. */
  at?: string
  /** E.164. */
  number: string
  phone: 'mobile' | 'landline'
  /** Whether a text may go to this number: nobody else reads it. */
  textSafe: boolean
  /** Rung through Relay UK. */
  relay: boolean
  /** Whether they agreed that a next of kin is told. */
  nextOfKin: boolean
  /** Whether they have a key worker. */
  keyWorker: boolean
}

/** text: until the text before the call · ring: until the call · answer: while it rings · again: until the next try. */
export type CallbackWait = 'text' | 'ring' | 'answer' | 'again'

export interface CallbackContext extends CallbackGiven {
  /** ISO 8601 UTC: the moment of the first call. The tries that follow are counted from it. */
  first: string
  /** Calls that nobody answered. */
  tries: number
  /** Busy one after another. Busy is no failed try. */
  busy: number
  /** The wait that runs, and when it ends, ISO 8601 UTC. Its end counts once and never early. */
  wait: CallbackWait
  until: string
}

/**
 * waiting: for the text or the call · ringing · again: for the next try · deciding: a person decides what is done for
 * somebody who does not answer. The ends: reached; tried (all tries are over, and they are told how to reach us);
 * decided; withdrawn (they may not be rung, or need no call any more).
 */
export type CallbackValue =
  | 'waiting'
  | 'ringing'
  | 'again'
  | 'deciding'
  | 'reached'
  | 'tried'
  | 'decided'
  | 'withdrawn'

/** A call back as it is saved, inside its contact. Its promise keeps its living owner until an end. */
export interface Callback {
  machine: 'callback'
  version: 1
  value: CallbackValue
  context: CallbackContext
  done: boolean
}

export type CallbackHeard =
  | { type: 'DUE'; wait: CallbackWait }
  /** A person spoke with them. */
  | { type: 'ANSWERED' }
  | { type: 'BUSY' }
  /** Nobody, a voicemail, or a number that cannot be reached. */
  | { type: 'UNANSWERED'; why: 'no-answer' | 'voicemail' | 'failed' }
  /** They rang or wrote to us, and have been spoken with. */
  | { type: 'CAME' }
  /** A person decided: a police welfare check, or something else that was done. */
  | { type: 'DECIDED'; by: string; police: boolean; why: string }
  /**
   * They may not be rung any more, or need no call. `owed`: the promise stands, and whoever owns it reaches them in another
   * way: by Relay UK from a desk phone, or by a number that is safe.
   */
  | { type: 'STOP'; why: string; owed?: true }

export type CallbackEffect =
  | { kind: 'wait'; name: CallbackWait; until: string }
  /** before: "We will ring you from {number}." tried: "We tried to ring." Neither says why. */
  | { kind: 'text'; what: 'before' | 'tried' }
  /** Rings from the one published number. A voicemail is told nothing but that we rang. */
  | { kind: 'ring'; dial: string; try: number }
  /** Stops a call that rings. */
  | { kind: 'stop-ringing' }
  /** Somebody who knows them is asked to look after them. police: a person decides, and this asks them to. */
  | { kind: 'welfare'; who: 'key-worker' | 'next-of-kin' | 'police' }
  /** Whoever owns the promise is told. */
  | { kind: 'tell-owner'; what: 'busy' | 'unanswered' | 'tried' | 'by-hand' }
  | { kind: 'promise'; now: 'met' | 'stopped' }
  | { kind: 'log'; what: string; detail?: Readonly<Record<string, unknown>> }

export interface CallbackFacts {
  /** ISO 8601 UTC. */
  now: string
  /** The first moment from this one on at which the team rings people. Only P1 and P2 are rung out of hours. */
  open: (iso: string) => string
  /** How long a call may ring, ISO 8601. */
  answer: string
}

export interface CallbackTurn {
  state: Callback
  effects: readonly CallbackEffect[]
}
