import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Channel } from '../conversation/types.ts'
import type { LogEntry } from '../record/contact.ts'
import { bytesOfShut, shutOf } from './envelope.ts'
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
  // One statement, so that another process cannot pack them anew between two parts.
  const find = db.prepare(
    `SELECT 0 AS part, lines FROM rested WHERE no = ?
     UNION ALL SELECT part, lines FROM rested_parts WHERE no = ? ORDER BY part`
  )
  const last = db.prepare('SELECT last FROM rested WHERE no = ?')
  const put = db.prepare('REPLACE INTO rested (no, last, lines) VALUES (?, ?, ?)')
  const putMore = db.prepare('REPLACE INTO rested_parts (no, part, lines) VALUES (?, ?, ?)')
  const dropMore = db.prepare('DELETE FROM rested_parts WHERE no = ? AND part > ?')
  const packedOf = (no: number) => unpack(all<Part>(find, no, no))
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
      const [first, ...more] = parted(pack(lines))
      put.run(no, lines.at(-1)?.seq ?? 0, first)
      for (const [i, part] of more.entries()) putMore.run(no, i + 1, part)
      dropMore.run(no, more.length)
      drop.run(no)
    },
  }
}

interface Part {
  lines: Uint8Array
}

/** Two of the usual length leave a third of their page empty; parts of this length, seven to a page, do not. */
const PART = 500

/** Bytes in parts of about one length. */
function parted(bytes: Uint8Array): [Uint8Array, ...Uint8Array[]] {
  const count = Math.ceil(bytes.length / PART)
  const length = Math.ceil(bytes.length / count)
  const part = (n: number) => bytes.subarray(n * length, (n + 1) * length)
  return [part(0), ...Array.from({ length: count - 1 }, (_, n) => part(n + 1))]
}

/** Begins what is packed with envelopes beside it. What deflate makes, as it was packed before, never begins so. */
const BESIDE = 7
const HEAD = 5

/** The values compressed, behind their length, in an order that is frozen; then the envelopes, which nothing compresses. */
function pack(rows: readonly Row[]): Uint8Array {
  const envelopes: Buffer[] = []
  const heardIn = (heard: string): Heard => {
    const text = JSON.parse(heard) as string
    const shut = bytesOfShut(text)
    if (!shut) return text
    envelopes.push(shut)
    return shut.length
  }
  const values = rows.map(
    ({ seq, at, kind, channel, step, said, heard, detail }): Values => [
      ...([seq, at, kind, channel, step, said] as const),
      ...([heard === null ? null : heardIn(heard), detail] as const),
    ]
  )
  const packed = deflateRawSync(JSON.stringify(values))
  const head = Buffer.of(BESIDE, 0, 0, 0, 0)
  head.writeUInt32BE(packed.length, 1)
  return Buffer.concat([head, packed, ...envelopes])
}

function unpack(parts: readonly Part[]): Row[] {
  if (parts.length === 0) return []
  const all = Buffer.concat(parts.map(({ lines }) => lines))
  const beside = all[0] === BESIDE
  let end = beside ? HEAD + all.readUInt32BE(1) : all.length
  const packed = all.subarray(beside ? HEAD : 0, end)
  const values = JSON.parse(inflateRawSync(packed).toString()) as Values[]
  const textOf = (heard: Heard): string => {
    if (typeof heard === 'string') return heard
    end += heard
    return shutOf(all.subarray(end - heard, end))
  }
  return values.map(([seq, at, kind, channel, step, said, heard, detail]) => ({
    ...{ seq, at, kind, channel, step, said, detail },
    heard: heard === null ? null : JSON.stringify(textOf(heard)),
  }))
}

/** What was heard, or the length of its envelope. */
type Heard = string | number

type Values = [
  ...[seq: number, at: Row['at'], kind: number],
  ...[channel: number | null, step: number | null, said: number | null],
  ...[heard: Heard | null, detail: string | null],
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
