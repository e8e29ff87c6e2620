import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Channel } from '../conversation/types.ts'
import type { LogEntry } from '../record/contact.ts'
import { all, one } from './sqlite-tables.ts'
import type { Words } from './sqlite-words.ts'

/** A line as its row holds it: texts that lines share by their id, `heard` and `detail` as JSON. */
interface Row {
  seq: number
  at: number | string
  kind: number
  channel: number | null
  step: number | null
  said: number | null
  heard: string | null
  detail: string | null
}

export type Log = ReturnType<typeof openLog>

/**
 * The contact log: every line is numbered within its contact, and the numbers are its order. Lines are rows while the
 * contact is talked with, and one packed row once it rests: rows of many calls at once leave their pages half empty.
 */
export function openLog(db: DatabaseSync, words: Words) {
  const has = db.prepare('SELECT 1 FROM log WHERE no = ? AND seq = ?')
  const insert = db.prepare(
    'INSERT INTO log (no, seq, at, kind, channel, step, said, heard, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const number = db.prepare('SELECT no FROM contacts WHERE id = ?')
  const packed = openPacked(db)
  const keep = (said: string | undefined) => (said === undefined ? null : words.keep(said))
  return {
    taken: (no: number, entries: readonly LogEntry[]) =>
      entries.some(({ seq }) => one(has, no, seq) !== undefined) || packed.taken(no, entries),
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
    rest: packed.rest,
    timeline(contact: string): LogEntry[] {
      const no = one<{ no: number }>(number, contact)?.no
      return no === undefined ? [] : packed.all(no).map((row) => entryOf(row, words))
    },
  }
}

/** Fewer lines than these are left as they are when a contact rests: a clock or staff add one now and then. */
const WORTH = 4

/** The lines of contacts that rest, beside those that are still rows of their own. */
function openPacked(db: DatabaseSync) {
  const rows = db.prepare(
    'SELECT seq, at, kind, channel, step, said, heard, detail FROM log WHERE no = ? ORDER BY seq'
  )
  const drop = db.prepare('DELETE FROM log WHERE no = ?')
  const find = db.prepare('SELECT lines FROM rested WHERE no = ?')
  const last = db.prepare('SELECT last FROM rested WHERE no = ?')
  const put = db.prepare('REPLACE INTO rested (no, last, lines) VALUES (?, ?, ?)')
  const packedOf = (no: number): Row[] => {
    const found = one<{ lines: Uint8Array }>(find, no)
    return found === undefined ? [] : unpack(found.lines)
  }
  const merged = (no: number, more: readonly Row[]) =>
    [...packedOf(no), ...more].sort((a, b) => a.seq - b.seq)
  return {
    all: (no: number) => merged(no, all<Row>(rows, no)),
    taken(no: number, entries: readonly LogEntry[]) {
      const upTo = one<{ last: number }>(last, no)?.last ?? Number.NEGATIVE_INFINITY
      if (entries.every(({ seq }) => seq > upTo)) return false
      const there = new Set(packedOf(no).map(({ seq }) => seq))
      return entries.some(({ seq }) => there.has(seq))
    },
    /** Packs the lines of a contact that nobody talks with any more. */
    rest(no: number) {
      const loose = all<Row>(rows, no)
      if (loose.length < WORTH) return
      const lines = merged(no, loose)
      put.run(no, lines.at(-1)?.seq ?? 0, pack(lines))
      drop.run(no)
    },
  }
}

/** Compressed, because half of a sealed line is base64; the order of the values is frozen. */
const pack = (rows: readonly Row[]): Uint8Array =>
  deflateRawSync(
    JSON.stringify(
      rows.map(({ seq, at, kind, channel, step, said, heard, detail }) => [
        ...[seq, at, kind, channel, step, said],
        ...[heard === null ? null : JSON.parse(heard), detail],
      ])
    )
  )

function unpack(lines: Uint8Array): Row[] {
  const values = JSON.parse(inflateRawSync(lines).toString()) as Values[]
  return values.map(([seq, at, kind, channel, step, said, heard, detail]) => ({
    ...{ seq, at, kind, channel, step, said, detail },
    heard: heard === null ? null : JSON.stringify(heard),
  }))
}

type Values = [
  ...[seq: number, at: Row['at'], kind: number],
  ...[channel: number | null, step: number | null, said: number | null],
  ...[heard: string | null, detail: string | null],
]

/** Milliseconds where they say all that the text says, else the text as it was given. */
function shortTime(at: string): number | string {
  const time = Date.parse(at)
  return !Number.isNaN(time) && new Date(time).toISOString() === at ? time : at
}

function entryOf(row: Row, { text }: Words): LogEntry {
  const { seq, at, kind, channel, step, said, heard, detail } = row
  return {
    seq,
    at: typeof at === 'number' ? new Date(at).toISOString() : at,
    kind: text(kind),
    ...(channel === null ? {} : { channel: text(channel) as Channel }),
    ...(step === null ? {} : { step: text(step) }),
    ...(said === null ? {} : { said: text(said) }),
    ...(heard === null ? {} : { heard: JSON.parse(heard) as string }),
    ...(detail === null ? {} : { detail: JSON.parse(detail) as Record<string, unknown> }),
  }
}
