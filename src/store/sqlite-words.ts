import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { one } from './sqlite-tables.ts'

/** How many texts are remembered by their id; beyond that they are looked up. */
const REMEMBERED = 10_000

export type Words = ReturnType<typeof openWords>

/** Keeps every distinct text once, by its hash: the same question is said to everyone, and is long. */
export function openWords(db: DatabaseSync) {
  const find = db.prepare('SELECT id FROM words WHERE hash = ?')
  const add = db.prepare('INSERT INTO words (hash, text) VALUES (?, ?) RETURNING id')
  const read = db.prepare('SELECT text FROM words WHERE id = ?')
  const ids = new Map<string, number>()
  return {
    /** The id this text is kept under. Called inside a transaction. */
    keep(text: string): number {
      const known = ids.get(text)
      if (known !== undefined) return known
      const json = JSON.stringify(text)
      const hash = createHash('sha256').update(json).digest().subarray(0, 16)
      const row = one<{ id: number }>(find, hash) ?? one<{ id: number }>(add, hash, json)
      const id = Number(row?.id)
      if (ids.size >= REMEMBERED) ids.clear()
      ids.set(text, id)
      return id
    },
    /** The text that is kept under this id. */
    text: (id: number) => JSON.parse(one<{ text: string }>(read, id)?.text ?? '""') as string,
    forget: () => ids.clear(),
  }
}
