import type { Channel, Level, Priority } from '../conversation/types.ts'
import type { DangerAsked, HandoffValue, Leg } from '../handoff/types.ts'
import type { CallBack, Consent, LogEntry, People, Status } from './contact.ts'

/** What a navigator must know before they say hello, so that nobody tells their story twice. In English, in plain words. */
export interface Story {
  contact: string
  ref: string
  place: string
  channel: Channel
  level: Level
  priority: Priority | null
  danger: DangerAsked
  /** They wrote words of danger, and nobody has asked about them since. */
  unasked?: true
  /** ISO 8601 UTC: when they reached us. */
  since: string
  codes: readonly string[]
  /** Whether they speak for themselves. */
  who: 'self' | 'other' | 'not-known'
  /** Questions as they were asked and answered, danger first, newest last. */
  answers: readonly { asked: string; answer: string; danger: boolean }[]
  /** Their first words, as written or recognised; never confirmed. */
  inTheirWords?: string
  name?: string
  /** The number to ring back, E.164. */
  number?: string
  practice?: string
  language: string
  consent: Consent
  /** Where it goes and why: the team, and the rule of the place that chose it. */
  route: { team: string; service: string; rule: string } | null
  /** What to take care of, in words: "Somebody may hear them", "Not safe to ring", "Rang three times this week". */
  flags: readonly string[]
  restricted: boolean
  /** Nobody waits on the line: they are rung, as was promised. */
  callBack?: CallBack
}

export type ShiftValue = 'off' | 'available' | 'on-contact' | 'wrapping' | 'break' | 'paused'

/** One member of staff as the desk sees them now. */
export interface StaffView {
  staff: string
  name: string
  shift: ShiftValue
  /** ISO 8601 UTC: since when. */
  since: string
  /** The contact they are on, or write up. */
  contact?: string
  /** Contacts they are asked to take now. */
  offers: readonly string[]
  /** Whether their softphone was heard of in the last 15 s, or they chose their own number. */
  phone: 'softphone' | 'number' | 'none'
}

/** One line of the queue. Nothing in it says who the person is. */
export interface WaitingView {
  contact: string
  ref: string
  channel: Channel
  value: HandoffValue
  priority: Priority
  level: Level
  /** Nothing is known yet of what they need: the level says nothing of how urgent it is. */
  unsorted?: true
  danger: DangerAsked
  wants: boolean
  /** ISO 8601 UTC. */
  since: string
  language: string
  restricted: boolean
  /** Who is asked now, or who has it. */
  asked: readonly string[]
  by?: string
}

export interface PromiseView {
  contact: string
  ref: string
  code: string
  /** The team or staff id that answers for it; never empty. */
  owner: string
  due: string
  late: boolean
  /** What it is, as whoever promised it wrote it down. */
  words?: string
  /** Of a contact that only safeguarding may see: others are shown its reference and its owner. */
  restricted?: boolean
}

export interface StatusView {
  service: string
  name: string
  now: 'green' | 'amber' | 'red'
  reason: string
  until?: string
  replacement?: string
  /** Contacts of the last seven days that it was given: what red would have moved, and of them what amber would have. */
  lastWeek?: { red: number; amber: number }
}

/** How somebody is rung, who looks after them and who may speak for them, as staff wrote it down. */
export interface PeopleView extends People {
  /** They speak through Relay UK. */
  relay: boolean
  /** They agreed that their next of kin is told when they do not answer. */
  nextOfKin: boolean
  /** They have died: who marked it, and when. */
  died?: { by: string; at: string }
}

/** A contact as staff see it. */
export interface ContactView extends Story {
  status: Status
  /** `channel` is how they are met: a person who wrote may be rung. That of the contact where it is not said. */
  handoff?: { value: HandoffValue; by?: string; channel?: Channel; legs: readonly Leg[] }
  promises: readonly PromiseView[]
  people: PeopleView
  timeline: readonly LogEntry[]
}

/** What the console and cards read. Every read is of one place, and of what the asker's roles let them see. */
export interface Views {
  story(place: string, contact: string): Promise<Story | null>
  queue(place: string): Promise<WaitingView[]>
  staff(place: string): Promise<StaffView[]>
  promises(place: string, owner?: string): Promise<PromiseView[]>
  statuses(place: string): Promise<StatusView[]>
  contact(place: string, ref: string): Promise<ContactView | null>
  /** Counts every change of what the above would answer. */
  changes(place: string): Promise<number>
}
