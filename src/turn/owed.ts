import type { Priority } from '../conversation/types.ts'
import type { CallbackFacts, CallbackGiven } from '../handoff/callback-types.ts'
import { type Calendar, nextOpening } from '../places/hours.ts'
import { servicesFor } from '../places/opening.ts'
import { navigators, staffOf } from '../places/roster.ts'
import type { Place, Service } from '../places/shape.ts'
import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact } from '../record/contact.ts'
import { numberKind } from '../record/numbers.ts'
import { mayRing } from '../record/outbound.ts'

/** Codes of calls that the front door itself makes: a person, a call, a welfare call, its own advice, what staff said comes next. */
const CODES: readonly string[] = ['PERSON', 'CALL', 'HOLD', 'NAV', 'INFO', 'NEXT']
const MINUTE = 60_000
/** Within so many minutes of a promise's end somebody is rung: an hour, as slots are (domain.md 6.4). */
const HOUR = 60 * MINUTE
const WITHIN = { P1: 5 * MINUTE, P2: 20 * MINUTE } as const
/** Somebody in a call of their own is on the phone: a look at it is had again after so long. */
const LOOK_AGAIN = 'PT10M'

/** The service that keeps the front door's own promises: whoever is named for call backs. */
export const frontDoor = (place: Place): [string, Service] | undefined =>
  servicesFor(place, 'CALL')[0]

/** Whether a promise is the front door's own: of somebody on the roster, the navigators, or a cover that is theirs. */
export function isOurs(place: Place, owner: string): boolean {
  const [key, service] = frontDoor(place) ?? []
  if (owner === key || owner === service?.owner || staffOf(place, owner)) return true
  return place.cover.some(
    (line) => !line.none && line.organisation === owner && line.number === service?.number
  )
}

/** A call or a visit that another service promised: it is theirs to make, whoever of ours has spoken with the person since. */
export const isAnothers = (place: Place, { name, code, owner }: Clock): boolean =>
  name === 'ringBack' && !CODES.includes(code) && !isOurs(place, owner)

/** A cover that is another organisation: it has no card and no page, and hears of what it owes only where it is rung. */
export const isCovers = (place: Place, owner: string): boolean =>
  !isOurs(place, owner) && place.cover.some((line) => !line.none && line.organisation === owner)

/** Calls that this front door owes them, or the cover that it rings for them, soonest first. */
export function owedCalls(place: Place, { clocks }: Pick<Contact, 'clocks'>): Clock[] {
  return clocks
    .filter(
      (clock) =>
        clock.name === 'ringBack' &&
        CODES.includes(clock.code) &&
        isOpen(clock) &&
        (isOurs(place, clock.owner) || isCovers(place, clock.owner))
    )
    .sort((a, b) => (a.due < b.due ? -1 : 1))
}

/** The number they are rung on; none where they have none that may be rung. */
export function numberToRing(place: Place, contact: Contact): string | undefined {
  const { person } = contact
  const number = person.ringOn ?? person.address
  // Relay UK's prefix is dialled on a UK line: to Twilio 1800… is a number of another country. Their owner rings them.
  return !person.unsafe && !person.relay && mayRing(contact, number, place) ? number : undefined
}

/** A text tells nobody else that they spoke with us: only to their own mobile, and only where nothing said it is not safe. */
export const isTextSafe = (contact: Contact, number: string): boolean =>
  !isQuiet(contact) && number === contact.person.address

/** Of somebody who may be in danger from others, of a child, or of who has died: no more people hear of it than must. */
export function isQuiet({ person, codes, restricted, notThese, died }: Contact): boolean {
  const { unsafe, overheard, need, adult } = person
  if (died || unsafe || overheard || restricted || need === 'safety' || adult === 'no') return true
  return codes.some((code) => code === 'SAFE' || code === 'EPOL') || (notThese?.length ?? 0) > 0
}

/** Whom we are to ring back, from when on; null where nobody is owed a call that may be made. */
export function givenOf(place: Place, contact: Contact, now: string): CallbackGiven | null {
  const [first] = owedCalls(place, contact)
  const number = numberToRing(place, contact)
  if (!first || number === undefined || navigators(place).length === 0) return null
  if (isWithUs(contact)) return null
  const priority = classOf(contact, first, now)
  const at = Math.max(Date.parse(now), Date.parse(first.due) - HOUR)
  return {
    priority,
    number,
    at: new Date(priority === 'P1' || priority === 'P2' ? Date.parse(now) : at).toISOString(),
    phone: numberKind(number) === 'mobile' ? 'mobile' : 'landline',
    textSafe: isTextSafe(contact, number),
    relay: false,
    nextOfKin: mayTellKin(contact),
    keyWorker: whoKnowsThem(contact) !== undefined,
  }
}

/** Whether their next of kin is told when they do not answer: they said so, or named who it is. What is only found by their number says nothing. */
export const mayTellKin = ({ person, people }: Pick<Contact, 'person' | 'people'>): boolean =>
  person.nextOfKin === true ||
  (people?.from === undefined &&
    people?.agreed?.some(({ relation }) => relation === 'next-of-kin') === true)

/** Staff id of who knows them: their key worker, else whoever helped them before. */
export const whoKnowsThem = ({
  people,
  handoff,
}: Pick<Contact, 'people' | 'handoff'>): string | undefined =>
  people?.keyWorker?.staff ?? handoff?.context.helpedBy

/** They are in a call with us, or somebody of ours is with them: they need no call as well. */
export function isWithUs({ conversation, handoff }: Contact): boolean {
  if (conversation?.channel === 'voice' && !conversation.state.done) return true
  return handoff !== undefined && !handoff.done && WITH.includes(handoff.value)
}

const WITH: readonly string[] = ['accepted', 'connected', 'wrapping']

/** How urgent a promise is: its class by how soon it was promised, never more than the contact is. */
function classOf(contact: Contact, { code, due }: Clock, now: string): Priority {
  if (code === 'NEXT') return 'P4'
  const left = Date.parse(due) - Date.parse(now)
  const { priority, level } = contact
  const urgent = level === 'emergency' || level === 'urgent' || code === 'HOLD'
  if ((priority === 'P1' || urgent) && left <= WITHIN.P1) return 'P1'
  return (priority === 'P1' || priority === 'P2' || urgent) && left <= WITHIN.P2 ? 'P2' : 'P3'
}

/** What a call back's step knows: the hours of whoever rings, bank holidays in them. */
export function callbackFacts(
  place: Place,
  calendar: Calendar,
  now: string,
  contact: Pick<Contact, 'clocks' | 'callback'>
): CallbackFacts {
  const [first] = owedCalls(place, contact)
  // What a cover owes was promised for its own hours; nobody is rung again in the night who did not answer.
  const isFirst = (contact.callback?.context.tries ?? 0) === 0
  const ofCover = isFirst && first !== undefined && isCovers(place, first.owner)
  const hours = ofCover ? 'always' : (frontDoor(place)?.[1].hours ?? 'always')
  return {
    now,
    open: (iso) => nextOpening(hours, iso, place.timeZone, calendar) ?? iso,
    answer: LOOK_AGAIN,
  }
}
