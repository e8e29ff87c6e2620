import type { Inbound } from '../channels/inbound.ts'
import { hourNamed, slotId, slots } from '../handoff/slots.ts'
import { lengthOf } from '../places/promise.ts'
import { route } from '../places/route.ts'
import type { Contact, SlotTime } from '../record/contact.ts'
import { dutyPromise } from './duty.ts'
import { frontDoor } from './owed.ts'
import { isSoon, openingOf, perHour, slotBy } from './slotted.ts'
import type { Thinking } from './think.ts'

/** How many times somebody is given to choose from. */
const CHOICES = 3

/**
 * Real times at which the navigators can ring somebody back: as soon as anybody of their urgency is promised, then hours that
 * are open and have room, until the next day's end.
 */
export function freeTimes(t: Thinking, contact: Contact): SlotTime[] {
  const { place, content, facts } = t
  const [service] = frontDoor(place) ?? []
  const most = service === undefined ? undefined : perHour(place, service)
  if (!content.slots || service === undefined || most === undefined) return []
  const { taken } = content.slots
  const soon = soonest(t, service, contact)
  const by = dutyPromise(place, content.calendar, facts.now, 'P4').due
  const hours = slots({
    ...{ now: facts.now, by, perHour: most, choices: CHOICES },
    taken: (hour) => taken(place.place, slotId(service, hour)),
    opening: openingOf(t, service),
  }).map(({ by: due, hour }) => ({ due, slot: slotId(service, hour) }))
  const later = hours.filter(({ due }) => soon.every((one) => due > one.due))
  return [...soon, ...later].slice(0, CHOICES)
}

/** Whoever would be rung within minutes without being asked when is best may choose that. */
function soonest(
  { place, content, facts: { now } }: Thinking,
  service: string,
  contact: Contact
): SlotTime[] {
  const priority = contact.priority ?? undefined
  const { ringBack } = route(place, content.calendar, 'CALL', {}, now, undefined, priority)
  if (!ringBack || !isSoon(ringBack.due, now)) return []
  const due = `${ringBack.due.slice(0, 16)}:00.000Z`
  return [{ due, slot: slotId(service, hourNamed(new Date(Date.parse(due) - 1).toISOString())) }]
}

/** Whether they may wait until somebody of the place's own comes free. Whoever may be in danger never does. */
export function mayWaitOn({ handoff }: Pick<Contact, 'handoff'>): boolean {
  const { danger, priority } = handoff?.context ?? {}
  return danger === 'cleared' && priority !== 'P1'
}

/** Whether they have waited so long that they are asked when they would like to be rung, and there are times to choose from. */
export function asksWhen(t: Thinking, contact: Contact): boolean {
  const since = contact.conversation?.waiting
  if (since === undefined || !mayWaitOn(contact)) return false
  const waited = Date.parse(t.facts.now) - Date.parse(since)
  return waited >= lengthOf(t.place.handoff.callbackFrom) && freeTimes(t, contact).length > 1
}

/** What they said when asked when is best, kept with the conversation that goes on to a promise. */
export function withChosen(contact: Contact, { heard }: Inbound): Contact {
  const { conversation } = contact
  if (!conversation || heard.kind !== 'waited' || !heard.key?.startsWith('time-')) return contact
  const chosen = conversation.times?.[Number(heard.key.slice('time-'.length)) - 1]
  return chosen ? { ...contact, conversation: { ...conversation, chosen } } : contact
}

/** The time they chose, or the last with room before it; else the next honest one is found as for anybody. */
export function chosenTime(t: Thinking, contact: Contact): SlotTime | undefined {
  const chosen = contact.conversation?.chosen
  const [service = ''] = frontDoor(t.place) ?? []
  if (!chosen || !t.content.slots) return undefined
  const at = slotBy(t, service, chosen.due)
  return at?.slot === undefined ? undefined : { due: at.due, slot: at.slot }
}
