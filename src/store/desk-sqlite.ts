import type { DatabaseSync } from 'node:sqlite'
import { bodyOf, type Desk, type DeskKind, type DeskRow, limitOf } from './desk.ts'
import { all, one } from './sqlite-tables.ts'
import { read, type Writer } from './sqlite-writer.ts'

/** Every statement by its name. test/store/desk-sqlite.test.ts asks SQLite how it goes about each: none may scan or sort. */
export const STATEMENTS = {
  get: 'SELECT id, rank, owner, turn, body FROM desk WHERE place = ? AND kind = ? AND id = ?',
  list: `SELECT id, rank, owner, turn, body FROM desk
    WHERE place = ? AND kind = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT ?`,
  listOwn: `SELECT id, rank, owner, turn, body FROM desk
    WHERE place = ? AND kind = ? AND owner = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT ?`,
  put: 'REPLACE INTO desk (place, kind, id, rank, owner, turn, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  remove: 'DELETE FROM desk WHERE place = ? AND kind = ? AND id = ?',
  count: 'SELECT n FROM desk_counts WHERE place = ? AND kind = ? AND whose = ?',
  add: `INSERT INTO desk_counts (place, kind, whose, n) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n`,
  tidy: 'DELETE FROM desk_counts WHERE place = ? AND kind = ? AND whose = ? AND n = 0',
} as const

/** Of a kind: all its rows, or one owner's. */
const whose = (owner?: string) => (owner === undefined ? 'all' : `of ${owner}`)
/** The count of every change of a place. */
const CHANGES = ['', 'changes'] as const

/** The desk in the tables of the embedded store, written by its one writer. */
export function openDesk(db: DatabaseSync, writer: Writer): Desk {
  const rows = openRows(db)
  const counts = openCounts(db)
  return {
    get: (place, kind, id) => read(() => rows.get(place, kind, id)),
    list: (place, kind, query) => read(() => rows.list(place, kind, query)),
    count: (place, kind, owner) => read(() => counts.of(place, kind, whose(owner))),
    changes: (place) => read(() => counts.of(place, ...CHANGES)),
    async put(row, expected) {
      const body = bodyOf(row, expected)
      return writer.run(() => {
        const { place, kind, id, rank, owner, turn } = row
        const was = rows.get(place, kind, id)
        const stands = was?.turn ?? 0
        if (expected === undefined ? stands >= turn : stands !== expected) return 'overtaken'
        rows.put(place, kind, id, rank, owner, turn, body)
        counts.move(place, kind, was?.owner, owner)
        return 'saved'
      })
    },
    remove: ({ place, kind, id }, expected) =>
      writer.run(() => {
        const was = rows.get(place, kind, id)
        if (was === null) return 'saved'
        if (expected !== undefined && was.turn !== expected) return 'overtaken'
        rows.remove(place, kind, id)
        counts.move(place, kind, was.owner, undefined)
        return 'saved'
      }),
  }
}

type Row = Omit<DeskRow, 'place' | 'kind' | 'body'> & { body: string }

function openRows(db: DatabaseSync) {
  const get = db.prepare(STATEMENTS.get)
  const list = db.prepare(STATEMENTS.list)
  const listOwn = db.prepare(STATEMENTS.listOwn)
  const put = db.prepare(STATEMENTS.put)
  const remove = db.prepare(STATEMENTS.remove)
  const rowOf = (place: string, kind: DeskKind, row: Row): DeskRow => ({
    ...row,
    ...{ place, kind, body: JSON.parse(row.body) as DeskRow['body'] },
  })
  return {
    get(place: string, kind: DeskKind, id: string): DeskRow | null {
      const row = one<Row>(get, place, kind, id)
      return row === undefined ? null : rowOf(place, kind, row)
    },
    list(place: string, kind: DeskKind, query: Parameters<Desk['list']>[2] = {}): DeskRow[] {
      const { owner, after = { rank: '', id: '' } } = query
      const from = [after.rank, after.id, limitOf(query.limit)]
      const rows =
        owner === undefined
          ? all<Row>(list, place, kind, ...from)
          : all<Row>(listOwn, place, kind, owner, ...from)
      return rows.map((row) => rowOf(place, kind, row))
    },
    put: (...values: [string, DeskKind, string, string, string, number, string]) =>
      put.run(...values),
    remove: (place: string, kind: DeskKind, id: string) => remove.run(place, kind, id),
  }
}

/** How many there are, kept beside the rows: to count them would take the longer the more of them wait. */
function openCounts(db: DatabaseSync) {
  const count = db.prepare(STATEMENTS.count)
  const add = db.prepare(STATEMENTS.add)
  const tidy = db.prepare(STATEMENTS.tidy)
  function change(place: string, kind: DeskKind, owner: string, by: 1 | -1) {
    for (const counted of [whose(), whose(owner)]) {
      add.run(place, kind, counted, by)
      if (by < 0) tidy.run(place, kind, counted)
    }
  }
  return {
    of: (place: string, kind: string, counted: string) =>
      one<{ n: number }>(count, place, kind, counted)?.n ?? 0,
    /** A row went from one owner to another; to or from none where it came or went itself. */
    move(place: string, kind: DeskKind, from: string | undefined, to: string | undefined) {
      add.run(place, ...CHANGES, 1)
      if (from === to) return
      if (from !== undefined) change(place, kind, from, -1)
      if (to !== undefined) change(place, kind, to, 1)
    },
  }
}
