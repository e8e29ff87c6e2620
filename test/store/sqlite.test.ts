import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { storeContract } from './contract.ts'
import { at, line, nthTurn, person, row, timer, turn } from './sample.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-store-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const file = () => join(folder, 'made', 'by-us', 'front-door.db')

storeContract('memory', async () => ({ store: openSqlite(':memory:') }))

storeContract('file', async () => {
  let store = openSqlite(file())
  return {
    store,
    async reopen() {
      await store.close()
      store = openSqlite(file())
      return store
    },
  }
})

/** Transactions in the write-ahead log: a frame that ends one carries the size of the database in its header. */
function transactions(path: string): number {
  const wal = readFileSync(`${path}-wal`)
  const frame = wal.readUInt32BE(8) + 24
  let ends = 0
  for (let place = 32; place + frame <= wal.length; place += frame) {
    if (wal.readUInt32BE(place + 4) > 0) ends += 1
  }
  return ends
}

describe('one writer', () => {
  let store: Store
  beforeEach(() => {
    store = openSqlite(file())
  })
  afterEach(() => store.close())

  it('forty people who speak at once share one transaction', async () => {
    const before = transactions(file())
    await Promise.all(Array.from({ length: 40 }, (_, n) => store.commit(turn(person(n)))))
    expect(transactions(file()) - before).toBe(1)
    await store.commit(turn(person(50)))
    expect(transactions(file()) - before).toBe(2)
  })

  it('nobody is told before their words are on the disk', async () => {
    const other = new DatabaseSync(file(), { readOnly: true })
    const saved = other.prepare('SELECT count(*) AS n FROM contacts')
    const seen = await Promise.all(
      [1, 2, 3].map((n) => store.commit(turn(person(n))).then(() => saved.get()))
    )
    expect(seen.map((found) => found?.n)).toEqual([3, 3, 3])
    other.close()
  })

  it('a turn that breaks a rule is undone alone; the others with it are saved', async () => {
    const words = { said: 'said for the first time, in a turn that was undone' }
    const broken = turn(person(2), { log: [line(1, words), line(1)], outbox: [row(person(2), 1)] })
    const ends = await Promise.allSettled(
      [turn(person(1)), broken, turn(person(3))].map((commit) => store.commit(commit))
    )
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(ends[1]).toMatchObject({ reason: { code: 'bad-input', retry: false } })
    expect(await store.load(person(2).id)).toBeNull()
    expect(await store.claimOutbox(at(1), 9)).toEqual([])
    // The same words again: what was undone must not be remembered as kept.
    await store.commit(turn(person(4), { log: [line(1, words)] }))
    expect(await store.timeline(person(4).id)).toEqual([line(1, words)])
  })

  it('while another program holds the file everyone waiting is told to try again', async () => {
    const other = new DatabaseSync(file())
    other.exec('BEGIN IMMEDIATE')
    const down = { status: 'rejected', reason: { code: 'store-down', retry: true } }
    const ends = await Promise.allSettled([1, 2].map((n) => store.commit(turn(person(n)))))
    expect(ends).toMatchObject([down, down])
    other.exec('ROLLBACK')
    other.close()
    expect(await store.commit(turn(person(1)))).toEqual({ result: 'saved' })
  })

  it('what waits when the service stops is saved', async () => {
    const saved = [1, 2, 3].map((n) => store.commit(turn(person(n))))
    await store.close()
    expect(await Promise.all(saved)).toEqual(Array(3).fill({ result: 'saved' }))
  })

  it('a file of a newer version is refused, not guessed at', async () => {
    await store.close()
    const newer = new DatabaseSync(file())
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => openSqlite(file())).toThrow(expect.objectContaining({ code: 'bad-config' }))
    expect(() => openSqlite(folder)).toThrow(expect.objectContaining({ code: 'store-down' }))
  })

  it("an operator's command that opens the file takes nothing from the running service", async () => {
    await store.commit(turn(person(1), { outbox: [row(person(1), 1)] }))
    await store.claimOutbox(at(1), 9)
    const command = openSqlite(file())
    expect(await command.load(person(1).id)).not.toBeNull()
    await command.close()
    expect(await store.claimOutbox(at(1), 9)).toEqual([])
  })

  it('a text whose sender never answers comes back after ten minutes', async () => {
    const ann = person(1)
    await store.commit(turn(ann, { outbox: [row(ann, 1)], timers: [timer(ann, 'check', 1)] }))
    await store.claimOutbox(at(1), 9)
    await store.claimTimers(at(1), 9)
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 599_000)
    expect(await store.claimOutbox(at(1), 9)).toEqual([])
    clock.mockReturnValue(now + 601_000)
    expect(await store.claimOutbox(at(1), 9)).toMatchObject([{ tries: 2 }])
    expect(await store.claimTimers(at(1), 9)).toHaveLength(1)
    clock.mockRestore()
  })

  it('more touched since an instant than are worth sorting are still found, newest first', async () => {
    await Promise.all(
      Array.from({ length: 1_100 }, (_, n) => store.commit(turn(person(n, { updatedAt: at(1) }))))
    )
    const { contacts } = await store.list({ from: at(0), limit: 3 })
    expect(contacts.map(({ id }) => id)).toEqual([1_099, 1_098, 1_097].map((n) => person(n).id))
  })

  it('a page cursor that is not ours is the sender’s fault', async () => {
    await expect(store.list({ limit: 1, after: 'x' })).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('the log of a contact that rests', () => {
  /** Five turns of two lines, of which the last ends the conversation. */
  async function fiveTurns(store: Store) {
    for (let n = 1; n <= 5; n += 1) await store.commit(nthTurn(7, n === 5 ? 15 : n, n))
  }
  const rowsIn = (path: string, table: string) => {
    const db = new DatabaseSync(path)
    const rows = db.prepare(`SELECT * FROM ${table}`).all()
    db.close()
    return rows
  }

  it('is one packed row, and reads as it was written', async () => {
    const store = openSqlite(file())
    await fiveTurns(store)
    const lines = await store.timeline(person(7).id)
    expect(lines.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 30, 31])
    expect(lines[0]).toEqual(nthTurn(7, 1).log[0])
    expect(lines[9]).toEqual(nthTurn(7, 15).log[1])
    await store.close()
    expect(rowsIn(file(), 'log')).toEqual([])
    expect(rowsIn(file(), 'rested')).toHaveLength(1)
  })

  it('refuses a number that is in it, and takes what comes later', async () => {
    const store = openSqlite(file())
    await fiveTurns(store)
    const late = (seqs: number[], n: number) =>
      store.commit(turn(person(7, { turn: n }), { log: seqs.map((seq) => line(seq)) }))
    expect(await late([4], 6)).toEqual({ result: 'overtaken' })
    expect(await late([40], 6)).toEqual({ result: 'saved' })
    expect(await late([10], 7)).toEqual({ result: 'saved' })
    const seqs = (await store.timeline(person(7).id)).map(({ seq }) => seq)
    expect(seqs).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 31, 40])
    await store.close()
  })

  it('is there in a file of the version before', async () => {
    const older = openSqlite(file())
    await older.commit(turn(person(1)))
    await older.close()
    const db = new DatabaseSync(file())
    db.exec(`DROP TABLE rested; DROP TABLE rested_parts; DROP TABLE desk; DROP TABLE desk_counts;
      PRAGMA user_version = 1`)
    db.close()
    const store = openSqlite(file())
    await fiveTurns(store)
    expect(await store.timeline(person(1).id)).toEqual([line(1)])
    expect(await store.timeline(person(7).id)).toHaveLength(10)
    await store.close()
  })
})

it('a contact of fifteen turns is kept in three kilobytes once its replies have expired', async () => {
  const path = file()
  const store = openSqlite(path)
  const people = Array.from({ length: 100 }, (_, n) => n)
  for (let n = 1; n <= 15; n += 1) {
    await Promise.all(people.map((who) => store.commit(nthTurn(who, n))))
  }
  await store.expireReplies(at(999))
  await store.close()
  const db = new DatabaseSync(path)
  const pragma = (name: string) =>
    Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  db.close()
  expect(bytes / people.length).toBeLessThan(3_000)
})
