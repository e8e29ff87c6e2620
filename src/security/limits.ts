/** So many at once, filled up again evenly over so many seconds. */
export interface Rate {
  most: number
  seconds: number
}

/** `ok` within the rate; `first` the first time it is exceeded, `again` until it has been quiet for half of the time. */
export type Within = 'ok' | 'first' | 'again'

interface Bucket {
  left: number
  at: number
  over: boolean
}

/** Keys remembered; whoever has been quiet for longest is forgotten first, and begins afresh. */
const MOST_KEYS = 50_000

/**
 * A token bucket for each key, in this process's memory, bounded. Whoever exceeds it is over until half of it has filled
 * again: a flood is not let through drop by drop. `now` is a running time in milliseconds.
 */
export function openBuckets(
  { most, seconds }: Rate,
  { now = () => performance.now(), mostKeys = MOST_KEYS } = {}
): (key: string) => Within {
  const buckets = new Map<string, Bucket>()
  return function take(key) {
    const at = now()
    const was = buckets.get(key) ?? { left: most, at, over: false }
    const left = Math.min(most, was.left + ((at - was.at) / 1000) * (most / seconds))
    const over = was.over && left < most / 2
    const room = !over && left >= 1
    // Taken out and put in again, so that the map is in order of use.
    buckets.delete(key)
    buckets.set(key, { left: room ? left - 1 : left, at, over: !room })
    const [oldest] = buckets.size > mostKeys ? buckets.keys() : []
    if (oldest !== undefined) buckets.delete(oldest)
    if (room) return 'ok'
    return over ? 'again' : 'first'
  }
}

/** What is limited, and how far. An operator changes any of them by the setting LIMITS. */
export const LIMITS = {
  /** New calls from one number. A care home or a surgery rings from one. */
  calls: { most: 20, seconds: 600 },
  /** Texts or Teams messages from one address: two whole conversations, typed fast. */
  texts: { most: 40, seconds: 600 },
  /** New calls, texts and messages to one place. */
  place: { most: 6000, seconds: 60 },
  /** Wrong staff tokens from one network address. */
  failed: { most: 20, seconds: 60 },
  /** Requests of the staff API from one network address. */
  staff: { most: 12_000, seconds: 60 },
} satisfies Record<string, Rate>
export type Limited = keyof typeof LIMITS
export type Limits = Record<Limited, Rate>

/** Reads `calls:20/600,place:6000/60`, so many in so many seconds; what is not named keeps its default. Answers faults in words. */
export function readLimits(text: string): { limits: Limits; faults: string[] } {
  const faults: string[] = []
  const limits: Limits = { ...LIMITS }
  for (const pair of text.split(',').filter(Boolean)) {
    const [name = '', rate = ''] = pair.trim().split(':')
    const [, most = '', seconds = ''] = /^([1-9]\d{0,6})\/([1-9]\d{0,6})$/.exec(rate) ?? []
    if (!Object.hasOwn(LIMITS, name))
      faults.push(`names ${name}; it may name ${Object.keys(LIMITS).join(', ')}`)
    else if (most === '') faults.push(`gives ${name} no rate like 20/600`)
    else limits[name as Limited] = { most: Number(most), seconds: Number(seconds) }
  }
  return { limits, faults }
}
