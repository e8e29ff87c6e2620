import type { Channel } from '../conversation/types.ts'
import type { Raw } from '../conversation/understand.ts'
import type { StoredReply } from '../store/contract.ts'

/** One thing that reached us, in our words. Channels make it from a verified webhook and know no triage. */
export interface Inbound {
  channel: Channel
  /** What makes this webhook the same when it is sent twice: CallSid and turn, MessageSid, or activity id. */
  webhook: string
  /** What was reached: one of a place's numbers (E.164), or a Teams tenant. */
  to: string
  /** Who reached us: E.164, a Teams id, or `withheld`. */
  from: string
  /** CallSid or Teams conversation; for texts the two numbers. */
  conversation: string
  /** Where to write later, when the address alone does not say: a Teams reference. */
  reach?: Readonly<Record<string, string>>
  heard: Arrived
  /** More than they may send: the first time, or again since; or more than all may send to their place. */
  limited?: 'first' | 'again' | 'place'
}

export type Arrived =
  | { kind: 'begin' }
  /** An answer to the question of one turn; a late one is dropped and the present question asked again. */
  | { kind: 'answer'; turn?: number; raw: Raw }
  | { kind: 'gone' }
  | { kind: 'joined'; turn?: number; by: string }
  /** The number that was rung did not answer; `tried` counts the numbers rung so far. */
  | { kind: 'unanswered'; turn?: number; tried: number }
  /** One turn of the wait for a person has ended: a key that was offered, what was said or keyed besides, else silence. */
  | { kind: 'waited'; turn?: number; key?: WaitingKey; raw?: Exclude<Raw, { kind: 'silence' }> }
  /** The caller's part in a conference is over and their line is still up: everybody left, or we took them out of it. */
  | { kind: 'parted' }

/**
 * What somebody who waits may choose: to be rung back (key 1), or the number on call (key 2); asked when is best, one of up
 * to three times.
 */
export type WaitingKey = 'call-back' | 'on-call' | `time-${1 | 2 | 3}`

/** What a channel must render: the words, what to listen for, and whom to ring. */
export interface Reply {
  lang: string
  /** The turn a reply answers to. */
  turn: number
  contact: string
  /** Spoken or written in this order. */
  parts: readonly { step: string; words: string; slow: boolean }[]
  listen: {
    screen: 'one-key' | 'many-keys' | 'speech'
    hints: readonly string[]
    bargeInSpeech: boolean
    seconds: number
  } | null
  /** Numbers to ring one after the other, and which of them is next. */
  dial: { number: string; tried: number; label: string } | null
  /**
   * A person is awaited: the parts are said, and within so many seconds (15 at most, words included) we are asked for the
   * next turn. `again` is said after each silence of five seconds, so that nobody thinks the line is dead.
   */
  waiting?: { seconds: number; keys: readonly WaitingKey[]; again?: string }
  /** The caller is put into the conference of this name, under this label. */
  conference?: { name: string; label: string }
  choices: readonly { value: string; label: string; key: string }[]
  ended: null | 'emergency' | 'ordinary'
  /** A text that joins an earlier one, or a word after the end, may have no answer. */
  silent: boolean
  /** Nothing could be saved: what reached us is not ours to acknowledge. */
  broken?: true
}

/** Turns a reply into the bytes that are stored and sent. */
export type Render = (reply: Reply) => StoredReply

/** One turn, from an inbound to the reply's bytes. Never rejects for a fault of ours: the caller hears safe words. */
export type TakeTurn = (inbound: Inbound, render: Render) => Promise<StoredReply>
