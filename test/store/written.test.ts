import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterEach, beforeEach, it } from 'vitest'
import { openSqlite } from '../../src/store/sqlite.ts'
import { readsAndGoesOn, VERSIONS, written } from './written.ts'

type Value = string | number | null | { bytes: string }

/** Its tables as that version made them, and their rows. */
interface Tables {
  version: number
  schema: string[]
  tables: Record<string, Record<string, Value>[]>
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-written-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it.each(VERSIONS)('SQLite: what version %i wrote is read, and goes on', async (version) => {
  const was = written<Tables>(version, 'sqlite')
  const file = join(folder, 'front-door.db')
  const db = new DatabaseSync(file)
  db.exec(`${was.schema.join(';\n')}; PRAGMA user_version = ${was.version}`)
  for (const [name, rows] of Object.entries(was.tables))
    for (const row of rows) {
      const marks = Object.keys(row).map(() => '?')
      const insert = db.prepare(`INSERT INTO ${name} (${Object.keys(row)}) VALUES (${marks})`)
      insert.run(...Object.values(row).map(asStored))
    }
  db.close()
  const store = openSqlite(file)
  await readsAndGoesOn(store, was)
  await store.close()
})

const asStored = (value: Value): SQLInputValue =>
  value !== null && typeof value === 'object' ? Buffer.from(value.bytes, 'base64') : value
