import type { Channel, Facts, Known } from '../conversation/types.ts'
import type { Calendar } from '../places/hours.ts'
import { areaOfPostcode } from '../places/postcode.ts'
import type { Place } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import { openNow } from './open.ts'

/** Calls in seven days after which the key worker is told; a flag, never a penalty. */
export const REPEATS = 3

/** What this turn may know: who is open, what this contact has told us, whether it can be carried on. */
export function gather(given: {
  place: Place
  calendar: Calendar
  channel: Channel
  now: string
  contact: Contact
  contacts: number
}): Facts {
  const { place, calendar, channel, now, contact, contacts } = given
  const { cover, codes, lines } = openNow(place, calendar, now)
  return {
    now,
    place: place.place,
    channel,
    cover: cover.none ? 'no' : 'yes',
    open: codes,
    lines,
    phone: contact.person.phone,
    repeat: contacts >= REPEATS,
    ...resume(contact, place, now),
    known: known(contact, place),
    settings: { headInjury: place.settings.headInjury, shareUrgent: place.settings.shareUrgent },
  }
}

function known({ person, codes, consent, dropped }: Contact, place: Place): Known {
  // Only a conversation that is carried on knows anything: a new contact is heard afresh.
  if (!dropped) return { area: 'unasked', codes: [] }
  return {
    area: area(person, place),
    codes,
    ...(person.who && { who: person.who }),
    ...(person.practice && { practice: person.practice }),
    ...(person.adult && { adult: person.adult }),
    ...((consent === 'yes' || consent === 'no') && { consent }),
  }
}

function area({ practice, postcode, here }: Contact['person'], place: Place): Known['area'] {
  if (here === 'no') return 'elsewhere'
  if (here === 'yes' || practice) return 'here'
  if (here === 'not-sure') return 'unknown'
  return postcode ? areaOfPostcode(place, postcode).where : 'unasked'
}

const FRESH_MS = 60 * 60 * 1000

/** Fresh for an hour: after that, answers about the body are asked again (domain 6.1, "Going on"). */
function resume(
  { dropped }: Contact,
  place: Place,
  now: string
): Pick<Facts, 'resume' | 'resumeAt'> {
  if (!dropped) return { resume: 'no' }
  const age = Date.parse(now) - Date.parse(dropped.when)
  if (age > windowMs(place)) return { resume: 'no' }
  return age <= FRESH_MS ? { resume: 'fresh', resumeAt: dropped.at } : { resume: 'stale' }
}

/** How long a broken-off conversation can be carried on, in milliseconds. */
export function windowMs(place: Place): number {
  const [, hours = '0', minutes = '0'] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(place.settings.resumeWindow) ?? []
  return (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** Whether a conversation that broke off may be offered again: nothing unsafe, third-party, child or safeguarding on it. */
export function mayCarryOn({ person, codes, status, restricted }: Contact): boolean {
  const closed = status === 'handed-over' || status === 'closed' || status === 'promised'
  return (
    !closed &&
    !restricted &&
    !person.unsafe &&
    !person.overheard &&
    person.who !== 'other' &&
    person.adult !== 'no' &&
    person.need !== 'safety' &&
    !codes.some((code) => ['SAFE', 'EPOL', 'E999', 'EMH'].includes(code))
  )
}
