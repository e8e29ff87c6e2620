import { startRedis, type TestRedis } from '../test/store/redis-server.ts'
import { type Load, load, median, quantile } from './load.ts'
import { row } from './rows.ts'
import { pin, type Serving, serving } from './servers.ts'

const CALLERS = 64
/** The server has a core for itself; Redis and the callers share the other. */
const SERVER = 0
const OTHERS = 1

interface Figures {
  rate: number
  cpu: number
  redis: number
  bytes: number
  p50: number
  p99: number
}

type Kind = 'sqlite' | 'redis' | 'bare-redis' | 'bare'
const KINDS: readonly Kind[] = ['sqlite', 'redis', 'bare-redis', 'bare']

/**
 * A whole signed turn, saved and synced, on each store; beside it a bare handler that saves as many bytes in one commit
 * to a Redis that syncs each too, and one that saves nothing. They take turns, forwards and backwards.
 */
export async function turns(repeats: number, seconds: number) {
  pin(process.pid, OTHERS)
  const redis = await startRedis(['--auto-aof-rewrite-percentage', '0'])
  pin(Number(/process_id:(\d+)/.exec(String(await redis.ask('INFO', 'server')))?.[1]), OTHERS)
  try {
    const { bytes } = await measured('redis', redis, 0, Math.min(seconds, 2))
    const all = new Map<Kind, Figures[]>(KINDS.map((kind) => [kind, []]))
    for (let repeat = 0; repeat < repeats; repeat++)
      for (const kind of repeat % 2 === 0 ? KINDS : KINDS.toReversed())
        all.get(kind)?.push(await measured(kind, redis, bytes, seconds))
    rowsOf((kind, field) => median((all.get(kind) ?? []).map((one) => one[field])))
  } finally {
    await redis.stop()
  }
}

function rowsOf(of: (kind: Kind, field: keyof Figures) => number) {
  for (const [kind, store] of [['sqlite', 'SQLite'] as const, ['redis', 'Redis'] as const]) {
    const name = `durable turn on ${store}`
    row(`${name}, synced, 64 callers, one core`, of(kind, 'rate'), 'turns/s')
    row(`${name}: processor time of the server`, of(kind, 'cpu'), 'µs')
    if (kind === 'redis') row(`${name}: processor time of Redis`, of(kind, 'redis'), 'µs')
    if (kind === 'redis') row(`${name}: written to its file by Redis`, of(kind, 'bytes'), 'bytes')
    row(`${name}: p50`, of(kind, 'p50'), 'ms')
    row(`${name}: p99`, of(kind, 'p99'), 'ms')
  }
  const bare = 'bare Hono, same signature check, one Redis commit'
  row(`${bare}, synced, 64 callers`, of('bare-redis', 'rate'), 'turns/s')
  row(`${bare}: processor time of the server`, of('bare-redis', 'cpu'), 'µs')
  row(`${bare}: processor time of Redis`, of('bare-redis', 'redis'), 'µs')
  row(`${bare}: written to its file by Redis`, of('bare-redis', 'bytes'), 'bytes')
  row(`${bare}: p99`, of('bare-redis', 'p99'), 'ms')
  row('bare Hono, same signature check, nothing saved', of('bare', 'rate'), 'turns/s')
  row('bare Hono, nothing saved: processor time', of('bare', 'cpu'), 'µs')
  for (const [kind, store] of [['sqlite', 'SQLite'] as const, ['redis', 'Redis'] as const]) {
    const name = `durable turn on ${store} against bare with one Redis commit`
    row(`${name}: throughput`, of(kind, 'rate') / of('bare-redis', 'rate'), 'ratio', 0.6, 'more')
    row(`${name}: processor time`, of(kind, 'cpu') / of('bare-redis', 'cpu'), 'ratio')
  }
}

async function measured(
  kind: Kind,
  redis: TestRedis,
  bytes: number,
  seconds: number
): Promise<Figures> {
  await redis.ask('FLUSHALL')
  const server = await serving(servingOf(kind, redis, bytes))
  const before = async () => ({ ours: await server.usage(), theirs: await ofRedis(redis) })
  await load(server.port, CALLERS, 1)
  const was = await before()
  const done = await load(server.port, CALLERS, seconds)
  const is = await before()
  await server.stop()
  whole(kind, done)
  return {
    rate: done.turns / done.seconds,
    cpu: (is.ours.cpu - was.ours.cpu) / done.turns,
    redis: (is.theirs.cpu - was.theirs.cpu) / done.turns,
    bytes: (is.theirs.written - was.theirs.written) / done.turns,
    p50: quantile(done.times, 0.5),
    p99: quantile(done.times, 0.99),
  }
}

/** A figure of turns that were refused would say nothing. */
function whole(kind: string, { failed, turns }: Load) {
  if (failed > 0 || turns === 0) throw new Error(`${kind}: ${failed} of ${turns} turns failed`)
}

function servingOf(kind: Kind, { url }: TestRedis, bytes: number): Serving {
  const env = { BENCH_REDIS: url, BENCH_BYTES: String(Math.round(bytes)) }
  const kinds = { sqlite: 'door', redis: 'door-redis', bare: 'bare' } as const
  return { kind: kind === 'bare-redis' ? kind : kinds[kind], env, core: SERVER }
}

/** Microseconds of processor, and bytes of its file, that Redis has used so far. */
async function ofRedis(redis: TestRedis) {
  const info = `${await redis.ask('INFO', 'cpu')}\n${await redis.ask('INFO', 'persistence')}`
  const figure = (name: string) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1])
  return {
    cpu: (figure('used_cpu_user') + figure('used_cpu_sys')) * 1e6,
    written: figure('aof_current_size'),
  }
}
