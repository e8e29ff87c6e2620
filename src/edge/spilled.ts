import { DoorError } from '../errors.ts'
import type { SpillLines } from '../jobs/spill.ts'
import type { DurableStorage } from '../store/durable.ts'
import type { Alarm } from './alarm.ts'

/** How soon a home that was asleep tries again to bring in what was spilled. */
export const DRAIN_AGAIN_MS = 5_000
/** Lines that are replayed together. */
const BATCH = 200
/** What all lines may hold: far more than a home's share of an outage, and far below the 10 GB of its storage. */
const MOST_BYTES = 512 * 1024 * 1024

const TABLE = `CREATE TABLE IF NOT EXISTS spill (
  no INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL, aside INTEGER NOT NULL DEFAULT 0
) STRICT`

/** Lines in the storage of a home, for turns that its Redis could not save. The alarm rings while any are there. */
export function storedLines(storage: DurableStorage, alarm: Alarm): SpillLines {
  const { sql } = storage
  sql.exec(TABLE)
  // What could not be replayed before may be now: a new version may have come, or a place been put back.
  sql.exec('UPDATE spill SET aside = 0 WHERE aside = 1')
  const counted = () => {
    const [row] = sql
      .exec('SELECT count(*) AS n, ifnull(sum(length(line)), 0) AS bytes FROM spill')
      .toArray()
    return { lines: Number(row?.n), bytes: Number(row?.bytes) }
  }
  let kept = counted()
  return {
    async append(line) {
      if (kept.bytes + line.length > MOST_BYTES)
        throw new DoorError('spill-full', 'the spill of this home holds all that it may', true)
      await alarm.by(Date.now() + DRAIN_AGAIN_MS)
      sql.exec('INSERT INTO spill (line) VALUES (?)', line)
      kept = { lines: kept.lines + 1, bytes: kept.bytes + line.length }
      await storage.sync()
    },
    async *batches() {
      for (let rows = waitingIn(storage); rows.length > 0; rows = waitingIn(storage))
        yield {
          lines: rows.map(({ line }) => line),
          async done(aside) {
            takeOff(storage, rows, new Set(aside))
            kept = counted()
            await storage.sync()
          },
        }
    },
    waiting: () => kept.lines,
    close: async () => undefined,
  }
}

interface Row {
  no: number
  line: string
}

const waitingIn = ({ sql }: DurableStorage): Row[] =>
  sql
    .exec('SELECT no, line FROM spill WHERE aside = 0 ORDER BY no LIMIT ?', BATCH)
    .toArray()
    .map(({ no, line }) => ({ no: Number(no), line: String(line) }))

function takeOff(storage: DurableStorage, rows: readonly Row[], stuck: ReadonlySet<string>) {
  const { sql } = storage
  storage.transactionSync(() => {
    for (const { no, line } of rows)
      if (stuck.has(line)) sql.exec('UPDATE spill SET aside = 1 WHERE no = ?', no)
      else sql.exec('DELETE FROM spill WHERE no = ?', no)
  })
}
