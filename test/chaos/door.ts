import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readContent } from '../../src/door/folders.ts'
import { withSignature } from '../../src/flows/release.ts'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { releasesOf } from '../../src/signing.ts'
import { copies } from '../cli/run.ts'
import type { World } from './world/world.ts'

const STAFF = 'a-staff-token-of-the-tests'
/** A second on a quiet machine; a busy one takes far longer, and that is no fault of the door. */
const START_MS = 60_000
const STOP_MS = 15_000

/** The real door in a process of its own, which may be killed and started again on the same port and store. */
export interface ChildDoor {
  port: number
  /** What Twilio and Teams sign against. */
  publicUrl: string
  token: string
  env: Record<string, string>
  /**
   * Milliseconds until it answered; `more` is added to its environment, this once. Throws with what it wrote when it
   * does not come up in time.
   */
  start: (more?: Record<string, string>) => Promise<number>
  /** Sends a signal; resolves when the process is gone, or at once for SIGSTOP and SIGCONT. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  running: () => boolean
  /** The present process, to be measured. */
  pid: () => number
  /** Resolves when the present process is gone, with its code or signal. */
  gone: () => Promise<number | string | null>
  /** Everything it wrote since the first start. */
  out: () => string
  /** The staff API, JSON. */
  api: <T>(path: string) => Promise<T>
}

export interface DoorOptions {
  world: World
  /** Its store and anchors, unless `store` names another. */
  folder: string
  store?: string
  env?: Record<string, string>
  /** Neighbours it is to do without: what a run has no need of only makes a start longer. */
  without?: readonly ('teams' | 'translate')[]
  /** What is run instead of the shipped door: a program of the tests that opens it in its own way. */
  entry?: string
  /** Another door's settings, for two instances on one store: the same keys, the same public address. */
  beside?: ChildDoor
}

const NAMES = { teams: /^MICROSOFT_/, translate: /^GOOGLE_/ }

/** A door with its settings; `start` starts it. */
export async function childDoor(options: DoorOptions): Promise<ChildDoor> {
  const { world, folder, store, beside, without = [], entry = 'src/node.ts' } = options
  const port = await freePort()
  const publicUrl = beside?.publicUrl ?? `http://127.0.0.1:${port}`
  mkdirSync(folder, { recursive: true })
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(signedFolders().root, 'compiled'),
    MODE: 'live',
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    STORE_URL: store ?? `sqlite:${join(folder, 'door.db')}`,
    DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    WITHOUT: ['sign-in', ...without].join(),
    STAFF_TOKEN: STAFF,
    // An audit reads every contact at once, and a whole town rings.
    LIMITS: 'staff:1000000/60,place:1000000/60',
    // A run is a month of texts in a minute.
    CAPS: 'minute:1000000,new:1000000',
    DATA_KEYS: beside?.env.DATA_KEYS ?? writeKeyring(newKeyring()),
    ...signedFolders().env,
    ...Object.fromEntries(
      Object.entries(world.env).filter(([name]) => !without.some((part) => NAMES[part].test(name)))
    ),
    ...options.env,
  }
  const written: string[] = []
  let child: ChildProcess | undefined
  const api = async <T>(path: string): Promise<T> => {
    const headers = { Authorization: `Bearer ${STAFF}` }
    const signal = AbortSignal.timeout(10_000)
    const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, { headers, signal })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    port,
    publicUrl,
    token: world.twilio.authToken,
    env,
    async start(more = {}) {
      const started = performance.now()
      child = launch(entry, { ...env, ...more }, written)
      await answering(child, port, written)
      return performance.now() - started
    },
    kill: (signal = 'SIGKILL') => end(child, signal),
    pid: () => child?.pid ?? 0,
    running: () => child !== undefined && !over(child),
    gone: () => exited(child),
    out: () => written.join(''),
    api,
  }
}

function launch(entry: string, env: Record<string, string>, written: string[]): ChildProcess {
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (more: Buffer) => void written.push(more.toString()))
  RUNNING.add(child)
  child.once('exit', () => RUNNING.delete(child))
  return child
}

/** Whatever becomes of a run, no door outlives it. */
const RUNNING = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL')
})

const over = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

function exited(child: ChildProcess | undefined): Promise<number | string | null> {
  if (!child || over(child)) return Promise.resolve(child?.exitCode ?? child?.signalCode ?? null)
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals) {
  if (!child || over(child)) return
  child.kill(signal)
  if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited(child)
  clearTimeout(late)
}

async function answering(child: ChildProcess, port: number, written: readonly string[]) {
  const until = performance.now() + START_MS
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/livez`, {
      signal: AbortSignal.timeout(1000),
    }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    const [ended, late] = [over(child), performance.now() > until]
    if (ended || late)
      throw new Error(
        `The door did not open${ended ? '' : ' in time'}: ${written.slice(-5).join('')}`
      )
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

let signed: { root: string; env: Record<string, string> } | undefined

/** Copies of the flows, words and places, signed as "Test signature": made once, removed at the end of the program. */
export function signedFolders(): { root: string; env: Record<string, string> } {
  if (signed) return signed
  const copy = copies()
  process.once('exit', copy.remove)
  const { FLOWS_DIR: flows, PLACES_DIR: places, LOCALES_DIR: locales } = copy.env
  let text = copy.read('flows/signed.yaml')
  for (const { hash, flow, version } of releasesOf(
    readContent({ flows, places, locales }).places.values()
  ))
    text = withSignature(text, {
      release: hash,
      flow,
      version,
      name: 'Test signature',
      role: 'test: nobody',
      registration: 'none',
      date: '2026-11-24',
    })
  writeFileSync(copy.at('flows/signed.yaml'), text)
  signed = { root: copy.at('.'), env: copy.env }
  return signed
}
