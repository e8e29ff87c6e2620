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

/** Where what goes with the store is kept: beside its file. A store in memory keeps nothing: null. */
export function besideStore(storeUrl: string, name: string): string | null {
  const [, file] = /^sqlite:(.*)$/.exec(storeUrl) ?? []
  if (file === ':memory:') return null
  return file === undefined ? join('data', name) : join(dirname(file), name)
}

/** The keyring of the settings, or of the demo's own file beside the store. */
export const keyringOf = ({ DATA_KEYS, STORE_URL }: Pick<Config, 'DATA_KEYS' | 'STORE_URL'>) =>
  openKeyring(DATA_KEYS, besideStore(STORE_URL, 'data-keys'))

/** Seals a store with the keys of the settings and anchors its log in a folder beside it. */
export function openSealing(plain: Store, config: Config, log: Log): Sealing {
  const keyring = keyringOf(config)
  const folder = besideStore(config.STORE_URL, 'anchors')
  if (folder === null) return { keyring, store: sealed(plain, keyring), close: () => undefined }
  const fault = (error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown fault'
    log.error({ part: 'anchors', code: 'anchor-failed', fault: why }, 'The log was not anchored')
  }
  const anchors = openAnchors({ folder, keyring, fault })
  catchUp(anchors, plain, folder).catch(fault)
  return { keyring, store: sealed(plain, keyring, anchors), close: anchors.close }
}
