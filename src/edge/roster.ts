import { createHash } from 'node:crypto'
import type { Place } from '../places/shape.ts'
import type { DurableStorage } from '../store/durable.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS roster (
  one INTEGER PRIMARY KEY CHECK (one = 1), hash TEXT NOT NULL
) STRICT`

/**
 * Which roster a place's desk was last looked at with, in the storage of its home. A deployment may have taken off it
 * somebody who owns a promise, and nobody need be waiting for the desk to be looked at.
 */
export function rosterIn({ sql }: DurableStorage, place: Pick<Place, 'staff'> | undefined) {
  sql.exec(TABLE)
  const hash = createHash('sha256').update(JSON.stringify(place?.staff)).digest('hex')
  const [found] = sql.exec('SELECT hash FROM roster').toArray()
  let isNew = found?.hash !== hash
  return {
    isNew: () => isNew,
    looked(): void {
      if (!isNew) return
      isNew = false
      sql.exec('INSERT OR REPLACE INTO roster (one, hash) VALUES (1, ?)', hash)
    },
  }
}
