import { CODES, type Code, isCode, levelOf } from '../flows/outcomes.ts'
import type { Draft, Fault } from './faults.ts'
import { minutes, momentOf, spells, startOf } from './hours.ts'
import { lengthOf } from './promise.ts'
import { type Hours, RUNG_BY_NAME, type Service } from './shape.ts'

type Services = Readonly<Record<string, Partial<Service>>>

/** Where a fallback may end: somebody is always there, or the same team keeps it until it opens. */
const ENDS = ['next-opening', 'cover', 'samaritans-111']
/** The codes by which a person is caught when all else is closed. */
const NET: readonly Code[] = ['CALL', 'HOLD', 'E999', 'EPOL', 'E111']
const MINUTE = 60_000

/** Faults of the services: codes, who is taken, fallbacks, clocks. */
export function serviceFaults(draft: Draft): Fault[] {
  const { services } = draft
  if (!services) return waitFaults(draft)
  return [
    ...waitFaults(draft),
    ...missingFaults(services),
    ...CODES.flatMap((code) => codeFaults(services, code)),
    ...Object.entries(services).flatMap(([key, service]) => [
      ...fallbackFaults(services, key, service),
      ...clockFaults(key, service),
      ...teamFaults(draft, key, service),
    ]),
    ...acceptFaults(draft, services),
  ]
}

/** Nobody hears "please stay on the line" for longer than this before another number is rung. */
const LONGEST_WAIT = 30 * MINUTE

function waitFaults({ handoff }: Draft): Fault[] {
  if (!handoff || lengthOf(handoff.longest) <= LONGEST_WAIT) return []
  return [
    `handoff.longest: ${handoff.longest} is too long to wait on the line; write PT30M or less`,
  ]
}

function missingFaults(services: Services): Fault[] {
  const faults: Fault[] = RUNG_BY_NAME.filter((key) => !services[key]).map(
    (key) => `services: there is no ${key}, which flows ring by that name; add it`
  )
  const duty = services['duty-out-of-hours']
  if (duty?.hours && duty.hours !== 'always')
    faults.push('services.duty-out-of-hours.hours: it must be open day and night; write always')
  return faults
}

/** Each code has a service; and when it has several, exactly one takes adults and exactly one takes children. */
function codeFaults(services: Services, code: Code): Fault[] {
  const holders = holdersOf(services, code)
  if (holders.length === 0)
    return [`services: no service takes ${code}; add it to the codes of one`]
  if (holders.length === 1) {
    const [key, service] = holders[0] ?? ['', {}]
    if (!NET.includes(code) || !service.takes) return []
    return [`services.${key}.takes: everyone must be taken for ${code}; remove takes`]
  }
  const adults = holders.filter(([, { takes }]) => (takes?.maxAge ?? 99) >= 18)
  const children = holders.filter(([, { takes }]) => (takes?.minAge ?? 0) < 18)
  if (adults.length === 1 && children.length === 1) return []
  const names = holders.map(([key]) => key).join(' and ')
  return [
    `services: ${names} all take ${code}; keep it in one, or give one takes: { minAge: 18 } and the other takes: { maxAge: 17 }`,
  ]
}

function fallbackFaults(services: Services, key: string, service: Partial<Service>): Fault[] {
  const where = `services.${key}.fallback`
  const { fallback } = service
  if (fallback === undefined) return []
  if (!services[fallback] && !isCode(fallback) && !ENDS.includes(fallback))
    return [
      `${where}: there is no service or code called ${fallback}; name a service, a code such as E111, or one of ${ENDS.join(', ')}`,
    ]
  const ends = endsOf(services, key, [])
  const faults: Fault[] = []
  if (ends.includes('round'))
    faults.push(
      `${where}: it leads back to ${key} and never ends; let the last one fall back to something always open, or to ${ENDS.join(', ')}`
    )
  const urgent = (service.codes ?? []).filter(isCode).filter((code) => isUrgent(code))
  if (urgent.length > 0 && ends.includes('next-opening'))
    faults.push(
      `${where}: ${urgent.join(', ')} cannot wait for the next opening; name something always open, or cover`
    )
  const net = (service.codes ?? []).filter(isCode).filter((code) => NET.includes(code))
  const caught = ends.every((end) => end === 'cover' || end === 'always')
  if (net.length > 0 && !caught)
    faults.push(`${where}: ${net.join(', ')} must reach a person at every hour; write cover`)
  return faults
}

/** Every way a chain of fallbacks from this service can end. */
function endsOf(services: Services, key: string, before: readonly string[]): string[] {
  if (before.includes(key)) return ['round']
  const { hours, fallback } = services[key] ?? {}
  if (hours === 'always') return ['always']
  if (fallback === undefined) return []
  if (services[fallback]) return endsOf(services, fallback, [...before, key])
  if (!isCode(fallback)) return [fallback]
  return holdersOf(services, fallback).flatMap(([next]) => endsOf(services, next, [...before, key]))
}

function clockFaults(key: string, { ringBack, codes, arrives }: Partial<Service>): Fault[] {
  const faults: Fault[] = []
  if (typeof ringBack === 'object' && codes)
    for (const code of Object.keys(ringBack).filter((one) => !codes.includes(one)))
      faults.push(
        `services.${key}.ringBack: ${code} is not one of its codes; add it to codes, or remove it here`
      )
  if (arrives && lengthOf(arrives) > 60 * MINUTE)
    faults.push(
      `services.${key}.arrives: ${arrives} is more than an hour, too long on the floor; leave LIFT to 999, or write PT60M or less`
    )
  if (codes?.includes('LIFT') && !arrives)
    faults.push(`services.${key}.arrives: write how soon it reaches a person, such as PT45M`)
  return faults
}

function teamFaults({ areas }: Draft, key: string, service: Partial<Service>): Fault[] {
  const faults: Fault[] = []
  const { perArea = {}, tier, number } = service
  for (const area of Object.keys(perArea).filter((one) => areas && !areas[one]))
    faults.push(`services.${key}.perArea: there is no area ${area}; correct the name`)
  const everywhere = areas && Object.keys(areas).every((area) => perArea[area]?.number)
  if (tier === 'city' && !number && !everywhere)
    faults.push(`services.${key}.number: it has no direct number; add one`)
  return faults
}

/** The last two-hour promise of the day must be made while the two-hour service is open. */
function acceptFaults({ settings, timeZone }: Draft, services: Services): Fault[] {
  if (!settings || !timeZone) return []
  return holdersOf(services, 'UCR2').flatMap(([key, { hours }]) =>
    !hours || hours === 'always' || opensAt(hours, settings.ucrLastAccept)
      ? []
      : [
          `settings.ucrLastAccept: ${settings.ucrLastAccept} is outside the hours of ${key}; write a time at which it is open`,
        ]
  )
}

function opensAt(hours: Exclude<Hours, 'always'>, time: string): boolean {
  const calendar = { holidays: new Set<string>(), from: '', until: '' }
  const midnight = startOf('2026-02-04', 'UTC')
  const moment = momentOf(midnight, 'UTC', calendar)
  return ['2026-02-03', '2026-02-04']
    .flatMap((date) => spells(hours, moment, date))
    .some(([from, until]) => {
      const at = midnight + minutes(time) * MINUTE
      return from <= at && at < until
    })
}

const holdersOf = (services: Services, code: Code): [string, Partial<Service>][] =>
  Object.entries(services).filter(([, { codes }]) => codes?.includes(code))

const isUrgent = (code: Code): boolean => ['emergency', 'urgent'].includes(levelOf([code]))
