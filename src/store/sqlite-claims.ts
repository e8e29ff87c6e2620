import type { Store } from './contract.ts'
import { instant } from './instant.ts'
import type { Outbox, Timers } from './sqlite-waits.ts'
import { read, type Writer } from './sqlite-writer.ts'

interface Parts {
  writer: Writer
  outbox: Outbox
  timers: Timers
}

type Claims = Pick<
  Store,
  'claimTimers' | 'settleTimer' | 'claimOutbox' | 'settleOutbox' | 'closeOutbox' | 'nextDue'
>

/** What the jobs ask of a store: what is due, each thing given to one claimer. */
export function openClaims({ writer, outbox, timers }: Parts): Claims {
  const rows = claimer(writer, outbox)
  const fired = claimer(writer, timers)
  return {
    claimTimers: (now, limit) => fired.claim(now, limit),
    async settleTimer(timer, end) {
      await writer.run(() => timers.settle(timer, end))
      fired.release(timer.id)
    },
    claimOutbox: (now, limit) => rows.claim(now, limit),
    async settleOutbox(claim, end) {
      const settled = await writer.run(() => outbox.settle(claim, end))
      if (settled && 'retryAt' in end) rows.release(claim.id)
    },
    async closeOutbox(claim) {
      if (await writer.run(() => outbox.close(claim))) rows.release(claim.id)
    },
    nextDue: () =>
      read(() => {
        const times = [outbox.next(), timers.next()].filter((at) => at !== undefined)
        return times.length === 0 ? null : new Date(Math.min(...times)).toISOString()
      }),
  }
}

interface Claimable<Row> {
  due(now: number, limit: number): string[]
  claim(id: string): Row[]
  giveBack(id: string): unknown
  giveBackAll(): unknown
}

/** Far longer than any neighbour is waited for; what is claimed for longer was lost by its claimer. */
const LEASE = 600_000

/**
 * The first claim gives back what an earlier process had claimed and not finished. Opening the file does not, because
 * an operator's command may open it while the service runs. Leases are measured by the machine's own running time: the
 * service's clock may be a demo's.
 */
function claimer<Row extends { id: string }>(writer: Writer, table: Claimable<Row>) {
  const held = new Map<string, number>()
  let adopted = false
  async function giveBack() {
    const late = overdue(held)
    if (adopted && late.length === 0) return
    await writer.run(() => {
      if (!adopted) table.giveBackAll()
      for (const id of late) table.giveBack(id)
    })
    adopted = true
    for (const id of late) held.delete(id)
  }
  return {
    async claim(now: string, limit: number): Promise<Row[]> {
      const at = instant(now)
      await giveBack()
      // Looking costs no write: mostly nothing is due.
      if ((await read(() => table.due(at, limit))).length === 0) return []
      const rows = await writer.run(() => table.due(at, limit).flatMap((id) => table.claim(id)))
      for (const { id } of rows) held.set(id, performance.now())
      return rows
    },
    release: (id: string) => held.delete(id),
  }
}

const overdue = (held: ReadonlyMap<string, number>): string[] =>
  [...held].filter(([, since]) => performance.now() - since >= LEASE).map(([id]) => id)
