/**
 * How a neighbour may be ill. `reset` comes before the request is taken, `reset-after` once it was: the effect is there
 * and the reply is lost. `slow` waits half of its time before the effect and half after it. `truncate` sends half of the
 * reply. `after` is Retry-After, in seconds or as a date.
 */
export type Fault =
  | { kind: 'status'; status: number; after?: number | string; body?: string }
  | { kind: 'slow'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'reset-after' }
  | { kind: 'truncate' }

/** Which requests of a route are ill: a share of them, or so many and then none. */
export interface Dose {
  share?: number
  times?: number
}

/** The faults of one neighbour, by the name of a route; `*` is every route that has none of its own. */
export interface Faults {
  set: (route: string, fault: Fault, dose?: Dose) => void
  /** Well again: one route, or all. */
  clear: (route?: string) => void
  /** The fault this request meets. */
  take: (route: string) => Fault | undefined
  /** How many requests met one. */
  met: () => number
}

/** No faults yet. `random` decides for shares, so that a seed makes the same ones. */
export function openFaults(random: () => number): Faults {
  const ill = new Map<string, { fault: Fault; share: number; left: number }>()
  let met = 0
  return {
    set: (route, fault, { share = 1, times = Number.POSITIVE_INFINITY } = {}) =>
      void ill.set(route, { fault, share, left: times }),
    clear: (route) => (route === undefined ? ill.clear() : void ill.delete(route)),
    take(route) {
      const now = ill.get(route) ?? ill.get('*')
      if (!now || now.left <= 0 || random() >= now.share) return undefined
      now.left -= 1
      met += 1
      return now.fault
    },
    met: () => met,
  }
}
