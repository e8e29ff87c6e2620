import type { Content, Loaded, Slots } from '../content.ts'
import { lately, type Waited, type Waits } from '../handoff/bands.ts'
import type { Place } from '../places/shape.ts'
import type { ServiceStatus } from '../places/status.ts'
import { withStatuses } from '../places/status.ts'
import type { DeskRow } from '../store/desk.ts'

/** What is kept of a service that is not as usual. */
export interface StatusBody {
  now: 'green' | 'amber' | 'red'
  reason: string
  /** ISO 8601 UTC: it ends by itself. */
  until?: string
  replacement?: string
}

/** The services of a place that are not as usual at this moment: what is over, or green, is left out. */
export const activeOf = (rows: readonly DeskRow[], now: string): ServiceStatus[] =>
  rows.flatMap(({ id, body }) => {
    const { now: colour, until, replacement } = body as unknown as StatusBody
    if (colour === 'green' || (until !== undefined && until <= now)) return []
    return [{ service: id, now: colour, ...(replacement !== undefined && { replacement }) }]
  })

/** How a desk stands at a moment, besides its services. */
export interface DeskNow {
  /** How many promises each hour of each team holds. */
  slots: ReadonlyMap<string, number>
  /** Whether somebody is at work who would see what they are asked. */
  staffed: boolean
  /** Whether somebody of them is with nobody, and a call can reach them. */
  free: boolean
}

/** The statuses in force, by place, and content as they make it. */
export interface Statuses {
  /** What was last read of a place's desk. */
  set: (place: string, statuses: readonly ServiceStatus[]) => void
  /** How many promises each hour of its teams holds, and whether somebody is at work, and free. */
  setSlots: (place: string, stands: DeskNow) => void
  /** Who waits on the line for somebody. */
  setWaiting: (place: string, waiting: ReturnType<Slots['waiting']>) => void
  content: () => Content
  /** How long people waited for somebody lately, as this door saw it. */
  waits: Waits
  /** A place as its file has it. */
  plain: (place: string) => Place | undefined
}

/** What a look at a desk tells. */
export type DeskStatuses = Pick<Statuses, 'set' | 'setSlots' | 'setWaiting'>

/** Content whose places route as their services stand now. Made anew only when something has changed. */
export function openStatuses(plain: () => Content): Statuses {
  const inForce = new Map<string, readonly ServiceStatus[]>()
  let made: { from: Content; content: Content } | undefined
  const promised = new Map<string, DeskNow>()
  const waiting = new Map<string, ReturnType<Slots['waiting']>>()
  const slots: Slots = {
    taken: (place, id) => promised.get(place)?.slots.get(id) ?? 0,
    staffed: (place) => promised.get(place)?.staffed ?? false,
    free: (place) => promised.get(place)?.free ?? false,
    waiting: (place) => waiting.get(place) ?? [],
  }
  return {
    set(place, statuses) {
      const before = inForce.get(place) ?? []
      if (JSON.stringify(before) === JSON.stringify(statuses)) return
      inForce.set(place, statuses)
      made = undefined
    },
    setSlots: (place, stands) => void promised.set(place, stands),
    setWaiting: (place, all) => void waiting.set(place, all),
    waits: openWaits(),
    plain: (place) => plain().places.get(place)?.place,
    content() {
      const from = plain()
      if (made?.from !== from) made = { from, content: { ...routed(from, inForce), slots } }
      return made.content
    },
  }
}

/** More waits of an hour than these tell nothing more. */
const MOST_WAITS = 200

function openWaits(): Waits {
  const byPlace = new Map<string, readonly Waited[]>()
  return {
    add: (place, waited) =>
      void byPlace.set(
        place,
        [...lately(byPlace.get(place) ?? [], waited.at), waited].slice(-MOST_WAITS)
      ),
    of: (place) => byPlace.get(place) ?? [],
  }
}

function routed(content: Content, inForce: ReadonlyMap<string, readonly ServiceStatus[]>): Content {
  if ([...inForce.values()].every((all) => all.length === 0)) return content
  const places = new Map(
    [...content.places].map(([name, loaded]): [string, Loaded] => {
      const statuses = inForce.get(name) ?? []
      if (statuses.length === 0) return [name, loaded]
      return [name, { ...loaded, place: withStatuses(loaded.place, statuses) }]
    })
  )
  return { ...content, places }
}
