import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { consoleApp } from '../../src/console/console.ts'
import { consoleFiles } from '../../src/console/files.ts'
import type { ConsoleParts } from '../../src/console/parts.ts'
import { endedAt } from '../../src/desk/ended.ts'
import { openLog } from '../../src/observe.ts'
import { shipped } from '../app/opened.ts'
import { memoryDesk } from '../chaos/simulation/memory-desk.ts'
import { FakeDesk } from './fake-desk.ts'

export const PUBLIC_URL = 'http://door.test'
export const SESSION_KEY = 'a-session-key-of-the-tests'

/** The rows of a desk, kept as long as the test. */
export const rowsOfADesk = () =>
  memoryDesk(
    (work) =>
      async (...asked) =>
        work(...asked)
  )

/** The console over a desk of cardboard, with a real clock that stands where the test puts it. */
export function openConsole(given: Partial<ConsoleParts> = {}) {
  const desk = new FakeDesk()
  const clock = { now: Date.parse('2026-11-24T14:20:00Z') }
  const log: string[] = []
  const parts: ConsoleParts = {
    content: shipped,
    views: desk.views,
    act: desk.act,
    changed: desk.changed,
    now: () => desk.now,
    sessionKey: SESSION_KEY,
    publicUrl: () => PUBLIC_URL,
    demo: true,
    phoneAlive: desk.phoneAlive,
    log: openLog('trace', { write: (line: string) => void log.push(line) }),
    files: consoleFiles(),
    clock: () => clock.now,
    ended: endedAt(rowsOfADesk(), () => clock.now),
    ...given,
  }
  const app = new Hono().route('/console', consoleApp(parts))
  return { desk, clock, log, parts, app }
}
export type Opened = ReturnType<typeof openConsole>

/** A browser's requests: it keeps cookies, and says where a request began. */
export function browser({ app }: Pick<Opened, 'app'>, origin = PUBLIC_URL) {
  const jar = new Map<string, string>()
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('Cookie') && jar.size > 0)
      headers.set('Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const changes = init.method && init.method !== 'GET'
    if (changes && !headers.has('Origin')) headers.set('Origin', origin)
    const answer = await app.request(`${origin}${path}`, { redirect: 'manual', ...init, headers })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  const form = (path: string, fields: Record<string, string>) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields) })
  return {
    jar,
    ask,
    form,
    text: async (path: string) => (await ask(path)).text(),
    json: (path: string, body: unknown) =>
      ask(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(body),
      }),
    signIn: (staff: string, place = 'lewisham') => form('/console/sign-in/as', { place, staff }),
  }
}

/** The console behind a real port, for a real browser. */
export async function listening(
  opened: Opened
): Promise<{ url: string; server: Server; close: () => Promise<void> }> {
  const server = createServer(getRequestListener(opened.app.fetch))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, server, close }
}
