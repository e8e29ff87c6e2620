import { DoorError } from '../errors.ts'
import type { Contact, LogEntry } from '../record/contact.ts'
import type { Keyring } from '../security/keyring.ts'
import type { Commit, Store } from './contract.ts'
import { sealCommit } from './sealed.ts'
import { openContact, type Seal, type Stored } from './sealed-contact.ts'
import { openKeys, type Standing } from './sealed-keys.ts'

/** What a decision about a record stands on: the store as it is kept, its keys, and the time. */
export interface Records {
  store: Store
  keyring: Keyring
  now: () => string
}

/** Who decides, and why. `by` is a staff id, as whoever signed them in knows it. */
export interface Decision {
  ref: string
  by: string
  why: string
}

const TRIES = 5

/** Keeps a record from being erased, whatever its age: for a complaint, an inquest, a court. */
export const hold = (records: Records, { ref, by, why }: Decision): Promise<void> =>
  decide(records, ref, (_, seal, at) => ({
    seal: { ...without(seal, 'asked'), held: { by, at, why } },
    entry: { kind: 'held', detail: { by, why } },
  }))

/** Ends a hold. */
export const release = (records: Records, { ref, by, why }: Decision): Promise<void> =>
  decide(records, ref, (_, seal) => {
    if (!seal.held) throw refused('it is not held')
    return { seal: without(seal, 'held'), entry: { kind: 'released', detail: { by, why } } }
  })

/** The first of two people asks for a record to be erased. */
export const askErasure = (records: Records, { ref, by, why }: Decision): Promise<void> =>
  decide(records, ref, (contact, seal, at) => {
    mayErase(contact, seal)
    return {
      seal: { ...seal, asked: { by, at, why } },
      entry: { kind: 'erasure-asked', detail: { by, why } },
    }
  })

/**
 * The second of two people confirms, and the contact's key is destroyed: nothing personal of it can be read again, here
 * or in the log, whose chain still verifies. Returns the contact's id, to be erased again wherever a backup is restored.
 */
export async function confirmErasure(
  records: Records,
  { ref, by }: Omit<Decision, 'why'>
): Promise<string> {
  let id = ''
  await decide(records, ref, (contact, seal, at) => {
    mayErase(contact, seal)
    if (!seal.asked) throw refused('nobody has asked for it to be erased')
    if (same(seal.asked.by, by)) throw refused('whoever asked cannot confirm as well')
    id = contact.id
    return erased(seal, [seal.asked.by, by], at)
  })
  return id
}

/** Erases again what had been erased before a backup was restored. Returns how many records had come back. */
export async function eraseAgain(records: Records, ids: Iterable<string>): Promise<number> {
  let back = 0
  for (const id of ids) {
    const stored: Stored | null = await records.store.load(id)
    if (!stored?.seal?.key) continue
    await decide(records, stored.ref, (_, seal, at) => erased(seal, ['after a restore'], at))
    back += 1
  }
  return back
}

interface Decided {
  seal: Seal
  entry: Omit<LogEntry, 'seq' | 'at'>
}

function erased(seal: Seal, by: readonly string[], at: string): Decided {
  const { v, n, head } = seal
  return { seal: { v, n, head, erased: { by, at } }, entry: { kind: 'erased', detail: { by } } }
}

function mayErase({ conversation, clocks }: Contact, { held }: Seal) {
  if (held) throw refused(`it is held since ${held.at}`)
  if (conversation && !conversation.state.done)
    throw refused('the conversation is going on; ask again when it has ended')
  if (clocks.some(({ state }) => state === 'running'))
    throw refused('a promise is still running; ask again when it is kept, or its time is over')
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

const refused = (why: string) => new DoorError('not-allowed', `This record: ${why}`, false)

function without(seal: Seal, name: 'asked' | 'held'): Seal {
  const { [name]: _, ...rest } = seal
  return rest
}

type Deciding = (contact: Contact, seal: Seal, at: string) => Decided

/** A turn of staff on the record itself. It is written in the log in clear, so that it can be read after an erasure. */
async function decide(records: Records, ref: string, deciding: Deciding): Promise<void> {
  const { store, keyring, now } = records
  for (let tries = 0; tries < TRIES; tries++) {
    const stored: Stored | null = await store.byRef(ref)
    if (!stored) throw new DoorError('not-found', 'No contact has this reference', false)
    if (stored.seal?.erased) throw refused('it was erased')
    const keys = openKeys(store, keyring)
    const standing = await keys.at(stored.id, stored.turn)
    if (!standing) continue
    const contact = openContact(await keys.keyOf(stored), stored)
    const at = now()
    const commit = commitOf(contact, standing, deciding(contact, standing.seal, at), at, keyring)
    if ((await store.commit(commit)).result === 'saved') return
  }
  throw new DoorError('overtaken', 'five other turns were saved first', true)
}

function commitOf(
  contact: Contact,
  standing: Standing,
  { seal, entry }: Decided,
  at: string,
  keyring: Keyring
): Commit {
  const seq = contact.entries + 1
  const next = { ...contact, turn: contact.turn + 1, entries: seq }
  const commit: Commit = {
    contact: next,
    expected: contact.turn,
    log: [{ ...entry, seq, at }],
    outbox: [],
    timers: [],
    ...(seal.erased && { cleared: [`${contact.id}:silence`] }),
  }
  const key = seal.key && standing.key
  return sealCommit(keyring, { turn: contact.turn, key, seal }, commit).stored
}
