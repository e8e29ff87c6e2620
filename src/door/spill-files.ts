import { randomBytes } from 'node:crypto'
import {
  access,
  constants,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { join } from 'node:path'
import { DoorError } from '../errors.ts'
import type { SpillBatch, SpillLines } from '../jobs/spill.ts'

/** What of the file system is used, so that a full disk can be tried. */
export type Files = Pick<typeof import('node:fs/promises'), 'open' | 'rename'>

/** Lines to a file: a batch is read whole. */
const MOST_LINES = 1_000
/** What all files may hold: two hours at 40 contacts a second. */
const MOST_BYTES = 512 * 1024 * 1024
/** A file another process has not written to for so long is taken over. One that lives notices, and writes anew. */
const IDLE_MS = 10_000
/** What could not be replayed is tried again so often: a person may have mended what stood in its way. */
const ASIDE_MS = 30_000

interface Current {
  path: string
  handle: FileHandle
  lines: number
}
interface Pending {
  line: string
  done: () => void
  failed: (error: unknown) => void
}

/**
 * Files that only grow, `<time>-<random>.open` while they are written, `.ready` to be replayed, `.aside` when a line could
 * not be. Several processes may share the folder: each writes its own file and replays any that is ready. What is
 * appended at once is written and synced together.
 */
export async function openSpillFiles(
  folder: string,
  files: Files = { open, rename },
  most = MOST_BYTES
): Promise<SpillLines> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await access(folder, constants.W_OK)
  const counts = new Map<string, { lines: number; bytes: number }>()
  const writer = writing({ folder, files, counts, most })
  const reader = { folder, files, counts, mine: writer.mine }
  await adopt(reader, true)
  for (const name of await named(folder, '.ready')) await countOf(reader, name)
  return {
    append: writer.append,
    async *batches() {
      await adopt(reader, false)
      for (const name of await named(folder, '.ready')) yield batchOf(reader, name)
      const last = await writer.finish()
      if (last) yield batchOf(reader, last)
    },
    waiting: () => [...counts.values()].reduce((sum, { lines }) => sum + lines, 0),
    async close() {
      await writer.finish()
    },
  }
}

interface Reading {
  folder: string
  files: Files
  counts: Map<string, { lines: number; bytes: number }>
  /** The name of the file being written. */
  mine: () => string | undefined
}

async function named(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith(ending)).sort()
}

/** Files that a process left behind are made ready, and after a while what was kept aside; at the start at once. */
async function adopt(reading: Reading, start: boolean): Promise<void> {
  const { folder, files, mine } = reading
  const take = async (ending: string, idle: number) => {
    for (const name of await named(folder, ending)) {
      if (name === mine()) continue
      const changed = await stat(join(folder, name)).catch(() => null)
      if (changed && (start || Date.now() - changed.mtimeMs >= idle))
        await ready(files, folder, name)
    }
  }
  await take('.open', IDLE_MS)
  await take('.aside', ASIDE_MS)
}

const withEnd = (name: string, ending: string) => name.replace(/\.[a-z]+$/, ending)

/** Another process may have been quicker. */
async function ready(files: Files, folder: string, name: string): Promise<string> {
  const next = withEnd(name, '.ready')
  await files.rename(join(folder, name), join(folder, next)).catch(() => undefined)
  return next
}

async function countOf({ folder, counts }: Reading, name: string): Promise<string> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => '')
  counts.set(withEnd(name, ''), { lines: text.split('\n').length - 1, bytes: text.length })
  return text
}

async function batchOf(reading: Reading, name: string): Promise<SpillBatch> {
  const { folder, counts } = reading
  const text = await countOf(reading, name)
  const lines = text.split('\n')
  const torn = lines.pop() ?? ''
  return {
    lines,
    ...(torn !== '' && { torn }),
    async done(aside) {
      if (aside.length > 0) await keepAside(folder, withEnd(name, '.aside'), aside)
      await rm(join(folder, name), { force: true })
      if (aside.length === 0) counts.delete(withEnd(name, ''))
      else counts.set(withEnd(name, ''), { lines: aside.length, bytes: text.length })
    },
  }
}

async function keepAside(folder: string, name: string, lines: readonly string[]): Promise<void> {
  const handle = await open(join(folder, name), 'w', 0o600)
  try {
    await handle.writeFile(`${lines.join('\n')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes what waits, all at once, and syncs it; whoever comes meanwhile is in the next write. */
function writing(given: Omit<Reading, 'mine'> & { most: number }) {
  const file = growing(given)
  let queue: Pending[] = []
  let chain: Promise<unknown> = Promise.resolve()
  /** One thing at a time is done to the file. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = chain.then(work)
    chain = mine.catch(() => undefined)
    return mine
  }
  const flush = async () => {
    const batch = queue
    queue = []
    try {
      await file.put(batch.map(({ line }) => `${line}\n`).join(''), batch.length)
      for (const { done } of batch) done()
    } catch (error) {
      // Half a line may stand in it: nothing is written behind that.
      await file.leave()
      for (const { failed } of batch) failed(failure(error))
    }
  }
  return {
    append: (line: string) =>
      new Promise<void>((done, failed) => {
        queue.push({ line, done, failed })
        if (queue.length === 1) void inTurn(flush)
      }),
    mine: file.mine,
    /** Closes the file being written, so that it can be replayed; its name, if there was one. */
    finish: () => inTurn(file.leave),
  }
}

/** The file being written; a new one is begun when there is none. */
function growing(given: Omit<Reading, 'mine'> & { most: number }) {
  let current: Current | undefined
  const leave = async () => {
    const left = current
    current = undefined
    if (!left) return undefined
    await left.handle.close().catch(() => undefined)
    return ready(given.files, given.folder, nameOf(left.path))
  }
  const put = async (text: string, lines: number) => {
    hold(given, text)
    for (let tries = 0; tries < 3; tries++) {
      current ??= await begin(given)
      await current.handle.appendFile(text)
      await current.handle.datasync()
      if (await isStill(current)) {
        current.lines += lines
        count(given, current, text, lines)
        if (current.lines >= MOST_LINES) await leave()
        return
      }
      // Taken over while this process slept: what is in it now may never be read.
      await current.handle.close()
      current = undefined
    }
    throw new DoorError('spill-failed', 'the file was taken away three times', true)
  }
  return { put, leave, mine: () => current && nameOf(current.path) }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

function hold({ counts, most }: { counts: Reading['counts']; most: number }, text: string) {
  const held = [...counts.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  if (held + text.length > most)
    throw new DoorError('spill-full', 'the spill holds all that it may', true)
}

function count({ counts }: { counts: Reading['counts'] }, file: Current, text: string, by: number) {
  const name = withEnd(nameOf(file.path), '')
  const { lines, bytes } = counts.get(name) ?? { lines: 0, bytes: 0 }
  counts.set(name, { lines: lines + by, bytes: bytes + text.length })
}

async function begin({ folder, files }: { folder: string; files: Files }): Promise<Current> {
  const name = `${String(Date.now()).padStart(15, '0')}-${randomBytes(6).toString('hex')}.open`
  const path = join(folder, name)
  const handle = await files.open(path, 'ax', 0o600)
  // The name must outlive a power cut too.
  const above = await open(folder, 'r')
  await above.sync().finally(() => above.close())
  return { path, handle, lines: 0 }
}

async function isStill({ path, handle }: Current): Promise<boolean> {
  const [mine, named] = await Promise.all([handle.stat(), stat(path).catch(() => null)])
  return named !== null && named.ino === mine.ino
}

const failure = (cause: unknown) =>
  cause instanceof DoorError
    ? cause
    : new DoorError(
        'spill-failed',
        `the spill cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        true,
        { cause }
      )
