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
  /** ISO 8601 UTC: when they came to the queue. Their place in it is counted from here. */
  since: string
  language: string
  /** Which discipline of a team is best, where the need says. */
  discipline?: string
  /** Staff id of their key worker, who is asked first. */
  keyWorker?: string
  /** Only the safeguarding role may see it; never shown in a channel. */
  restricted: boolean
  /** Who is asked now, and who said no or let it pass since it was last raised. */
  asked: readonly string[]
  passed: readonly string[]
  /** Who took it. */
  by: { staff: string; via: Via } | null
  legs: readonly Leg[]
  /** Joins that came to nothing. */
  failed: number
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
  /** Something happened to one participant's line. */
  | {
      type: 'LEG'
      label: string
      is: 'ringing' | 'ready' | 'in' | 'held' | 'back' | 'left' | 'failed'
      call?: string
      why?: string
    }
  | { type: 'BRING'; by: string; leg: Pick<Leg, 'label' | 'kind' | 'who' | 'number'> }
  | { type: 'HOLD' | 'MUTE'; by: string; label: string; on: boolean }
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
  /** Nobody came: a clock with an owner is to stand. */
  | { kind: 'promise'; priority: Priority; why: 'unanswered' | 'dropped' | 'no-cover' }
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

export interface HandoffTurn {
  state: Handoff
  effects: readonly HandoffEffect[]
}
