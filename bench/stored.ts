import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newKeyring, writeKeyring } from '../src/security/keyring.ts'
import { startRedis, type TestRedis } from '../test/store/redis-server.ts'
import { call, play } from './calls.ts'
import { load, median, posting, quantile } from './load.ts'
import { row } from './rows.ts'
import { type Server, type Serving, serving } from './servers.ts'

const FEW = 1_000
const MANY = Number(process.env.BENCH_CONTACTS ?? (process.env.BENCH_MILLION ? 1_000_000 : 100_000))
const CALLERS = 64
/** Finished calls that the others are made after. */
const SAMPLES = 60
const BENCH_KEYS = writeKeyring(newKeyring())

/** A store that is being filled and served. */
interface Filled {
  serving: Serving
  url: string
  /** Microseconds of processor of a server of the store's own. */
  beside: () => Promise<number>
  /** Before and after it is filled. */
  empty: () => Promise<void>
  full: () => Promise<void>
}

/** What a turn costs when few and when many contacts are stored, and how long lists and searches take over many. */
export async function stored(repeats: number, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-stored-'))
  const redises: TestRedis[] = []
  try {
    const [few, many] = ['few', 'many'].map((name) => sqliteOf(join(folder, `${name}.db`)))
    await compared('SQLite', few!, many!, repeats, seconds)
    for (let i = 0; i < 2; i++) redises.push(await startRedis(QUIET))
    const [small, large] = redises.map(redisOf)
    await compared('Redis', small!, large!, repeats, seconds)
  } finally {
    for (const redis of redises) await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compared(name: string, few: Filled, many: Filled, repeats: number, seconds: number) {
  const thousands = MANY.toLocaleString('en')
  const started = performance.now()
  await filled(few, FEW)
  await filled(many, MANY)
  console.log(`filled in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  const servers = await Promise.all([serving(few.serving), serving(many.serving)])
  const figures = [few, many].map(() => ({ rates: [] as number[], cpus: [] as number[] }))
  for (const server of servers) await load(server.port, CALLERS, 1)
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const which of repeat % 2 === 0 ? [0, 1] : [1, 0]) {
      const { rate, cpu } = await turnsOn(servers[which]!, [few, many][which]!, seconds)
      figures[which]!.rates.push(rate)
      figures[which]!.cpus.push(cpu)
    }
  const [fewCpu, manyCpu] = figures.map(({ cpus }) => median(cpus))
  const [fewRate, manyRate] = figures.map(({ rates }) => median(rates))
  row(`turn on ${name}, 1,000 contacts stored: processor time`, fewCpu!, 'µs')
  row(`turn on ${name}, ${thousands} contacts stored: processor time`, manyCpu!, 'µs')
  row(
    `turn on ${name}, ${thousands} against 1,000: processor time`,
    manyCpu! / fewCpu!,
    'ratio',
    1.1
  )
  row(`turn on ${name}, ${thousands} against 1,000: throughput`, manyRate! / fewRate!, 'ratio')
  row(
    `lists and searches on ${name}, ${thousands} contacts: p95`,
    await lists(servers[1]!),
    'ms',
    200
  )
  for (const server of servers) await server.stop()
}

async function filled({ serving: how, url, empty, full }: Filled, count: number) {
  const server = await serving(how)
  const { post, close } = posting(server.port, 32)
  const samples = Array.from({ length: SAMPLES }, (_, n) =>
    call(n, n % 3 === 0 ? 'chatty' : 'plain')
  )
  await play(post, samples)
  close()
  await server.stop()
  await empty()
  const env = { ...process.env, BENCH_KEYS }
  execFileSync(process.execPath, ['bench/fill.ts', url, String(count)], { env, stdio: 'inherit' })
  await full()
}

/** Processor time of the server and of its store's own, for each turn. */
async function turnsOn({ port, usage }: Server, { beside }: Filled, seconds: number) {
  const was = (await usage()).cpu + (await beside())
  const { turns, failed, seconds: took } = await load(port, CALLERS, seconds)
  if (failed > 0 || turns === 0) throw new Error(`${failed} of ${turns} turns failed`)
  const is = (await usage()).cpu + (await beside())
  return { rate: turns / took, cpu: (is - was) / turns }
}

/** Pages by each thing that staff list and search by, first pages and later ones, one at a time. */
async function lists({ port }: Server): Promise<number> {
  const since = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const asked = [
    ...['', 'place=southwark', 'status=promised', 'place=lewisham&status=open', 'code=FALL'],
    ...[
      'place=southampton&code=UCR2&status=promised',
      'team=Falls%20service',
      'phone=%2B447900000001',
    ],
    ...['place=lewisham&team=Falls%20service&status=closed', `from=${since(1)}`],
    ...[`place=southwark&from=${since(30)}`, 'status=handed-over&code=CSD'],
  ]
  const times: number[] = []
  const get = async (path: string) => {
    const from = performance.now()
    const headers = { Authorization: 'Bearer bench' }
    const answer = await fetch(`http://127.0.0.1:${port}/api/contacts${path}`, { headers })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`)
    times.push(performance.now() - from)
    return JSON.parse(text) as { contacts: { ref: string }[]; next: string | null }
  }
  for (let round = 0; round < 10; round++)
    for (const query of asked) {
      const { contacts, next } = await get(`?${query}`)
      if (next) await get(`?${query}&after=${encodeURIComponent(next)}`)
      const ref = contacts[round]?.ref
      if (ref) await get(`/${ref}`)
    }
  return quantile(
    times.sort((a, b) => a - b),
    0.95
  )
}

const sqliteOf = (file: string): Filled => ({
  serving: { kind: 'door', env: { BENCH_FILE: file, BENCH_KEYS } },
  url: file,
  beside: async () => 0,
  empty: async () => undefined,
  full: async () => console.log(`${(statSync(file).size / 2 ** 20).toFixed(0)} MB in ${file}`),
})

/** The file is not written anew while it is measured. */
const QUIET = ['--auto-aof-rewrite-percentage', '0']

const redisOf = (redis: TestRedis): Filled => ({
  serving: { kind: 'door-redis', env: { BENCH_REDIS: redis.url, BENCH_KEYS } },
  url: redis.url,
  beside: async () => {
    const info = String(await redis.ask('INFO', 'cpu'))
    const figure = (name: string) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1])
    return (figure('used_cpu_user') + figure('used_cpu_sys')) * 1e6
  },
  /** Nothing is synced while it is filled. */
  async empty() {
    await redis.ask('CONFIG', 'SET', 'appendonly', 'no')
  },
  async full() {
    await redis.ask('CONFIG', 'SET', 'appendonly', 'yes')
    for (;;) {
      const info = String(await redis.ask('INFO', 'persistence'))
      if (/aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info)) break
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const used = /used_memory:(\d+)/.exec(String(await redis.ask('INFO', 'memory')))?.[1]
    console.log(`${(Number(used) / 2 ** 20).toFixed(0)} MB in Redis`)
  },
})
