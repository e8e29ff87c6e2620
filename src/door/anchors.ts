import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Keyring } from '../security/keyring.ts'
import { signingKey } from '../security/sign.ts'
import { type Anchor, makeAnchor, NO_ANCHOR } from '../store/anchor.ts'
import type { Store } from '../store/contract.ts'
import type { Stored } from '../store/sealed-contact.ts'

/** An anchor as it is told elsewhere: enough to prove later that the file was not rewritten. */
export type Told = Pick<Anchor, 'serial' | 'at' | 'hash' | 'sig'>

/** Heads of the log, signed each minute into files that only grow. */
export interface Anchors {
  saved: (contact: Stored) => void
  close: () => void
}

const MINUTE = 60_000
const FILE = /^\d{4}-\d{2}-\d{2}\.jsonl$/

/** Every anchor of a folder, first to last. Throws on a line that is no JSON: it was changed. */
export function readAnchors(folder: string): Anchor[] {
  return filesOf(folder).flatMap((name) => anchorsIn(join(folder, name)))
}

const filesOf = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => FILE.test(name))
        .sort()
    : []

const anchorsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Anchor)

/** The newest anchor; only its day's file is read. */
function lastAnchor(folder: string): Anchor | undefined {
  const file = filesOf(folder).at(-1)
  return file === undefined ? undefined : anchorsIn(join(folder, file)).at(-1)
}

/**
 * Anchors what is saved, each minute and at the end. Real time, not the demo's clock: an anchor is a proof of when.
 * `elsewhere` is told of each anchor, to keep it where whoever can write here cannot.
 */
export function openAnchors(given: {
  folder: string
  keyring: Keyring
  fault: (error: unknown) => void
  elsewhere?: (told: Told) => unknown
}): Anchors {
  const { folder, keyring, fault, elsewhere } = given
  const key = signingKey(keyring)
  const moved = new Map<string, Stored>()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let last: Pick<Anchor, 'serial' | 'hash'> = lastAnchor(folder) ?? NO_ANCHOR
  const write = () => {
    if (moved.size === 0) return
    try {
      const at = new Date().toISOString()
      const anchor = makeAnchor(key, last, at, moved.values())
      const file = join(folder, `${at.slice(0, 10)}.jsonl`)
      appendFileSync(file, `${JSON.stringify(anchor)}\n`, { mode: 0o600, flush: true })
      moved.clear()
      last = anchor
      const { serial, hash, sig } = anchor
      elsewhere?.({ serial, at, hash, sig })
    } catch (error) {
      // What could not be written is anchored with the next minute's.
      fault(error)
    }
  }
  const every = setInterval(write, MINUTE)
  every.unref()
  return {
    saved(contact) {
      // What is read again at the start may be older than what was saved since.
      if ((moved.get(contact.id)?.seal?.n ?? 0) <= (contact.seal?.n ?? 0))
        moved.set(contact.id, contact)
    },
    close() {
      clearInterval(every)
      write()
    },
  }
}

const PAGE = 200

/** Anchors what was saved since the last anchor by a process that died before its minute was over. */
export async function catchUp(anchors: Anchors, store: Store, folder: string): Promise<void> {
  const from = lastAnchor(folder)?.at
  let after: string | null = null
  if (from === undefined) return
  do {
    const page: Awaited<ReturnType<Store['list']>> = await store.list({
      from,
      limit: PAGE,
      ...(after === null ? {} : { after }),
    })
    for (const contact of page.contacts) anchors.saved(contact)
    after = page.next
  } while (after !== null)
}
