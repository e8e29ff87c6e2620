import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DoorError } from '../errors.ts'
import type { Keyring } from '../security/keyring.ts'
import { isSigned, publicKey, signingKey } from '../security/sign.ts'
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

/**
 * Every anchor of a folder, first to last. A line that a full disk or a power cut tore is none, and what it was to anchor is in the
 * next; whoever spoils a line on purpose is found as if they had taken it out. Throws 'anchor-failed' where it is the last.
 */
export function readAnchors(folder: string): Anchor[] {
  const lines = filesOf(folder).flatMap((name) => linesOf(join(folder, name)))
  const anchors = lines.map(anchorOf)
  if (anchors.length > 0 && anchors.at(-1) === undefined)
    throw new DoorError(
      'anchor-failed',
      `The last line of ${folder} is no anchor: it was torn as the machine stopped, or it was changed. Start the door, let somebody ring, and look again in two minutes`,
      true
    )
  return anchors.filter((one) => one !== undefined)
}

const filesOf = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => FILE.test(name))
        .sort()
    : []

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean)

function anchorOf(line: string): Anchor | undefined {
  try {
    return JSON.parse(line) as Anchor
  } catch {
    return undefined
  }
}

/** The newest anchors: those of the last day that has any. */
function lastAnchors(folder: string): Anchor[] {
  for (const name of filesOf(folder).reverse()) {
    const found = linesOf(join(folder, name))
      .map(anchorOf)
      .filter((one) => one !== undefined)
    if (found.length > 0) return found
  }
  return []
}

/** Whether the newest file ends within a line. */
function isTorn(folder: string): boolean {
  const name = filesOf(folder).at(-1)
  return name !== undefined && !readFileSync(join(folder, name), 'utf8').endsWith('\n')
}

/** With another keyring nobody could read what is kept, and what is said from now on would be sealed with the wrong one. */
function refuseOtherKeys(keyring: Keyring, folder: string, anchors: readonly Anchor[]) {
  const key = publicKey(keyring)
  if (anchors.length === 0 || anchors.some(({ hash, sig }) => isSigned(key, hash, sig))) return
  throw new DoorError(
    'bad-config',
    `Cannot start. DATA_KEYS is not the keyring that ${folder} was signed with, and would not read what is kept. Put that one back; if it is lost, see "A key that is lost" in docs/runbook.md`,
    false
  )
}

/**
 * Anchors what is saved, each minute and at the end. Real time, not the demo's clock: an anchor is a proof of when.
 * `elsewhere` is told of each anchor, to keep it where whoever can write here cannot. Throws 'bad-config' where the anchors
 * of the folder are of another keyring.
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
  const newest = lastAnchors(folder)
  refuseOtherKeys(keyring, folder, newest)
  let last: Pick<Anchor, 'serial' | 'hash'> = newest.at(-1) ?? NO_ANCHOR
  let torn = isTorn(folder)
  const write = () => {
    if (moved.size === 0) return
    try {
      const at = new Date().toISOString()
      const anchor = makeAnchor(key, last, at, moved.values())
      const file = join(folder, `${at.slice(0, 10)}.jsonl`)
      // Whatever was torn before it stays on a line of its own.
      const line = `${torn ? '\n' : ''}${JSON.stringify(anchor)}\n`
      torn = true
      appendFileSync(file, line, { mode: 0o600, flush: true })
      torn = false
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
  const from = lastAnchors(folder).at(-1)?.at
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
