import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { type Door, openDoor } from '../../src/node.ts'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { simulator, simulatorKeys } from '../../src/simulator/simulator.ts'

const STAFF = 'a-staff-token-of-the-tests'
const keys = simulatorKeys()

/**
 * The stand-ins of Twilio and Teams at one public address, with whatever they do not serve passed on to the door behind
 * it, as a proxy would. The door knows them by URL alone.
 */
export async function standIns() {
  const inside = await freePort()
  let url = ''
  let door: Door | undefined
  const front = new Hono()
  const clock = {
    now: () => new Date().toISOString(),
    set: () => undefined,
    advance: () => undefined,
    run: () => undefined,
  }
  const settled = async () => door?.settled()
  const controls = { clock, faults: { set: () => undefined }, settled }
  front.route('/simulator', simulator(keys, { origin: () => url, staffToken: STAFF, controls }))
  front.all('*', async (c) => {
    const { pathname, search } = new URL(c.req.url)
    const { method, headers } = c.req.raw
    const body = method === 'GET' ? {} : { body: await c.req.arrayBuffer() }
    return fetch(`http://127.0.0.1:${inside}${pathname}${search}`, { method, headers, ...body })
  })
  const server = createServer(getRequestListener(front.fetch))
  const port = await listening(server)
  url = `http://127.0.0.1:${port}`
  return {
    url,
    /** The settings of a live door whose neighbours are these. */
    env: (folder: string): Record<string, string> => ({
      MODE: 'live',
      PORT: String(inside),
      PUBLIC_URL: url,
      STORE_URL: `sqlite:${join(folder, 'live.db')}`,
      LOG_LEVEL: 'silent',
      WITHOUT: 'translate,sign-in',
      STAFF_TOKEN: STAFF,
      DATA_KEYS: writeKeyring(newKeyring()),
      TWILIO_ACCOUNT_SID: keys.twilio.accountSid,
      TWILIO_AUTH_TOKEN: keys.twilio.authToken,
      TWILIO_API_URL: `${url}/simulator/twilio`,
      MICROSOFT_APP_ID: keys.teams.appId,
      MICROSOFT_APP_PASSWORD: keys.teams.appPassword,
      MICROSOFT_APP_TENANT_ID: keys.teams.tenantId,
      MICROSOFT_OPENID_URL: `${url}/simulator/teams-service/v1/.well-known/openidconfiguration`,
      MICROSOFT_LOGIN_URL: `${url}/simulator/teams-service/login/${keys.teams.tenantId}`,
    }),
    async open(env: Record<string, string>): Promise<Door> {
      door = await openDoor(env)
      return door
    },
    /** The door itself, past the stand-ins. */
    door: (path: string) =>
      fetch(`http://127.0.0.1:${inside}${path}`, { headers: { Authorization: `Bearer ${STAFF}` } }),
    async act<T>(path: string, body: object): Promise<T> {
      const response = await fetch(`${url}/simulator/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T
    },
    async close() {
      await door?.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
