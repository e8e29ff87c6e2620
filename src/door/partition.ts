import { createHmac } from 'node:crypto'
import type { Keyring } from '../security/keyring.ts'
import { derived } from '../security/seal.ts'

const PARTITIONS = 64

/**
 * 0 to 63 from a keyed hash, so that a partition says nothing of the number it holds. The same in every instance and after
 * every start, so that what one address says stays in one order.
 */
export function partitionBy(keyring: Keyring): (place: string, address: string) => number {
  const secret = derived(keyring, 'partition')
  return (place, address) =>
    createHmac('sha256', secret).update(`${place}:${address}`).digest().readUInt16BE(0) % PARTITIONS
}
