import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openSqlite } from '../../src/store/sqlite.ts'
import { startLoad } from './redis-load.ts'

/**
 * A process of its own in which callers talk to an embedded store, so that its power can be cut: `<file> <first person>`.
 * It writes a line for each turn as it is acknowledged: person and turn. With `careless` it keeps numbers in a file that
 * is not synced at each commit, for the run to see that it would notice.
 */
const [file = '', from = '1', how] = process.argv.slice(2)
const told = (n: number, t: number) => void writeSync(1, `${n} ${t}\n`)

if (how === 'careless') careless()
else startLoad(openSqlite(file), { from: Number(from), told })

function careless() {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
  db.exec('CREATE TABLE IF NOT EXISTS told (n INTEGER PRIMARY KEY)')
  db.exec('PRAGMA synchronous = NORMAL')
  const insert = db.prepare('INSERT INTO told (n) VALUES (?)')
  let n = Number(from)
  const go = () => {
    insert.run(n)
    told(n++, 1)
    setImmediate(go)
  }
  go()
}
