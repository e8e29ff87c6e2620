import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { followKeyfile, LOOK_MS, writeKeyfile } from '../../src/security/keyfile.ts'
import { newKeyring } from '../../src/security/keyring.ts'

const folder = mkdtempSync(join(tmpdir(), 'front-door-keyfile-'))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

it('a file of keys that is gone is told of once for each time, and the keys in hand go on', () => {
  let at = 0
  vi.spyOn(performance, 'now').mockImplementation(() => at)
  const file = join(folder, 'keys')
  const keyring = newKeyring()
  writeKeyfile(file, keyring)
  const lost: string[] = []
  const followed = followKeyfile(file, (fault) => lost.push(fault))
  const look = () => {
    at += LOOK_MS
    return followed.keys.get(followed.current)
  }
  const key = keyring.keys.get('k1')
  expect(look()).toEqual(key)
  expect(lost).toEqual([])
  for (const times of [1, 2]) {
    renameSync(file, `${file}.away`)
    for (let n = 0; n < 3; n += 1) expect(look()).toEqual(key)
    expect(lost).toHaveLength(times)
    renameSync(`${file}.away`, file)
    expect(look()).toEqual(key)
  }
  expect(lost[0]).toMatch(/keys, which cannot be read: its keys are in this process alone/)
})
