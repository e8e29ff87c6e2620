import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Contact, LogEntry } from '../../src/record/contact.ts'
import { readKeyring } from '../../src/security/keyring.ts'
import type { Store, StoredReply } from '../../src/store/contract.ts'
import { askErasure, confirmErasure } from '../../src/store/erasure.ts'
import { sealed } from '../../src/store/sealed.ts'
import { verifyLog } from '../../src/store/verify.ts'
import { at, line, turn } from './sample.ts'

/**
 * What a version wrote: a call that waits for its last answer, with the reply to its last webhook, and one that is over.
 * `keys` were made for these files alone.
 */
export interface Written {
  keys: string
  read: {
    webhook: string
    reply: StoredReply
    calls: { contact: Contact; timeline: LogEntry[] }[]
  }
}

/** By the schema of its contacts. A later form of anything that is stored adds another, and changes none. */
export const VERSIONS = [1, 2] as const

export function written<More>(version: (typeof VERSIONS)[number], name: 'sqlite' | 'redis') {
  const file = new URL(`written-${version}/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Written & More
}

/** Everything a version wrote is read as it was, goes on, is erased, and its chains hold throughout. */
export async function readsAndGoesOn(plain: Store, { keys, read }: Written): Promise<void> {
  const keyring = readKeyring(keys)
  const store = sealed(plain, keyring)
  const sound = async () => (await verifyLog(plain, new Map())).faults
  expect(await sound()).toEqual([])
  expect(await store.replyTo(read.webhook)).toEqual(read.reply)
  expect(read.calls.map(({ contact }) => contact.conversation?.state.done)).toEqual([false, true])
  for (const { contact: was, timeline } of read.calls) {
    const contact: Contact = { ...was, schema: 2 }
    expect(await store.load(contact.id)).toEqual(contact)
    expect(await store.byCall(contact.conversation?.call ?? '')).toEqual(contact)
    expect(await store.timeline(contact.id)).toEqual(timeline)
    const seq = contact.entries + 1
    const next = { ...contact, turn: contact.turn + 1, entries: seq, clocks: [] }
    next.conversation = contact.conversation && {
      ...contact.conversation,
      state: { ...contact.conversation.state, done: true },
    }
    const log = [line(seq, { heard: 'and one thing more', detail: { note: 'more '.repeat(40) } })]
    expect(await store.commit(turn(next, { log }))).toEqual({ result: 'saved' })
    expect(await store.load(contact.id)).toEqual(next)
    expect(await store.timeline(contact.id)).toEqual([...timeline, ...log])
    expect(await sound()).toEqual([])
  }
  const [{ contact }] = read.calls as [Written['read']['calls'][number]]
  const records = { store: plain, keyring, now: () => at(30) }
  await askErasure(records, { ref: contact.ref, by: 'kim', why: 'she asked us to' })
  await confirmErasure(records, { ref: contact.ref, by: 'lee' })
  expect((await store.load(contact.id))?.person.address).toBe('')
  expect(await store.replyTo(read.webhook)).toEqual({ ...read.reply, body: '' })
  expect(await sound()).toEqual([])
}
