import type { Channel, Level, Priority, State } from '../conversation/types.ts'
import type { MAY_KNOW, RELATIONS } from '../handoff/acts.ts'
import type { Band } from '../handoff/bands.ts'
import type { Callback } from '../handoff/callback-types.ts'
import type { Handoff } from '../handoff/types.ts'
import type { SentText } from './texts.ts'

export type Status = 'open' | 'promised' | 'handed-over' | 'closed' | 'incomplete'

/** yes and no are the person's words; cannot is an emergency or a lack of capacity, with the reason logged. */
export type Consent = 'yes' | 'no' | 'cannot' | 'opted-out' | null

/** A promise with a living owner. Times are ISO 8601 UTC. */
export interface Clock {
  name: 'ringBack' | 'standard' | 'check'
  code: string
  owner: string
  due: string
  state: 'running' | 'met' | 'missed' | 'stopped'
  /** The row of the desk that counts it among a team's promises of one hour. */
  slot?: string
  /** The line of the log in which somebody of ours wrote what is promised. */
  line?: number
  /** The code of the promise that stands for this one too. */
  into?: string
  /** ISO 8601 UTC: since when they waited. Rung back, they have the place in the queue that they had then. */
  since?: string
}

/** Who takes a contact, and the rule of the place that chose them. */
export interface Routed {
  code: string
  team: string
  service: string
  owner: string
  rule: string
  /** Direct number of the service, E.164. */
  number?: string
}

/** What the person told us, kept so that it is asked once. Encrypted at rest when the store has a keyring. */
export interface Person {
  /** The number or Teams id that reached us. A hint, never proof of who it is. */
  address: string
  phone: 'mobile' | 'landline' | 'withheld'
  /** Where to ring, when it is not the number that reached us. */
  ringOn?: string
  name?: string
  practice?: string
  postcode?: string
  inTheirWords?: string
  codeWord?: string
  unsafe?: boolean
  overheard?: boolean
  who?: 'self' | 'other'
  adult?: 'yes' | 'no'
  need?: string
  here?: 'yes' | 'no' | 'not-sure'
  textMe?: boolean
  /** They speak through Relay UK: whoever owns their call rings it from a desk phone. */
  relay?: true
  /** They agreed that their next of kin is told when they do not answer. */
  nextOfKin?: true
}

/** A time by which somebody is rung, and the row of the desk that counts it. */
export interface SlotTime {
  due: string
  slot: string
}

/** One flow running on one channel. `call` is the CallSid of a live call. */
export interface Conversation {
  id: string
  channel: Channel
  lang: string
  state: State
  /** The contact's turn at which the present question was asked: an answer to an earlier one is late. */
  turn: number
  call?: string
  startedAt: string
  lastAt: string
  /** Where to write later, when the address alone does not say. */
  reach?: Readonly<Record<string, string>>
  /** The question at which they hung up, and the turn it was asked at: an answer to it may come after that word. */
  left?: { at: string; turn: number }
  /** The question being asked, for carrying on after the line drops. */
  asking?: string
  /** Numbers being rung, first to last. */
  ringing?: readonly { number: string; label: string }[]
  /** When they began to wait on the line for somebody who is being asked. */
  waiting?: string
  /** Short turns of that wait so far, and within what time they were last told that a person usually comes. */
  rounds?: number
  band?: Band
  /** Times they may choose to be rung back at, and the one they chose. */
  times?: readonly SlotTime[]
  chosen?: SlotTime
  /** Set when the person who was rung has joined. */
  with?: string
  /** Said again each minute while a caller stays on the line after the 999 words. */
  ending?: readonly { step: string; words: string }[]
}

/** A message of ours in Teams: its id, and the chat, channel or thread that it stands in. */
export interface Card {
  message: string
  conversation: string
  /** The room it stands in, where its reader could not be written to: others read along. */
  room?: string
}

/** An alert that stands in the chat of whoever writes with them: what it is of, and which message it is. */
export interface Alerted {
  of: 'danger-words' | 'not-delivered'
  message: string
  /** Staff id of whose chat it is. */
  staff: string
}

/** Where a text conversation is held in Teams, and with whom. */
export interface Thread {
  /** Staff id of whoever writes there. */
  staff: string
  /** ISO 8601 UTC: since when. What was typed before was meant for somebody else. */
  since: string
  /** A room of the place and the first message of the thread in it; without them it is held in their own chat. */
  room?: string
  root?: string
  /** It is over, or moved: what stood in the room was emptied. */
  ended?: true
  /** Our messages in it. `of` is the text of theirs whose fate a message shows, `texts` how many it took. */
  lines?: readonly ThreadLine[]
}
export interface ThreadLine {
  message: string
  of?: string
  texts?: number
}

/** A call of ours that was promised: which try it is, of how many, and by when it was promised (ISO 8601 UTC). */
export interface CallBack {
  try: number
  of: number
  by: string
}

/** Somebody who may speak for them or be told, as they agreed: verified by a person, and dated (domain.md 6.7). */
export interface Agreed {
  /** Unique among those of one person. */
  id: string
  relation: (typeof RELATIONS)[number]
  name: string
  /** E.164. */
  number: string
  may: (typeof MAY_KNOW)[number]
  /** Staff id of whoever heard it from them, and when: ISO 8601 UTC. */
  by: string
  at: string
}

/** Who looks after somebody and who may speak for them, as staff wrote it down. */
export interface People {
  keyWorker?: { staff: string; by: string; at: string }
  agreed?: readonly Agreed[]
  /**
   * Reference of the earlier contact of this number that it was found in. Until a person has asked who they are it is a
   * hint: it says whom of ours to ask first and is shown to staff, and nobody is rung by it.
   */
  from?: string
  /** Reference of a contact of this number whose person has died: whoever rings may be in mourning. */
  lost?: string
}

/** One episode with one person about one matter. It may span channels and calls. */
export interface Contact {
  schema: 2
  id: string
  ref: string
  place: string
  partition: string
  /** Counts saved turns; the guard of every commit. */
  turn: number
  /** Log entries written so far: the next one's number is one more. */
  entries: number
  channel: Channel
  status: Status
  codes: string[]
  level: Level
  priority: Priority | null
  route: Routed | null
  routes: Routed[]
  clocks: Clock[]
  /** Rang three times or more in seven days: the key worker is told. A flag, never a penalty. */
  repeat?: true
  consent: Consent
  consentReason?: string
  flow: { flow: string; version: number; release: string; placeFile: string }
  person: Person
  conversation: Conversation | null
  /** Texts of ours that Twilio took, and what became of them. */
  texts?: readonly SentText[]
  /** The latest live join to a navigator, or the way to one. */
  handoff?: Handoff
  /** Whom staff have rung for it: the latest call of ours that was begun from the contact. */
  out?: { number: string; who: string; callBack?: CallBack }
  /** The call that we owe them, while we do, and how the last one ended. */
  callback?: Callback
  /** What stands in Teams of this contact: whose card, and which message it is. */
  cards?: Readonly<Record<string, Card>>
  /** Where whoever has it writes with them in Teams. */
  thread?: Thread
  /** Alerts that nobody has seen to yet. */
  alerts?: readonly Alerted[]
  /** Staff id of whoever wrote it up: asked first, when they reach us again. */
  helpedBy?: string
  /** When they were asked how it was, and what they said: 1 bad to 5 good. */
  feedback?: { asked: string; score?: number }
  /** Who looks after them, and who may speak for them. */
  people?: People
  /**
   * They have died: nothing of ours reaches their numbers any more. By whom and when (ISO 8601 UTC) it was
   * marked, and which of its clocks ended with it.
   */
  died?: { by: string; at: string; stopped: readonly number[] }
  /** Numbers that nothing may reach: no text, call, reply, feedback or card. */
  notThese?: readonly string[]
  /** Only the safeguarding role may see more than the reference. */
  restricted?: true
  /** Where the last conversation broke off, so that it can be carried on. */
  dropped?: { at: string; when: string }
  createdAt: string
  updatedAt: string
}

/** One line of the contact log. `said` is the words as the caller heard them. */
export interface LogEntry {
  seq: number
  at: string
  kind: string
  channel?: Channel
  step?: string
  heard?: string
  said?: string
  detail?: Record<string, unknown>
}
