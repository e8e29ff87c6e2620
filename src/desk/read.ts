import { TAKES } from '../handoff/doers.ts'
import { holds } from '../places/roster.ts'
import { type Place, serviceName } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import type {
  ContactView,
  PromiseView,
  StaffView,
  StatusView,
  Story,
  Views,
} from '../record/views.ts'
import type { Desk } from '../store/desk.ts'
import { standingOf } from '../turn/standing.ts'
import { told } from '../turn/tell.ts'
import { thinking } from '../turn/think.ts'
import type { Parts } from '../turn.ts'
import { storyOf } from '../words/story.ts'
import { countWeeks } from './last-week.ts'
import { inWords, type Owed, owedBy, owned } from './promises.ts'
import { waitingOf } from './queue.ts'
import { contactOf, everybody, phoneOf, standsAt } from './staff.ts'

/** Lines of a queue, or promises, that one page shows. */
const MOST = 500

/** What staff read, from the desk's rows and the contacts behind them. */
export function openViews(parts: Parts, desk: Desk): Views {
  const lastWeek = countWeeks(parts)
  const placeOf = (name: string) => parts.content().places.get(name)?.place
  const at = async (place: string, id: string) => {
    const contact = await parts.store.load(id)
    return contact?.place === place ? contact : null
  }
  return {
    async story(place, id) {
      const contact = await at(place, id)
      return contact && storyFor(parts, contact)
    },
    async queue(place) {
      const rows = await desk.list(place, 'queue', { limit: MOST })
      return rows.map((row) => {
        const { passed: _, ...view } = waitingOf(row)
        return view
      })
    },
    staff: (name) => onShift(parts, desk, placeOf(name)),
    async promises(place, owner) {
      const all = await owned(desk, place, owner, parts.now())
      return Promise.all(all.map((one) => worded(parts, one)))
    },
    statuses: async (name) => {
      const weeks = await lastWeek(name)
      const all = await statusesOf(parts, desk, placeOf(name))
      return all.map((one) => ({
        ...one,
        lastWeek: weeks.get(one.service) ?? { red: 0, amber: 0 },
      }))
    },
    async contact(place, ref) {
      const contact = await parts.store.byRef(ref)
      return contact?.place === place ? whole(parts, contact) : null
    },
    changes: (place) => desk.changes(place),
  }
}

/** What of a contact only safeguarding may read is on no list. */
const worded = async (parts: Parts, one: Owed): Promise<PromiseView> =>
  inWords(
    one,
    one.line === undefined || one.restricted ? [] : await parts.store.timeline(one.contact)
  )

async function onShift(parts: Parts, desk: Desk, place: Place | undefined): Promise<StaffView[]> {
  if (!place) return []
  const now = parts.now()
  const all = (await everybody(desk, place)).filter(({ staff }) => holds(staff, ...TAKES))
  return all.map(({ staff, duty }) => ({
    ...{ staff: staff.id, name: staff.name, shift: standsAt(duty), since: duty.since },
    ...(contactOf(duty) !== undefined && { contact: contactOf(duty) ?? '' }),
    offers: duty.shift?.context.offers ?? [],
    phone: phoneOf(duty, staff, now),
  }))
}

/** How each service stands: green unless somebody said otherwise, and then only until the time they gave. */
async function statusesOf(
  parts: Parts,
  desk: Desk,
  place: Place | undefined
): Promise<StatusView[]> {
  if (!place) return []
  const rows = await desk.list(place.place, 'status')
  const now = parts.now()
  return Object.keys(place.services).map((service): StatusView => {
    const row = rows.find(({ id }) => id === service)?.body as StatusView | undefined
    const green = { service, name: serviceName(place, service), now: 'green', reason: '' } as const
    if (!row || (row.until !== undefined && row.until <= now)) return green
    const { now: colour, reason, until, replacement } = row
    return {
      ...{ ...green, now: colour, reason },
      ...(until !== undefined && { until }),
      ...(replacement !== undefined && { replacement }),
    }
  })
}

/** The story of a contact, as it stands. */
export async function storyFor(parts: Parts, contact: Contact): Promise<Story> {
  const timeline = await parts.store.timeline(contact.id)
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const { place, content, release } = t
  const { flat } = release
  return storyOf({ contact, timeline, place, flat, words: content.words, told: told(t, contact) })
}

async function whole(parts: Parts, contact: Contact): Promise<ContactView> {
  const { handoff, status } = contact
  const timeline = await parts.store.timeline(contact.id)
  const mine = owedBy(contact, parts.now()).map((one) => inWords(one, timeline))
  return {
    ...(await storyFor(parts, contact)),
    status,
    ...(handoff && {
      handoff: {
        value: handoff.value,
        channel: handoff.context.channel,
        ...(handoff.context.by && { by: handoff.context.by.staff }),
        legs: handoff.context.legs,
      },
    }),
    promises: mine,
    people: peopleOf(contact),
    timeline,
  }
}

const peopleOf = ({ person, people, died }: Contact): ContactView['people'] => ({
  ...people,
  relay: person.relay === true,
  nextOfKin: person.nextOfKin === true,
  ...(died && { died: { by: died.by, at: died.at } }),
})
