import type { Desk } from '../store/desk.ts'

/** Which session, of which place. */
interface Session {
  id: string
  place: string
}

/** As many old rows go at each sign-out: more than one can bring. */
const TIDIED = 20

/**
 * Sessions that were signed out, in the rows of their place's desk: every door on the same store knows of them, and a door
 * that starts again. A store that is down rejects, and so lets nobody in. `now` is real time in milliseconds, by which
 * sessions end.
 */
export function endedAt(desk: Desk, now: () => number = Date.now) {
  return {
    async end({ id, place }: Session, until: number): Promise<void> {
      const over = rankOf(Math.floor(now() / 1000))
      const first = await desk.list(place, 'session', { limit: TIDIED })
      for (const row of first) if (row.rank < over) await desk.remove(row)
      await desk.put({
        place,
        kind: 'session',
        id,
        rank: rankOf(until),
        owner: '',
        turn: 1,
        body: {},
      })
    },
    has: async ({ id, place }: Session): Promise<boolean> =>
      (await desk.get(place, 'session', id)) !== null,
  }
}

/** Seconds since 1970, in the order of their text. */
const rankOf = (seconds: number) => String(seconds).padStart(12, '0')
