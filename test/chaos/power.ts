import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis, type TestRedis } from '../store/redis-server.ts'
import type { Rig } from './rig.ts'

/** A Redis whose power can be cut: what it had not put on the disk by then is gone. */
export interface Powered extends TestRedis {
  /** Resolves, once it is dead, to the bytes that were taken away. */
  cut: () => Promise<number>
}

/** Compiles the recorder into a folder of the run's own. Returns what LD_PRELOAD must name. */
export function recorder(folder: string): string {
  const library = join(folder, 'fsync-recorder.so')
  const source = join(import.meta.dirname, 'fsync-recorder.c')
  if (!existsSync(library))
    execFileSync('/usr/bin/gcc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl'])
  return library
}

export async function startPowered(rig: Rig, more: readonly string[] = []): Promise<Powered> {
  const log = join(mkdtempSync(join(tmpdir(), 'front-door-power-')), 'fsynced')
  const env = { LD_PRELOAD: recorder(rig.folder), FSYNC_LOG: log }
  const redis = await startRedis(more, { env })
  rig.after(async () => {
    await redis.stop()
    rmSync(join(log, '..'), { recursive: true, force: true })
  })
  return {
    ...redis,
    async cut() {
      await redis.kill()
      return takeAway(join(redis.folder, 'appendonlydir'), synced(log))
    },
  }
}

/** How long each file was when it was last put on the disk, by inode and when it was made. */
function synced(log: string): Map<string, number> {
  const lengths = new Map<string, number>()
  for (const line of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
    const [which = '', length] = line.split(' ')
    lengths.set(which, Number(length))
  }
  return lengths
}

/**
 * Shortens every file to what was on the disk. That a file was made, renamed or removed is taken as lasting, in order, as
 * journalling file systems have it.
 */
function takeAway(folder: string, lengths: ReadonlyMap<string, number>): number {
  let gone = 0
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const { which, size } = recordOf(file)
    const kept = lengths.get(which) ?? 0
    if (kept < size) truncateSync(file, kept)
    gone += Math.max(0, size - kept)
  }
  return gone
}

/** What the recorder calls a file. */
export function recordOf(file: string): { which: string; size: number } {
  const { ino, birthtimeNs, size } = statSync(file, { bigint: true })
  return { which: `${ino}:${birthtimeNs}`, size: Number(size) }
}
