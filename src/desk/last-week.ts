import { CAN_WAIT } from '../places/status.ts'
import type { Parts } from '../turn.ts'

/** What each service was given in a week: all of it, and what can wait. */
export type LastWeek = ReadonlyMap<string, { red: number; amber: number }>

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const FRESH_MS = 60_000
const PAGE = 200
/** A place's week, as far as it is counted: enough to see how much a service takes. */
const MOST = 5_000

/** Counts a place's last seven days by service; the same minute is answered from memory. */
export function countWeeks({ store, now }: Pick<Parts, 'store' | 'now'>) {
  const known = new Map<string, { at: number; weeks: Promise<LastWeek> }>()
  return function lastWeek(place: string): Promise<LastWeek> {
    const at = Date.parse(now())
    const before = known.get(place)
    if (before && Math.abs(at - before.at) < FRESH_MS) return before.weeks
    const weeks = count(store, place, new Date(at - WEEK_MS).toISOString())
    known.set(place, { at, weeks })
    weeks.catch(() => known.delete(place))
    return weeks
  }
}

async function count(store: Parts['store'], place: string, from: string): Promise<LastWeek> {
  const weeks = new Map<string, { red: number; amber: number }>()
  let after: string | undefined
  for (let seen = 0; seen < MOST; seen += PAGE) {
    const page = await store.list({ place, from, limit: PAGE, ...(after && { after }) })
    for (const { routes } of page.contacts)
      for (const { service, code } of routes) {
        const { red, amber } = weeks.get(service) ?? { red: 0, amber: 0 }
        weeks.set(service, { red: red + 1, amber: amber + (CAN_WAIT.includes(code) ? 1 : 0) })
      }
    if (page.next === null) break
    after = page.next
  }
  return weeks
}
