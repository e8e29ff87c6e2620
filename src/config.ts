import { z } from 'zod'
import { DoorError } from './errors.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]']
const text = z.string().min(1, 'is empty')
const url = z.url('must be a whole address, like https://door.example.org')

const settings = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65535).default(8787),
  HOST: text.default('127.0.0.1'),
  PUBLIC_URL: url.optional(),
  STORE_URL: text
    .regex(
      /^(sqlite:|redis(s|\+sentinel|\+cluster)?:\/\/)/,
      'must start with sqlite:, redis://, rediss://, redis+sentinel:// or redis+cluster://'
    )
    .default('sqlite:./data/front-door.db'),
  PLACES_DIR: text.default('places'),
  FLOWS_DIR: text.default('flows'),
  LOCALES_DIR: text.default('locales'),
  MODE: z.enum(['demo', 'live'], 'must be demo or live').optional(),
  WITHOUT: z.string().default(''),
  STAFF_TOKEN: z.string().min(4, 'is too short').optional(),
  DATA_KEYS: text.optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
    .optional(),
  TWILIO_AUTH_TOKEN: text.optional(),
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
  GOOGLE_APPLICATION_CREDENTIALS: text.optional(),
  GOOGLE_TRANSLATE_URL: url.optional(),
  OIDC_ISSUER: url.optional(),
  OIDC_CLIENT_ID: text.optional(),
  OIDC_CLIENT_SECRET: text.optional(),
  SESSION_KEY: text.optional(),
})
type Settings = z.infer<typeof settings>

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
} as const satisfies Record<string, readonly (keyof Settings)[]>

/**
 * Reads settings once, at the door; nothing else touches the environment.
 * Throws DoorError 'bad-config' naming every setting that is wrong, and what to do about it.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  )
  const empty = Object.keys(settings.shape).filter((name) => env[name] === '')
  const result = settings.safeParse(given)
  const faults = empty.map((name) => `${name} is empty. Give it a value, or take it out`)
  if (!result.success) {
    faults.push(...result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`))
    throw refusal(faults)
  }
  const config = complete(result.data)
  faults.push(...mixed(result.data, config))
  if (config.MODE === 'live') faults.push(...missing(result.data, config))
  if (faults.length > 0) throw refusal(faults)
  return config
}

function complete(given: Settings): Config {
  const PUBLIC_URL = (given.PUBLIC_URL ?? `http://${given.HOST}:${given.PORT}`).replace(/\/$/, '')
  const MODE = given.MODE ?? (isDemo(given) ? 'demo' : 'live')
  return {
    ...given,
    MODE,
    PUBLIC_URL,
    STAFF_TOKEN: given.STAFF_TOKEN ?? (MODE === 'demo' ? 'demo' : ''),
  }
}

const isLoopback = (host: string) => LOOPBACK.includes(host)
const onLoopback = (given: Settings) =>
  isLoopback(given.HOST) && (!given.PUBLIC_URL || isLoopback(new URL(given.PUBLIC_URL).hostname))
const integrated = (given: Settings) =>
  Object.values(INTEGRATIONS)
    .flat()
    .filter((name) => given[name] !== undefined)
const isDemo = (given: Settings) => onLoopback(given) && integrated(given).length === 0

function mixed(given: Settings, { MODE }: Config): string[] {
  const faults: string[] = []
  if (!given.MODE && !isDemo(given))
    faults.push(
      'MODE is not set. Write MODE=live to serve real people, or MODE=demo with HOST and PUBLIC_URL on this machine and no integration settings'
    )
  if (MODE === 'demo' && !onLoopback(given))
    faults.push(
      'HOST or PUBLIC_URL is public. The demo only serves this machine: set them to 127.0.0.1, or MODE=live'
    )
  return faults
}

function missing(given: Settings, config: Config): string[] {
  const names = config.WITHOUT.split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const faults = names
    .filter((name) => !(name in INTEGRATIONS) || name === 'twilio')
    .map(
      (name) =>
        `WITHOUT names ${name}. It may name ${Object.keys(INTEGRATIONS).slice(1).join(', ')}`
    )
  for (const [part, wants] of Object.entries(INTEGRATIONS)) {
    if (names.includes(part)) continue
    for (const name of wants)
      if (
        given[name] === undefined &&
        !(part === 'translate' && given.GOOGLE_APPLICATION_CREDENTIALS)
      )
        faults.push(`${name} is missing. Set it, or write WITHOUT=${part} to run without ${part}`)
  }
  for (const name of ['PUBLIC_URL', 'STAFF_TOKEN', 'DATA_KEYS'] as const)
    if (!given[name]) faults.push(`${name} is missing. It has no default outside the demo`)
  if (given.STAFF_TOKEN === 'demo')
    faults.push('STAFF_TOKEN is the word of the demo. Choose a long random one')
  return faults
}

const refusal = (faults: readonly string[]) =>
  new DoorError(
    'bad-config',
    `Cannot start. ${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    false
  )
