import type { Priority } from '../conversation/types.ts'
import { type Code, OUTCOMES } from '../flows/outcomes.ts'
import { type AreaChoice, areaKnown, chooseArea, type RoutedPerson } from './area.ts'
import { type Calendar, isoOf, momentOf } from './hours.ts'
import { takesWork } from './opening.ts'
import { dueAt, type PromiseSpan, placeSpan } from './promise.ts'
import { cannotWait, type Held, naming, priorityOf, settle } from './settle.ts'
import type { Place, Service } from './shape.ts'

/** Who takes one outcome of one person, until when, and why it was they. */
export interface Route {
  code: Code
  /** A service of the place; or `cover`, `samaritans-111`, or `neighbours/<place>`. */
  service: string
  /** What people call it: the area's name for a cluster team, else the service's. */
  team: string
  area: string
  owner: string
  /** Direct number, E.164. */
  number?: string
  /** The rule that chose, kept on the contact and shown. */
  rule: string
  /** What was closed or could not take it, in order, and what was tried instead. */
  moved: string[]
  /** Codes the fallback adds to the contact. */
  alsoCodes: Code[]
  /** When someone rings; null where somebody is there now, or the caller is the one to ring. */
  ringBack: { due: string } | null
  standard: { due: string } | null
  /** Whether it is taken now. If not it is a promise, kept by `owner` from the next opening. */
  takesNow: boolean
  /** What the service asks for that nobody knows: age, area or referrer. */
  notChecked: string[]
}

const RING_BACK = { P1: 'PT5M', P2: 'PT20M', P3: 'today', P4: 'next day' } as const

/**
 * Decides who takes an outcome. Practice first, then address, then the place's default; never a closed
 * service: its fallback, or a promise from its next opening. `within` (PT15M, today) is the flow's own time;
 * `priority` is for a promised person (CALL, HOLD): P1 5 minutes, P2 20, P3 the same day, P4 the next.
 */
export function route(
  place: Place,
  calendar: Calendar,
  code: Code,
  person: RoutedPerson,
  now: string,
  within?: string,
  priority?: Priority
): Route {
  const moment = momentOf(now, place.timeZone, calendar)
  const moved: string[] = []
  const also = new Set<Code>()
  const ask = { place, code, person, moment, moved, also }
  const held = settle(ask, code, priority ?? priorityOf(code))
  const { service: key, team, owner, number, hours, takesNow } = held
  const service = place.services[key]
  const chosen = chooseArea(place, person, service?.by)
  const asked = held.code === code ? { within, priority } : {}
  const standard = dueAt(OUTCOMES[held.code].standard, moment, hours, true)
  return {
    code,
    service: key,
    team,
    area: chosen.area,
    owner,
    ...(number !== undefined && { number }),
    rule: ruleOf(place, held, service, chosen, held.code),
    moved,
    alsoCodes: [...also],
    ringBack: due(ringBackOf(held, service, asked, standard)),
    standard: due(standard),
    takesNow,
    notChecked: service ? notChecked(place, service, person) : [],
  }
}

/** The line of a service that a flow rings by name, for this person's area, and whether it takes calls now. */
export function lineTo(
  place: Place,
  calendar: Calendar,
  key: string,
  person: RoutedPerson,
  now: string
): { team: string; number?: string; open: boolean } | undefined {
  const service = place.services[key]
  if (!service) return undefined
  const { team, number } = naming(place, key, service, person)
  const open = takesWork(place, service, momentOf(now, place.timeZone, calendar))
  return { team, ...(number !== undefined && { number }), open }
}

/** What the flow asked for. It counts only while the code it asked for stands. */
interface Asked {
  within?: string | undefined
  priority?: Priority | undefined
}

function ringBackOf(
  held: Held,
  service: Service | undefined,
  asked: Asked,
  standard = Number.POSITIVE_INFINITY
): number | undefined {
  // Where cover takes over at closing time a promise runs on; elsewhere nobody would be there to keep it.
  const exact = cannotWait(held.priority) && (!service || service.fallback === 'cover')
  const dues = ringSpans(held, service, asked)
    .map((span) => dueAt(span, held.from, held.hours, exact))
    .filter((ms) => ms !== undefined)
  if (dues.length === 0) return undefined
  // Nobody is promised a ring later than the code's own standard, unless that is over before anyone is there.
  const own = asked.within || asked.priority || standard <= held.from.ms
  return own ? Math.min(...dues) : Math.min(...dues, standard)
}

/** The times that may be promised; the soonest counts, so that one time for a whole service slows no urgent code. */
function ringSpans(
  { code, priority: urgency, takesNow }: Held,
  service: Service | undefined,
  { within, priority }: Asked
): readonly PromiseSpan[] {
  const usual = OUTCOMES[code].ringBack
  const own = service?.ringBack
  if (within) return [within as PromiseSpan]
  // A call back in place of something urgent is as urgent as that was.
  if ((priority && code === 'HOLD') || (code === 'CALL' && (priority || cannotWait(urgency))))
    // After a night the first slot is given, whatever the priority.
    return takesNow ? [RING_BACK[urgency]] : [RING_BACK[urgency], usual]
  if (usual === 'now') return []
  if (typeof own === 'string') return [placeSpan(own), usual]
  const named = own?.[code]
  return [named ? placeSpan(named) : usual]
}

function notChecked(place: Place, { takes }: Service, person: RoutedPerson): string[] {
  const byAge = takes?.minAge !== undefined || takes?.maxAge !== undefined
  const missing: string[] = []
  if (byAge && !person.adult) missing.push('age')
  if (takes?.lives && !areaKnown(place, person)) missing.push('area')
  if (takes?.from) missing.push('referrer')
  return missing
}

const ruleOf = (
  place: Place,
  { team }: Held,
  service: Service | undefined,
  { rule }: AreaChoice,
  code: Code
): string => {
  const instead = service?.standsIn?.[code]
  const why = instead === undefined ? '' : `; instead of ${instead}`
  return `${service?.tier === 'cluster' ? rule : `${team}, for all of ${place.name}; ${rule}`}${why}`
}

const due = (ms: number | undefined): { due: string } | null =>
  ms === undefined ? null : { due: isoOf(ms) }
