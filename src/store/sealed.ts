import type { Contact } from '../record/contact.ts'
import type { Keyring } from '../security/keyring.ts'
import type { Commit, Committed, ContactQuery, Found, Sought, Store } from './contract.ts'
import { openContact, type Stored, sealContact, shut } from './sealed-contact.ts'
import { type Keys, openKeys, type Standing } from './sealed-keys.ts'
import { openLog, sealLog } from './sealed-log.ts'
import { openReply, openRow, sealReply, sealResult, sealRow } from './sealed-rows.ts'
import { blindAddress, blindCall, blindWebhook } from './sealed-words.ts'

/** What is told of each turn that was saved: the contact as it is stored, for its chain to be anchored. */
export interface SealedOptions {
  saved?: (contact: Stored) => void
}

/**
 * Any store, with all that is personal sealed on the way in and opened on the way out: see docs/decisions/007. What was
 * stored before there were keys is still read, and is sealed when its contact is next saved.
 */
export function sealed(store: Store, keyring: Keyring, options: SealedOptions = {}): Store {
  const keys = openKeys(store, keyring)
  const open = async (stored: Stored) => openContact(await keys.keyOf(stored), stored)
  const opened = async (stored: Stored | null) => (stored === null ? null : open(stored))
  return {
    ...store,
    load: async (id) => opened(await store.load(id)),
    byRef: async (ref) => opened(await store.byRef(ref)),
    async byCall(call) {
      const hidden = blindCall(keyring, call)
      const stored = await store.byCall(hidden)
      return opened(stored ?? (hidden === call ? null : await store.byCall(call)))
    },
    recent: (place, address, since) => recent({ store, keyring, open }, place, address, since),
    replyTo: async (webhook) => {
      const reply = await store.replyTo(blindWebhook(keyring, webhook))
      return reply && openReply(keys, reply)
    },
    find: (sought) => find({ store, keyring, keys, open }, sought),
    commit: (commit) => save({ store, keyring, keys, options }, commit),
    async timeline(id) {
      const lines = await store.timeline(id)
      return lines.length === 0 ? [] : openLog(await keys.keyOfId(id), id, lines)
    },
    list: (query) => list({ store, keyring, open: orShut(open) }, query),
    ...jobs(store, keys),
  }
}

/** In a list one contact that cannot be opened must not hide the others. */
const orShut = (open: Opening['open']) => (stored: Stored) => open(stored).catch(() => shut(stored))

interface Opening {
  store: Store
  keyring: Keyring
  open: (stored: Stored) => Promise<Contact>
}

const MOST_RECENT = 100

/** By blind index, and by the address itself for what was stored before there were keys. */
async function recent(
  { store, keyring, open }: Opening,
  place: string,
  address: string,
  since: string
): Promise<Contact[]> {
  const [hidden, plain] = await Promise.all([
    store.recent(place, blindAddress(keyring, address), since),
    store.recent(place, address, since),
  ])
  const all = plain.length === 0 ? hidden : [...hidden, ...plain].sort(newestFirst)
  return Promise.all(all.slice(0, MOST_RECENT).map(open))
}

/** Ids are UUIDv7: they sort as they were made. */
const newestFirst = (a: Contact, b: Contact) => (a.id < b.id ? 1 : -1)

/** By blind index, and by the address itself for what was stored before there were keys. Each contact is opened once. */
async function find(
  { store, keyring, keys, open }: Opening & { keys: Keys },
  { webhook, call, addresses, ...beside }: Sought
): Promise<Found> {
  const hidden = call === undefined ? undefined : blindCall(keyring, call)
  const found = await store.find({
    ...beside,
    webhook: blindWebhook(keyring, webhook),
    ...(hidden !== undefined && { call: hidden }),
    addresses: addresses.flatMap((address) => [blindAddress(keyring, address), address]),
  })
  const { reply } = found
  if (reply) return { reply: await openReply(keys, reply), live: null, recent: [] }
  const plain = call !== undefined && call !== hidden && !found.live
  const live = plain ? await store.byCall(call) : found.live
  const recent = await Promise.all(
    found.recent.map((stored) => (stored.id === live?.id ? null : open(stored)))
  )
  const opened = live && (await open(live))
  return { reply, live: opened, recent: recent.flatMap((one) => one ?? opened ?? []) }
}

/** Begins the cursor of a page among those stored before there were keys. */
const PLAIN = 'plain.'

/** A number's contacts by blind index, and after them those stored before there were keys. */
async function list(
  { store, keyring, open }: Opening,
  query: ContactQuery
): ReturnType<Store['list']> {
  const { phone, after, ...rest } = query
  const page = async (asked: ContactQuery) => {
    const { contacts, next } = await store.list(asked)
    return { contacts: await Promise.all(contacts.map(open)), next }
  }
  if (phone === undefined) return page(query)
  const plain = async (from: string, limit: number) => {
    const asked = { ...rest, phone, limit, ...(from !== '' && { after: from }) }
    const { contacts, next } = await page(asked)
    return { contacts, next: next === null ? null : PLAIN + next }
  }
  if (after?.startsWith(PLAIN)) return plain(after.slice(PLAIN.length), query.limit)
  const first = await page({ ...query, phone: blindAddress(keyring, phone) })
  const room = query.limit - first.contacts.length
  if (first.next !== null) return first
  if (room <= 0) {
    const { contacts } = await plain('', 1)
    return { ...first, next: contacts.length > 0 ? PLAIN : null }
  }
  const more = await plain('', room)
  return { contacts: [...first.contacts, ...more.contacts], next: more.next }
}

interface Saving {
  store: Store
  keyring: Keyring
  keys: Keys
  options: SealedOptions
}

async function save(saving: Saving, commit: Commit): Promise<Committed> {
  const { store, keyring, keys, options } = saving
  const standing = await keys.at(commit.contact.id, commit.expected)
  if (!standing) return moved(saving, commit)
  const { stored, after } = sealCommit(keyring, standing, commit)
  const committed = await store.commit(stored)
  if (committed.result === 'seen')
    return { result: 'seen', reply: await openReply(keys, committed.reply) }
  if (committed.result === 'saved') {
    keys.remember(commit.contact.id, after)
    options.saved?.(stored.contact)
  }
  return committed
}

/** The store stands at another turn, so that no key is sure: the answer it would give, without asking it to save. */
async function moved({ store, keyring, keys }: Saving, { webhook }: Commit): Promise<Committed> {
  const reply = webhook && (await store.replyTo(blindWebhook(keyring, webhook.id)))
  return reply ? { result: 'seen', reply: await openReply(keys, reply) } : { result: 'overtaken' }
}

/** A commit as the store is given it, and where its contact stands once it is saved. */
export function sealCommit(keyring: Keyring, { key, seal }: Standing, commit: Commit) {
  const { contact, webhook, log, outbox } = commit
  const { entries, after } = sealLog(key, contact, log, seal)
  const { body: _, ...beside } = seal
  const sealedContact = sealContact(keyring, key, contact, { ...beside, ...after })
  const stored: Commit = {
    ...commit,
    contact: sealedContact,
    log: entries,
    outbox: outbox.map((row) => sealRow(keyring, key, row)),
    ...(webhook && {
      webhook: {
        id: blindWebhook(keyring, webhook.id),
        reply: sealReply(key, contact.id, webhook.reply),
      },
    }),
  }
  const next: Standing = { turn: contact.turn, key, seal: sealedContact.seal ?? seal }
  return { stored, after: next }
}

/** What the jobs are given, opened, and what they say of it, sealed. Timers hold nothing personal. */
function jobs(store: Store, keys: Keys): Pick<Store, 'claimOutbox' | 'settleOutbox'> {
  return {
    async claimOutbox(now, limit) {
      const rows = await store.claimOutbox(now, limit)
      return Promise.all(rows.map(async (row) => openRow(await keys.keyOfId(row.contact), row)))
    },
    async settleOutbox(claim, end) {
      const { id } = claim
      if ('retryAt' in end) return store.settleOutbox(claim, end)
      // An id of ours begins with its contact's.
      const key = await keys.keyOfId(id.split(':')[0] ?? '')
      const ended = (result: Record<string, unknown>) => sealResult(key, id, result)
      return store.settleOutbox(
        claim,
        'done' in end ? { done: ended(end.done) } : { parked: ended(end.parked) }
      )
    },
  }
}
