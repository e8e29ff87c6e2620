import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { newKeyring } from '../../src/security/keyring.ts'
import { sealed } from '../../src/store/sealed.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { storeContract } from './contract.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-sealed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

storeContract('sealed memory', async () => ({
  store: sealed(openSqlite(':memory:'), newKeyring()),
}))

storeContract('sealed file', async () => {
  const keyring = newKeyring()
  const file = join(folder, 'front-door.db')
  let store = sealed(openSqlite(file), keyring)
  return {
    store,
    async reopen() {
      await store.close()
      store = sealed(openSqlite(file), keyring)
      return store
    },
  }
})
