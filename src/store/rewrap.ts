import type { Keyring } from '../security/keyring.ts'
import type { Store } from './contract.ts'
import { sealCommit } from './sealed.ts'
import type { Stored } from './sealed-contact.ts'
import { openContact } from './sealed-contact.ts'
import { openKeys } from './sealed-keys.ts'

/** How many contacts each key of the keyring wraps; `none` were never sealed, `erased` have no key. */
export type Wraps = Record<string, number>

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const PAGE = 200
const TRIES = 5

/**
 * Brings every contact under the current key while the service runs: a turn of its own that changes nothing else. A
 * contact whose turn is saved meanwhile is read again; its own turn has wrapped it by then.
 */
export async function rewrapAll(store: Store, keyring: Keyring): Promise<Wraps> {
  const wraps: Wraps = {}
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['list']>> = await store.list({
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    for (const { id } of page.contacts) {
      const began = performance.now()
      const by = await rewrapOne(store, keyring, id)
      wraps[by] = (wraps[by] ?? 0) + 1
      // Half of the time is left to the people who are ringing.
      await pause(performance.now() - began)
    }
    after = page.next
  } while (after !== null)
  return wraps
}

const wrappedBy = ({ seal }: Stored): string => (seal ? (seal.key?.by ?? 'erased') : 'none')

async function rewrapOne(store: Store, keyring: Keyring, id: string): Promise<string> {
  let by = 'none'
  for (let tries = 0; tries < TRIES; tries++) {
    const stored: Stored | null = await store.load(id)
    if (!stored) return by
    by = wrappedBy(stored)
    if (by === keyring.current || by === 'erased') return by
    const keys = openKeys(store, keyring)
    const standing = await keys.at(id, stored.turn)
    if (!standing) continue
    const opened = openContact(await keys.keyOf(stored), stored)
    const contact = { ...opened, turn: opened.turn + 1 }
    const commit = { contact, expected: stored.turn, log: [], outbox: [], timers: [] }
    const { result } = await store.commit(sealCommit(keyring, standing, commit).stored)
    if (result === 'saved') return keyring.current
  }
  return by
}
