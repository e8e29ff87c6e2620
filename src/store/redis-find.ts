import type { Contact, LogEntry } from '../record/contact.ts'
import type { Store, StoredReply } from './contract.ts'
import { findEach } from './find.ts'
import { instant } from './instant.ts'
import { RECENT } from './listed.ts'
import type { Arg } from './redis-connection.ts'
import type { Link } from './redis-link.ts'
import {
  addressLocator,
  callLocator,
  idLocator,
  refLocator,
  webhookLocator,
} from './redis-locators.ts'
import { openLook, type Sieve } from './redis-look.ts'
import { ENTRY, entriesOf, type Partitions } from './redis-partitions.ts'
import { type Kept, keptOf, linesOf, replyOf, shortId } from './redis-record.ts'
import { bytesOf, keysOf, listOf, numberOf } from './redis-script.ts'

/** How many contacts of one address or call are looked at together. */
const TOGETHER = 200

/** The newest contacts of one address that are looked at; only a switchboard or a withheld number has more. */
export const OF_ONE_ADDRESS = 2_000

export type Finder = ReturnType<typeof openFinder>

type Finding = Pick<Store, 'load' | 'byRef' | 'byCall' | 'recent' | 'replyTo' | 'find' | 'timeline'>

/** What leads to a contact without knowing its partition: first its locator, then the partition, which has the truth. */
export function openFinder(link: Link, partitions: Partitions) {
  const get = async (key: Arg) => bytesOf(await link.read(key, ['GET', key]))
  async function kept({ partition, id }: { partition: number; id: Buffer }): Promise<Kept | null> {
    const name = await partitions.name(partition)
    const bytes = name === undefined ? null : await get(keyOf(name, 'c', id))
    return bytes && keptOf(bytes)
  }
  /** The newest contacts a locator leads to, the newest first. */
  async function newest(locator: Arg, most: number): Promise<Kept[]> {
    const bytes = await link.read(locator, ['GETRANGE', locator, String(-ENTRY * most), '-1'])
    const all = await Promise.all(entriesOf(bytesOf(bytes)).map(kept))
    return all.filter((one) => one !== null).sort((a, b) => b.born - a.born)
  }
  return { get, kept, newest }
}

/** The finding half of a store. */
export function openFinding(link: Link, partitions: Partitions, finder: Finder): Finding {
  const { get, kept } = finder
  async function partitionOf(locator: Arg): Promise<string | undefined> {
    const number = numberOf(bytesOf(await link.read(locator, ['GET', locator])))
    return number === null ? undefined : partitions.name(number)
  }
  const many = findMany(finder)
  async function replyTo(webhook: string): Promise<StoredReply | null> {
    const name = await partitionOf(webhookLocator(webhook))
    const bytes = name === undefined ? null : await get(`{${name}}w${webhook}`)
    return bytes && replyOf(bytes)
  }
  return {
    ...many,
    replyTo,
    // In a Cluster the locators are on different servers.
    find: link.clustered
      ? (sought) => findEach({ ...many, replyTo }, sought)
      : openLook(link, partitions, sieve),
    async load(id) {
      const name = await partitionOf(idLocator(id))
      const bytes = name === undefined ? null : await get(keyOf(name, 'c', shortId(id)))
      return bytes && keptOf(bytes).contact
    },
    async byRef(ref) {
      const [entry] = entriesOf(await get(refLocator(ref)))
      const found = entry && (await kept(entry))
      return found?.contact.ref === ref ? found.contact : null
    },
    async timeline(id) {
      const name = await partitionOf(idLocator(id))
      const log = name === undefined ? null : await get(keyOf(name, 'g', shortId(id)))
      return name === undefined || log === null ? [] : withTexts(link, name, log)
    },
  }
}

/** Finds by what several contacts may share. */
const findMany = ({ newest }: Finder): Pick<Store, 'byCall' | 'recent'> => ({
  byCall: async (call) => sieve.byCall(await newest(callLocator(call), TOGETHER), call),
  recent: async (place, address, since) =>
    sieve.ofAddress(await newest(addressLocator(address), TOGETHER), { place, since }, address),
})

/** Of what a locator leads to, what is still so. */
const sieve: Sieve = {
  most: TOGETHER,
  byCall: (all, call) =>
    all.find(({ contact }) => contact.conversation?.call === call)?.contact ?? null,
  ofAddress(all, { place, since }, address) {
    const from = instant(since)
    const ours = ({ place: at, person, updatedAt }: Contact) =>
      at === place && person.address === address && instant(updatedAt) >= from
    return all
      .map(({ contact }) => contact)
      .filter(ours)
      .slice(0, RECENT)
  },
}

const keyOf = (partition: string, kind: 'c' | 'g', id: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`{${partition}}${kind}`), id])

/** The lines of a log with the texts they share put back. */
async function withTexts(link: Link, partition: string, log: Buffer): Promise<LogEntry[]> {
  const lines = linesOf(log)
  const numbers = [...new Set(lines.flatMap(({ texts }) => texts.map(([, number]) => number)))]
  if (numbers.length === 0) return []
  const [base = ''] = keysOf(partition)
  const answer = listOf(await link.read(base, ['HMGET', `${base}V`, ...numbers.map(String)]))
  const texts = new Map(
    numbers.map((number, i) => [number, bytesOf(answer[i])?.toString() ?? '""'])
  )
  return lines.map(({ entry, texts: shared }) => ({
    ...entry,
    ...Object.fromEntries(
      shared.map(([name, number]) => [name, JSON.parse(texts.get(number) ?? '""') as string])
    ),
  }))
}
