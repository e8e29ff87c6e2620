import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKeyring, readKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'
import { deskOf, waiting } from '../store/desk-rows.ts'
import { run } from './run.ts'

let folder: string
let door: OpenedDoor
const env = () => ({ STORE_URL: `sqlite:${join(folder, 'front-door.db')}` })
const phone = mobile()
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-data-'))
  door = await open(env())
  await door.ring(phone, NUMBERS.lewisham, ['2', '2', '2', 'hang up'])
})
afterAll(async () => {
  await door.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('keys', () => {
  it("the demo's keyring is its own, and nobody else may read it", () => {
    const file = join(folder, 'data-keys')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readKeyring(readFileSync(file, 'utf8')).current).toBe('k1')
  })

  it('a new keyring is printed, or written', async () => {
    const { out } = await run(['keys', 'new'])
    expect(readKeyring(out.trim()).current).toBe('k1')
    const to = join(folder, 'more', 'keys')
    expect((await run(['keys', 'new', '--to', to])).code).toBe(0)
    expect(statSync(to).mode & 0o777).toBe(0o600)
    const kept = readFileSync(to, 'utf8')
    expect((await run(['keys', 'new', '--to', to])).err).toMatch(/is there already/)
    expect(readFileSync(to, 'utf8')).toBe(kept)
  })

  it('with --step add nothing is wrapped yet, and the next step is named', async () => {
    const DATA_KEYS = writeKeyring(newKeyring())
    const { out } = await run(['keys', 'rotate', '--step', 'add'], { env: { ...env(), DATA_KEYS } })
    expect(readKeyring(out.split('\n')[0]!)).toMatchObject({ current: 'k1' })
    expect(out).toMatch(/Key k2 reads.[\s\S]*rotate --step use/)
  })

  it('are rotated while a call goes on, and nobody notices', async () => {
    const caller = mobile()
    const { call } = await door.ring(caller, NUMBERS.lewisham, ['2'])
    const rotated = run(['keys', 'rotate'], { env: env() })
    for (const press of ['2', '2', '1']) await door.go(call, [press])
    expect(await rotated).toMatchObject({ code: 0, err: '' })
    await door.go(call, ['hang up'])
    expect((await rotated).out).toMatch(/Key k2 is current/)
    expect((await rotated).out).toMatch(/k2: 2 contacts/)
    for (const number of [phone, caller])
      expect((await door.contactOf(number)).person).toMatchObject({ address: number })
    expect((await door.contactOf(caller)).timeline.length).toBeGreaterThan(4)
    const { out } = await run(['keys', 'rewrap'], { env: env() })
    expect(out).toMatch(/^k2: 2 contacts\nk1 wrap nothing/)
  })
})

it('backup: the store, what is spilled and not saved yet, and not the keys', async () => {
  const SPILL_DIR = join(folder, 'elsewhere')
  mkdirSync(SPILL_DIR)
  writeFileSync(join(SPILL_DIR, '1.aside'), 'sealed')
  const running = openSqlite(join(folder, 'front-door.db'))
  for (const n of [1, 2, 3]) await running.desk.put(waiting(n, { owner: n === 3 ? 'ann' : '' }))
  const to = join(folder, 'backup')
  const { out } = await run(['backup', 'to', to], { env: { ...env(), SPILL_DIR } })
  expect(out).toMatch(/1 files? of the spill[\s\S]* 2 contacts, sound/)
  expect(readFileSync(join(to, 'spill', '1.aside'), 'utf8')).toBe('sealed')
  expect(readdirSync(to)).not.toContain('data-keys')
  const copy = openSqlite(join(to, 'front-door.db'))
  expect(await deskOf(copy)).toEqual(await deskOf(running))
  // Three of ours, and the promises that the calls above were given.
  expect((await deskOf(copy)).rows.length).toBeGreaterThan(3)
  for (const store of [copy, running]) await store.close()
})

it.each([[['help']], [['--help']], [['keys', '--help']], [['keys', 'rotate', '-h']]])(
  '%j says what there is, and does nothing',
  async (words) => {
    const { code, out } = await run(words, { env: env() })
    expect(code).toBe(0)
    expect(out).toMatch(/rotate {5}add a key/)
    expect(out.includes('records')).toBe(words[0] !== 'keys')
  }
)

it('log verify: whole, until somebody changes it', async () => {
  const whole = await run(['log', 'verify'], { env: env() })
  expect(whole).toMatchObject({ code: 0, err: '' })
  expect(whole.out).toMatch(/^2 contacts, \d+ lines/)
  const db = new DatabaseSync(join(folder, 'front-door.db'))
  changeTime(db, 1)
  const broken = await run(['log', 'verify'], { env: env() })
  expect(broken.code).toBe(1)
  expect(broken.err).toMatch(/✗ contact \d{8} .*a line between/)
  changeTime(db, -1)
  db.close()
})

/** Moves the time of the second line of the first contact, whose call is over, so that its lines are packed. */
function changeTime(db: DatabaseSync, by: number) {
  const { lines } = db.prepare('SELECT lines FROM rested WHERE no = 1').get() as {
    lines: Uint8Array
  }
  // A byte that says how they are packed, the length of the values, the values, and the envelopes.
  const was = Buffer.from(lines)
  const end = 5 + was.readUInt32BE(1)
  const rows = JSON.parse(inflateRawSync(was.subarray(5, end)).toString()) as [number, number][]
  rows[1]![1] += by
  const values = deflateRawSync(JSON.stringify(rows))
  was.writeUInt32BE(values.length, 1)
  const changed = Buffer.concat([was.subarray(0, 5), values, was.subarray(end)])
  db.prepare('UPDATE rested SET lines = ? WHERE no = 1').run(changed)
}

describe('records', () => {
  it('two people erase a record that nobody holds; a report counts and erases nothing', async () => {
    const asker = mobile()
    await door.text(asker, NUMBERS.lewisham, 'STOP')
    const { ref } = await door.contactOf(asker)
    const records = (...words: string[]) => run(['records', ...words], { env: env() })
    expect((await records('ask', ref)).err).toMatch(/--by is missing.*\n.*--why is missing/)
    await records('hold', ref, '--by', 'kim', '--why', 'a complaint')
    const held = await records('ask', ref, '--by', 'kim', '--why', 'asked')
    expect(held).toMatchObject({ code: 1 })
    expect(held.err).toMatch(/it is held/)
    const report = await run(['retention', 'report', '--at', '2090-01-01T00:00:00Z'], {
      env: env(),
    })
    expect(report.out).toMatch(/1 held though old[\s\S]*nothing was erased/)
    await records('release', ref, '--by', 'kim', '--why', 'over')
    const early = await records('ask', ref, '--by', 'kim', '--why', 'asked')
    expect(early.err).toMatch(/going on|promise is still running/)
    await door.advance('P30D')
    await door.settled()
    expect(await records('ask', ref, '--by', 'kim', '--why', 'asked')).toMatchObject({ err: '' })
    expect((await records('confirm', ref, '--by', 'kim')).err).toMatch(/whoever asked/)
    expect((await records('confirm', ref, '--by', 'lee')).out).toMatch(/erased/)
    expect(await door.contactsOf(asker)).toEqual([])
    expect((await run(['log', 'verify'], { env: env() })).err).toBe('')
    expect((await records('again')).out).toMatch(/^1 erased records; 0 had come back/)
  })

  it('data-map names every processor', async () => {
    const { code, out } = await run(['data-map'])
    expect(code).toBe(0)
    for (const who of ['Twilio', 'Microsoft', 'Google']) expect(out).toContain(who)
  })
})

it('after calls and texts nothing of a person is on the disk in clear', async () => {
  const to = NUMBERS.lewisham
  const caller = '+447700900742'
  const acts = ['2', '2', '2', '1', '3', '6', '2#', 'SE6 1ZZ', '1', '1', '07700 900743']
  const words = 'my parrot quibbled and fell on the ottoman'
  await door.ring(caller, to, [...acts, 'Zebedee Canary', words, 'hang up'])
  await door.text(caller, to, words)
  await door.text(caller, to, 'chest pain Zebedee Canary')
  await door.simulator('teams/canary', { say: words, place: 'lewisham' })
  await door.advance('P1D')
  await door.settled()
  const kept = JSON.stringify(
    await door
      .contactsOf(caller)
      .then((all) => Promise.all(all.map(({ ref }) => door.api(`contacts/${ref}`))))
  )
  for (const canary of [caller, '900743', 'SE6 1ZZ', 'Zebedee', 'quibbled'])
    expect(kept).toContain(canary)
  const disk = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
    .join('\n')
  for (const trace of [
    /7700 ?9007/,
    /90074[23]/,
    /Zebedee|Canary/i,
    /SE6 ?1ZZ|S E 6/i,
    /parrot|quibbled|ottoman/i,
  ])
    expect(disk).not.toMatch(trace)
})

it('a command without its keys says what is missing', async () => {
  const DATA_KEYS = `file:${join(folder, 'nothing')}`
  const { code, err } = await run(['log', 'verify'], { env: { ...env(), DATA_KEYS } })
  expect(code).toBe(1)
  expect(err).toMatch(/DATA_KEYS names .*nothing, which cannot be read/)
  writeFileSync(join(folder, 'nothing'), 'k1')
  const wrong = await run(['log', 'verify'], { env: { ...env(), DATA_KEYS } })
  expect(wrong.err).toMatch(/DATA_KEYS has no current/)
})
