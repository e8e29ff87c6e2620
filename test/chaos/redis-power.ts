import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../../src/store/contract.ts'
import { openRedis } from '../../src/store/redis.ts'
import { type TestRedis, until } from '../store/redis-server.ts'
import { type Powered, startPowered } from './power.ts'
import { audit, type Load, ms, pause, startLoad } from './redis-load.ts'
import type { Outcome, Rig, Run } from './rig.ts'
import { cutCareless, cutSqlite } from './sqlite-power.ts'

const quiet = { warn: () => undefined }
/** Between two kills, so that each falls among other work. */
const WORK = 60

/** The ways of stopping a Redis for good. */
type Stop = (redis: Powered) => Promise<unknown>

interface Stopped extends Outcome {
  figures: Record<string, number | string>
}

/** Stops and starts a Redis under load, as often as asked, and reads back what was acknowledged. */
async function stopUnderLoad(
  rig: Rig,
  given: { times: number; stop: Stop; more?: readonly string[]; strict?: boolean; callers?: number }
): Promise<Stopped> {
  const { times, stop, more = [], strict = true, callers = 16 } = given
  const redis = await startPowered(rig, more)
  const store = await openRedis(redis.url, { ...quiet, strict })
  rig.after(store.close)
  const load = startLoad(store, { callers })
  let [taken, down] = [0, 0]
  for (let n = 0; n < times; n += 1) {
    await load.more(WORK)
    await pause(rig.random() * 300)
    const at = performance.now()
    taken += Number((await stop(redis)) ?? 0)
    await redis.start()
    await load.more(1)
    down = Math.max(down, performance.now() - at)
  }
  await load.more(WORK)
  return { ...(await judged(store, load, times)), figures: figuresOf(load, { down, taken }) }
}

async function judged(store: Store, load: Load, runs: number): Promise<Outcome> {
  const { begun, done, acked, faults } = await load.stop()
  return { runs, ...(await audit(store, acked)), success: done / begun, faults: faults.slice(0, 5) }
}

function figuresOf({ ledger }: Load, more: { down: number; taken: number }) {
  return {
    'turns acknowledged': ledger.done,
    'tries refused': ledger.refused,
    'slowest try ms': ms(ledger.slowest),
    'longest from stop to a turn ms': ms(more.down),
    'bytes the cuts took': more.taken,
  }
}

const killed: Run = {
  id: 'B1',
  name: 'kill -9 of Redis under load',
  goal: '0 acknowledged turns lost, 0 doubled; callers served again',
  leastSuccess: 0.999,
  needs: ['redis-server', 'gcc'],
  small: true,
  run: (rig) =>
    stopUnderLoad(rig, { times: rig.of(3, 40, 100), stop: (redis) => redis.kill().then(() => 0) }),
}

/** What a power cut takes is what was not on the disk: nothing is acknowledged before it is. */
const cut: Run = {
  id: 'B2',
  name: 'power cuts under load, of Redis and of SQLite, against what the disk was told to keep',
  goal: '0 lost with appendfsync always, and by SQLite; everysec, which is refused in earnest, loses some',
  leastSuccess: 0.999,
  needs: ['redis-server', 'gcc'],
  small: true,
  async run(rig) {
    const stop: Stop = (redis) => redis.cut()
    const always = await stopUnderLoad(rig, { times: rig.of(3, 20, 50), stop })
    const lazy = ['--appendfsync', 'everysec']
    const refused = await stopUnderLoad(rig, { times: 1, stop, more: lazy }).then(
      ({ lost }) => `a Redis that syncs each second was taken in earnest, and lost ${lost}`,
      (error: { code?: string }) => (error.code === 'bad-config' ? null : String(error))
    )
    const mutant = await stopUnderLoad(rig, {
      ...{ times: rig.of(2, 5, 5), stop, more: lazy },
      strict: false,
    })
    const file = await cutSqlite(rig, rig.of(2, 20, 50))
    const careless = await cutCareless(rig, rig.of(2, 3, 3))
    const blind = (what: string) => `${what} nothing was lost: the run cannot see such a loss`
    return {
      ...always,
      runs: always.runs + rig.of(2, 20, 50),
      lost: always.lost + file.lost,
      doubled: always.doubled + file.doubled,
      faults: [
        ...(always.faults ?? []),
        ...(refused ? [refused] : []),
        ...(mutant.lost > 0 ? [] : [blind('with everysec')]),
        ...(careless > 0 ? [] : [blind('by a file that is not synced')]),
      ],
      figures: {
        ...always.figures,
        'turns of SQLite': file.turns,
        'its files set back': file.setBack,
        'lost by a file not synced': careless,
        'lost by everysec': `${mutant.lost} of ${mutant.figures['turns acknowledged']}`,
      },
    }
  },
}

/**
 * Makes a rewriting take some 0.3 s, so that a cut falls into it. Redis sleeps so many microseconds a key, or for a
 * negative number n one microsecond, which is 60 in truth, at one key of n.
 */
function slowness(keys: number): number {
  const sleeps = 5_000
  return keys > sleeps ? -Math.ceil(keys / sleeps) : Math.ceil(300_000 / keys)
}

const BY_HAND = ['--auto-aof-rewrite-percentage', '0']

const rewriting: Run = {
  id: 'B3',
  name: 'power cuts while the append-only file is rewritten, and a tail torn off in mid-command',
  goal: 'Redis starts each time; 0 lost, 0 doubled',
  leastSuccess: 0.999,
  needs: ['redis-server', 'gcc'],
  small: true,
  async run(rig) {
    const times = rig.of(3, 16, 50)
    let [under, torn] = [0, 0]
    const stop: Stop = async (redis) => {
      const delay = slowness(Number(await redis.ask('DBSIZE')))
      await redis.ask('CONFIG', 'SET', 'rdb-key-save-delay', String(delay))
      await redis.ask('BGREWRITEAOF')
      await until(() => isRewriting(redis))
      // Half of them while it writes, half as the new file takes the place of the old ones.
      if (rig.random() < 0.5) await pause(rig.random() * 300)
      else await until(async () => !(await isRewriting(redis)))
      if (await isRewriting(redis)) under += 1
      const taken = await redis.cut()
      if (rig.random() < 0.5) torn += tear(redis, rig.random())
      return taken
    }
    const outcome = await stopUnderLoad(rig, { times, stop, more: BY_HAND, callers: 4 })
    const both = under > 0 && under < times && torn > 0
    return {
      ...outcome,
      faults: [
        ...(outcome.faults ?? []),
        ...(both || rig.size === 'small'
          ? []
          : ['the cuts did not fall both in and after rewrites']),
      ],
      figures: { ...outcome.figures, 'cut in mid-rewrite': under, 'tails torn': torn },
    }
  },
}

const isRewriting = async (redis: TestRedis) =>
  String(await redis.ask('INFO', 'persistence')).includes('aof_rewrite_in_progress:1')

const COMMAND = '*3\r\n$3\r\nSET\r\n$5\r\nabcde\r\n$10\r\n0123456789\r\n'

/** Part of a command that nobody was told of, as a disk may hold when its power went in mid-write. */
function tear(redis: TestRedis, share: number): number {
  const folder = join(redis.folder, 'appendonlydir')
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('.incr.aof'))
    .sort((a, b) => serialOf(a) - serialOf(b))
    .at(-1)
  if (!newest) return 0
  appendFileSync(join(folder, newest), COMMAND.slice(0, 1 + share * (COMMAND.length - 2)))
  return 1
}

const serialOf = (name: string) => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? 0)

export const POWER: readonly Run[] = [killed, cut, rewriting]
