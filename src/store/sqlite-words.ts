import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Channel } from '../conversation/types.ts'
import type { LogEntry } from '../record/contact.ts'
import { all, one } from './sqlite-tables.ts'

/** How many texts are remembered by their id; beyond that they are looked up. */
const REMEMBERED = 10_000

export type Words = ReturnType<typeof openWords>

/** Keeps every distinct text once, by its hash: the same question is said to everyone, and is long. */
export function openWords(db: DatabaseSync) {
  const find = db.prepare('SELECT id FROM words WHERE hash = ?')
  const add = db.prepare('INSERT INTO words (hash, text) VALUES (?, ?) RETURNING id')
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
    forget: () => ids.clear(),
  }
}

interface LogRow {
  seq: number
  at: number | string
  kind: string
  channel: string | null
  step: string | null
  said: string | null
  heard: string | null
  detail: string | null
}

export type Log = ReturnType<typeof openLog>

/** The contact log: every line is numbered within its contact, and the numbers are its order. */
export function openLog(db: DatabaseSync, words: Words) {
  const has = db.prepare('SELECT 1 FROM log WHERE no = ? AND seq = ?')
  const insert = db.prepare(
    'INSERT INTO log (no, seq, at, kind, channel, step, said, heard, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const text = (column: string) => `(SELECT text FROM words WHERE id = log.${column}) AS ${column}`
  const read = db.prepare(
    `SELECT seq, at, ${['kind', 'channel', 'step', 'said'].map(text).join(', ')}, heard, detail
     FROM log WHERE no = (SELECT no FROM contacts WHERE id = ?) ORDER BY seq`
  )
  const keep = (said: string | undefined) => (said === undefined ? null : words.keep(said))
  return {
    taken: (no: number, entries: readonly LogEntry[]) =>
      entries.some(({ seq }) => one(has, no, seq) !== undefined),
    add(no: number, entry: LogEntry) {
      const { seq, at, kind, channel, step, said, heard, detail } = entry
      insert.run(
        no,
        seq,
        ...[shortTime(at), words.keep(kind), keep(channel), keep(step), keep(said)],
        heard === undefined ? null : JSON.stringify(heard),
        detail === undefined ? null : JSON.stringify(detail)
      )
    },
    timeline: (contact: string) => all<LogRow>(read, contact).map(entryOf),
  }
}

/** Milliseconds where they say all that the text says, else the text as it was given. */
function shortTime(at: string): number | string {
  const time = Date.parse(at)
  return !Number.isNaN(time) && new Date(time).toISOString() === at ? time : at
}

function entryOf(row: LogRow): LogEntry {
  const { seq, at, kind, channel, step, said, heard, detail } = row
  return {
    seq,
    at: typeof at === 'number' ? new Date(at).toISOString() : at,
    kind: JSON.parse(kind) as string,
    ...(channel === null ? {} : { channel: JSON.parse(channel) as Channel }),
    ...(step === null ? {} : { step: JSON.parse(step) as string }),
    ...(said === null ? {} : { said: JSON.parse(said) as string }),
    ...(heard === null ? {} : { heard: JSON.parse(heard) as string }),
    ...(detail === null ? {} : { detail: JSON.parse(detail) as Record<string, unknown> }),
  }
}
