import type { Priority } from '../conversation/types.ts'
import { type Code, isCode, levelOf, OUTCOMES } from '../flows/outcomes.ts'
import { chooseArea, isElsewhere, neighbourOf, type RoutedPerson } from './area.ts'
import { coverAtMoment } from './cover.ts'
import { type Moment, movedTo, nextStart } from './hours.ts'
import { servicesFor, takesWork } from './opening.ts'
import { type Hours, type Place, type Service, serviceName } from './shape.ts'

/** One question to the place: who takes this code of this person now? `moved` and `also` are filled on the way. */
export interface Ask {
  readonly place: Place
  readonly code: Code
  readonly person: RoutedPerson
  readonly moment: Moment
  readonly moved: string[]
  readonly also: Set<Code>
}

interface Work {
  readonly code: Code
  readonly priority: Priority
}

/** Who holds a code, before its clocks are worked out. */
export interface Held extends Work {
  service: string
  team: string
  owner: string
  number?: string | undefined
  hours: Hours
  takesNow: boolean
  /** When the promise starts to run: now, or the next opening. */
  from: Moment
}

const PRIORITY_OF = {
  emergency: 'P1',
  urgent: 'P2',
  soon: 'P3',
  routine: 'P4',
  information: 'P4',
} as const

/** How soon a person must take a code up, when nothing more is known. */
export const priorityOf = (code: Code): Priority => PRIORITY_OF[levelOf([code])]

/** Work that cannot wait: at night it is for cover, and its clock stops for nothing. */
export const cannotWait = (priority: Priority): boolean => priority === 'P1' || priority === 'P2'

/** Finds who takes a code: its own service, or what stands in for it when that is closed or not for this person. */
export function settle(ask: Ask, code: Code, priority: Priority): Held {
  const work = { code, priority }
  const { place, person } = ask
  const nextDoor = code === 'OOA' ? neighbourOf(place, person) : undefined
  if (nextDoor) return handedOver(ask, work, nextDoor)
  const services = servicesFor(place, code)
  const [key, service] = services.find(([, one]) => takesAge(one, person.adult)) ?? []
  if (!key || !service) {
    return refused(ask, work, `${nameOf(ask, services[0]?.[0] ?? code)} is not for this age`)
  }
  if (service.takes?.lives && isElsewhere(place, person)) {
    const why = `${nameOf(ask, key)} is for people living or registered here`
    ask.also.add('OOA')
    if (!neighbourOf(place, person)) return refused(ask, work, why)
    note(ask, work, `${why} → OOA`)
    return settle(ask, 'OOA', priority)
  }
  return offer(ask, work, key, service, [])
}

/** The team and direct number a person meets: the area's own for a cluster service, else the service's. */
export function naming(place: Place, key: string, service: Service, person: RoutedPerson) {
  const { area } = chooseArea(place, person, service.by)
  const own = service.perArea?.[area]
  const team = service.tier === 'cluster' ? place.areas[area] : undefined
  return {
    team: own?.name ?? team?.name ?? serviceName(place, key),
    number: own?.number ?? service.number ?? team?.number,
  }
}

/** Offers a code to a service; when that takes no work now, to its fallback. */
function offer(
  ask: Ask,
  work: Work,
  key: string,
  service: Service,
  tried: readonly string[]
): Held {
  const { place, moment, person } = ask
  const { owner, hours, fallback } = service
  const self = { ...work, ...naming(place, key, service, person), service: key, owner, hours }
  if (takesWork(place, service, moment)) return { ...self, takesNow: true, from: moment }

  const next = place.services[fallback]
  if (next && !tried.includes(fallback)) {
    note(ask, work, `${nameOf(ask, key)} is closed → ${nameOf(ask, fallback)}`)
    return offer(ask, work, fallback, next, [...tried, key])
  }
  if (isCode(fallback) && !ask.also.has(fallback)) {
    const codes = standIns(work.code, service, fallback)
    note(ask, work, `${nameOf(ask, key)} is closed → ${codes.join(' + ')}`)
    return follow(ask, codes)
  }
  if (fallback === 'samaritans-111') return samaritans(ask, work, key)
  // Cover is for what cannot wait: anything else keeps its own team, at its next opening.
  const cover = fallback === 'cover' && cannotWait(work.priority) ? covered(ask, work, key) : null
  if (cover) return cover
  note(ask, work, `${nameOf(ask, key)} is closed → its next opening`)
  const start = nextStart(hours, moment) ?? moment.ms
  return { ...self, takesNow: false, from: movedTo(moment, start) }
}

/** Takes up the codes that stand in; the one that promises a person leads. */
function follow(ask: Ask, codes: readonly Code[], priority?: Priority): Held {
  for (const code of codes) ask.also.add(code)
  const held = codes.map((code) => settle(ask, code, priority ?? priorityOf(code)))
  return held.find(({ code }) => OUTCOMES[code].ringBack !== 'now') ?? held[0] ?? nobody(ask)
}

/** A person whom the service may not take is still ours: a navigator rings them as soon as the need asks. */
function refused(ask: Ask, { code, priority }: Work, why: string): Held {
  if (code === 'CALL') return nobody(ask)
  const codes: Code[] = cannotWait(priority) && code !== 'E111' ? ['E111', 'CALL'] : ['CALL']
  note(ask, { code }, `${why} → ${codes.join(' + ')}`)
  return follow(ask, codes, priority)
}

function covered(ask: Ask, work: Work, key: string): Held | null {
  const cover = coverAtMoment(ask.place, ask.moment)
  if (cover.none) {
    note(ask, work, `${nameOf(ask, key)} is closed and nobody covers: ${cover.reason}`)
    return null
  }
  const { organisation, number } = cover
  note(ask, work, `${nameOf(ask, key)} is closed → cover: ${organisation}`)
  return { ...alwaysOpen(ask, work, 'cover', organisation, organisation), number }
}

/** The caller rings 111 or Samaritans, which never close; whoever takes held contacts keeps this one. */
function samaritans(ask: Ask, work: Work, key: string): Held {
  note(ask, work, `${nameOf(ask, key)} is closed → 111 or Samaritans`)
  const owner = servicesFor(ask.place, 'HOLD')[0]?.[1].owner ?? 'cover'
  return alwaysOpen(ask, work, 'samaritans-111', 'NHS 111 or Samaritans', owner)
}

/** Another place's front door takes it now; our own owner keeps the clock until they have. */
function handedOver(
  ask: Ask,
  work: Work,
  { key, name, number }: NonNullable<ReturnType<typeof neighbourOf>>
): Held {
  const owner = servicesFor(ask.place, 'OOA')[0]?.[1].owner ?? 'cover'
  return { ...alwaysOpen(ask, work, `neighbours/${key}`, `${name} front door`, owner), number }
}

/** Only a file that was never checked comes here: the contact still has an owner, and says nobody has taken it. */
const nobody = (ask: Ask): Held => ({
  ...alwaysOpen(ask, { code: 'CALL', priority: 'P1' }, 'cover', 'Cover', 'cover'),
  takesNow: false,
})

const alwaysOpen = (ask: Ask, work: Work, service: string, team: string, owner: string): Held => ({
  ...work,
  service,
  team,
  owner,
  hours: 'always',
  takesNow: true,
  from: ask.moment,
})

/** A fallback to a code brings the codes its outcome names with it: no two-hour response means 111 and a call back. */
function standIns(code: Code, service: Service, to: Code): readonly Code[] {
  const lists = [code, ...service.codes.filter(isCode)].map((one) => OUTCOMES[one].fallback)
  const list = lists.find((one) => Array.isArray(one) && one[0] === to)
  return Array.isArray(list) ? list.filter(isCode) : [to]
}

/** Age not known counts as adult where a service for adults exists: the card says it was not checked. */
const takesAge = ({ takes }: Service, adult: RoutedPerson['adult']): boolean =>
  adult === 'no' ? (takes?.minAge ?? 0) < 18 : (takes?.maxAge ?? 99) >= 18

/** Says what was passed over; of which code, when it is not the one asked for. */
function note(ask: Ask, { code }: Pick<Work, 'code'>, text: string): void {
  ask.moved.push(code === ask.code ? text : `${code}: ${text}`)
}

const nameOf = ({ place }: Ask, key: string): string => serviceName(place, key)
