import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newKeyring, writeKeyring } from '../src/security/keyring.ts'
import type { Store } from '../src/store/contract.ts'
import { openRedis } from '../src/store/redis.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { startRedis, type TestRedis } from '../test/store/redis-server.ts'
import { type Call, call, play, SCRIPTS, type Script, TURNS } from './calls.ts'
import { posting } from './load.ts'
import { row } from './rows.ts'
import { type Serving, serving } from './servers.ts'

/** Enough that what all calls share, such as the words said, is there before the calls that are counted. */
const BEFORE = 128
const COUNTED = 256
/** The same for every server, so that the next one goes on with what the last one kept. */
const BENCH_KEYS = writeKeyring(newKeyring())
const LATER = '2099-01-01T00:00:00Z'

/** What bytes are there for. `state` is the contact and what it is found by; `waits` ends when it was done. */
type Kind = 'state' | 'log' | 'waits' | 'replies'
type Held = Readonly<Record<Kind, number>>

interface Place {
  name: 'SQLite' | 'Redis'
  serving: Serving
  /** The store itself, past the sealing: it only drops replies. */
  open: () => Promise<Store>
  held: () => Promise<Held> | Held
}

/** What the stores hold of a call that waits for its last answer, and of one that is over. */
export async function sizes() {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-sizes-'))
  const redis = await startRedis(['--auto-aof-rewrite-percentage', '0'])
  try {
    for (const script of Object.keys(SCRIPTS) as Script[]) {
      await measure(sqlitePlace(join(folder, `${script}.db`)), script)
      await redis.ask('FLUSHALL')
      await measure(redisPlace(redis), script)
    }
  } finally {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(place: Place, script: Script) {
  const some = (count: number, from: number) =>
    Array.from({ length: count }, (_, n) => call(from + n, script))
  await played(place, some(BEFORE, 0))
  await expired(place)
  const before = await place.held()
  const calls = some(COUNTED, BEFORE)
  await played(place, calls, TURNS - 1)
  const replied = await place.held()
  await expired(place)
  const live = await place.held()
  await played(place, calls)
  await expired(place)
  const over = await place.held()
  const each = (held: Held, ...kinds: Kind[]) =>
    kinds.reduce((sum, kind) => sum + (held[kind] - before[kind]) / COUNTED, 0)
  const of = `a ${script} call on ${place.name}`
  row(`${of}, live at turn 14: its state`, each(live, 'state'), 'bytes', 2048)
  row(`${of}, live: its log so far`, each(live, 'log'), 'bytes')
  row(`${of}, live: clocks that run`, each(live, 'waits'), 'bytes')
  row(`${of}, live: replies, kept two days`, each(replied, 'replies'), 'bytes')
  row(`${of}, 15 turns, over: all that is kept`, each(over, 'state', 'log'), 'bytes', 3072)
  row(`${of}, over: clocks that run, a text to send`, each(over, 'waits'), 'bytes')
}

async function played({ serving: how }: Place, calls: readonly Call[], turns = TURNS) {
  const server = await serving(how)
  const { post, close } = posting(server.port, 32)
  await play(post, calls, turns)
  close()
  await server.stop()
}

async function expired({ open }: Place) {
  const store = await open()
  await store.expireReplies(LATER)
  await store.close()
}

/** Adds up bytes by what `kindOf` says of each name. */
function heldBy(bytes: Iterable<[string, number]>, kindOf: (name: string) => Kind): Held {
  const held: Record<Kind, number> = { state: 0, log: 0, waits: 0, replies: 0 }
  for (const [name, more] of bytes) held[kindOf(name)] += more
  return held
}

const TABLES: readonly [RegExp, Kind][] = [
  [/log|words/, 'log'],
  [/timers|outbox/, 'waits'],
  [/replies/, 'replies'],
]

/** Bytes of the pages of each table and index. */
function sqlitePlace(file: string): Place {
  return {
    name: 'SQLite',
    serving: { kind: 'door', env: { BENCH_FILE: file, BENCH_KEYS } },
    open: async () => openSqlite(file),
    held() {
      const db = new DatabaseSync(file)
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const rows = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all()
      db.close()
      const bytes = rows.map((one): [string, number] => [String(one.name), Number(one.bytes)])
      return heldBy(bytes, (name) => TABLES.find(([these]) => these.test(name))?.[1] ?? 'state')
    },
  }
}

/** Sums MEMORY USAGE by the letter that says what a key of a partition holds; what stands outside of one is a locator. */
const MEMORY = `local held = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = string.match(key, '^{[^}]+}(.)') or ('locator ' .. string.sub(key, 1, 1))
  held[kind] = (held[kind] or 0) + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)
end
local list = {}
for kind, bytes in pairs(held) do list[#list + 1] = kind list[#list + 1] = bytes end
return list`

/** By the letters of redis-lua-commit.ts. */
const KEYS: readonly [RegExp, Kind][] = [
  [/^[gVW]$/, 'log'],
  [/^[TeKloqd]$/, 'waits'],
  [/^([wr]|locator w)$/, 'replies'],
]

function redisPlace(redis: TestRedis): Place {
  return {
    name: 'Redis',
    serving: { kind: 'door-redis', env: { BENCH_REDIS: redis.url, BENCH_KEYS } },
    open: () => openRedis(redis.url, { strict: true, warn: () => undefined }),
    async held() {
      const list = (await redis.ask('EVAL', MEMORY, '0')) as (string | number)[]
      const bytes = list.flatMap((name, i): [string, number][] =>
        i % 2 === 0 ? [[String(name), Number(list[i + 1])]] : []
      )
      return heldBy(bytes, (name) => KEYS.find(([these]) => these.test(name))?.[1] ?? 'state')
    },
  }
}
