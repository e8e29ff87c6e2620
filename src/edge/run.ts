import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Content } from '../content.ts'
import { atWork } from '../door/demo.ts'
import { DoorError } from '../errors.ts'
import { openKeyring } from '../security/keyfile.ts'
import { writeKeyring } from '../security/keyring.ts'
import { type SimulatorKeys, simulatorKeys } from '../simulator/simulator.ts'
import { freePort, openFront } from './front.ts'
import { writeAssets } from './write-assets.ts'
import { foldersIn, writeContent } from './write-content.ts'

type Env = Readonly<Record<string, string | undefined>>

const LONGEST_START_MS = 60_000
const LOOK_AGAIN_MS = 100

/**
 * `npm run edge`: writes the content, runs the Worker under `wrangler dev` on this machine, and stands the simulator
 * before it. No account, no sign-in, nothing sent to anyone. Throws DoorError 'bad-flow' or 'bad-config'.
 */
export async function openEdge(env: Env) {
  const { content } = writeContent(env)
  await writeAssets(env)
  const keys = simulatorKeys()
  const port = await freePort()
  const staffToken = env.STAFF_TOKEN ?? 'demo'
  const inside = `http://127.0.0.1:${port}`
  const at = { port: Number(env.PORT ?? 8787), inside, folders: foldersIn(env) }
  const front = await openFront({ ...at, staffToken, keys })
  const { url } = front
  const data = env.EDGE_DATA ?? 'data/edge'
  const wrangler = start(port, data, {
    ...simulated(keys, url),
    ...front.prover,
    DATA_KEYS: writeKeyring(openKeyring(env.DATA_KEYS, join(data, 'data-keys'))),
    STAFF_TOKEN: staffToken,
    LOG_LEVEL: env.LOG_LEVEL ?? 'warn',
    ...(env.STORE_URL && { STORE_URL: env.STORE_URL }),
  })
  const close = async () => {
    await stopped(wrangler)
    await front.close()
  }
  try {
    await answering(`${inside}/livez`, wrangler)
  } catch (error) {
    await close()
    throw error
  }
  return { url, staffToken, content, close }
}

/** What a Worker is told that has the simulator at this address for its neighbours. */
export const simulated = ({ twilio, teams }: SimulatorKeys, url: string) => ({
  MODE: 'demo',
  PUBLIC_URL: url,
  SESSION_KEY: randomBytes(32).toString('hex'),
  TWILIO_ACCOUNT_SID: twilio.accountSid,
  TWILIO_AUTH_TOKEN: twilio.authToken,
  TWILIO_API_URL: `${url}/simulator/twilio`,
  TWILIO_API_KEY: twilio.apiKey,
  TWILIO_API_SECRET: twilio.apiSecret,
  MICROSOFT_APP_ID: teams.appId,
  MICROSOFT_APP_PASSWORD: teams.appPassword,
  MICROSOFT_APP_TENANT_ID: teams.tenantId,
  MICROSOFT_OPENID_URL: `${url}/simulator/teams-service/v1/.well-known/openidconfiguration`,
  MICROSOFT_LOGIN_URL: `${url}/simulator/teams-service/login/${teams.tenantId}`,
})

/** Nothing is told to the makers of wrangler, nor asked of them. */
const ALONE = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false', CI: '1' }

/** In a group of its own, so that the runtime it starts ends with it. */
function start(port: number, data: string, settings: Record<string, string>): ChildProcess {
  // By a file that only we may read: keys on a command line are seen by everyone on the machine.
  const file = join(data, 'settings.env')
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  const where = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const quiet = ['--show-interactive-dev-session', 'false', '--log-level', 'warn']
  const kept = ['--local', '--persist-to', data]
  const command = ['node_modules/wrangler/bin/wrangler.js', 'dev', ...where, ...quiet, ...kept]
  return spawn(process.execPath, [...command, '--env-file', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...ALONE },
  })
}

async function answering(url: string, wrangler: ChildProcess): Promise<void> {
  const end = Date.now() + LONGEST_START_MS
  while (wrangler.exitCode === null && Date.now() < end) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
  throw new DoorError('bad-config', 'The Worker did not start: wrangler says why above', false)
}

async function stopped(wrangler: ChildProcess): Promise<void> {
  if (wrangler.exitCode !== null || wrangler.pid === undefined) return
  const ended = new Promise((resolve) => wrangler.once('exit', resolve))
  process.kill(-wrangler.pid, 'SIGTERM')
  await ended
}

/** Sends the sample navigators to work, as the demo of `npm start` does: each signs in to the pages, and starts. */
export async function startShiftsAt(url: string, content: Pick<Content, 'places'>): Promise<void> {
  const headers = { Origin: url, 'Content-Type': 'application/json' }
  for (const { place, staff } of atWork(content)) {
    const form = new URLSearchParams({ place, staff })
    const how = {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: url },
      body: form,
    } as const
    const answer = await fetch(`${url}/console/sign-in/as`, how)
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';', 1)[0])
    const as = { ...headers, Accept: 'application/json', Cookie: cookie.join('; ') }
    const start = { method: 'POST', headers: as, body: '{"to":"start"}' }
    await fetch(`${url}/console/acts/shift`, start)
  }
}

async function main() {
  try {
    const { url, staffToken, content, close } = await openEdge(process.env)
    await startShiftsAt(url, content)
    process.stdout.write(`${welcome(url, staffToken)}\n`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void close().then(() => process.exit(0)))
  } catch (error) {
    const words = error instanceof DoorError ? error.message : String(error)
    process.stderr.write(`${words}\n`)
    process.exit(1)
  }
}

const welcome = (url: string, staffToken: string) =>
  [
    'The front door is open at the edge: a Worker in workerd, on this machine.',
    `  Ring it    ${url}/simulator`,
    `  Answer it  ${url}/console`,
    `  Contacts   curl -H 'Authorization: Bearer ${staffToken}' ${url}/api/contacts`,
    '  This is a demo: no real calls are made. Draft content, not clinically reviewed.',
  ].join('\n')

if (import.meta.main) await main()
