import type { Keyring } from '../security/keyring.ts'
import { signingKey } from '../security/sign.ts'
import { type Anchor, type Moved, makeAnchor, NO_ANCHOR } from '../store/anchor.ts'
import type { DurableStorage } from '../store/durable.ts'
import type { Alarm } from './alarm.ts'

const MINUTE_MS = 60_000

const TABLES = `
  CREATE TABLE IF NOT EXISTS anchors (serial INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS moved (
    id TEXT PRIMARY KEY, partition TEXT NOT NULL, n INTEGER NOT NULL, head TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`

/** The heads of a home's logs, signed each minute, in its own storage: a row of anchors for each home. */
export interface HomeAnchors {
  saved(contact: Moved): void
  /** Signs what has moved, once a minute has passed since the first of it did; else sees that the alarm rings then. */
  write(): Promise<void>
}

/** `told` hears of each anchor, to keep it where whoever can write here cannot. */
export function homeAnchors(given: {
  storage: DurableStorage
  keyring: Keyring
  alarm: Alarm
  told: (anchor: Anchor) => void
  fault: (error: unknown) => void
}): HomeAnchors {
  const { storage, keyring, alarm, told, fault } = given
  const { sql } = storage
  sql.exec(TABLES)
  const movedHeads = () => sql.exec('SELECT id, partition, n, head FROM moved').toArray()
  // What another isolate had yet to sign is signed at the next ring.
  let since = movedHeads().length > 0 ? 0 : Number.POSITIVE_INFINITY
  const isDue = () => since + MINUTE_MS <= Date.now()
  return {
    saved({ id, partition, seal }) {
      if (!seal) return
      const put = 'INSERT OR REPLACE INTO moved (id, partition, n, head) VALUES (?, ?, ?, ?)'
      sql.exec(put, id, partition, seal.n, seal.head)
      since = Math.min(since, Date.now())
      alarm.by(since + MINUTE_MS).catch(fault)
    },
    async write() {
      if (since === Number.POSITIVE_INFINITY) return
      if (!isDue()) return alarm.by(since + MINUTE_MS)
      const rows = movedHeads()
      const moved = rows.map(({ id, partition, n, head }) => ({
        id: String(id),
        partition: String(partition),
        seal: { n: Number(n), head: String(head) },
      }))
      const last = anchorsIn(storage, 1).at(0) ?? NO_ANCHOR
      const anchor = makeAnchor(signingKey(keyring), last, new Date().toISOString(), moved)
      storage.transactionSync(() => {
        const { serial } = anchor
        sql.exec('INSERT INTO anchors (serial, json) VALUES (?, ?)', serial, JSON.stringify(anchor))
        sql.exec('DELETE FROM moved')
      })
      since = Number.POSITIVE_INFINITY
      told(anchor)
    },
  }
}

/** The newest anchors of a home, newest first. */
export const anchorsIn = ({ sql }: DurableStorage, limit: number): Anchor[] =>
  sql
    .exec('SELECT json FROM anchors ORDER BY serial DESC LIMIT ?', limit)
    .toArray()
    .map(({ json }) => JSON.parse(String(json)) as Anchor)
