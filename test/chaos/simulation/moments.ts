/**
 * The order of things in a simulated world. Whoever does something waits for a moment first; the seed says who is next.
 * Each moment moves the clock on by a few milliseconds.
 */
export interface Moments {
  /** Resolves when it is one's turn. */
  moment: () => Promise<void>
  /** ISO 8601 UTC. */
  now: () => string
  /** Moves the clock to an instant, never back. */
  goTo: (iso: string) => void
  /** Lets everything that waits have its moments. Throws when a promise is neither kept nor waiting. */
  run: (work: Promise<unknown>) => Promise<void>
  /** Moments so far. */
  count: () => number
}

const LONGEST_STEP_MS = 40
/** A world of a few conversations has far fewer. */
const MOST = 50_000
const immediate = () => new Promise<void>((resolve) => setImmediate(resolve))

export function openMoments(random: () => number, begins: string): Moments {
  const waiting: (() => void)[] = []
  let at = Date.parse(begins)
  let count = 0
  return {
    moment: () => new Promise((resolve) => void waiting.push(resolve)),
    now: () => new Date(at).toISOString(),
    goTo(iso) {
      at = Math.max(at, Date.parse(iso))
    },
    count: () => count,
    async run(work) {
      let done = false
      const ended = work.finally(() => {
        done = true
      })
      ended.catch(() => undefined)
      for (let idle = 0; !done; ) {
        await immediate()
        const next = waiting.splice(Math.floor(random() * waiting.length), 1)[0]
        if (next) {
          idle = 0
          count += 1
          at += Math.ceil(random() * LONGEST_STEP_MS)
          next()
        } else if (++idle > 20) throw new Error('something waits for nobody')
        if (count > MOST) throw new Error('it goes on for ever')
      }
      await ended
    },
  }
}
