import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { DoorError } from '../../src/errors.ts'
import { texting } from '../app/opened.ts'
import { childDoor, freePort } from './door.ts'
import { openHouse } from './house.ts'
import type { Outcome, Rig, Run } from './rig.ts'
import { openWorld } from './world/world.ts'

const MOST_FAULTS = 8
const SOON_MS = 2_000
/** A machine that has other work is slow once, and not three times. */
const TRIES = 3

/** What stands where a value was to be. */
const GARBAGE = [
  ...[
    ' ',
    'x',
    'changeme',
    'undefined',
    '<your value here>',
    '${VALUE_OF_LIVE}',
    '\u0000',
    'ünïcode-välue-of-sixteen',
  ],
  'two lines\nof a value that was pasted',
]

interface Ended {
  code: number | null
  ms: number
  err: string
  served: boolean
}

/** Starts the real program and looks all the while whether it serves anybody. */
async function start(env: Record<string, string>): Promise<Ended> {
  const from = performance.now()
  const child = spawn(process.execPath, ['src/node.ts'], { env })
  let [err, served] = ['', false]
  child.stderr.on('data', (more) => (err += more))
  const knock = setInterval(() => {
    const socket = connect(Number(env.PORT), '127.0.0.1', () => {
      served = true
      socket.destroy()
    })
    socket.on('error', () => undefined)
  }, 20)
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(knock)
  clearTimeout(late)
  return { code, ms: performance.now() - from, err, served }
}

/** How much slower than a quiet machine this one is just now, by the start of a program that does nothing. */
async function slowness(): Promise<number> {
  const from = performance.now()
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.on('close', resolve))
  return Math.max(1, (performance.now() - from) / QUIET_START_MS)
}
const QUIET_START_MS = 80

/** The settings of a whole live door, with every neighbour there may be. */
async function wholeEnv(rig: Rig): Promise<Record<string, string>> {
  const world = await openWorld(rig.random)
  rig.after(world.close)
  const { env } = await childDoor({ world, folder: join(rig.folder, 'start') })
  const { WITHOUT: _, ...rest } = env
  const signIn = {
    OIDC_ISSUER: 'https://login.example.org',
    OIDC_CLIENT_ID: 'front-door',
    OIDC_CLIENT_SECRET: 'a-client-secret-of-the-tests',
    SESSION_KEY: 'a-session-key-of-the-tests',
  }
  return { ...rest, ...signIn }
}

/** What a live door asks for, by its own words: a setting that is new is tried without being named here. */
function required(): string[] {
  try {
    readConfig({ MODE: 'live' })
    return []
  } catch (error) {
    const words = error instanceof DoorError ? error.message : ''
    return [
      'MODE',
      ...[...words.matchAll(/^ {2}- (\w+) is missing/gm)].map(([, name = '']) => name),
    ]
  }
}

/** Whether settings are refused by this name. */
function refusedBy(env: Record<string, string>, name: string): boolean {
  try {
    readConfig(env)
    return false
  } catch (error) {
    return error instanceof DoorError && new RegExp(`^  - ${name}\\b`, 'm').test(error.message)
  }
}

/** C1: each setting that must be there missing, empty and garbled. */
async function settings(rig: Rig): Promise<Outcome> {
  const whole = await wholeEnv(rig)
  const names = required()
  const faults: string[] = []
  const wrong = (what: string) => void (faults.length < MOST_FAULTS && faults.push(what))
  let [runs, fine, longest] = [0, 0, 0]
  const kinds: [kind: string, change: (name: string) => string | undefined][] = [
    ['missing', () => undefined],
    ['empty', () => ''],
    ['garbled', () => GARBAGE[Math.floor(rig.random() * 6)]],
  ]
  for (const name of rig.size === 'small' ? names.slice(0, 3) : names) {
    for (const garbage of GARBAGE) {
      runs += 1
      if (refusedBy({ ...whole, [name]: garbage }, name)) fine += 1
      else wrong(`${name} is ${JSON.stringify(garbage)}, and is taken`)
    }
    for (const [kind, change] of kinds) {
      const { [name]: _, ...rest } = whole
      const value = change(name)
      const env = {
        ...rest,
        PORT: String(await freePort()),
        ...(value !== undefined && { [name]: value }),
      }
      let soon = SOON_MS * (await slowness())
      let ended = await start(env)
      for (let n = 1; n < TRIES && ended.ms > soon; n++) {
        soon = SOON_MS * (await slowness())
        ended = await start(env)
      }
      runs += 1
      longest = Math.max(longest, ended.ms)
      const { code, ms, err, served } = ended
      const named = new RegExp(`^  - ${name}\\b`, 'm').test(err)
      if (code === 1 && named && !served && ms <= soon && !/\n\s+at /.test(err)) fine += 1
      else
        wrong(
          `${name} ${kind}: ended ${code} after ${ms.toFixed(0)} ms, ${served ? 'served' : 'served nobody'}, said ${err.slice(0, 120)}`
        )
    }
  }
  // The same settings whole are taken: else the refusals prove nothing.
  if (names.length < 10) wrong(`only ${names.join(', ')} must be there`)
  try {
    readConfig(whole)
  } catch (error) {
    wrong(`whole settings are refused: ${error instanceof Error ? error.message : error}`)
  }
  return {
    runs,
    lost: 0,
    doubled: 0,
    success: fine / runs,
    faults,
    figures: { settings: names.length, 'longest start, ms': longest.toFixed(0) },
  }
}

/** C2: no application id, and so nobody whom Microsoft's tokens could be for. */
async function noApplication(rig: Rig): Promise<Outcome> {
  const whole = await wholeEnv(rig)
  const faults: string[] = []
  let [runs, fine] = [0, 0]
  for (const value of [undefined, '', ' ', '00000000', '{}'].slice(0, rig.of(2, 5, 5))) {
    const { MICROSOFT_APP_ID: _, ...rest } = whole
    const env = {
      ...rest,
      PORT: String(await freePort()),
      ...(value !== undefined && { MICROSOFT_APP_ID: value }),
    }
    const { code, err, served } = await start(env)
    runs += 1
    if (code === 1 && /MICROSOFT_APP_ID/.test(err) && !served) fine += 1
    else
      faults.push(
        `MICROSOFT_APP_ID ${JSON.stringify(value)}: ${code}, ${served ? 'served' : 'served nobody'}`
      )
  }
  return { runs, lost: 0, doubled: 0, success: fine / runs, faults }
}

/** What other software is told to make it trust everybody. */
const FLAGS: readonly Record<string, string>[] = [
  {
    TWILIO_VALIDATE: 'false',
    TWILIO_VALIDATE_SIGNATURE: '0',
    SKIP_SIGNATURE: '1',
    VALIDATE: 'false',
  },
  { NODE_ENV: 'development', ENV: 'test', DEBUG: '*', CI: 'true', VITEST: 'true' },
  { AUTH: 'off', AUTH_DISABLED: '1', DISABLE_AUTH: 'true', INSECURE: '1', NO_AUTH: '1' },
  { NODE_TLS_REJECT_UNAUTHORIZED: '0', MICROSOFT_SKIP_AUTH: 'true', TEAMS_AUTH: 'none' },
]
/** And what would make a demo of a door that people can reach. */
const OPENED: readonly Record<string, string>[] = [
  { MODE: 'demo', HOST: '0.0.0.0' },
  { MODE: 'demo', PUBLIC_URL: 'https://door.example.org' },
  { MODE: 'test' },
  { MODE: 'development' },
  { MODE: '' },
  { STAFF_TOKEN: 'demo' },
  { WITHOUT: 'twilio' },
  { WITHOUT: 'signatures' },
]

/** C3: no flag lets anybody in. */
async function flags(rig: Rig): Promise<Outcome> {
  const whole = await wholeEnv(rig)
  const faults: string[] = []
  let [runs, fine] = [0, 0]
  for (const flag of OPENED.slice(0, rig.of(3, 8, 8))) {
    const env = { ...whole, PORT: String(await freePort()), ...flag }
    const { code, served, err } = await start(env)
    runs += 1
    if (code === 1 && !served && /^ {2}- (MODE|HOST|STAFF_TOKEN|WITHOUT)/m.test(err)) fine += 1
    else
      faults.push(
        `${JSON.stringify(flag)}: ended ${code}, ${served ? 'served' : 'served nobody'}: ${err.slice(0, 120)}`
      )
  }
  for (const [n, flag] of FLAGS.slice(0, rig.of(1, 4, 4)).entries()) {
    const { door, client } = await openHouse(rig, `flags-${n}`, { env: flag })
    const form = texting('hello')
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const at = `http://127.0.0.1:${door.port}`
    const asked: [string, RequestInit][] = [
      ['/twilio/sms', { method: 'POST', body, headers }],
      ['/twilio/voice', { method: 'POST', body, headers }],
      [
        '/api/messages',
        {
          method: 'POST',
          body: '{"type":"message"}',
          headers: { 'Content-Type': 'application/json' },
        },
      ],
      ['/api/contacts', {}],
      ['/simulator', {}],
    ]
    for (const [path, init] of asked) {
      const { status } = await fetch(at + path, init)
      runs += 1
      if (status === 401 || status === 403 || status === 404) fine += 1
      else faults.push(`${Object.keys(flag).join(', ')}: ${path} unsigned is ${status}`)
    }
    const good = await client.again({ path: '/twilio/sms', form })
    if (good.status !== 200)
      faults.push(`${Object.keys(flag).join(', ')}: what is signed is ${good.status}`)
    await door.kill()
  }
  return { runs, lost: 0, doubled: 0, success: fine / runs, faults: faults.slice(0, MOST_FAULTS) }
}

export const STARTS: readonly Run[] = [
  {
    id: 'C1',
    name: 'Each setting that must be there missing, empty and garbled, one by one',
    goal: 'refused by its name, exit 1, ≤ 2 s, nobody served',
    leastSuccess: 1,
    small: true,
    run: settings,
  },
  {
    id: 'C2',
    name: 'Teams without an application id',
    goal: 'refused',
    leastSuccess: 1,
    run: noApplication,
  },
  {
    id: 'C3',
    name: 'Flags that make other software trust everybody',
    goal: 'refused, or of no effect',
    leastSuccess: 1,
    run: flags,
  },
]
