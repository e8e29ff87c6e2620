import type { Context } from 'hono'
import type { Inbound } from '../channels/inbound.ts'
import type { Config } from '../config.ts'
import { type Limits, openBuckets, readLimits, type Within } from '../security/limits.ts'

/**
 * What is counted of everyone who reaches this process, and how their network address is known. Another instance, or
 * another home at the edge, counts its own.
 */
export function limitsBy({ LIMITS }: Pick<Config, 'LIMITS'>, peer: (c: Context) => string) {
  const { limits } = readLimits(LIMITS)
  return { limits, peer, limit: limiting(limits) }
}

function limiting(limits: Limits) {
  const [calls, texts, place] = [limits.calls, limits.texts, limits.place].map((rate) =>
    openBuckets(rate)
  ) as [Take, Take, Take]
  return function limit({ channel, from, to }: Inbound): Inbound['limited'] {
    // Whoever shows no number is many people. One number's flood is not counted against its place.
    const mine = channel === 'voice' ? calls : texts
    const own = from === 'withheld' ? 'ok' : mine(`${to}:${from}`)
    if (own !== 'ok') return own
    return place(to) === 'ok' ? undefined : 'place'
  }
}
type Take = (key: string) => Within
