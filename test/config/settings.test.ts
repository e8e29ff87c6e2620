import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'

type Env = Record<string, string>
/** The lines of a refusal; none when it is taken. */
function faultsOf(env: Env): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    expect(code).toBe('bad-config')
    return message.split('\n').slice(1)
  }
}

const LIVE: Env = {
  MODE: 'live',
  PUBLIC_URL: 'https://door.example.org',
  STAFF_TOKEN: 'a-long-random-token-of-the-tests',
  DATA_KEYS: writeKeyring(newKeyring()),
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '0123456789abcdef'.repeat(2),
  MICROSOFT_APP_ID: '5f8b1c9e-0000-4000-8000-000000000001',
  MICROSOFT_APP_PASSWORD: 'a-password-of-the-tests',
  MICROSOFT_APP_TENANT_ID: 'door.example.org',
  GOOGLE_TRANSLATE_KEY: 'a-translate-key-of-the-tests',
  OIDC_ISSUER: 'https://login.example.org',
  OIDC_CLIENT_ID: 'client',
  OIDC_CLIENT_SECRET: 'a-client-secret-of-the-tests',
  SESSION_KEY: 'a-session-key-of-the-tests',
}

describe('nothing is set', () => {
  it('is a demo on this machine', () => {
    expect(readConfig({})).toMatchObject({
      MODE: 'demo',
      PORT: 8787,
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://127.0.0.1:8787',
      STAFF_TOKEN: 'demo',
      STORE_URL: 'sqlite:./data/front-door.db',
    })
  })

  it('what is not ours is not looked at', () => {
    expect(faultsOf({ HOME: '', PATH: 'x', npm_config_port: 'x' })).toEqual([])
  })
})

const SOUND: [string, Env, object][] = [
  ['a port', { PORT: '0' }, { PORT: 0 }],
  [
    'an address with a stroke at its end',
    { PUBLIC_URL: 'http://127.0.0.1:9000/' },
    { PUBLIC_URL: 'http://127.0.0.1:9000' },
  ],
  [
    'this machine by another name',
    { HOST: '::1' },
    { MODE: 'demo', PUBLIC_URL: 'http://[::1]:8787' },
  ],
  ['a quieter log', { LOG_LEVEL: 'silent' }, { LOG_LEVEL: 'silent' }],
  [
    'a demo beside the settings of a neighbour',
    { MODE: 'demo', TWILIO_AUTH_TOKEN: 'x' },
    { MODE: 'demo' },
  ],
  ['a whole live door', LIVE, { MODE: 'live' }],
  [
    'a live door on this machine over http',
    { ...LIVE, PUBLIC_URL: 'http://127.0.0.1:9000' },
    { MODE: 'live' },
  ],
]
it.each(SOUND)('%s is taken', (_what, env, wanted) => {
  expect(readConfig(env)).toMatchObject(wanted)
})

/** Each setting wrong, and the words that say so and what to do. */
const WRONG: [string, string, RegExp][] = [
  ['PORT', 'http', /is no port\. Give a whole number/],
  ['PORT', '70000', /is no port\. Give a whole number/],
  ['PORT', '-1', /is no port/],
  ['PORT', '80.5', /is no port/],
  ['PUBLIC_URL', 'door.example.org', /is no whole address\. Write it like/],
  ['PUBLIC_URL', 'ftp://door.example.org', /must begin with https/],
  ['PUBLIC_URL', 'http://127.0.0.1/door', /has a path\. Give the address alone/],
  ['PUBLIC_URL', 'http://127.0.0.1/?x=1', /has a path/],
  ['STORE_URL', 'postgres://x', /is no store\. Write it like sqlite:/],
  ['STORE_URL', 'sqlite:', /is no store/],
  [
    'STORE_URL',
    'redis+sentinel://127.0.0.1',
    /must be redis:\/\/host.*redis\+sentinel:\/\/host1,host2\/master-name/,
  ],
  ['LOG_LEVEL', 'loud', /must be one of trace, debug/],
  ['MODE', 'production', /must be demo or live/],
  ['WITHOUT', 'fax', /names fax\. It may name teams, translate, sign-in/],
  ['WITHOUT', 'twilio', /names twilio\. It may name teams/],
  ['STAFF_TOKEN', 'abc', /is too short\. Choose a long random one/],
  ['TWILIO_ACCOUNT_SID', 'SK123', /must be AC and 32 hexadecimal digits/],
  ['TWILIO_API_URL', 'api.twilio.com', /is no whole address/],
  ['MICROSOFT_OPENID_URL', 'login', /is no whole address/],
  ['MICROSOFT_LOGIN_URL', 'login', /is no whole address/],
  ['GOOGLE_TRANSLATE_URL', 'google', /is no whole address/],
  ['OIDC_ISSUER', 'login', /is no whole address/],
]

describe('one setting is wrong', () => {
  it.each(WRONG)('%s=%s is named, with what to do', (name, value, words) => {
    const faults = faultsOf({ MODE: 'demo', [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^  - ${name} `))
    expect(faults[0]).toMatch(words)
  })

  it.each([
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'STORE_URL',
    'PLACES_DIR',
    'FLOWS_DIR',
    'LOCALES_DIR',
    'LOG_LEVEL',
    'MODE',
    'WITHOUT',
    'STAFF_TOKEN',
    'DATA_KEYS',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'MICROSOFT_APP_ID',
    'GOOGLE_TRANSLATE_KEY',
    'OIDC_ISSUER',
    'SESSION_KEY',
  ])('%s is empty: named', (name) => {
    expect(faultsOf({ [name]: '' })).toEqual([
      `  - ${name} is empty. Give it a value, or take it out`,
    ])
  })

  it('never repeats a secret', () => {
    const secret = 'canary-secret'
    const env = { ...LIVE, TWILIO_ACCOUNT_SID: secret, OIDC_ISSUER: secret, STORE_URL: secret }
    expect(faultsOf(env).join()).not.toContain(secret)
  })
})

it('all are wrong: every one is named, one line each', () => {
  const env = Object.fromEntries(WRONG.map(([name, value]) => [name, value]))
  const faults = faultsOf({ ...env, HOST: '', MODE: 'live' })
  for (const name of new Set(WRONG.map(([name]) => name)))
    if (name !== 'MODE') expect(faults.join('\n'), name).toMatch(new RegExp(`^  - ${name} `, 'm'))
  for (const name of ['HOST', 'DATA_KEYS', 'TWILIO_AUTH_TOKEN', 'MICROSOFT_APP_ID', 'SESSION_KEY'])
    expect(
      faults.filter((line) => line.startsWith(`  - ${name} `)),
      name
    ).toHaveLength(1)
  for (const line of faults) expect(line).toMatch(/^ {2}- [A-Z_]+ .{10,}/)
})

describe('demo or live', () => {
  it.each<[string, Env, RegExp]>([
    [
      'on every network',
      { MODE: 'demo', HOST: '0.0.0.0' },
      /HOST or PUBLIC_URL is public.*127\.0\.0\.1/,
    ],
    ['on a named host', { MODE: 'demo', HOST: 'door.local' }, /HOST or PUBLIC_URL is public/],
    [
      'with a public address',
      { MODE: 'demo', PUBLIC_URL: 'https://door.example.org' },
      /HOST or PUBLIC_URL is public/,
    ],
    [
      'with an address like this machine’s',
      { MODE: 'demo', PUBLIC_URL: 'http://127.0.0.1.example.org' },
      /is public/,
    ],
  ])('a demo %s is refused', (_where, env, words) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(words)])
  })

  it.each([
    'TWILIO_AUTH_TOKEN',
    'TWILIO_REGION',
    'TWILIO_TWIML_APP_SID',
    'MICROSOFT_APP_ID',
    'GOOGLE_TRANSLATE_KEY',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'OIDC_CLIENT_ID',
    'SESSION_KEY',
  ])('%s is set and MODE is not: it must be said', (name) => {
    const faults = faultsOf({ [name]: 'x' })
    expect(
      faults.filter((line) => line.startsWith('  - MODE is not set. Write MODE=live'))
    ).toHaveLength(1)
  })

  it('a public host and no MODE: it must be said', () => {
    expect(faultsOf({ HOST: '0.0.0.0' }).join()).toMatch(/MODE is not set/)
  })

  it('Google by a file alone: the key is asked for', () => {
    const { GOOGLE_TRANSLATE_KEY: _, ...env } = LIVE
    expect(faultsOf({ ...env, GOOGLE_APPLICATION_CREDENTIALS: 'key.json' })).toEqual([
      expect.stringMatching(/GOOGLE_TRANSLATE_KEY is missing/),
    ])
  })

  it('live with nothing else: everything it needs is listed', () => {
    const faults = faultsOf({ MODE: 'live' }).join('\n')
    for (const name of Object.keys(LIVE).filter((name) => name !== 'MODE'))
      expect(faults, name).toMatch(new RegExp(`^  - ${name} is missing\\. `, 'm'))
    expect(faults).toMatch(/WITHOUT=teams to run without teams/)
    expect(faults).not.toMatch(/WITHOUT=twilio/)
  })

  it.each(Object.keys(LIVE).filter((name) => name !== 'MODE'))(
    'live without %s: named alone',
    (name) => {
      const { [name]: _, ...env } = LIVE
      expect(faultsOf(env)).toEqual([expect.stringMatching(new RegExp(`^  - ${name} is missing`))])
    }
  )

  it('live without what WITHOUT names is taken', () => {
    const { MICROSOFT_APP_ID: _a, GOOGLE_TRANSLATE_KEY: _b, OIDC_ISSUER: _c, ...env } = LIVE
    expect(faultsOf({ ...env, WITHOUT: 'teams, translate,sign-in' })).toEqual([])
  })

  it.each<[string, Env, RegExp]>([
    [
      'an address in the clear',
      { PUBLIC_URL: 'http://door.example.org' },
      /PUBLIC_URL is not encrypted/,
    ],
    ['the token of the demo', { STAFF_TOKEN: 'demo' }, /STAFF_TOKEN is easily guessed/],
    ['half a token', { TWILIO_AUTH_TOKEN: '01234567' }, /TWILIO_AUTH_TOKEN was not copied whole/],
    [
      'a token in two lines',
      { TWILIO_AUTH_TOKEN: `0123456789abcdef\n${'0'.repeat(16)}` },
      /TWILIO_AUTH_TOKEN was/,
    ],
    [
      'a name in the place of its value',
      { SESSION_KEY: '${SESSION_KEY_OF_LIVE}' },
      /SESSION_KEY is easily/,
    ],
    [
      'an application that is none',
      { MICROSOFT_APP_ID: 'front-door' },
      /MICROSOFT_APP_ID is no app/,
    ],
    [
      'a tenant that is none',
      { MICROSOFT_APP_TENANT_ID: 'x' },
      /MICROSOFT_APP_TENANT_ID is no ten/,
    ],
    ['a store that forgets', { STORE_URL: 'sqlite::memory:' }, /STORE_URL forgets everything/],
    [
      'half a key',
      { TWILIO_API_KEY: 'SK1' },
      /TWILIO_API_KEY and TWILIO_API_SECRET belong together/,
    ],
    ['the other half', { TWILIO_API_SECRET: 'x' }, /TWILIO_API_KEY and TWILIO_API_SECRET belong/],
    [
      'a prover without its token',
      { PROVER_URL: 'https://prover.example.org' },
      /PROVER_URL and PROVER_TOKEN belong together/,
    ],
  ])('live with %s is refused', (_what, given, words) => {
    expect(faultsOf({ ...LIVE, ...given })).toEqual([expect.stringMatching(words)])
  })
})

it('every setting has its row in the runbook, and no row is of a setting that is gone', () => {
  const [runbook, source] = ['docs/runbook.md', 'src/config.ts'].map((file) =>
    readFileSync(file, 'utf8')
  ) as [string, string]
  const table = runbook.split(/^## /m).find((part) => part.startsWith('Settings\n')) ?? ''
  const first = [...table.matchAll(/^\| (`.+?) \|/gm)].map(([, cell]) => cell).join()
  const told = [...first.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)
  const [, shape = ''] = /^const settings = z\.object\({\n(.+?)^}\)/ms.exec(source) ?? []
  const there = [...shape.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name)
  expect(there).toContain('MODE')
  expect(told.sort()).toEqual(there.sort())
})
