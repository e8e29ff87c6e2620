import type { WrapUp } from '../handoff/acts.ts'
import type { Place } from '../places/shape.ts'
import type { Clock } from '../record/contact.ts'
import { frontDoor } from '../turn/owed.ts'
import { slotBy, slotted } from '../turn/slotted.ts'
import { standingOf } from '../turn/standing.ts'
import { thinking } from '../turn/think.ts'
import type { DoingOn } from './doing.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The promise of what comes next, in a slot of its team's hour; null where nothing does, `full` where no hour up to then has room. */
export function nextStep(
  { parts, contact, place }: DoingOn,
  { owner, by }: Pick<WrapUp, 'owner' | 'by'>
): Clock | null | 'full' {
  if (owner === undefined) return null
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const team = teamOf(place, owner)
  const tomorrow = new Date(Date.parse(parts.now()) + DAY_MS).toISOString()
  // Where no time was agreed, any honest one will do.
  const at = slotBy(t, team, by ?? tomorrow) ?? (by === undefined && slotted(t, team, tomorrow))
  if (!at) return 'full'
  const { full: _, ...given } = at
  return { name: 'ringBack', code: 'NEXT', owner, ...given, state: 'running' }
}

/** Whose hours it is counted in: the team's own, or the navigators' where one of the staff keeps it. */
const teamOf = (place: Place, owner: string): string =>
  place.services[owner] ? owner : (frontDoor(place)?.[0] ?? owner)
