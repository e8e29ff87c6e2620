import type { Inbound, Reply } from '../channels/inbound.ts'
import { understandFirst } from '../conversation/understand.ts'
import { asksEverybody } from '../handoff/rank.ts'
import { lengthOf } from '../places/promise.ts'
import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { liveHandoff } from './handing.ts'
import { plainReply } from './plain.ts'
import type { Trying } from './save.ts'
import type { TurnTold } from './tell.ts'
import { type Thinking, vocabularyOf } from './think.ts'
import { asksWhen, mayWaitOn } from './times.ts'

/** Seconds of one short turn of somebody who waits, words included: no silence in it is longer than five. */
export const QUIET_SECONDS = 15
/** As long as a step that waits for a person gives them, before the cover is rung. */
const LONGEST_MS = 60_000
/** Two short turns in which nobody could even be asked, since all are asked for others. */
const UNASKED_MS = 16_000
/** Words alone take so long. */
const SHORTEST_SECONDS = 6

/** How long they may wait where the place wishes more than is given to anybody; none where it does not, or they may not. */
function wishedMs({ handoff: { longest } }: Place, contact: Contact): number | undefined {
  const ms = lengthOf(longest)
  return ms > LONGEST_MS && mayWaitOn(contact) ? ms : undefined
}

/** How long they wait before the cover is rung, in milliseconds: not as long where nobody is asked. */
export const longestOf = (place: Place, contact: Contact): number =>
  wishedMs(place, contact) ?? (liveHandoff(contact)?.value === 'waiting' ? UNASKED_MS : LONGEST_MS)

/** Seconds of their next turn: it ends soon after the time of those who are asked, so that the next step is not far. */
export function quietOf(contact: Contact, now: string): number {
  const live = liveHandoff(contact)
  const until = live?.value === 'offered' ? live.context.waits.offer : undefined
  if (until === undefined) return QUIET_SECONDS
  const left = Math.ceil((Date.parse(until) - Date.parse(now)) / 1000) + 1
  return Math.min(QUIET_SECONDS, Math.max(SHORTEST_SECONDS, left))
}

/**
 * Whether somebody is being asked, or is on their way, so that the cover need not be rung yet. Who may wait longer waits
 * also while all are with others, until the desk says that nobody is left who could come.
 */
export function isAsked(t: Pick<Thinking, 'place' | 'content'>, contact: Contact): boolean {
  const live = liveHandoff(contact)
  if (!live) return false
  const { value, context } = live
  if (context.told) return false
  if (value === 'waiting' && wishedMs(t.place, contact) !== undefined) return true
  // Who may be in danger was told that a person comes: where nobody is free to be rung for them, the cover is, at once.
  if (value === 'waiting' && asksEverybody(context) && !someoneFree(t)) return false
  if (value === 'waiting') return context.passed.length === 0 && context.failed === 0
  return value === 'offered' || value === 'accepted' || value === 'connected'
}

const someoneFree = ({ place, content }: Pick<Thinking, 'place' | 'content'>): boolean =>
  content.slots?.free(place.place) ?? true

/** A turn that would ring the cover waits instead, while somebody of the place's own is asked. */
export function whileAsked(t: Thinking, contact: Contact, given: TurnTold): TurnTold {
  const { reply, conversation } = given
  if (!reply.dial || !conversation || !isAsked(t, contact)) return given
  return {
    ...given,
    reply: { ...reply, dial: null, waiting: { seconds: QUIET_SECONDS, keys: [] } },
    conversation: { ...conversation, waiting: t.facts.now },
  }
}

/** Whether this caller waits in our own loop, and nothing they said now changes that. */
export function waitsOn(t: Thinking, { contact }: Trying['standing'], { heard }: Inbound): boolean {
  const { conversation } = contact
  if (conversation?.waiting === undefined || conversation.state.done) return false
  if (heard.kind !== 'waited' && heard.kind !== 'answer') return false
  // They would rather be rung back: the flow goes on to a promise, once they have said when.
  if (heard.kind === 'waited' && heard.key === 'call-back') return asksWhen(t, contact)
  if (heard.kind === 'waited' && heard.key?.startsWith('time-')) return false
  const words = heard.raw?.kind === 'words' ? heard.raw.text : ''
  const meant = words === '' ? null : understandFirst(words, vocabularyOf(t))
  return meant?.type !== 'DANGER' && meant?.type !== 'GONE'
}

/** A caller who was joined and is not in the call yet: news of it may have come to nothing at Twilio. */
export function isJoined({ contact }: Pick<Trying['standing'], 'contact'>): boolean {
  const { value, context } = liveHandoff(contact) ?? {}
  return context?.channel === 'voice' && value === 'connected'
}

/** Into the call with whoever took it. */
export const conferenceReply = (contact: Contact, words = ''): Reply => ({
  ...plainReply(contact, 'joined', words),
  ended: null,
  conference: { name: contact.id, label: 'caller' },
})
