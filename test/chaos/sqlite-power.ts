import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqlite } from '../../src/store/sqlite.ts'
import { recorder, recordOf } from './power.ts'
import { audit, pause } from './redis-load.ts'
import type { Rig } from './rig.ts'

const PROGRAM = join(import.meta.dirname, 'sqlite-callers.ts')
const WORK = 60
const START_MS = 20_000

/** What callers of an embedded store were told until its power was cut, again and again. */
interface Told {
  file: string
  /** The last turn of each person that was acknowledged. */
  acked: Map<number, number>
  turns: number
  /** Files that held more than the disk had been told to keep. */
  setBack: number
}

/** Cuts the power of the embedded store under load, so often, and reads back what was acknowledged. */
export async function cutSqlite(rig: Rig, times: number) {
  const { file, acked, turns, setBack } = await cut(rig, times, 'door')
  const store = openSqlite(file)
  const found = await audit(store, acked)
  await store.close()
  return { ...found, turns, setBack }
}

/** The same of a file that is not synced at each commit: how many acknowledged numbers are gone. */
export async function cutCareless(rig: Rig, times: number): Promise<number> {
  const { file, acked } = await cut(rig, times, 'careless')
  const db = new DatabaseSync(file)
  const kept = new Set(
    db
      .prepare('SELECT n FROM told')
      .all()
      .map(({ n }) => Number(n))
  )
  db.close()
  return [...acked.keys()].filter((n) => !kept.has(n)).length
}

async function cut(rig: Rig, times: number, how: 'door' | 'careless'): Promise<Told> {
  const folder = join(rig.folder, `sqlite-${how}`)
  const keep = join(folder, 'kept')
  mkdirSync(keep, { recursive: true })
  const env = {
    PATH: process.env.PATH,
    LD_PRELOAD: recorder(rig.folder),
    FSYNC_LOG: join(folder, 'fsynced'),
    FSYNC_KEEP: keep,
  }
  const told: Told = { file: join(folder, 'door.db'), acked: new Map(), turns: 0, setBack: 0 }
  for (let n = 0; n < times; n += 1) {
    const lines = await callers([told.file, String(1 + n * 1_000_000), how], env, rig.random)
    for (const line of lines) {
      const [who = 0, t = 0] = line.split(' ').map(Number)
      told.acked.set(who, t)
    }
    told.turns += lines.length
    told.setBack += setBack(told.file, keep)
  }
  return told
}

/** Callers in a process of their own, killed while they talk: the turns that were acknowledged to them. */
async function callers(
  args: readonly string[],
  env: Record<string, string | undefined>,
  random: () => number
): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (more) => {
    written += more
  })
  const until = performance.now() + START_MS
  while (written.split('\n').length < WORK && performance.now() < until) await pause(10)
  await pause(random() * 400)
  child.kill('SIGKILL')
  await gone
  const lines = written.split('\n').slice(0, -1)
  if (lines.length < WORK) throw new Error(`only ${lines.length} turns went through`)
  return lines
}

/** Each file as the disk was last told to keep it. What is shared in memory is not on the disk at all. */
function setBack(file: string, keep: string): number {
  let count = 0
  rmSync(`${file}-shm`, { force: true })
  for (const one of [file, `${file}-wal`].filter(existsSync)) {
    const kept = join(keep, recordOf(one).which)
    if (!existsSync(kept)) truncateSync(one)
    else if (readFileSync(kept).equals(readFileSync(one))) continue
    else copyFileSync(kept, one)
    count += 1
  }
  return count
}
