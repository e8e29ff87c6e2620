import type { Contact } from './contact.ts'

/** A record as some version of this service wrote it. */
export interface Written {
  schema: number
}

/** Makes the record of one schema of the record of the schema before. */
export type Upgrade = (older: Written) => Written

/** In schema 2 what is sealed is packed otherwise: a version that knows only schema 1 must not try to open it. */
const packed: Upgrade = (older) => older

/** The first makes schema 2 of schema 1, and so on. */
const UPGRADES: readonly Upgrade[] = [packed]

/**
 * The record as this version knows it, whichever version wrote it. Null for one that a newer version wrote: half
 * understanding what somebody said is worse than not reading it.
 */
export function upgrade(written: Written, upgrades = UPGRADES): Contact | null {
  const newest = upgrades.length + 1
  if (written.schema > newest) return null
  const record = upgrades
    .slice(written.schema - 1)
    .reduce((older, step, n) => ({ ...step(older), schema: written.schema + n + 1 }), written)
  return record as Contact
}
