import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAnchors, readAnchors } from '../../src/door/anchors.ts'
import { type Keyring, newKeyring } from '../../src/security/keyring.ts'
import { publicKey } from '../../src/security/sign.ts'
import { anchoredHeads, anchorFaults } from '../../src/store/anchor.ts'
import { sealed } from '../../src/store/sealed.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { verifyLog } from '../../src/store/verify.ts'
import { line, person, turn } from './sample.ts'

const TURNS = 40
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-chain-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const file = (name = 'a.db') => join(folder, name)
const anchorsAt = () => join(folder, 'anchors')
const keyring = newKeyring()

/** Two lines a turn, so that lines inside a turn can be changed as well. */
const nth = (who: number, n: number, words = 'no') =>
  turn(person(who, { turn: n }), {
    log: [line(2 * n - 1, { kind: 'answer', heard: words }), line(2 * n, { kind: 'outcome' })],
  })

/** Two people talk, anchored half way and at the end. */
async function talk(path: string, anchored = true, turns = TURNS) {
  const plain = openSqlite(path)
  for (const [from, to] of [
    [1, turns / 2],
    [turns / 2 + 1, turns],
  ] as const) {
    const fault = (error: unknown) => expect.unreachable(String(error))
    const anchors = openAnchors({ folder: anchorsAt(), keyring, fault })
    const store = sealed(plain, keyring, anchored ? anchors : {})
    for (let n = from; n <= to; n += 1) for (const who of [1, 2]) await store.commit(nth(who, n))
    anchors.close()
  }
  await plain.close()
}

async function faults(path = file()) {
  const plain = openSqlite(path)
  const anchors = readAnchors(anchorsAt())
  const found = await verifyLog(plain, anchoredHeads(anchors))
  await plain.close()
  return [...anchorFaults(publicKey(keyring), anchors), ...found.faults]
}

const change = (sql: string, path = file()) => {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

describe('the log of a day', () => {
  beforeEach(() => talk(file()))

  it('is whole', async () => expect(await faults()).toEqual([]))

  it.each([
    [
      'a word is changed',
      `UPDATE log SET heard = replace(heard, '.', '.A') WHERE no = 1 AND seq = 21`,
    ],
    ['a time is changed', 'UPDATE log SET at = at + 1 WHERE no = 1 AND seq = 40'],
    ['what was said is changed', 'UPDATE log SET said = kind WHERE no = 2 AND seq = 2'],
    ['a line is taken out', 'DELETE FROM log WHERE no = 1 AND seq = 22'],
    ['a turn is taken out', 'DELETE FROM log WHERE no = 1 AND seq IN (21, 22)'],
    [
      'a line is put in',
      'INSERT INTO log SELECT no, 1000, at, kind, channel, step, said, heard, detail FROM log WHERE no = 1 AND seq = 22',
    ],
    [
      'two turns change places',
      'UPDATE log SET seq = seq + 1000 WHERE no = 1 AND seq IN (21, 22); UPDATE log SET seq = seq - 2 WHERE no = 1 AND seq IN (23, 24); UPDATE log SET seq = seq - 998 WHERE no = 1 AND seq > 1000',
    ],
    [
      "another person's line is put in its place",
      'UPDATE log SET heard = (SELECT heard FROM log AS o WHERE o.no = 2 AND o.seq = log.seq) WHERE no = 1 AND seq = 31',
    ],
    ['the tail is cut off', `DELETE FROM log WHERE no = 1 AND seq > ${2 * TURNS - 10}`],
    ['a person is taken out', 'DELETE FROM facet_contacts WHERE no = 1'],
  ])('%s: it is noticed, and whose it is', async (_what, sql) => {
    change(sql)
    const found = await faults()
    expect(found.length).toBeGreaterThan(0)
    for (const fault of found) expect(fault).toMatch(/contact .*0000000000\d\d?\b/)
  })

  it('where a chain broke is told to the turn', async () => {
    change('UPDATE log SET at = at + 1 WHERE no = 1 AND seq = 40')
    expect((await faults())[0]).toMatch(/between 40 and 41/)
  })

  it('the tail cut off with the head set back to fit is noticed by the anchor alone', async () => {
    const short = file('short.db')
    rmSync(anchorsAt(), { recursive: true })
    await talk(file('b.db'), true)
    const plain = openSqlite(short)
    const store = sealed(plain, keyring)
    for (let n = 1; n <= TURNS / 2; n += 1)
      for (const who of [1, 2]) await store.commit(nth(who, n))
    await plain.close()
    expect(await faults(short)).toHaveLength(2)
  })

  it('everything written anew, chain and all, is noticed by the anchor alone', async () => {
    const other = file('other.db')
    const anchors = readFileSync(join(anchorsAt(), day()))
    await talk(other, false)
    writeFileSync(join(anchorsAt(), day()), anchors)
    const found = await faults(other)
    expect(found).toHaveLength(2)
    for (const fault of found) expect(fault).toMatch(/not those that were anchored/)
  })

  it('a restored copy from before the last anchor is noticed', async () => {
    copyFileSync(file(), file('copy.db'))
    const plain = openSqlite(file())
    const fault = (error: unknown) => expect.unreachable(String(error))
    const anchors = openAnchors({ folder: anchorsAt(), keyring, fault })
    await sealed(plain, keyring, anchors).commit(nth(1, TURNS + 1))
    anchors.close()
    await plain.close()
    expect(await faults()).toEqual([])
    expect(await faults(file('copy.db'))).toEqual([expect.stringMatching(/anchored/)])
  })

  it.each([
    ['changed', (lines: string[]) => [lines[0]!.replace('"at":"20', '"at":"19'), lines[1]!]],
    ['a head', (lines: string[]) => [lines[0]!.replace(/,(\d+),"/, ',1,"'), lines[1]!]],
    ['taken out', (lines: string[]) => [lines[1]!]],
    ['in another order', (lines: string[]) => [lines[1]!, lines[0]!]],
  ])('an anchor that is %s is noticed', async (_what, edit) => {
    const path = join(anchorsAt(), day())
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    writeFileSync(path, `${edit(lines).join('\n')}\n`)
    // A line that is no longer JSON is a fault that needs no key to see.
    const found = await faults().catch((error: Error) => [error.message])
    expect(found.length).toBeGreaterThan(0)
  })
})

describe('where the machine stopped while an anchor was written', () => {
  const fault = (error: unknown) => expect.unreachable(String(error))
  beforeEach(async () => {
    await talk(file(), true, 6)
    appendFileSync(join(anchorsAt(), day()), '{"serial":3,"at":"20')
  })

  it('the log is whole again with the next anchor', async () => {
    await expect(faults()).rejects.toThrow(/The last line of .* is no anchor/)
    const plain = openSqlite(file())
    const anchors = openAnchors({ folder: anchorsAt(), keyring, fault })
    await sealed(plain, keyring, anchors).commit(nth(1, 7))
    anchors.close()
    await plain.close()
    expect(readAnchors(anchorsAt()).map(({ serial }) => serial)).toEqual([1, 2, 3])
    expect(await faults()).toEqual([])
  })

  it('an anchor that was spoiled to look torn is missed all the same', async () => {
    const path = join(anchorsAt(), day())
    const [one = '', two = ''] = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, `${one.slice(0, 80)}\n${two}\n`)
    expect(await faults()).toEqual(expect.arrayContaining([expect.stringMatching(/taken out/)]))
  })
})

it('a store is not opened with keys that are not its own', async () => {
  await talk(file(), true, 6)
  const opened = (ring: Keyring) => () =>
    openAnchors({ folder: anchorsAt(), keyring: ring, fault: () => undefined }).close()
  expect(opened(newKeyring())).toThrow(/DATA_KEYS is not the keyring/)
  expect(opened({ ...newKeyring(), sign: keyring.sign })).not.toThrow()
})

const day = () => `${new Date().toISOString().slice(0, 10)}.jsonl`

it('every byte of a chain matters', async () => {
  await talk(file(), true, 6)
  const db = new DatabaseSync(file())
  const lines = db.prepare('SELECT no, seq, heard FROM log WHERE heard IS NOT NULL').all()
  const set = db.prepare('UPDATE log SET heard = ? WHERE no = ? AND seq = ?')
  let tried = 0
  for (const { no, seq, heard } of lines.slice(0, 3)) {
    const text = String(heard)
    for (let at = 1; at < text.length - 1; at += 3) {
      const other = text[at] === 'A' ? 'B' : 'A'
      set.run(text.slice(0, at) + other + text.slice(at + 1), no!, seq!)
      expect((await faults()).length).toBeGreaterThan(0)
      tried += 1
    }
    set.run(text, no!, seq!)
  }
  db.close()
  expect(tried).toBeGreaterThan(30)
  expect(await faults()).toEqual([])
})

it('two processes that write one contact at once make no fork', async () => {
  const plain = openSqlite(file())
  const [one, two] = [sealed(plain, keyring), sealed(plain, keyring)]
  for (let n = 1; n <= 20; n += 1) {
    const both = await Promise.all([one.commit(nth(1, n, 'one')), two.commit(nth(1, n, 'two'))])
    expect(both.map(({ result }) => result).sort()).toEqual(['overtaken', 'saved'])
  }
  expect(await verifyLog(plain, new Map())).toMatchObject({ lines: 40, faults: [] })
  await plain.close()
})
