import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import twilio from 'twilio'
import { simulator, simulatorKeys } from '../../src/simulator/simulator.ts'
import type { FullCallView } from '../../src/simulator/view.ts'

export interface Seen {
  path: string
  form: Record<string, string>
  signed: boolean
}

/** Whatever a simulator call may answer. */
export interface Answer extends Partial<FullCallView> {
  error?: string
  replies?: string[]
  now?: string
  texts?: { from: string; body: string; at: string }[]
  speaking?: FullCallView[]
}

/** A stand-in for the app: it answers with the TwiML it is told to and keeps every request it was sent. */
export async function fakeApp(
  documents: Record<string, string | ((form: Record<string, string>) => string)> = {}
) {
  const keys = simulatorKeys()
  const seen: Seen[] = []
  const app = new Hono()
  let origin = ''
  let now = Date.parse('2026-11-24T10:00:00Z')
  const set: string[][] = []
  const clock = {
    now: () => new Date(now).toISOString(),
    set: (iso: string) => {
      now = Date.parse(iso)
    },
    advance: (duration: string) => {
      set.push(['advance', duration])
      now += Number(/PT(\d+)S/.exec(duration)?.[1] ?? 0) * 1000
    },
    run: () => void set.push(['run']),
  }
  const faults = { set: (...given: string[]) => void set.push(given) }
  const controls = { clock, faults, settled: async () => {} }
  app.route('/simulator', simulator(keys, { origin: () => origin, staffToken: 'demo', controls }))
  app.all('/twilio/*', async (c) => {
    const url = new URL(c.req.url)
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()))
    const given = c.req.header('X-Twilio-Signature') ?? ''
    const address = origin + url.pathname + url.search
    const signed = twilio.validateRequest(keys.twilio.authToken, given, address, form)
    seen.push({ path: url.pathname + url.search, form, signed })
    const document = documents[url.pathname]
    const xml = typeof document === 'function' ? document(form) : document
    if (xml === undefined) return c.body(null, url.pathname.endsWith('/status') ? 204 : 404)
    return c.body(xml, 200, { 'Content-Type': 'text/xml' })
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${origin}/simulator${path}`, init)
    return { status: answer.status, body: (await answer.json()) as Answer }
  }
  return {
    app,
    keys,
    seen,
    set,
    origin,
    now: () => clock.now(),
    post: (path: string, body: unknown) => call('POST', path, body),
    get: (path: string) => call('GET', path),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
