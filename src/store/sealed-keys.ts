import type { Keyring } from '../security/keyring.ts'
import { newDataKey, unwrap, wrap } from '../security/seal.ts'
import type { Store } from './contract.ts'
import { chained, genesis } from './sealed-chain.ts'
import type { Seal, Stored } from './sealed-contact.ts'
import { saidBefore } from './sealed-log.ts'

/** Where a contact stands at one turn: its key, and what stands beside it in the store. */
export interface Standing {
  turn: number
  key: Buffer | undefined
  seal: Seal
}

/** How many contacts' keys are remembered between the load and the commit of a turn. */
const REMEMBERED = 5_000

export type Keys = ReturnType<typeof openKeys>

/**
 * Finds the key of a contact. A remembered one is used for exactly the turn it was seen at: whatever happened to the
 * contact since, its erasure included, has moved the turn on, and a commit of an old turn is refused by the store.
 */
export function openKeys(store: Store, keyring: Keyring) {
  const known = new Map<string, Standing>()
  function remember(id: string, standing: Standing): Standing {
    known.delete(id)
    known.set(id, standing)
    const oldest = known.keys().next().value
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
    return standing
  }
  async function standingOf(stored: Stored): Promise<Standing> {
    const { id, turn, seal } = stored
    const same = known.get(id)
    if (same?.turn === turn) return same
    if (!seal) return { turn, ...(await firstSeal(store, keyring, id)) }
    return remember(id, { turn, seal, key: seal.key && unwrap(keyring, id, seal.key) })
  }
  return {
    remember,
    standingOf,
    /** The key of a stored contact; undefined for one never sealed, or erased. */
    keyOf: async (stored: Stored) => (stored.seal ? (await standingOf(stored)).key : undefined),
    /** The key of a contact by id, for what is stored beside it. */
    async keyOfId(id: string): Promise<Buffer | undefined> {
      const stored: Stored | null = await store.load(id)
      return stored?.seal ? (await standingOf(stored)).key : undefined
    },
    /** Where a contact stands for a commit at this turn; null when the store has moved on, or never was there. */
    async at(id: string, turn: number): Promise<Standing | null> {
      if (turn === 0) return { turn: 0, ...newSeal(keyring, id) }
      const same = known.get(id)
      if (same?.turn === turn) return renewed(keyring, id, same)
      const stored = await store.load(id)
      if (stored?.turn !== turn) return null
      return renewed(keyring, id, await standingOf(stored))
    },
  }
}

function newSeal(keyring: Keyring, id: string): { key: Buffer; seal: Seal } {
  const key = newDataKey()
  return { key, seal: { v: 1, key: wrap(keyring, id, key), ...genesis(id) } }
}

/** A contact from before there were keys: its chain begins with the lines that are there. */
async function firstSeal(store: Store, keyring: Keyring, id: string) {
  const { key, seal } = newSeal(keyring, id)
  const lines = await store.timeline(id)
  const plain = lines.every((line) => saidBefore(line) === null)
  return { key, seal: { ...seal, ...(plain ? chained(genesis(id), lines) : {}) } }
}

/** Each turn leaves a contact under the current key of the keyring, so that a new one spreads by itself. */
function renewed(keyring: Keyring, id: string, standing: Standing): Standing {
  const { key, seal } = standing
  if (!key || seal.key?.by === keyring.current) return standing
  return { ...standing, seal: { ...seal, key: wrap(keyring, id, key) } }
}
