import type { Channel } from '../conversation/types.ts'
import { asksEverybody } from './rank.ts'
import type { ShiftValue } from './shift.ts'
import type { HandoffContext } from './types.ts'

/** One who waits for a navigator, as the queue's row tells it: nothing in it says who they are. */
export interface Waiting
  extends Pick<
    HandoffContext,
    | 'priority'
    | 'danger'
    | 'of'
    | 'language'
    | 'discipline'
    | 'keyWorker'
    | 'helpedBy'
    | 'restricted'
    | 'asked'
    | 'passed'
  > {
  contact: string
  rank: string
  channel: Channel
}

/** One member of staff who may be asked. */
export interface OnDuty {
  staff: string
  /** Of the roster. */
  roles: readonly string[]
  languages: readonly string[]
  disciplines: readonly string[]
  shift: ShiftValue
  /** ISO 8601 UTC: since when. Who has been free longest is asked first. */
  since: string
  /** A number of their own is rung; else the softphone, which was last heard of then. */
  phone: { own: true } | { own: false; heard: string | null }
  /** What they are asked to take now. */
  offers: readonly string[]
  /** Contacts they asked not to be offered before a moment, ISO 8601 UTC. */
  later: Readonly<Record<string, string>>
}

/** Who is to be asked for whom, and for whom nobody is left. */
export interface Asking {
  ask: readonly { contact: string; to: readonly string[] }[]
  /** Nobody is left to ask for these: told to the handoff (`NONE`) before the new offers are. */
  none: readonly string[]
  /** Navigators who are free and were asked nothing: with a full page, the next page may hold somebody for them. */
  idle: number
}

/** How long ago a softphone may have been heard of, in milliseconds. */
const LIVE_PHONE = 15_000

/**
 * How many rows of the queue, from its head, are enough for one call: who is offered already, and one for each free
 * navigator, twice over. It depends on the staff of a place, never on how many wait.
 */
export const rowsNeeded = (staff: number): number => 20 + 3 * staff

/**
 * Who is to be asked now (domain.md 6.1, design.md 2.9). Danger, and every P1, is asked of everybody free at once, on top
 * of what they are asked already. For all others each free navigator has one offer, best rank first: the key worker, then
 * who helped them before, then who speaks the language and knows the matter, then anyone. Whoever passed is not asked again before everybody was.
 */
export function offers(waiting: readonly Waiting[], staff: readonly OnDuty[], now: string): Asking {
  const inOrder = [...waiting].sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
  const free = new Set(staff.filter((one) => isFree(one) && one.offers.length === 0))
  const ask = new Map<string, readonly string[]>()
  const none: string[] = []
  for (const one of inOrder) {
    if (isExhausted(one, staff, now)) none.push(one.contact)
    if (!asksEverybody(one)) continue
    const to = everybody(one, staff, now)
    if (to.length === 0) continue
    ask.set(
      one.contact,
      to.map(({ staff: id }) => id)
    )
    for (const member of to) free.delete(member)
  }
  const routine = inOrder.filter((one) => !asksEverybody(one) && one.asked.length === 0)
  // First those whom nobody has refused yet; a second round only where a first one is over.
  const rounds = [
    (one: Waiting) => (member: OnDuty) => !one.passed.includes(member.staff),
    (one: Waiting) => () => none.includes(one.contact),
  ]
  for (const may of rounds)
    for (const one of routine) {
      if (ask.has(one.contact) || free.size === 0) continue
      const [best] = ranked(
        one,
        [...free].filter((member) => canTake(one, member, now)).filter(may(one))
      )
      if (!best) continue
      ask.set(one.contact, [best.staff])
      free.delete(best)
    }
  return { ask: [...ask].map(([contact, to]) => ({ contact, to })), none, idle: free.size }
}

const isFree = ({ shift }: OnDuty) => shift === 'available'

/** Everybody free who has not passed; everybody free once all have. */
function everybody(one: Waiting, staff: readonly OnDuty[], now: string): readonly OnDuty[] {
  const able = staff.filter(
    (member) => isFree(member) && canTake(one, member, now) && !one.asked.includes(member.staff)
  )
  const fresh = able.filter(({ staff: id }) => !one.passed.includes(id))
  return fresh.length > 0 || one.asked.length > 0 ? fresh : able
}

/**
 * Whether nobody is left: whoever could take it has passed, or is not at work. In danger nobody is left too while
 * all are in other calls, so that the cover is dialled and not waited for.
 */
function isExhausted(one: Waiting, staff: readonly OnDuty[], now: string): boolean {
  if (one.asked.length > 0) return false
  const soon: readonly ShiftValue[] = asksEverybody(one)
    ? ['available']
    : ['available', 'on-contact', 'wrapping']
  return !staff.some(
    (member) =>
      soon.includes(member.shift) && canTake(one, member, now) && !one.passed.includes(member.staff)
  )
}

/** Whether somebody may see it, can be reached by its channel, and has not asked for more time. */
function canTake(one: Waiting, member: OnDuty, now: string): boolean {
  const role = one.restricted ? 'safeguarding' : 'navigator'
  const later = member.later[one.contact]
  if (!member.roles.includes(role) || (later && Date.parse(later) > Date.parse(now))) return false
  return one.channel !== 'voice' || hasPhone(member, now)
}

/** Whether a call can reach them: a number of their own, or a softphone that was heard of in the last 15 seconds. */
export function hasPhone({ phone }: Pick<OnDuty, 'phone'>, now: string): boolean {
  if (phone.own) return true
  return phone.heard !== null && Date.parse(now) - Date.parse(phone.heard) <= LIVE_PHONE
}

/** Best first: the key worker, then who helped them before, then language and discipline, then who has been free longest. */
function ranked(one: Waiting, staff: readonly OnDuty[]): readonly OnDuty[] {
  const score = ({ staff: id, languages, disciplines }: OnDuty) => {
    if (id === one.keyWorker) return -1
    if (id === one.helpedBy) return 0
    const speaks = languages.includes(one.language)
    const knows = one.discipline === undefined || disciplines.includes(one.discipline)
    return 1 + (speaks ? 0 : 2) + (knows ? 0 : 1)
  }
  return [...staff].sort(
    (a, b) =>
      score(a) - score(b) ||
      Date.parse(a.since) - Date.parse(b.since) ||
      (a.staff < b.staff ? -1 : 1)
  )
}
