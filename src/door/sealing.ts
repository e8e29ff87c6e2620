import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import type { Log } from '../observe.ts'
import { openKeyring } from '../security/keyfile.ts'
import type { Keyring } from '../security/keyring.ts'
import type { Store } from '../store/contract.ts'
import { sealed } from '../store/sealed.ts'
import { catchUp, openAnchors } from './anchors.ts'

/** A store that keeps nothing personal in clear, and whose log is anchored. */
export interface Sealing {
  keyring: Keyring
  store: Store
  /** Signs what has not been anchored yet. The store is closed by whoever opened it. */
  close: () => void
}

/** What says where a store is, and where what goes with it. */
export type StorePlace = Pick<Config, 'STORE_URL' | 'DATA_DIR'>

/**
 * Where what goes with the store is kept: in DATA_DIR, else beside its file. Doors that share a Redis need a DATA_DIR each.
 * A store in memory keeps nothing: null.
 */
export function besideStore({ STORE_URL, DATA_DIR }: StorePlace, name: string): string | null {
  const [, file] = /^sqlite:(.*)$/.exec(STORE_URL) ?? []
  if (file === ':memory:') return null
  return join(DATA_DIR ?? (file === undefined ? 'data' : dirname(file)), name)
}

/** The keyring of the settings, or of the demo's own file beside the store. */
export const keyringOf = (
  config: StorePlace & Pick<Config, 'DATA_KEYS'>,
  lost?: (fault: string) => void
) => openKeyring(config.DATA_KEYS, besideStore(config, 'data-keys'), lost)

/** Seals a store with the keys of the settings and anchors its log in a folder beside it. */
export function openSealing(plain: Store, config: Config, log: Log): Sealing {
  const keyring = keyringOf(config, (fault) =>
    log.error({ part: 'keys', code: 'bad-config', fault }, 'Do not stop this process')
  )
  const folder = besideStore(config, 'anchors')
  if (folder === null) return { keyring, store: sealed(plain, keyring), close: () => undefined }
  const fault = (error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown fault'
    log.error({ part: 'anchors', code: 'anchor-failed', fault: why }, 'The log was not anchored')
  }
  const anchors = openAnchors({ folder, keyring, fault })
  catchUp(anchors, plain, folder).catch(fault)
  return { keyring, store: sealed(plain, keyring, anchors), close: anchors.close }
}
