import type { DatabaseSync } from 'node:sqlite'
import type { OutboxClaim, OutboxRow, Store, TimerRow } from './contract.ts'
import { instant } from './instant.ts'
import { all, one } from './sqlite-tables.ts'

export type Outbox = ReturnType<typeof openOutbox>

/** A row is claimable when no earlier row of its recipient is still open. */
const FREE = `state = 'waiting' AND NOT EXISTS (
  SELECT 1 FROM outbox AS earlier
  WHERE earlier.recipient = outbox.recipient AND earlier.no < outbox.no AND earlier.state <> 'closed')`

interface Claimed {
  json: string
  tries: number
  ended: 'done' | 'parked' | null
  result: string | null
}

/** Work for the world: waiting, claimed, ended and not yet reported, then gone (or kept as `closed` when parked). */
export function openOutbox(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO outbox (id, recipient, at, tries, state, ended, result, json) VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)'
  )
  const due = db.prepare(`SELECT id FROM outbox WHERE ${FREE} AND at <= ? ORDER BY at, no LIMIT ?`)
  const claim = db.prepare(
    `UPDATE outbox SET state = 'claimed', tries = tries + 1 WHERE id = ? RETURNING json, tries, ended, result`
  )
  const next = db.prepare(`SELECT at FROM outbox WHERE ${FREE} ORDER BY at LIMIT 1`)
  const giveBackAll = db.prepare(`UPDATE outbox SET state = 'waiting' WHERE state = 'claimed'`)
  const giveBack = db.prepare(
    `UPDATE outbox SET state = 'waiting' WHERE id = ? AND state = 'claimed'`
  )
  return {
    add: (row: OutboxRow) =>
      insert.run(
        row.id,
        row.recipient,
        instant(row.due),
        row.tries,
        'waiting',
        JSON.stringify(row)
      ),
    due: (now: number, limit: number) => all<{ id: string }>(due, now, limit).map(({ id }) => id),
    claim: (id: string) => claimedRow(one<Claimed>(claim, id)),
    next: () => one<{ at: number }>(next)?.at,
    giveBack: (id: string) => giveBack.run(id),
    giveBackAll: () => giveBackAll.run(),
    ...openEnds(db),
  }
}

function openEnds(db: DatabaseSync) {
  // Each claim counts a try: a claim that ran out, and whose row another has claimed since, changes nothing.
  const mine = `id = ? AND tries = ? AND state = 'claimed'`
  const end = db.prepare(`UPDATE outbox SET ended = ?, result = ? WHERE ${mine} AND ended IS NULL`)
  const retry = db.prepare(`UPDATE outbox SET state = 'waiting', at = ? WHERE ${mine}`)
  // A parked row is kept whole, for the person who will look at it; a done one has said all it has to say.
  const park = db.prepare(`UPDATE outbox SET state = 'closed' WHERE ${mine} AND ended = 'parked'`)
  const drop = db.prepare(`DELETE FROM outbox WHERE ${mine} AND ended = 'done'`)
  const changed = ({ changes }: { changes: number | bigint }) => Number(changes) > 0
  return {
    settle({ id, tries }: OutboxClaim, how: Parameters<Store['settleOutbox']>[1]): boolean {
      if ('retryAt' in how) return changed(retry.run(instant(how.retryAt), id, tries))
      const [state, result] = 'done' in how ? ['done', how.done] : ['parked', how.parked]
      return changed(end.run(state as string, JSON.stringify(result), id, tries))
    },
    close({ id, tries }: OutboxClaim): boolean {
      return changed(park.run(id, tries)) || changed(drop.run(id, tries))
    },
  }
}

function claimedRow(row: Claimed | undefined): OutboxRow[] {
  if (row === undefined) return []
  const result = row.result === null ? {} : { result: JSON.parse(row.result) as OutboxRow['body'] }
  const saved = JSON.parse(row.json) as OutboxRow
  return [{ ...saved, tries: row.tries, state: row.ended ?? 'claimed', ...result }]
}

export type Timers = ReturnType<typeof openTimers>

/** Waits with an end. A claimed one is kept until a commit clears it or it is settled, so that a crash loses none. */
export function openTimers(db: DatabaseSync) {
  const set = db.prepare(
    `INSERT OR REPLACE INTO timers (id, contact, at, state, json) VALUES (?, ?, ?, 'waiting', ?)`
  )
  const clear = db.prepare('DELETE FROM timers WHERE id = ? AND contact = ?')
  const due = db.prepare(
    `SELECT id FROM timers WHERE state = 'waiting' AND at <= ? ORDER BY at LIMIT ?`
  )
  const claim = db.prepare(`UPDATE timers SET state = 'claimed' WHERE id = ? RETURNING json`)
  // The JSON is the fence: a timer set again under the same id, and claimed again, is another timer.
  const drop = db.prepare(`DELETE FROM timers WHERE id = ? AND state = 'claimed' AND json = ?`)
  const retry = db.prepare(
    `UPDATE timers SET state = 'waiting', at = ? WHERE id = ? AND state = 'claimed' AND json = ?`
  )
  const next = db.prepare(`SELECT at FROM timers WHERE state = 'waiting' ORDER BY at LIMIT 1`)
  const giveBackAll = db.prepare(`UPDATE timers SET state = 'waiting' WHERE state = 'claimed'`)
  const giveBack = db.prepare(
    `UPDATE timers SET state = 'waiting' WHERE id = ? AND state = 'claimed'`
  )
  return {
    set: (timer: TimerRow) =>
      set.run(timer.id, timer.contact, instant(timer.due), JSON.stringify(timer)),
    clear: (id: string, contact: string) => clear.run(id, contact),
    due: (now: number, limit: number) => all<{ id: string }>(due, now, limit).map(({ id }) => id),
    claim(id: string): TimerRow[] {
      const row = one<{ json: string }>(claim, id)
      return row === undefined ? [] : [JSON.parse(row.json) as TimerRow]
    },
    settle(timer: TimerRow, how: Parameters<Store['settleTimer']>[1]) {
      const json = JSON.stringify(timer)
      if ('retryAt' in how) retry.run(instant(how.retryAt), timer.id, json)
      else drop.run(timer.id, json)
    },
    next: () => one<{ at: number }>(next)?.at,
    giveBack: (id: string) => giveBack.run(id),
    giveBackAll: () => giveBackAll.run(),
  }
}
