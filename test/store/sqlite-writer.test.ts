import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { DoorError } from '../../src/errors.ts'
import { openWriter, storeFault } from '../../src/store/sqlite-writer.ts'

const sqlite = (errcode: number) =>
  Object.assign(new Error('said by SQLite'), { code: 'ERR_SQLITE_ERROR', errcode })

it.each([
  ['the disk is full', sqlite(13), { code: 'store-down', retry: true }],
  ['the disk fails to sync', sqlite(10 | (4 << 8)), { code: 'store-down', retry: true }],
  ['another program holds the file', sqlite(5), { code: 'store-down', retry: true }],
  ['a row is there already', sqlite(19 | (6 << 8)), { code: 'bad-input', retry: false }],
  [
    'the store is closed',
    Object.assign(new Error(), { code: 'ERR_INVALID_STATE' }),
    { code: 'store-down' },
  ],
  ['a fault that has its name', new DoorError('overtaken', 'x', true), { code: 'overtaken' }],
])('%s: the caller learns whether trying again could help', (_what, error, fault) => {
  expect(storeFault(error)).toMatchObject(fault)
})

it('a mistake of ours is not dressed up as a fault of the store', () => {
  const mistake = new TypeError('x is undefined')
  expect(storeFault(mistake)).toBe(mistake)
})

it('a full disk refuses the turn that needed the room, and the service goes on with the rest', async () => {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE said (words TEXT); PRAGMA max_page_count = 20')
  const add = db.prepare('INSERT INTO said VALUES (?)')
  let undone = 0
  const writer = openWriter(db, () => {
    undone += 1
  })
  const say = (words: string) => writer.run(() => add.run(words).changes)
  const long = 'x'.repeat(200_000)

  const alone = await Promise.allSettled([say(long)])
  expect(alone).toMatchObject([{ status: 'rejected', reason: { code: 'store-down', retry: true } }])
  const together = await Promise.allSettled([say('short'), say(long), say('short too')])
  // SQLite may undo the whole transaction when it runs out of room: then nobody in it was told that it was saved.
  const told = together.filter(({ status }) => status === 'fulfilled').length
  expect(db.prepare('SELECT count(*) AS n FROM said').get()?.n).toBe(told)
  expect(undone).toBeGreaterThanOrEqual(2)
  expect(await say('room again')).toBe(1)
  writer.close()
  await expect(say('too late')).rejects.toMatchObject({ code: 'store-down' })
})

it('another program holds the file for a while: turns wait for it, and nothing else does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-held-'))
  const open = () => new DatabaseSync(join(folder, 'held.db'), { timeout: 20 })
  const [ours, theirs] = [open(), open()]
  ours.exec('PRAGMA journal_mode = WAL; CREATE TABLE said (words TEXT)')
  const writer = openWriter(ours, () => {})
  const add = ours.prepare('INSERT INTO said VALUES (?)')
  theirs.exec('BEGIN IMMEDIATE')
  let ticks = 0
  const ticking = setInterval(() => {
    ticks += 1
    // Held over many tries; the file is let go only because this process goes on meanwhile.
    if (ticks === 20) theirs.exec('COMMIT')
  }, 5)
  const said = await Promise.all(['one', 'two'].map((words) => writer.run(() => add.run(words))))
  expect(said.map(({ changes }) => changes)).toEqual([1, 1])
  expect(ticks).toBeGreaterThanOrEqual(20)
  theirs.exec('BEGIN IMMEDIATE')
  await expect(writer.run(() => add.run('three'))).rejects.toMatchObject({ code: 'store-down' })
  clearInterval(ticking)
  writer.close()
  for (const db of [ours, theirs]) db.close()
  rmSync(folder, { recursive: true })
})

it('more than one group is written in the order it came', async () => {
  const db = new DatabaseSync(':memory:')
  const writer = openWriter(db, () => {})
  const order: number[] = []
  await Promise.all(Array.from({ length: 1_200 }, (_, n) => writer.run(() => order.push(n))))
  expect(order).toEqual(Array.from({ length: 1_200 }, (_, n) => n))
})
