import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKeyring } from '../../src/security/keyring.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'
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

it('log verify: whole, until somebody changes it', async () => {
  const whole = await run(['log', 'verify'], { env: env() })
  expect(whole).toMatchObject({ code: 0, err: '' })
  expect(whole.out).toMatch(/^2 contacts, \d+ lines/)
  const db = new DatabaseSync(join(folder, 'front-door.db'))
  db.exec('UPDATE log SET at = at + 1 WHERE no = 1 AND seq = 2')
  const broken = await run(['log', 'verify'], { env: env() })
  expect(broken.code).toBe(1)
  expect(broken.err).toMatch(/✗ contact \d{8} .*a line between/)
  db.exec('UPDATE log SET at = at - 1 WHERE no = 1 AND seq = 2')
  db.close()
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
