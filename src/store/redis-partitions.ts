import { shared } from './redis-connection.ts'
import type { Link } from './redis-link.ts'
import { ALLOT } from './redis-lua-commit.ts'
import { listOf, run, textOf } from './redis-script.ts'

const KEY = 'front-door:partitions'

/** Which partitions there are. Each has a small number for ever, which locators hold in place of its name. */
export interface Partitions {
  number(name: string): Promise<number>
  name(number: number): Promise<string | undefined>
  /** Every partition that any turn was ever saved in. */
  all(): Promise<string[]>
  /** Redis was away and may have been put back from a backup: what is remembered is held against it before it is written. */
  doubt(): void
}

/** How old the list of all partitions may be: another instance may have begun one. */
const FRESH_MS = 500

export function openPartitions(link: Link): Partitions {
  const numbers = new Map<string, number>()
  const names = new Map<number, string>()
  let readAt = Number.NEGATIVE_INFINITY
  let sure = false
  const refresh = shared(async () => {
    const all = await readAll(link)
    for (const map of [numbers, names]) map.clear()
    for (const [name, number] of all) remember(name, number)
    readAt = performance.now()
    sure = true
  })
  function remember(name: string, number: number): number {
    numbers.set(name, number)
    names.set(number, name)
    return number
  }
  return {
    async number(name) {
      // Where the list cannot be read now, the partition itself may still be there: numbers never change.
      if (!sure) await refresh().catch(() => undefined)
      const known = numbers.get(name)
      if (known !== undefined) return known
      // Written and confirmed before anything is kept under it, so that it can never be given to another.
      return remember(name, Number(await run(link, ALLOT, [KEY], [name])))
    },
    async name(number) {
      if (!names.has(number)) await refresh()
      return names.get(number)
    },
    async all() {
      if (performance.now() - readAt > FRESH_MS) await refresh()
      return [...numbers.keys()]
    },
    doubt() {
      sure = false
      readAt = Number.NEGATIVE_INFINITY
    },
  }
}

async function readAll(link: Link): Promise<[string, number][]> {
  const answer = listOf(await link.read(KEY, ['HGETALL', KEY])).map(textOf)
  const pairs = answer.flatMap((name, i) => (i % 2 === 0 ? [[name, answer[i + 1]] as const] : []))
  return pairs.map(([name, number]) => [name ?? '', Number(number)])
}

/** Bytes of one contact in a locator. */
export const ENTRY = 18

/** A contact in a locator: the number of its partition and its short id. */
export const entryOf = (partition: number, id: Buffer): Buffer => {
  const number = Buffer.alloc(2)
  number.writeUInt16BE(partition)
  return Buffer.concat([number, id])
}

/** The entries of a locator, last first, each once. */
export function entriesOf(bytes: Buffer | null): { partition: number; id: Buffer }[] {
  const found = new Map<string, { partition: number; id: Buffer }>()
  for (let at = (bytes?.length ?? 0) - ENTRY; bytes && at >= 0; at -= ENTRY) {
    const entry = bytes.subarray(at, at + ENTRY)
    const key = entry.toString('latin1')
    if (!found.has(key)) found.set(key, { partition: entry.readUInt16BE(0), id: entry.subarray(2) })
  }
  return [...found.values()]
}
