import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { STATEMENTS } from '../../src/store/desk-sqlite.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { openTables } from '../../src/store/sqlite-tables.ts'
import { waiting } from './desk-rows.ts'

const db = openTables(':memory:')

it.each(Object.entries(STATEMENTS))(
  '%s goes to what it wants by an index, however many wait',
  (_name, sql) => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    const given = (sql.match(/\?/g) ?? []).map(() => 'x')
    const steps = plan.all(...given).map(({ detail }) => String(detail))
    // What writes one row by its key has no plan.
    expect(steps.length > 0).toBe(/^(SELECT|DELETE)/.test(sql))
    for (const step of steps)
      expect(step).toMatch(/^SEARCH \w+ USING (INDEX|COVERING INDEX|PRIMARY KEY) /)
    // By all that is asked for: a page in the middle of the order does not walk to it.
    const range = '(rank,id)>(?,?)'
    if (sql.includes('LIMIT')) expect(steps.join()).toContain(range)
  }
)

it('reads while another program writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-desk-'))
  const file = join(folder, 'front-door.db')
  const store = openSqlite(file)
  await store.desk.put(waiting(1))
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  const late = store.desk.put(waiting(2))
  expect(await store.desk.list('lewisham', 'queue')).toEqual([waiting(1)])
  other.exec('ROLLBACK')
  other.close()
  expect(await late).toBe('saved')
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})
