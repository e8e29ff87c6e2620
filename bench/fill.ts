import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import type { Contact, LogEntry, Status } from '../src/record/contact.ts'
import { makeReference } from '../src/record/reference.ts'
import { type Keyring, readKeyring } from '../src/security/keyring.ts'
import { newDataKey, wrap } from '../src/security/seal.ts'
import type { Commit, Store } from '../src/store/contract.ts'
import { openRedis } from '../src/store/redis.ts'
import { sealed } from '../src/store/sealed.ts'
import { type Stored, sealContact } from '../src/store/sealed-contact.ts'
import { openSqlite } from '../src/store/sqlite.ts'

/** A finished call as the door left it: its contact in clear, and its log as it is stored. */
interface Sample {
  contact: Contact
  stored: Stored
  log: LogEntry[]
}

const PLACES = ['lewisham', 'southwark', 'southampton']
/** Of old contacts most are closed. */
const STATUSES: readonly Status[] = [
  ...Array<Status>(14).fill('closed'),
  ...Array<Status>(3).fill('promised'),
  ...(['handed-over', 'incomplete', 'open'] as const),
]
const CODES = ['CSD', 'FALL', 'CRT', 'NAV', 'CARE', 'HOUS', 'REA2', 'GPX', 'UCR2']
const YEAR = 365 * 86_400_000

/** `node bench/fill.ts <store> <count>` with BENCH_KEYS: fills a store that holds some finished calls with copies of them. */
async function fill(url: string, count: number, keyring: Keyring) {
  const store = await open(url)
  // SQLite syncs once for all that come together; to Redis no caller waits longer than a second.
  const atOnce = url.startsWith('redis') ? 64 : 512
  const samples = await samplesOf(store, keyring)
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => from + i)
    const ends = await Promise.all(
      some.map((n) => saved(store, () => another(samples[n % samples.length]!, n, count, keyring)))
    )
    if (ends.includes(false)) throw new Error('a copy was not saved')
  }
  await store.close()
}

/**
 * Another copy where the reference was taken, as the door does; the same one where the store stood still for a moment, after
 * which it may be there already.
 */
async function saved(store: Store, copy: () => Commit): Promise<boolean> {
  let commit = copy()
  let doubtful = false
  for (let tries = 0; tries < 30; tries++) {
    const end = await store.commit(commit).catch(() => undefined)
    if (end?.result === 'saved' || (end && doubtful)) return true
    if (end) commit = copy()
    doubtful = end === undefined
    if (doubtful) await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return false
}

const open = async (url: string): Promise<Store> =>
  url.startsWith('redis')
    ? openRedis(url, { strict: false, warn: () => undefined })
    : openSqlite(url)

async function samplesOf(store: Store, keyring: Keyring): Promise<Sample[]> {
  const { contacts } = await store.list({ limit: 200 })
  const opened = sealed(store, keyring)
  return Promise.all(
    contacts.map(async (stored) => {
      const contact = await opened.load(stored.id)
      if (!contact) throw new Error('a sample is gone')
      return { contact, stored, log: await store.timeline(stored.id) }
    })
  )
}

/**
 * The nth copy: another person, call, reference and key, begun some time in the last two years, and sealed as the door
 * seals. Only the sealed parts of its log are the sample's own: they cannot be opened, and nobody does.
 */
function another({ contact, stored, log }: Sample, n: number, count: number, keyring: Keyring) {
  const began = Date.now() - 2 * YEAR + Math.floor((2 * YEAR * n) / count)
  const id = idAt(began)
  const place = PLACES[n % PLACES.length]!
  const part = String(n % 64).padStart(2, '0')
  const team = `${contact.route?.team} ${n % 4}`
  const route = contact.route && { ...contact.route, team, code: CODES[n % CODES.length]! }
  const when = new Date(began).toISOString()
  const copy: Contact = {
    ...contact,
    ...{
      id,
      ref: makeReference(n % 64, Math.random()),
      place,
      partition: `${place}:${part}`,
      turn: 1,
    },
    status: STATUSES[n % STATUSES.length]!,
    codes: route ? [route.code] : [],
    route,
    routes: route ? [route, ...contact.routes.slice(1)] : [],
    person: { ...contact.person, address: `+4479${randomBytes(6).readUIntBE(0, 6) % 1e8}` },
    conversation: contact.conversation && {
      ...contact.conversation,
      call: `CA${randomBytes(16).toString('hex')}`,
    },
    createdAt: when,
    updatedAt: when,
  }
  const key = newDataKey()
  const { n: lines = 0, head = '' } = stored.seal ?? {}
  const seal = { v: 1 as const, key: wrap(keyring, id, key), n: lines, head }
  const sealedCopy = sealContact(keyring, key, copy, seal)
  return { contact: sealedCopy, expected: 0, log, outbox: [], timers: [] }
}

/** A UUIDv7 of that millisecond. */
function idAt(ms: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(ms, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const [, program = '', url = '', count = ''] = process.argv
if (import.meta.url === pathToFileURL(program).href)
  await fill(url, Number(count), readKeyring(process.env.BENCH_KEYS ?? ''))
