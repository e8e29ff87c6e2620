import type { Channel, DangerKind, Level, Priority } from '../conversation/types.ts'

/**
 * Where a handoff stands. waiting: in the queue, nobody is asked · offered: these people are asked · accepted: someone took
 * it, and is on the way or waits until danger is cleared · connected: they speak, or the thread is open · wrapping: it is
 * over, and what was agreed is being written down. The others are ends: done (wrapped up), covered (the cover's number
 * answered), promised (nobody came: a clock with an owner stands), withdrawn (the person left; what was recorded stands).
 */
export const HANDOFF_VALUES = [
  'waiting',
  'offered',
  'accepted',
  'connected',
  'wrapping',
  'done',
  'covered',
  'promised',
  'withdrawn',
] as const
export type HandoffValue = (typeof HANDOFF_VALUES)[number]

/** How far the danger questions have come. */
export type DangerAsked = 'not-asked' | 'cleared' | 'yes' | 'not-sure'

/** How a navigator takes part: the browser's phone, a phone of their own, or the thread in Teams. */
export type Via = 'softphone' | 'phone' | 'thread'

/** One participant of a joined call. The label names it in the conference: `caller`, `staff:<id>`, `team:<service>`, `other:<n>`. */
export interface Leg {
  label: string
  kind: 'caller' | 'staff' | 'team' | 'other'
  /** Staff id, service, or what the person is called. */
  who: string
  /** E.164, where it is not a softphone. */
  number?: string
  /** ready: they answered and said yes, and are not in yet. */
  is: 'ringing' | 'ready' | 'in' | 'held' | 'left' | 'failed'
  muted: boolean
  /** CallSid, once Twilio has told it. */
  call?: string
  /** The CallSid of the try before: late news of it is dropped. */
  was?: string
}

/** What a handoff remembers. Plain JSON. */
export interface HandoffContext {
  channel: Channel
  priority: Priority
  level: Level
  danger: DangerAsked
  /** What kind of danger, where words named it. */
  of?: DangerKind
  /** The person waits for somebody now: they asked, or a step of the flow brings them to a person. */
  wants: boolean
  /** The conversation has been told that nobody comes, since they began to wait. */
  told: boolean
  /** The flow ended with an outcome while someone was on the way. */
  ended: boolean
  /** ISO 8601 UTC: when they came to the queue. Their place in it is counted from here. */
  since: string
  language: string
  /** Which discipline of a team is best, where the need says. */
  discipline?: string
  /** Staff id of their key worker, who is asked first. */
  keyWorker?: string
  /** Staff id of whoever helped them before, who is asked next. */
  helpedBy?: string
  /** Only the safeguarding role may see it; never shown in a channel. */
  restricted: boolean
  /** Who is asked now, and who said no or let it pass since it was last raised. */
  asked: readonly string[]
  passed: readonly string[]
  /** Who took it. */
  by: { staff: string; via: Via } | null
  legs: readonly Leg[]
  /** Joins that came to nothing, for the present navigator. */
  failed: number
  /** Somebody has spoken with the person: the conversation is over, and the person is here until they leave. */
  joined: boolean
  /** Whoever was with them last has hung up, and nobody was cut off: they may need nobody any more. */
  parted: boolean
  /** Who spoke with the person last and has yet to write it down, while the person waits for somebody else. */
  was: { staff: string; via: Via } | null
  /** The waits that run, and when each ends, ISO 8601 UTC. Their end counts once, and never early. */
  waits: Readonly<Partial<Record<HandoffWait, string>>>
}

/** A handoff as it is saved, inside its contact. */
export interface Handoff {
  machine: 'handoff'
  version: 1
  value: HandoffValue
  context: HandoffContext
  done: boolean
}

/** Everything a handoff can hear. */
export type HandoffHeard =
  /** The conversation went on: what is known of danger, urgency, and whether they wait for a person. */
  | {
      type: 'CHANGED'
      priority: Priority
      level: Level
      danger: DangerAsked
      wants: boolean
      of?: DangerKind
      language?: string
      discipline?: string
      restricted?: boolean
    }
  /** The desk has asked these people. */
  | { type: 'OFFERED'; to: readonly string[] }
  | { type: 'DECLINED'; by: string; reason: string }
  | { type: 'ACCEPTED'; by: string; via: Via }
  /** Nobody is left who could be asked. */
  | { type: 'NONE' }
  /** One of the handoff's own waits has ended. */
  | { type: 'DUE'; wait: HandoffWait }
  /** Something happened to one participant's line. A thread in Teams that is open is `in`. */
  | {
      type: 'LEG'
      label: string
      is: 'ringing' | 'ready' | 'in' | 'held' | 'back' | 'left' | 'failed'
      call?: string
      why?: string
    }
  | { type: 'BRING'; by: string; leg: Pick<Leg, 'label' | 'kind' | 'who' | 'number'> }
  | { type: 'HOLD'; by: string; label: string; on: boolean }
  | { type: 'MUTE'; by: string; label: string; on: boolean }
  | { type: 'DROP'; by: string; label: string }
  /** The navigator leaves; whoever else is in the call goes on. */
  | { type: 'LEAVE'; by: string }
  /** The person hung up, or wrote STOP. */
  | { type: 'GONE' }
  /** The flow ended with an outcome while nobody had joined. */
  | { type: 'ENDED' }
  /** The navigator gives a text conversation back to the flow, or closes it. */
  | { type: 'HAND_BACK'; by: string; what: 'questions' | 'feedback' | 'close' }
  | { type: 'WRAPPED'; by: string }
  /** A navigator's shift ended, their role was taken away, or their browser died. */
  | { type: 'LOST'; staff: string; why: string }
  /** The cover's number answered the caller's dial. */
  | { type: 'COVERED' }
  /** What the machine asked for came to nothing: REST refused, no such number. */
  | { type: 'FAILED'; effect: string; label?: string; why: string }

/** offer: how long those asked have · join: until the navigator is on the line · alone: until one who waits alone is looked after. */
export type HandoffWait = 'offer' | 'join' | 'alone'

/** Why what a member of staff did, or asked for, came to nothing: the words are the card's and the console's. */
export type Refusal =
  /** Nobody else is with the person: "Bring someone in, or end the call." */
  | 'alone'
  /** It is not their call, or not their card. */
  | 'not-yours'
  /** Nobody has joined the person yet, or the call is not over yet. */
  | 'not-yet'
  /** A text is given back or closed, and nobody is put through. */
  | 'by-text'
  /** A call cannot be given back to the questions. */
  | 'by-phone'
  | 'already-there'
  | 'no-such-line'
  /** Six lines are all that one call may have. */
  | 'full'
  /** Who was rung did not answer or said no. */
  | 'no-answer'
  /** The person could not be brought into the call: ring them. */
  | 'person-missing'
  /** Whoever they left the person with has gone, and the person is on the line still. */
  | 'still-there'
  /** A service did not do what was asked. */
  | 'failed'

/**
 * What a person in a call is told: that they were cut off and somebody else is looked for · that the others have gone, and
 * somebody is looked for where they stay · that they will be rung, within 5 minutes or 20.
 */
export type Told = 'alone' | 'parted' | 'call-back' | 'call-back-later'

/** Everything a handoff can ask for. The shell carries these out after the turn is saved. */
export type HandoffEffect =
  /** Its place in the queue: a sortable rank, or out of it. */
  | { kind: 'queue'; rank: string | null }
  /** What these people's cards and consoles show now. */
  | {
      kind: 'card'
      to: readonly string[]
      show: 'offer' | 'taken' | 'lapsed' | 'gone' | 'yours' | 'wrap-up' | 'empty'
      by?: string
    }
  /** Ring a participant's own leg: they hear the story and say yes before they are put through. */
  | { kind: 'ring'; leg: Pick<Leg, 'label' | 'kind' | 'who' | 'number'>; via: Via | 'number' }
  /** Bring the caller into the conference. */
  | { kind: 'join' }
  | {
      kind: 'participant'
      label: string
      do: 'hold' | 'unhold' | 'mute' | 'unmute' | 'remove' | 'stop-ringing'
    }
  /** End the conference: nobody is left who needs it. */
  | { kind: 'close' }
  /** What the conversation hears in this same turn. */
  | { kind: 'conversation'; heard: 'JOINED' | 'NOBODY'; by?: string }
  /** A wait begins (a duration, ISO 8601), or ends early. */
  | { kind: 'wait'; name: HandoffWait; for: string | null }
  /** What becomes of a navigator's shift. */
  | { kind: 'shift'; staff: string; now: 'offered' | 'taken' | 'wrapping' | 'free' }
  /** A clock with an owner is to stand. One of the conversation that is as soon will do. */
  | {
      kind: 'promise'
      priority: Priority
      /** not-written: a person came, and who should write it down is gone. */
      why: 'unanswered' | 'dropped' | 'no-cover' | 'not-written'
    }
  /** What a member of staff is told on their card or page. */
  | { kind: 'tell'; to: string; what: Refusal; label?: string }
  /** What a person in a call or thread is told: that somebody else is looked for, or that they will be rung. */
  | { kind: 'say'; what: Told }
  | { kind: 'thread'; do: 'open' | 'hand-back' | 'feedback' | 'close' }
  /** A line of the contact's log. */
  | { kind: 'log'; what: string; detail?: Readonly<Record<string, unknown>> }

/** What the shell knows at this moment. */
export interface HandoffFacts {
  /** ISO 8601 UTC. */
  now: string
  /** Whether the place names someone for urgent calls at this hour. */
  cover: 'yes' | 'no'
  /** ISO 8601 durations of the place. */
  times: { offer: string; join: string; alone: string }
}

/** What is known of a contact as it comes to the queue. */
export type Given = Pick<
  HandoffContext,
  'channel' | 'priority' | 'level' | 'danger' | 'wants' | 'language' | 'restricted'
> &
  Partial<Pick<HandoffContext, 'of' | 'discipline' | 'keyWorker' | 'helpedBy' | 'since'>>

export interface HandoffTurn {
  state: Handoff
  effects: readonly HandoffEffect[]
}
