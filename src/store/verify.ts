import type { LogEntry } from '../record/contact.ts'
import type { Store } from './contract.ts'
import { genesis, type Head, link } from './sealed-chain.ts'
import type { Stored } from './sealed-contact.ts'
import { mark, saidBefore } from './sealed-log.ts'

/** What `log verify` found. */
export interface Verified {
  contacts: number
  lines: number
  /** Contacts from before there were keys: they have no chain yet. */
  unsealed: number
  faults: string[]
}

const PAGE = 200

/** Recomputes the chain of every contact and holds it against its head and against what was anchored. No key is needed. */
export async function verifyLog(
  store: Store,
  anchored: ReadonlyMap<string, readonly Head[]>
): Promise<Verified> {
  const found: Verified = { contacts: 0, lines: 0, unsealed: 0, faults: [] }
  const missing = new Set(anchored.keys())
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['list']>> = await store.list({
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    for (const contact of page.contacts) {
      missing.delete(contact.id)
      await verifyOne(store, contact, anchored.get(contact.id) ?? [], found)
    }
    after = page.next
  } while (after !== null)
  for (const id of missing) found.faults.push(`contact ${id} was anchored and is gone`)
  return found
}

/** A turn may be saved between two reads; then it is read again. */
const TRIES = 3

async function verifyOne(
  store: Store,
  listed: Stored,
  anchored: readonly Head[],
  found: Verified
): Promise<void> {
  let contact: Stored | null = listed
  let faults: string[] = []
  for (let tries = 0; tries < TRIES && contact; tries++) {
    const lines = await store.timeline(contact.id)
    faults = contact.seal ? chainFaults(contact.id, contact.seal, lines, anchored) : []
    const sealed = contact.seal !== undefined
    if (!sealed && anchored.length > 0) faults = ['its seal was taken off']
    if (faults.length === 0 || tries === TRIES - 1) {
      found.contacts += 1
      found.lines += lines.length
      if (!sealed) found.unsealed += 1
      break
    }
    contact = await store.load(listed.id)
  }
  found.faults.push(...faults.map((fault) => `contact ${listed.ref} (${listed.id}): ${fault}`))
}

/** What is wrong with one contact's lines, in the order it is met. */
export function chainFaults(
  id: string,
  head: Head,
  lines: readonly LogEntry[],
  anchored: readonly Head[]
): string[] {
  const faults: string[] = []
  const heads = new Map<number, string>()
  let at = genesis(id)
  let good = 0
  for (const line of lines) {
    const said = saidBefore(line)
    if (said !== null && said !== mark(at) && faults.length === 0)
      faults.push(`a line between ${good + 1} and ${line.seq} was changed, put in or taken out`)
    if (said !== null) good = line.seq
    at = link(at, line)
    heads.set(at.n, at.head)
  }
  if (at.n !== head.n || at.head !== head.head)
    faults.push(`its ${at.n} lines do not come to the head it had after ${head.n}`)
  for (const { n, head: was } of anchored)
    if (heads.get(n) !== was) {
      faults.push(`its first ${n} lines are not those that were anchored`)
      break
    }
  return faults
}
