import type { DatabaseSync } from 'node:sqlite'
import { DoorError } from '../errors.ts'

/** The one place that writes. What arrives together shares one transaction, and so one sync of the disk. */
export interface Writer {
  /** Resolves once the work is on the disk. Work that throws is undone alone; the others are saved. */
  run<T>(work: () => T): Promise<T>
  /** Writes what waits, then refuses all else. */
  close(): void
}

interface Job {
  work: () => unknown
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** Reads what is committed: the writer never leaves a transaction open between two ticks. */
export async function read<T>(work: () => T): Promise<T> {
  try {
    return work()
  } catch (error) {
    throw storeFault(error)
  }
}

/** How soon a file that another program holds is tried again, and for how long: turns go on meanwhile, they only wait. */
const AGAIN_MS = 10
const PATIENCE_MS = 1_500

/** Bounds how long the first of a group waits for the last. */
const GROUP = 512

/** `undone` hears of every rollback, so that nothing remembered outside the file outlives what was undone. */
export function openWriter(db: DatabaseSync, undone: () => void): Writer {
  const waiting: Job[] = []
  let open = true
  let heldSince: number | undefined
  const transaction = transactions(db, undone)

  function flush() {
    if (waiting.length === 0) return
    const refused = refusalOf(transaction.begin)
    if (refused !== undefined && isBusy(refused) && open) {
      heldSince ??= performance.now()
      if (performance.now() - heldSince < PATIENCE_MS) {
        setTimeout(flush, AGAIN_MS)
        return
      }
    }
    heldSince = undefined
    const jobs = waiting.splice(0, GROUP)
    if (waiting.length > 0) setImmediate(flush)
    if (refused === undefined) writeTogether(jobs, transaction)
    else for (const job of jobs) job.reject(storeFault(refused))
  }
  return {
    run<T>(work: () => T): Promise<T> {
      if (!open) return Promise.reject(new DoorError('store-down', 'the store is closed', true))
      return new Promise<T>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({ work, resolve: resolve as Job['resolve'], reject })
      })
    },
    close() {
      open = false
      while (waiting.length > 0) flush()
    },
  }
}

type Transactions = ReturnType<typeof transactions>

function transactions(db: DatabaseSync, undone: () => void) {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const savepoint = db.prepare('SAVEPOINT one')
  const release = db.prepare('RELEASE one')
  return {
    begin: () => begin.run(),
    commit: () => commit.run(),
    savepoint: () => savepoint.run(),
    release: () => release.run(),
    /** Undoes one savepoint. A full disk may have undone the whole transaction already: then everyone in it fails. */
    undoOne(cause: unknown) {
      undone()
      if (!db.isOpen || !db.isTransaction) throw cause
      db.exec('ROLLBACK TO one; RELEASE one')
    },
    undoAll() {
      undone()
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
    },
  }
}

const refusalOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

function writeTogether(jobs: readonly Job[], transaction: Transactions) {
  const answers: (() => void)[] = []
  try {
    for (const job of jobs) answers.push(writeOne(job, transaction))
    transaction.commit()
  } catch (error) {
    undoAll(transaction)
    for (const job of jobs) job.reject(storeFault(error))
    return
  }
  // Nobody is told before the commit is on the disk.
  for (const answer of answers) answer()
}

function writeOne(job: Job, transaction: Transactions): () => void {
  transaction.savepoint()
  try {
    const value = job.work()
    transaction.release()
    return () => job.resolve(value)
  } catch (error) {
    transaction.undoOne(error)
    return () => job.reject(storeFault(error))
  }
}

function undoAll(transaction: Transactions) {
  try {
    transaction.undoAll()
  } catch {
    // The disk that refused the commit may refuse the rollback; SQLite undoes it when the file is next opened.
  }
}

const BUSY = 5
const CONSTRAINT = 19
const TOO_BIG = 18

/** Extended codes carry the primary one in their low byte. */
const primaryOf = (errcode = 0) => errcode & 0xff

const isBusy = (error: unknown) =>
  error instanceof Error && primaryOf((error as { errcode?: number }).errcode) === BUSY

/** What an error of SQLite means to a caller: the store's fault, which may pass, or the sender's, which will not. */
export function storeFault(error: unknown): unknown {
  if (error instanceof DoorError || !(error instanceof Error)) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR') {
    const primary = primaryOf(errcode)
    return primary === CONSTRAINT || primary === TOO_BIG
      ? new DoorError('bad-input', `the store refused a row: ${error.message}`, false, {
          cause: error,
        })
      : new DoorError('store-down', `the store failed: ${error.message}`, true, { cause: error })
  }
  if (code === 'ERR_INVALID_STATE') {
    return new DoorError('store-down', 'the store is closed', true, { cause: error })
  }
  return error
}
