import { randomUUID } from 'node:crypto'
import type { OutboxClaim, OutboxRow, Store, TimerRow } from './contract.ts'
import { instant } from './instant.ts'
import type { Reply } from './redis-connection.ts'
import type { Due, Heads } from './redis-due.ts'
import type { Claim, Held } from './redis-held.ts'
import type { Link } from './redis-link.ts'
import {
  CLAIM_OUTBOX,
  CLAIM_TIMERS,
  CLOSE_OUTBOX,
  SETTLE_OUTBOX,
  SETTLE_TIMER,
} from './redis-lua-jobs.ts'
import { ms } from './redis-record.ts'
import { bytesOf, keysOf, listOf, numberOf, run, type Script, textOf } from './redis-script.ts'

type Claims = Pick<
  Store,
  'claimTimers' | 'settleTimer' | 'claimOutbox' | 'settleOutbox' | 'closeOutbox' | 'nextDue'
>

export interface ClaimParts {
  link: Link
  due: Due
  held: Held
  /** Milliseconds for which a claim is this instance's alone, unless it is held for longer. */
  lease: number
}

/** What the jobs ask of a store: what is due, each thing given to one claimer in all instances. */
export const openClaims = (parts: ClaimParts): Claims => ({
  ...timerClaims(parts),
  ...outboxClaims(parts),
  async nextDue() {
    await parts.due.fresh()
    const times = parts.due
      .all()
      .flatMap(([, { timers, outbox, lost }]) => [timers, outbox, isLost(lost) ? 0 : null])
      .filter((at) => at !== null)
    return times.length === 0 ? null : new Date(Math.min(...times)).toISOString()
  },
})

function timerClaims(parts: ClaimParts): Pick<Store, 'claimTimers' | 'settleTimer'> {
  const { held } = parts
  return {
    async claimTimers(now, limit) {
      const claimed = await claim(parts, { script: CLAIM_TIMERS, which: 'timers', now, limit })
      const timers = claimed.map(({ partition, token, row }) => {
        const json = (textOf(row) ?? '').split('\n')[1] ?? ''
        const timer = JSON.parse(json) as TimerRow
        held.take(json, { member: `t${timer.id}`, token, partition })
        return timer
      })
      return timers.sort((a, b) => instant(a.due) - instant(b.due))
    },
    async settleTimer(timer, end) {
      // The JSON is part of the fence: a timer set again under the same id is another timer.
      const claim = held.get(JSON.stringify(timer))
      if (!claim) return
      const how = 'retryAt' in end ? ms(end.retryAt) : 'done'
      await settle(parts, claim, SETTLE_TIMER, [timer.id, claim.token, how])
      held.release(claim)
    },
  }
}

function outboxClaims(
  parts: ClaimParts
): Pick<Store, 'claimOutbox' | 'settleOutbox' | 'closeOutbox'> {
  const { held } = parts
  return {
    async claimOutbox(now, limit) {
      const claimed = await claim(parts, { script: CLAIM_OUTBOX, which: 'outbox', now, limit })
      return claimed.map(({ partition, token, row }) => {
        const outboxRow = rowOf(listOf(row))
        held.take(claimKey(outboxRow), { member: `o${outboxRow.id}`, token, partition })
        return outboxRow
      })
    },
    async settleOutbox({ id, tries }, end) {
      const claim = held.get(claimKey({ id, tries }))
      if (!claim) return
      await settle(parts, claim, SETTLE_OUTBOX, [id, claim.token, ...endOf(end)])
      if ('retryAt' in end) held.release(claim)
    },
    async closeOutbox({ id, tries }) {
      const claim = held.get(claimKey({ id, tries }))
      if (!claim) return
      await settle(parts, claim, CLOSE_OUTBOX, [id, claim.token])
      held.release(claim)
    },
  }
}

/** One instance may lose a claim and take the row again: each of the two has a token of its own. */
const claimKey = ({ id, tries }: OutboxClaim) => `${id}#${tries}`

const settle = (
  { link, due }: ClaimParts,
  { partition }: Claim,
  script: Script,
  args: readonly string[]
) => due.write(partition, () => run(link, script, keysOf(partition), args))

interface Claiming {
  script: Script
  which: 'timers' | 'outbox'
  now: string
  limit: number
}

const isLost = (lost: number | null) => lost !== null && lost <= performance.now()

/** Asks the partitions that have something due, each for its share, until there is enough or no more. */
async function claim(parts: ClaimParts, { script, which, now, limit }: Claiming) {
  const { link, due, lease } = parts
  const at = instant(now)
  const isDue = ([, heads]: [string, Heads]) => (heads[which] ?? at + 1) <= at || isLost(heads.lost)
  const claimed: { partition: string; token: string; row: Reply }[] = []
  await due.fresh()
  while (claimed.length < limit) {
    const left = limit - claimed.length
    const ready = due
      .all()
      .filter(isDue)
      .sort(([, a], [, b]) => (a[which] ?? 0) - (b[which] ?? 0))
      .slice(0, left)
    if (ready.length === 0) break
    const share = String(Math.floor(left / ready.length))
    const got = await Promise.all(
      ready.map(async ([partition]) => {
        const token = randomUUID()
        const args = [String(at), share, token, String(lease)]
        const work = () => run(link, script, keysOf(partition), args)
        const [, rows] = await due.write(partition, work)
        return listOf(rows).map((row) => ({ partition, token, row }))
      })
    )
    claimed.push(...got.flat())
  }
  return claimed
}

function rowOf([json, tries, ended, result]: readonly Reply[]): OutboxRow {
  const saved = JSON.parse(textOf(json) ?? '{}') as OutboxRow
  const state = textOf(ended) as 'done' | 'parked' | null
  const bytes = bytesOf(result)
  return {
    ...saved,
    tries: numberOf(tries) ?? saved.tries,
    state: state ?? 'claimed',
    ...(bytes && { result: JSON.parse(bytes.toString()) as Record<string, unknown> }),
  }
}

function endOf(end: Parameters<Store['settleOutbox']>[1]): [string, string] {
  if ('retryAt' in end) return ['retry', ms(end.retryAt)]
  return 'done' in end ? ['done', JSON.stringify(end.done)] : ['parked', JSON.stringify(end.parked)]
}
