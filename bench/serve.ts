import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { v7 } from 'uuid'
import { createApp } from '../src/app.ts'
import { readContent } from '../src/door/folders.ts'
import { openLog, openMetrics } from '../src/observe.ts'
import { readForm } from '../src/security/form.ts'
import { newKeyring } from '../src/security/keyring.ts'
import { twilioSigned } from '../src/security/twilio-signature.ts'
import { sealed } from '../src/store/sealed.ts'
import { openSqlite } from '../src/store/sqlite.ts'

/**
 * One server in a process of its own, so that its processor time is its own: `door` is the whole app on SQLite with
 * every commit synced, `bare` is Hono with the same signature check and a fixed reply.
 */
export const TOKEN = 'b'.repeat(32)
const publicUrl = 'http://bench.invalid'

const kind = process.argv[2]
const app = new Hono()
app.get('/bench/usage', (c) => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  return c.json({ cpu: user + system, heap: process.memoryUsage().heapUsed })
})

if (kind === 'bare') {
  app.post('/*', async (c) => {
    const pairs = readForm(await c.req.text())
    const { pathname, search } = new URL(c.req.url)
    const given = c.req.header('X-Twilio-Signature') ?? ''
    if (!twilioSigned([TOKEN], publicUrl + pathname + search, pairs, given))
      return c.text('no', 403)
    return c.body('<Response><Say>Hello</Say></Response>', 200, { 'Content-Type': 'text/xml' })
  })
} else {
  const content = readContent({ flows: 'flows', places: 'places', locales: 'locales' })
  const file = join(mkdtempSync(join(tmpdir(), 'front-door-bench-')), 'bench.db')
  let partition = 0
  const parts = {
    content: () => content,
    store: sealed(openSqlite(file), newKeyring()),
    now: () => new Date().toISOString(),
    makes: { uuid: v7, random: Math.random, partition: () => partition++ % 64 },
    log: openLog('error'),
    metrics: openMetrics(),
    committed: () => {},
    publicUrl: () => publicUrl,
    staffToken: 'bench',
    twilioTokens: [TOKEN],
    ready: async () => ({}),
  }
  app.route('/', createApp(parts))
}

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`${port}\n`)
})
process.on('SIGTERM', () => {
  server.close()
  process.exit(0)
})
