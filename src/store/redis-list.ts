import { DoorError } from '../errors.ts'
import type { Contact } from '../record/contact.ts'
import type { ContactQuery } from './contract.ts'
import { hourOf, instant } from './instant.ts'
import { matches, TOUCHED } from './listed.ts'
import { type Finder, OF_ONE_ADDRESS } from './redis-find.ts'
import type { Link } from './redis-link.ts'
import { addressLocator } from './redis-locators.ts'
import { LIST } from './redis-lua-list.ts'
import type { Partitions } from './redis-partitions.ts'
import { bytesOf, keysOf, listOf, run } from './redis-script.ts'

/** A place in the list of all contacts: by when they were begun, and by partition where two began at once. */
interface Position {
  born: number
  partition: number
}

/** A contact that may be on the page, in the order of the list. */
interface Candidate extends Position {
  id: Buffer
}

const isBefore = (a: Position, b: Position) =>
  a.born < b.born || (a.born === b.born && a.partition < b.partition)

/** A list of contacts over all partitions, newest first. */
export function openList(link: Link, partitions: Partitions, finder: Finder) {
  return async function list(
    query: ContactQuery
  ): Promise<{ contacts: Contact[]; next: string | null }> {
    const limit = Math.max(1, Math.floor(query.limit))
    const from = query.from === undefined ? Number.NEGATIVE_INFINITY : instant(query.from)
    const after = query.after === undefined ? null : positionOf(query.after)
    const isWanted = (contact: Contact) =>
      instant(contact.updatedAt) >= from && matches(contact, query)
    if (query.phone !== undefined) return byPhone(query.phone)
    return walk()

    async function byPhone(phone: string) {
      const all = await finder.newest(addressLocator(phone), OF_ONE_ADDRESS)
      const wanted = all
        .map(({ contact, born }) => ({ contact, born, partition: 0 }))
        .filter(({ contact }) => isWanted(contact))
        .filter((one) => after === null || one.born < after.born)
      return pageOf(wanted, limit)
    }

    async function walk() {
      const found: (Position & { contact: Contact })[] = []
      const heads = await openHeads(link, partitions, query, { after, limit })
      for (;;) {
        const some = await heads.take(limit + 1 - found.length)
        if (some.length === 0) break
        const kept = await Promise.all(some.map(finder.kept))
        some.forEach(({ born, partition }, i) => {
          const contact = kept[i]?.contact
          if (contact && isWanted(contact)) found.push({ born, partition, contact })
        })
        if (found.length > limit) break
      }
      return pageOf(found, limit)
    }
  }
}

function pageOf(found: readonly (Position & { contact: Contact })[], limit: number) {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    contacts: page.map(({ contact }) => contact),
    next: found.length > limit && last ? cursorOf(last) : null,
  }
}

/** At least so many are asked of each partition: a page seldom needs more of one. */
const FEWEST = 4

/** What one partition has to give, newest first. It is asked for more only when all it gave has been taken. */
interface Lane {
  partition: number
  waiting: Candidate[]
  all: boolean
  fill: () => Promise<void>
}

/** The newest of all partitions, merged. */
async function openHeads(
  link: Link,
  partitions: Partitions,
  query: ContactQuery,
  { after, limit }: { after: Position | null; limit: number }
) {
  const names = await partitions.all()
  const share = Math.max(FEWEST, Math.ceil((2 * (limit + 1)) / Math.max(1, names.length)))
  const lanes = await Promise.all(
    names.map(async (name) => {
      const lane = laneOf({
        link,
        name,
        partition: await partitions.number(name),
        query,
        share,
        after,
      })
      await lane.fill()
      return lane
    })
  )
  return {
    async take(count: number): Promise<Candidate[]> {
      const taken: Candidate[] = []
      while (taken.length < count) {
        for (const lane of lanes) if (lane.waiting.length === 0 && !lane.all) await lane.fill()
        const next = newestOf(lanes)?.waiting.shift()
        if (!next) break
        taken.push(next)
      }
      return taken
    },
  }
}

function laneOf(given: {
  link: Link
  name: string
  partition: number
  query: ContactQuery
  share: number
  after: Position | null
}): Lane {
  const { link, name, partition, query, share } = given
  let last = given.after
  const lane: Lane = {
    partition,
    waiting: [],
    all: false,
    async fill() {
      const args = argsOf(query, last, partition, share)
      const [all, ...rows] = listOf(await run(link, LIST, keysOf(name), args))
      lane.all = all === 1
      lane.waiting = rows.map((row) => candidateOf(bytesOf(row), partition))
      last = lane.waiting.at(-1) ?? last
    },
  }
  return lane
}

function newestOf(lanes: readonly Lane[]): Lane | undefined {
  return lanes.reduce<Lane | undefined>((best, one) => {
    const [mine, theirs] = [one.waiting[0], best?.waiting[0]]
    return !mine || (theirs && !isBefore(theirs, mine)) ? best : one
  }, undefined)
}

function argsOf(query: ContactQuery, last: Position | null, partition: number, share: number) {
  const { place, status, code, team } = query
  const from = query.from === undefined ? null : instant(query.from)
  const facets = Object.entries({ p: place, s: status, k: code, t: team })
  return [
    last === null ? '' : String(last.born),
    last !== null && partition < last.partition ? '1' : '0',
    String(share),
    from === null ? '' : String(from),
    from === null ? '' : String(hourOf(from)),
    String(TOUCHED),
    ...facets.flatMap(([kind, name]) => (name === undefined ? [] : [`${kind}${name}`])),
  ]
}

function candidateOf(row: Buffer | null, partition: number): Candidate {
  const bytes = row ?? Buffer.alloc(24)
  return { id: bytes.subarray(0, 16), born: bytes.readDoubleBE(16), partition }
}

const cursorOf = ({ born, partition }: Position) =>
  Buffer.from(`before:${born}:${partition}`).toString('base64url')

function positionOf(cursor: string): Position {
  const text = Buffer.from(cursor, 'base64url').toString()
  const match = /^before:(\d{1,17}):(\d{1,5})$/.exec(text)
  if (match === null) throw new DoorError('bad-input', 'this page cursor is not ours', false)
  return { born: Number(match[1]), partition: Number(match[2]) }
}
