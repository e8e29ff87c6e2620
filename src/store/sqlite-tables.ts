import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { DoorError } from '../errors.ts'

/** Counts changes of the tables; a file made by a newer version is refused, never guessed at. */
export const SCHEMA = 4

/** `lines` is packed: see sqlite-log.ts. `last` is the greatest number among them. */
const RESTED = `
CREATE TABLE rested (no INTEGER PRIMARY KEY, last INTEGER NOT NULL, lines BLOB NOT NULL) STRICT;`

/** What of `lines` is more than one part, so that pages are full. */
const PARTS = `
CREATE TABLE rested_parts (
  no INTEGER NOT NULL, part INTEGER NOT NULL, lines BLOB NOT NULL, PRIMARY KEY (no, part)) STRICT, WITHOUT ROWID;`

/** `whose` is all rows of a kind or one owner's, or the changes of a place: see desk-sqlite.ts. */
const DESK = `
CREATE TABLE desk (
  place TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank TEXT NOT NULL, owner TEXT NOT NULL,
  turn INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (place, kind, id)) STRICT, WITHOUT ROWID;
CREATE INDEX desk_rank ON desk (place, kind, rank, id);
CREATE INDEX desk_owner ON desk (place, kind, owner, rank, id);
CREATE TABLE desk_counts (
  place TEXT NOT NULL, kind TEXT NOT NULL, whose TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (place, kind, whose)) STRICT, WITHOUT ROWID;`

/** What brings tables of each older version to the next. */
const UPGRADES: Readonly<Record<number, string>> = { 1: RESTED, 2: DESK, 3: PARTS }

/** What brings tables from a version to this one. */
export const upgradeFrom = (version: number): string =>
  Object.entries(UPGRADES)
    .filter(([from]) => Number(from) >= version)
    .map(([, sql]) => sql)
    .join('\n')

/**
 * Times are milliseconds in the columns that are compared. Text that people said is JSON, so that a lone surrogate or a
 * NUL comes back as it went in. `hour` is `updated` in whole hours: precise enough to find a contact by, and it changes
 * so seldom that a turn need not move index entries. What changes at every turn is in `talking`, a small table that stays
 * hot however many contacts there are, and moves to `resting`, which grows at one end and so has full pages.
 */
export const TABLES = `
CREATE TABLE contacts (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ref TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
  place TEXT NOT NULL, status TEXT NOT NULL, level TEXT NOT NULL, codes TEXT NOT NULL, teams TEXT NOT NULL,
  address TEXT NOT NULL, call TEXT, hour INTEGER NOT NULL) STRICT;
CREATE TABLE talking (no INTEGER PRIMARY KEY, turn INTEGER NOT NULL, updated INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE resting (no INTEGER PRIMARY KEY, turn INTEGER NOT NULL, updated INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE VIEW whole AS
  SELECT c.*, ifnull(t.turn, r.turn) AS turn, ifnull(t.updated, r.updated) AS updated,
    ifnull(t.body, r.body) AS body, t.no IS NOT NULL AS talking
  FROM contacts AS c LEFT JOIN talking AS t ON t.no = c.no LEFT JOIN resting AS r ON r.no = c.no;
CREATE INDEX contacts_address ON contacts (address, place, hour);
CREATE INDEX contacts_call ON contacts (call) WHERE call IS NOT NULL;
CREATE INDEX contacts_hour ON contacts (hour);
CREATE TABLE facets (
  id INTEGER PRIMARY KEY, tag TEXT NOT NULL, place TEXT NOT NULL, status TEXT NOT NULL,
  UNIQUE (tag, place, status)) STRICT;
CREATE TABLE facet_contacts (
  facet INTEGER NOT NULL, no INTEGER NOT NULL, PRIMARY KEY (facet, no)) STRICT, WITHOUT ROWID;
CREATE TABLE words (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE TABLE log (
  no INTEGER NOT NULL, seq INTEGER NOT NULL, at ANY NOT NULL, kind INTEGER NOT NULL, channel INTEGER, step INTEGER,
  said INTEGER, heard TEXT, detail TEXT, PRIMARY KEY (no, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE replies (
  no INTEGER PRIMARY KEY, webhook TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
  status INTEGER NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX replies_at ON replies (at);
CREATE TABLE outbox (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, at INTEGER NOT NULL,
  tries INTEGER NOT NULL, state TEXT NOT NULL, ended TEXT, result TEXT, json TEXT NOT NULL) STRICT;
CREATE INDEX outbox_recipient ON outbox (recipient, no) WHERE state <> 'closed';
CREATE INDEX outbox_due ON outbox (at, no) WHERE state = 'waiting';
CREATE TABLE timers (
  id TEXT PRIMARY KEY, contact TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
  json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (at) WHERE state = 'waiting';
${RESTED}
${PARTS}
${DESK}`

/** Opens the file, makes its folder and tables. Acknowledged turns survive a power cut: WAL with a sync per commit. */
export function openTables(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Asked for only now: where workerd runs there is none, and the tables above are used there too.
  const sqlite = process.getBuiltinModule('node:sqlite')
  // SQLite waits with the whole process standing still; the writer waits better.
  const db = new sqlite.DatabaseSync(path, { timeout: 20 })
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;`)
  const found = Number(
    one<{ user_version: number }>(db.prepare('PRAGMA user_version'))?.user_version
  )
  if (found > SCHEMA) {
    db.close()
    throw new DoorError('bad-config', `${path} was made by a newer version of this service`, false)
  }
  const missing = found === 0 ? TABLES : upgradeFrom(found)
  if (found < SCHEMA)
    db.exec(`BEGIN IMMEDIATE; ${missing} PRAGMA user_version = ${SCHEMA}; COMMIT;`)
  return db
}

/** The first row. The cast is the border with SQLite: STRICT tables hold what their columns say. */
export const one = <Row>(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined =>
  statement.get(...values) as Row | undefined

/** Every row. */
export const all = <Row>(statement: StatementSync, ...values: SQLInputValue[]): Row[] =>
  statement.all(...values) as Row[]
