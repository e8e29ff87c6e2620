import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { v7 } from 'uuid'
import { createApp } from '../src/app.ts'
import { readContent } from '../src/door/folders.ts'
import { gate } from '../src/door/together.ts'
import { openLog, openMetrics } from '../src/observe.ts'
import { newKeyring, readKeyring } from '../src/security/keyring.ts'
import { openRedis } from '../src/store/redis.ts'
import { sealed } from '../src/store/sealed.ts'
import { openSqlite } from '../src/store/sqlite.ts'
import { bareApp } from './bare.ts'

/**
 * One server in a process of its own, so that its processor time is its own: `door` is the whole app on SQLite with
 * every commit synced, `door-redis` the same on the Redis of BENCH_REDIS; `bare` is Hono with the same signature check and
 * a fixed reply, and `bare-redis` the same with one commit of BENCH_BYTES. BENCH_FILE names a file of SQLite that is there,
 * BENCH_KEYS its keyring.
 */
export const TOKEN = 'b'.repeat(32)
const publicUrl = 'http://bench.invalid'
const { BENCH_REDIS: redis = '', BENCH_BYTES, BENCH_FILE, BENCH_KEYS } = process.env

const kind = process.argv[2]
const ends: (() => unknown)[] = []
const app = new Hono()
app.get('/bench/usage', (c) => {
  // A collection of ours is no turn's: only who asks for the heap has one.
  if (c.req.query('heap') !== undefined) for (let again = 0; again < 4; again++) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  return c.json({ cpu: user + system, heap: process.memoryUsage().heapUsed })
})

if (kind?.startsWith('bare')) {
  const beside = kind === 'bare-redis' ? { url: redis, bytes: Number(BENCH_BYTES) } : undefined
  app.route('/', await bareApp(TOKEN, publicUrl, beside))
} else {
  const content = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
  const keyring = BENCH_KEYS ? readKeyring(BENCH_KEYS) : newKeyring()
  const store = sealed(await openStore(), keyring)
  ends.push(() => store.close())
  let partition = 0
  const parts = {
    content: () => content,
    store,
    now: () => new Date().toISOString(),
    makes: { uuid: v7, random: Math.random, partition: () => partition++ % 64 },
    log: openLog('error'),
    metrics: openMetrics(),
    committed: () => {},
    publicUrl: () => publicUrl,
    staffToken: 'bench',
    twilioTokens: [TOKEN],
    together: gate(),
    ready: async () => ({}),
  }
  app.route('/', createApp(parts))
}

async function openStore() {
  if (kind === 'door-redis')
    return openRedis(redis, {
      strict: true,
      warn: (words) => {
        throw new Error(words)
      },
    })
  if (BENCH_FILE) return openSqlite(BENCH_FILE)
  const folder = mkdtempSync(join(tmpdir(), 'front-door-bench-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  return openSqlite(join(folder, 'bench.db'))
}

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`${port}\n`)
})
process.on('SIGTERM', async () => {
  server.close()
  for (const end of ends.reverse()) await end()
  process.exit(0)
})
