import type { Content } from '../content.ts'
import { waitsNow } from '../desk/queue.ts'
import { standsNow } from '../desk/stands.ts'
import type { Statuses } from '../desk/statuses.ts'
import type { Desk } from '../store/desk.ts'

/** What another home did at the desk is known here within this time, as it is to every door of one store. */
const FRESH_MS = 1_000
/** Of those who wait, whoever has waited longest at each level is among the first. */
const FIRST = 50

interface StandsParts {
  content: () => Content
  statuses: Statuses
  desk: Desk
  now: () => string
  fault: (error: unknown) => void
}

/** What a home knows of the desk of its place: a turn is thought with it, and thinking is not to wait. */
export interface KnownStands {
  /**
   * Looks at the desk, unless that was done a moment ago. Never rejects: a desk that does not answer is taken to stand as it
   * last did, and nobody is at work at one that never answered.
   */
  look(place: string): Promise<void>
  /** Something was changed here: the next look is a look. */
  forget(): void
  staffed: (place: string) => boolean
}

export function openStands({ content, statuses, desk, now, fault }: StandsParts): KnownStands {
  const staffed = new Set<string>()
  let looking: Promise<void> | undefined
  let until = 0
  async function read(name: string): Promise<void> {
    const place = content().places.get(name)?.place
    if (!place) return
    const [stands, queue] = await Promise.all([
      standsNow(desk, place, now()),
      desk.list(name, 'queue', { limit: FIRST }),
    ])
    statuses.set(name, stands.statuses)
    statuses.setSlots(name, stands)
    statuses.setWaiting(name, queue.flatMap(waitsNow))
    if (stands.staffed) staffed.add(name)
    else staffed.delete(name)
  }
  return {
    look(name) {
      if (looking === undefined || performance.now() > until) {
        until = performance.now() + FRESH_MS
        looking = read(name).catch(fault)
      }
      return looking
    },
    forget() {
      until = 0
    },
    staffed: (place) => staffed.has(place),
  }
}
