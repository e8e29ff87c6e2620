import type { Contact } from '../record/contact.ts'
import type { Found, Sought } from './contract.ts'
import { newestOf } from './find.ts'
import type { Link } from './redis-link.ts'
import { addressLocator, callLocator, webhookLocator } from './redis-locators.ts'
import { ENTRY, entriesOf, type Partitions } from './redis-partitions.ts'
import { type Kept, keptOf, replyOf } from './redis-record.ts'
import { bytesOf, listOf, numberOf, run, script } from './redis-script.ts'

/** The ends of some locators, in one journey. */
const ENDS = script(
  `local found = {redis.call('GET', KEYS[1])}
for i = 2, #KEYS do found[i] = redis.call('GETRANGE', KEYS[i], ARGV[1], -1) end
return found`,
  false
)

/** What a locator leads to is checked where it is kept; how, is the caller's to say. */
export interface Sieve {
  most: number
  byCall: (all: readonly Kept[], call: string) => Contact | null
  ofAddress: (
    all: readonly Kept[],
    sought: Pick<Sought, 'place' | 'since'>,
    address: string
  ) => Contact[]
}

/** The contacts that each of these locators leads to, the newest first. Each is read and opened once. */
async function contactsOf(
  link: Link,
  partitions: Partitions,
  locators: readonly (Buffer | null)[]
): Promise<Kept[][]> {
  /** As latin1, so that one key reached by two locators is one. */
  async function keyOf({ partition, id }: { partition: number; id: Buffer }): Promise<string> {
    const name = await partitions.name(partition)
    return name === undefined ? '' : `{${name}}c${id.toString('latin1')}`
  }
  const keys = await Promise.all(locators.map((bytes) => Promise.all(entriesOf(bytes).map(keyOf))))
  const wanted = [...new Set(keys.flat())].filter((key) => key !== '')
  const read = wanted.map((key) => Buffer.from(key, 'latin1'))
  const [first] = read
  const found = first === undefined ? [] : listOf(await link.read(first, ['MGET', ...read]))
  const opened = new Map<string, Kept>()
  for (const [i, key] of wanted.entries()) {
    const bytes = bytesOf(found[i])
    if (bytes) opened.set(key, keptOf(bytes))
  }
  return keys.map((some) =>
    some.flatMap((key) => opened.get(key) ?? []).sort((a, b) => b.born - a.born)
  )
}

/**
 * Everything a turn looks for in two journeys, where one server has all keys: first the locators of webhook, call and
 * addresses, then the contacts they lead to, each read once.
 */
export function openLook(link: Link, partitions: Partitions, { most, byCall, ofAddress }: Sieve) {
  async function replyIn(partition: number, webhook: string) {
    const name = await partitions.name(partition)
    if (name === undefined) return null
    const key = `{${name}}w${webhook}`
    const bytes = bytesOf(await link.read(key, ['GET', key]))
    return bytes && replyOf(bytes)
  }
  return async function find(sought: Sought): Promise<Found> {
    const { webhook, call, addresses } = sought
    const calls = call === undefined ? [] : [callLocator(call)]
    const keys = [webhookLocator(webhook), ...calls, ...addresses.map(addressLocator)]
    const [answered, ...ends] = listOf(await run(link, ENDS, keys, [String(-ENTRY * most)]))
    const partition = numberOf(bytesOf(answered))
    const reply = partition === null ? null : await replyIn(partition, webhook)
    if (reply) return { reply, live: null, recent: [] }
    const found = await contactsOf(link, partitions, ends.map(bytesOf))
    const ofCall = call === undefined ? [] : (found.shift() ?? [])
    const lists = found.map((all, i) => ofAddress(all, sought, addresses[i] ?? ''))
    return {
      reply: null,
      live: call === undefined ? null : byCall(ofCall, call),
      recent: newestOf(lists),
    }
  }
}
