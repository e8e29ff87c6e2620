import type { KeyObject } from 'node:crypto'
import { sha256 } from '../security/seal.ts'
import { isSigned, signed } from '../security/sign.ts'
import type { Head } from './sealed-chain.ts'
import type { Stored } from './sealed-contact.ts'

/** What an anchor needs to know of a contact that was saved. */
export type Moved = Pick<Stored, 'id' | 'partition'> & { seal?: Head | undefined }

/** The head of one contact's log: contact, number of lines, hash. */
export type Anchored = readonly [contact: string, n: number, head: string]

/** One partition's heads that moved in a minute, and the hash over them. */
export interface PartitionHeads {
  hash: string
  heads: readonly Anchored[]
}

/** One minute of the log, signed. `prev` is the hash of the anchor before: one that is taken out is missed. */
export interface Anchor {
  serial: number
  at: string
  prev: string
  partitions: Readonly<Record<string, PartitionHeads>>
  hash: string
  sig: string
}

/** What stands before the first anchor. */
export const NO_ANCHOR: Pick<Anchor, 'serial' | 'hash'> = { serial: 0, hash: '' }

const hashOf = (value: unknown) => sha256(JSON.stringify(value))

const wholeHash = ({ serial, at, prev, partitions }: Omit<Anchor, 'hash' | 'sig'>) =>
  hashOf([serial, at, prev, Object.entries(partitions).map(([name, { hash }]) => [name, hash])])

/** Signs the heads that moved since the anchor before. */
export function makeAnchor(
  key: KeyObject,
  last: Pick<Anchor, 'serial' | 'hash'>,
  at: string,
  moved: Iterable<Moved>
): Anchor {
  const partitions: Record<string, { heads: Anchored[]; hash: string }> = {}
  for (const { id, partition, seal } of moved) {
    if (!seal) continue
    partitions[partition] ??= { hash: '', heads: [] }
    partitions[partition].heads.push([id, seal.n, seal.head])
  }
  for (const one of Object.values(partitions)) one.hash = hashOf(one.heads)
  const bare = { serial: last.serial + 1, at, prev: last.hash, partitions }
  const hash = wholeHash(bare)
  return { ...bare, hash, sig: signed(key, hash) }
}

/** What is wrong with a row of anchors, first to last. */
export function anchorFaults(key: KeyObject, anchors: readonly Anchor[]): string[] {
  const faults: string[] = []
  let last = NO_ANCHOR
  for (const anchor of anchors) {
    const { serial, at, prev, partitions, hash, sig } = anchor
    const name = `anchor ${serial} of ${at}`
    if (serial !== last.serial + 1 || prev !== last.hash)
      faults.push(`${name} does not follow anchor ${last.serial}: one was taken out or put in`)
    const heads = Object.values(partitions).every((one) => hashOf(one.heads) === one.hash)
    if (!heads || wholeHash(anchor) !== hash || !isSigned(key, hash, sig))
      faults.push(`${name} was changed: its signature does not hold`)
    last = anchor
  }
  return faults
}

/** Every head that was anchored, by contact. */
export function anchoredHeads(anchors: readonly Anchor[]): Map<string, Head[]> {
  const heads = new Map<string, Head[]>()
  for (const { partitions } of anchors)
    for (const { heads: moved } of Object.values(partitions))
      for (const [contact, n, head] of moved)
        heads.set(contact, [...(heads.get(contact) ?? []), { n, head }])
  return heads
}
