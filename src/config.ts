import * as z from 'zod'
import { DoorError } from './errors.ts'
import { readCaps } from './record/outbound.ts'
import { readPeriods } from './record/retention.ts'
import { keyringFaults } from './security/keyring.ts'
import { readLimits } from './security/limits.ts'
import { FORMS, isAddress } from './store/redis-address.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]']
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
const DEFAULT_STORE = 'sqlite:./data/front-door.db'
const text = z.string()
const url = z
  .url({ error: 'is no whole address. Write it like https://door.example.org', abort: true })
  .regex(/^https?:\/\//, { error: 'must begin with https:// or http://', abort: true })
/** Where Twilio and Teams call: what is signed is this and the path, so it may have no path of its own. */
const origin = url.refine(
  (given) => /^https?:\/\/[^/?#]+\/?$/.test(given),
  'has a path. Give the address alone, like https://door.example.org'
)

const settings = z.object({
  PORT: text
    .regex(/^\d{1,5}$/, 'is no port. Give a whole number from 0 to 65535, such as 8787')
    .transform(Number)
    .refine((port) => port <= 65535, 'is no port. Give a whole number from 0 to 65535')
    .default(8787),
  HOST: text.default('127.0.0.1'),
  PUBLIC_URL: origin.optional(),
  STORE_URL: text
    .regex(/^sqlite:.|^rediss?[+:]/, `is no store. Write it like ${DEFAULT_STORE} or redis://host`)
    .refine((given) => !given.startsWith('redis') || isAddress(given), `must be ${FORMS}`)
    .default(DEFAULT_STORE),
  DATA_DIR: text.optional(),
  SPILL_DIR: text.optional(),
  PLACES_DIR: text.default('places'),
  FLOWS_DIR: text.default('flows'),
  LOCALES_DIR: text.default('locales'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).optional(),
  MODE: z.enum(['demo', 'live'], 'must be demo or live').optional(),
  WITHOUT: text.default(''),
  STAFF_TOKEN: text.min(4, 'is too short. Choose a long random one').optional(),
  DATA_KEYS: text
    .superRefine((given, { addIssue }) => {
      const message = given.startsWith('file:') ? '' : keyringFaults(given)
      if (message !== '') addIssue({ code: 'custom', message })
    })
    .optional(),
  RETENTION: text.default('').superRefine((given, { addIssue }) => {
    for (const message of readPeriods(given).faults) addIssue({ code: 'custom', message })
  }),
  LIMITS: text.default('').superRefine((given, { addIssue }) => {
    for (const message of readLimits(given).faults) addIssue({ code: 'custom', message })
  }),
  CAPS: text.default('').superRefine((given, { addIssue }) => {
    for (const message of readCaps(given).faults) addIssue({ code: 'custom', message })
  }),
  /** Numbers staff approved, which may be texted though they are of another country. */
  APPROVED: text
    .regex(
      /^(\+[1-9]\d{6,14}(,\+[1-9]\d{6,14})*)?$/,
      'names no numbers like +353861234567,+48600123456'
    )
    .default(''),
  /** Why Twilio's copies of texts are not deleted; without it they are. */
  KEEP_COPIES: text.min(10, 'says no reason. Write why, for the data map').optional(),
  /** Proxies of ours before this service: whose word on a caller's address is believed. */
  PROXIES: text
    .regex(/^[0-9]$/, 'is no number of proxies, 0 to 9')
    .transform(Number)
    .default(0),
  TWILIO_ACCOUNT_SID: text
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits. Copy it from the console')
    .optional(),
  TWILIO_AUTH_TOKEN: text.optional(),
  TWILIO_AUTH_TOKEN_NEXT: text.optional(),
  TWILIO_API_KEY: text.optional(),
  TWILIO_API_SECRET: text.optional(),
  TWILIO_TWIML_APP_SID: text.optional(),
  TWILIO_REGION: text.optional(),
  TWILIO_API_URL: url.default('https://api.twilio.com'),
  MICROSOFT_APP_ID: text.optional(),
  MICROSOFT_APP_PASSWORD: text.optional(),
  MICROSOFT_APP_TENANT_ID: text.optional(),
  MICROSOFT_OPENID_URL: url.optional(),
  MICROSOFT_LOGIN_URL: url.optional(),
  GOOGLE_TRANSLATE_KEY: text.optional(),
  // Not read: docs/decisions/013 says why a key is asked for instead.
  GOOGLE_APPLICATION_CREDENTIALS: text.optional(),
  GOOGLE_TRANSLATE_URL: url.optional(),
  OIDC_ISSUER: url.optional(),
  OIDC_CLIENT_ID: text.optional(),
  OIDC_CLIENT_SECRET: text.optional(),
  SESSION_KEY: text.optional(),
  /** Where a Worker has its flows proved before a service is amber or red: `npm run flows -- prover`. */
  PROVER_URL: url.optional(),
  PROVER_TOKEN: text.optional(),
})
type Settings = z.infer<typeof settings>
type Name = keyof Settings

/** Every setting, read once and checked as a whole. */
export interface Config extends Omit<Settings, 'MODE' | 'PUBLIC_URL' | 'STAFF_TOKEN'> {
  MODE: 'demo' | 'live'
  PUBLIC_URL: string
  STAFF_TOKEN: string
}

/** What each neighbour needs before it can be spoken to. */
const INTEGRATIONS = {
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
  teams: ['MICROSOFT_APP_ID', 'MICROSOFT_APP_PASSWORD', 'MICROSOFT_APP_TENANT_ID'],
  translate: ['GOOGLE_TRANSLATE_KEY'],
  'sign-in': ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'SESSION_KEY'],
} as const satisfies Record<string, readonly Name[]>
/** Every setting that speaks of a neighbour, needed or not. */
const OF_A_NEIGHBOUR = /^(TWILIO|MICROSOFT|GOOGLE|OIDC)_|^SESSION_KEY$/

/** As long as any secret that is not guessed, and nothing in it that was not meant: a blank, the end of a line. */
const SECRET = /^[\x21-\x7e]{16,}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TENANT = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i
/** What is written where a value is yet to come. */
const PLACEHOLDER =
  /^(change.?me|undefined|null|none|todo|secret|password|token|example)$|\$\{|^<.*>$/i
const WHOLE = 'was not copied whole. Copy it again from where it was made'
/** How a value looks that can be right. A live door with another would open, and refuse everyone. */
const LOOKS: readonly (readonly [name: Name, looks: RegExp, words: string])[] = [
  ['STAFF_TOKEN', SECRET, `is easily guessed. Choose a random one of 16 characters or more`],
  ['TWILIO_AUTH_TOKEN', SECRET, WHOLE],
  ['TWILIO_AUTH_TOKEN_NEXT', SECRET, WHOLE],
  ['MICROSOFT_APP_ID', UUID, 'is no application id. Copy it from Entra'],
  ['MICROSOFT_APP_PASSWORD', SECRET, WHOLE],
  ['MICROSOFT_APP_TENANT_ID', TENANT, 'is no tenant. Give its id, or its domain'],
  ['GOOGLE_TRANSLATE_KEY', SECRET, WHOLE],
  ['OIDC_CLIENT_ID', /^[\x21-\x7e]{6,}$/, WHOLE],
  ['OIDC_CLIENT_SECRET', SECRET, WHOLE],
  ['PROVER_TOKEN', SECRET, 'is easily guessed. Choose a random one of 16 characters or more'],
  ['SESSION_KEY', SECRET, 'is easily guessed. Choose a random one of 16 characters or more'],
]

const garbled = (sound: Settings): string[] =>
  LOOKS.filter(([name, looks]) => {
    const given = sound[name]
    return typeof given === 'string' && (!looks.test(given) || PLACEHOLDER.test(given))
  }).map(([name, , words]) => `${name} ${words}`)

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads settings once, at the door; nothing else touches the environment.
 * Throws DoorError 'bad-config' naming every setting that is wrong, and what to do about it.
 */
export function readConfig(env: Env): Config {
  const names = Object.keys(settings.shape)
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const empty = names.filter((name) => env[name] === '')
  const result = settings.safeParse(given)
  const issues = result.success ? [] : result.error.issues
  const unsound = new Set(issues.map(({ path }) => String(path[0])))
  // What is wrong by itself must not hide what is wrong with the rest.
  const sound = settings.parse(
    Object.fromEntries(Object.entries(given).filter(([name]) => !unsound.has(name)))
  )
  const config = complete(sound, given)
  const faults = [
    ...empty.map((name) => `${name} is empty. Give it a value, or take it out`),
    ...issues.map(({ path, message }) => `${path.join('.')} ${message}`),
    ...mixed(sound, given, unsound),
    ...unknownParts(config),
    ...(config.MODE === 'live' ? missing(sound, config, unsound) : []),
  ]
  if (faults.length > 0) throw refusal(faults)
  return config
}

function complete(sound: Settings, given: Env): Config {
  const host = sound.HOST.includes(':') ? `[${sound.HOST.replace(/[[\]]/g, '')}]` : sound.HOST
  const PUBLIC_URL = (sound.PUBLIC_URL ?? `http://${host}:${sound.PORT}`).replace(/\/$/, '')
  const MODE = sound.MODE ?? (isDemo(sound, given) ? 'demo' : 'live')
  const STAFF_TOKEN = sound.STAFF_TOKEN ?? (MODE === 'demo' ? 'demo' : '')
  return { ...sound, MODE, PUBLIC_URL, STAFF_TOKEN }
}

const isLoopback = (host: string) => LOOPBACK.includes(host)
const onLoopback = ({ HOST, PUBLIC_URL }: Settings) =>
  isLoopback(HOST) && (!PUBLIC_URL || isLoopback(new URL(PUBLIC_URL).hostname))
const isDemo = (sound: Settings, given: Env) =>
  onLoopback(sound) && !Object.keys(given).some((name) => OF_A_NEIGHBOUR.test(name))

function mixed(sound: Settings, given: Env, unsound: ReadonlySet<string>): string[] {
  const faults: string[] = []
  if (!given.MODE && !isDemo(sound, given))
    faults.push(
      'MODE is not set. Write MODE=live to serve real people, or MODE=demo with HOST and PUBLIC_URL on this machine and no integration settings'
    )
  if (sound.MODE === 'demo' && !onLoopback(sound))
    faults.push(
      'HOST or PUBLIC_URL is public. The demo only serves this machine: set them to 127.0.0.1, or MODE=live'
    )
  if (!given.TWILIO_API_KEY !== !given.TWILIO_API_SECRET && !unsound.has('TWILIO_API_KEY'))
    faults.push('TWILIO_API_KEY and TWILIO_API_SECRET belong together. Set both, or take both out')
  if (!given.PROVER_URL !== !given.PROVER_TOKEN && !unsound.has('PROVER_URL'))
    faults.push('PROVER_URL and PROVER_TOKEN belong together. Set both, or take both out')
  return faults
}

const partsLeftOut = ({ WITHOUT }: Pick<Settings, 'WITHOUT'>) =>
  WITHOUT.split(',')
    .map((name) => name.trim())
    .filter(Boolean)

function unknownParts(config: Config): string[] {
  const may = Object.keys(INTEGRATIONS).filter((part) => part !== 'twilio')
  return partsLeftOut(config)
    .filter((name) => !may.includes(name))
    .map((name) => `WITHOUT names ${name}. It may name ${may.join(', ')}`)
}

function missing(sound: Settings, config: Config, unsound: ReadonlySet<string>): string[] {
  const faults: string[] = []
  const lacks = (name: Name) => sound[name] === undefined && !unsound.has(name)
  for (const [part, wants] of Object.entries(INTEGRATIONS)) {
    if (part !== 'twilio' && partsLeftOut(config).includes(part)) continue
    const without = part === 'twilio' ? '' : `, or write WITHOUT=${part} to run without ${part}`
    for (const name of wants) if (lacks(name)) faults.push(`${name} is missing. Set it${without}`)
  }
  for (const name of ['PUBLIC_URL', 'STAFF_TOKEN', 'DATA_KEYS'] as const)
    if (lacks(name)) faults.push(`${name} is missing. It has no default outside the demo: set it`)
  if (sound.PUBLIC_URL?.startsWith('http://') && !onLoopback({ ...sound, HOST: '127.0.0.1' }))
    faults.push('PUBLIC_URL is not encrypted. Write it with https://')
  faults.push(...garbled(sound))
  if (sound.STORE_URL.endsWith(':memory:'))
    faults.push(`STORE_URL forgets everything at the end. Name a file, like ${DEFAULT_STORE}`)
  return faults
}

const refusal = (faults: readonly string[]) =>
  new DoorError(
    'bad-config',
    `Cannot start. ${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    false
  )
