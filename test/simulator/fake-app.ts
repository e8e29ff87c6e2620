import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import twilio from 'twilio'
import { type SimulatorKeys, simulator, simulatorKeys } from '../../src/simulator/simulator.ts'
import type { FullCallView, phoneView } from '../../src/simulator/view.ts'

/** One request the simulator made to the app, and whether the official library says Twilio signed it. */
export interface Seen {
  path: string
  form: Record<string, string>
  signed: boolean
}

/** Whatever a simulator call may answer. */
export type Answer = Partial<FullCallView> &
  Partial<ReturnType<typeof phoneView>> & {
    replies?: string[]
    now?: string
    set?: unknown
    troubles?: string[]
    phones?: { number: string }[]
  }

type Documents = Record<string, string | ((form: Record<string, string>) => string)>

// Made once, because a key pair takes a moment.
const keys = simulatorKeys()

/** A TwiML document round these verbs. */
export const say = (verbs: string) => `<?xml version="1.0"?><Response>${verbs}</Response>`

/** A stand-in for the app: it answers with the TwiML it is told to and keeps every request it was sent. */
export async function fakeApp(documents: Documents = {}, places: unknown[] = []) {
  const seen: Seen[] = []
  const told: string[][] = []
  const app = new Hono()
  let origin = ''
  const controls = fakeControls(told)
  const parts = { origin: () => origin, staffToken: 'demo', controls }
  app.route('/simulator', simulator(keys, parts))
  app.get('/api/places', (c) => c.json({ places }))
  app.all('/twilio/*', async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const form = Object.fromEntries(new URLSearchParams(await c.req.text()))
    const address = origin + pathname + search
    const given = c.req.header('X-Twilio-Signature') ?? ''
    const signed = twilio.validateRequest(keys.twilio.authToken, given, address, form)
    seen.push({ path: pathname + search, form, signed })
    const document = documents[pathname]
    const xml = typeof document === 'function' ? document(form) : document
    if (xml === undefined) return c.body(null, pathname.endsWith('status') ? 204 : 404)
    return c.body(xml, 200, { 'Content-Type': xml.startsWith('<') ? 'text/xml' : 'text/plain' })
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    app,
    keys,
    seen,
    told,
    origin,
    now: () => controls.clock.now(),
    ...client(origin),
    rest: (
      path: string,
      form?: Record<string, string> | [string, string][],
      user?: [string, string]
    ) => rest(keys, origin, path, form, user),
    remove: (path: string) => rest(keys, origin, path, undefined, undefined, 'DELETE'),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

export type FakeApp = Awaited<ReturnType<typeof fakeApp>>

/** A clock that stands still, and notes of what else was asked for. */
export function fakeControls(told: string[][]) {
  let now = Date.parse('2026-11-24T10:00:00Z')
  const clock = {
    now: () => new Date(now).toISOString(),
    set: (iso: string) => {
      now = Date.parse(iso)
    },
    advance: (duration: string) => {
      const {
        days = 0,
        hours = 0,
        minutes = 0,
        seconds = 0,
      } = /^P(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+)S)?)?$/.exec(
        duration
      )?.groups ?? {}
      const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60
      now += (total + Number(seconds)) * 1000
    },
    run: () => void told.push(['run']),
  }
  const faults = { set: (...given: string[]) => void told.push(given) }
  return { clock, faults, settled: async () => {} }
}

function client(origin: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${origin}/simulator${path}`, init)
    return { status: answer.status, body: (await answer.json()) as Answer }
  }
  return {
    post: (path: string, body: unknown) => call('POST', path, body),
    get: (path: string) => call('GET', path),
  }
}

async function rest(
  keys: SimulatorKeys,
  origin: string,
  path: string,
  form?: Record<string, string> | [string, string][],
  user: [string, string] = [keys.twilio.accountSid, keys.twilio.authToken],
  method = form ? 'POST' : 'GET'
) {
  const base = `${origin}/simulator/twilio/2010-04-01/Accounts/${keys.twilio.accountSid}`
  const answer = await fetch(base + path, {
    headers: { Authorization: `Basic ${Buffer.from(user.join(':')).toString('base64')}` },
    method,
    ...(form && { body: new URLSearchParams(form) }),
  })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  return { status: answer.status, body }
}
