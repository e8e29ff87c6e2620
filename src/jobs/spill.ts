import { DoorError } from '../errors.ts'

/** Lines that were kept together, oldest first. */
export interface SpillBatch {
  lines: readonly string[]
  /** What stands after the last whole line: it was being written when the machine stopped, and acknowledged to nobody. */
  torn?: string
  /** Takes the batch off. What could not be replayed is kept aside, and tried again at the next start. */
  done: (aside: readonly string[]) => Promise<void>
}

/** Where lines are kept while the store is down: files on a machine, the object's own storage at the edge. */
export interface SpillLines {
  /** Resolves once a power cut can no longer take the line. Rejects where it cannot be kept. */
  append: (line: string) => Promise<void>
  /** What is kept, oldest first. What is appended meanwhile may wait for the next time. */
  batches: () => AsyncIterable<SpillBatch>
  /** Lines not yet taken off, and those kept aside. */
  waiting: () => number
  close: () => Promise<void>
}

/** What a spill is told to do, and whom it tells. `T` is what is kept. */
export interface SpillParts<T> {
  lines: SpillLines
  write: (kept: T) => string
  /** Throws where the line was changed, or its key is not here. */
  read: (line: string) => T
  /** Brings it into the store, once however often it is called. */
  replay: (kept: T) => Promise<void>
  /** What is replayed in order: one call, one thread of texts. */
  orderOf: (kept: T) => string
  /** Hears of what could not be replayed; 'spill-unreadable' and 'spill-torn' are named here. */
  fault: (error: unknown) => void
  counted: (what: 'spilled' | 'replayed', by: number) => void
  /** Milliseconds after which to look again while anything waits. */
  every: number
}

/** Keeps what cannot be saved, and brings it into the store as soon as that is back. */
export interface SpillJob<T> {
  keep: (kept: T) => Promise<void>
  /** Replays what waits. Resolves when nothing is left, or the store is still down. */
  drain: () => Promise<void>
  waiting: () => number
  stop: () => Promise<void>
}

/** Conversations that are replayed at once. */
const AT_ONCE = 8

/** Begins by replaying what an earlier process left. */
export function startSpill<T>(parts: SpillParts<T>): SpillJob<T> {
  const { lines, write, counted, every, fault } = parts
  let timer: ReturnType<typeof setTimeout> | undefined
  let _draining: Promise<void> | undefined
  let stopped = false
  const again = () => {
    if (stopped || timer !== undefined || lines.waiting() === 0) return
    timer = setTimeout(() => {
      timer = undefined
      void drain()
    }, every)
  }
  const drain = () => {
    _draining ??= drainAll(parts, () => stopped)
      .catch(fault)
      .finally(() => {
        _draining = undefined
        again()
      })
    return _draining
  }
  void drain()
  return {
    async keep(kept) {
      await lines.append(write(kept))
      counted('spilled', 1)
      again()
    },
    drain,
    waiting: lines.waiting,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await _draining
      await lines.close()
    },
  }
}

async function drainAll<T>(parts: SpillParts<T>, stopped: () => boolean): Promise<void> {
  for await (const batch of parts.lines.batches()) {
    if (stopped() || !(await drainBatch(parts, batch))) return
  }
}

/** False when the store is still down: the batch stays as it is, for what was replayed of it is known by the store. */
async function drainBatch<T>(parts: SpillParts<T>, batch: SpillBatch): Promise<boolean> {
  const { aside, found } = readAll(parts, batch)
  const groups = [...Map.groupBy(found, ({ kept }) => parts.orderOf(kept)).values()]
  let down = false
  let count = 0
  const lane = async () => {
    for (let group = groups.shift(); group && !down; group = groups.shift())
      for (const { line, kept } of group) {
        if (down) return
        const end = await replayOne(parts, kept)
        if (end === 'down') down = true
        if (end === 'aside') aside.push(line)
        if (end === 'done') count++
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  if (down) return false
  await batch.done(aside)
  parts.counted('replayed', count)
  return true
}

function readAll<T>({ read, fault }: SpillParts<T>, { lines, torn }: SpillBatch) {
  const aside: string[] = []
  const found: { line: string; kept: T }[] = []
  for (const line of lines)
    try {
      found.push({ line, kept: read(line) })
    } catch {
      aside.push(line)
      fault(new DoorError('spill-unreadable', 'a line was changed, or its key is gone', false))
    }
  if (torn !== undefined)
    try {
      found.push({ line: torn, kept: read(torn) })
    } catch {
      fault(new DoorError('spill-torn', 'the last line was not written to its end', false))
    }
  return { aside, found }
}

async function replayOne<T>(
  { replay, fault }: SpillParts<T>,
  kept: T
): Promise<'done' | 'down' | 'aside'> {
  try {
    await replay(kept)
    return 'done'
  } catch (error) {
    if (error instanceof DoorError && error.retry) return 'down'
    fault(new DoorError('spill-stuck', 'a spilled contact could not be replayed', false))
    fault(error)
    return 'aside'
  }
}
