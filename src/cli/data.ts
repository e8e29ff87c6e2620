import { existsSync } from 'node:fs'
import { besideStore, keyringOf } from '../door/sealing.ts'
import type { Keyring } from '../security/keyring.ts'
import type { Store } from '../store/contract.ts'
import { openRedis } from '../store/redis.ts'
import { FORMS, isAddress } from '../store/redis-address.ts'
import { openSqlite } from '../store/sqlite.ts'
import { misused } from './options.ts'

const DEFAULT = 'sqlite:./data/front-door.db'

/** The settings a command on the data reads: the door's, without those of its neighbours. */
export const settings = {
  STORE_URL: process.env['STORE_URL'] || DEFAULT,
  DATA_KEYS: process.env['DATA_KEYS'] || undefined,
  DATA_DIR: process.env['DATA_DIR'] || undefined,
  SPILL_DIR: process.env['SPILL_DIR'] || undefined,
}

/** The keys of the settings. A command makes none: they would not be those of the store. */
export function keys(): Keyring {
  const file = besideStore(settings, 'data-keys')
  if (settings.DATA_KEYS === undefined && (file === null || !existsSync(file)))
    throw misused([`DATA_KEYS is missing, and there is no ${file ?? 'file of the demo'}`])
  return keyringOf(settings)
}

/** The store as it is kept, sealed, and its keys. A running service goes on beside the command. */
export async function withStore<T>(
  work: (store: Store, keyring: Keyring) => Promise<T>
): Promise<T> {
  const keyring = keys()
  const store = await openPlain(settings.STORE_URL)
  try {
    return await work(store, keyring)
  } finally {
    await store.close()
  }
}

async function openPlain(url: string): Promise<Store> {
  const file = fileOf(url)
  if (file !== null) return openSqlite(file)
  // The door says, each time it starts, what of a Redis could lose turns.
  if (isAddress(url)) return openRedis(url, { strict: false, warn: () => undefined })
  throw misused([`STORE_URL ${withoutSecret(url)} is neither a sqlite: file nor ${FORMS}`])
}

/** The file of an embedded store, or null. */
export const fileOf = (url: string): string | null =>
  url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null

/** A STORE_URL as it may be shown: a password may stand in it. */
export const withoutSecret = (url: string) => url.replace(/\/\/[^@/]*@/, '//')
