import { readFileSync, writeFileSync } from 'node:fs'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { readContent } from '../../src/door/folders.ts'
import { bundle } from '../../src/edge/bundle.ts'
import { withSignature } from '../../src/flows/release.ts'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { releasesOf } from '../../src/signing.ts'
import { type Answer, type Form, PUBLIC_URL, STAFF, signature, TOKEN } from '../app/opened.ts'
import { copies } from '../cli/run.ts'
import type { ContactSeen } from '../journeys/door.ts'

/** The Worker with test/edge/entry.ts before it, and the shipped flows in it, signed as "Test signature". */
export function signedBundle(): string {
  const copy = copies()
  try {
    const folders = {
      flows: copy.at('flows'),
      places: copy.at('places'),
      locales: copy.at('locales'),
    }
    let text = copy.read('flows/signed.yaml')
    for (const { hash: release, flow, version } of releasesOf(readContent(folders).places.values()))
      text = withSignature(text, { release, flow, version, ...SIGNATURE })
    writeFileSync(copy.at('flows/signed.yaml'), text)
    return bundle('test/edge/entry.ts', { ...copy.env, MODE: 'live' }).script
  } finally {
    copy.remove()
  }
}
const SIGNATURE = {
  name: 'Test signature',
  role: 'test: nobody',
  registration: 'none',
  date: '2026-11-24',
}

export interface OpenedWorker extends Awaited<ReturnType<typeof openWorker>> {}

/** The Worker of test/edge/entry.ts in workerd, on this machine, with nobody outside but `twilioUrl`. */
export async function openWorker(
  settings: Form = {},
  script = signedBundle(),
  disk?: string,
  port?: number
) {
  const classes = { HOMES: 'Home', STORES: 'Kept' }
  const flare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script,
      ...(disk && { resourcePersistencePath: disk }),
      ...(port !== undefined && { host: '127.0.0.1', port }),
      compatibilityDate: DATE,
      compatibilityFlags: ['nodejs_compat'],
      durableObjects: Object.fromEntries(
        Object.entries(classes).map(([name, className]) => [name, { className, useSQLite: true }])
      ),
      bindings: {
        MODE: 'live',
        WITHOUT: 'teams,translate,sign-in',
        PUBLIC_URL,
        LOG_LEVEL: 'silent',
        STAFF_TOKEN: STAFF,
        DATA_KEYS: writeKeyring(newKeyring()),
        TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
        TWILIO_AUTH_TOKEN: TOKEN,
        ...settings,
      },
    })
  )
  await flare.ready
  const sendLogged = async (path: string, init: RequestInit = {}) => {
    const answer = await flare.dispatchFetch(`${PUBLIC_URL}${path}`, init as never)
    const type = answer.headers.get('content-type') ?? ''
    const logged = decodeURIComponent(answer.headers.get('X-Test-Log') ?? '[]')
    const body = await answer.text()
    return { status: answer.status, type, body, logged: JSON.parse(logged) as string[] }
  }
  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const { logged: _, ...answer } = await sendLogged(path, init)
    return answer
  }
  const api = (path: string) =>
    send(`/api/${path}`, { headers: { Authorization: `Bearer ${STAFF}` } })
  /** A raw body, signed over the pairs it holds. */
  const raw = (path: string, body: string, headers: Form = {}) =>
    send(path, {
      method: 'POST',
      body,
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-Twilio-Signature': signature(path, Object.fromEntries(new URLSearchParams(body))),
        ...headers,
      },
    })
  return {
    send,
    /** What was logged meanwhile, too: see test/edge/world.ts. */
    sendLogged,
    api,
    /** A form as Twilio sends it, signed by Twilio's own library. */
    post: (path: string, form: Form, { token = TOKEN, headers = {} } = {}) =>
      raw(path, new URLSearchParams(form).toString(), {
        'X-Twilio-Signature': signature(path, form, token),
        ...headers,
      }),
    raw,
    contacts: async (query = '') =>
      JSON.parse((await api(`contacts?${query}`)).body) as {
        contacts: ContactSeen[]
        next: string
      },
    async contactOf(phone: string): Promise<ContactSeen> {
      const { contacts } = await this.contacts(`phone=${encodeURIComponent(phone)}`)
      return JSON.parse((await api(`contacts/${contacts[0]?.ref}`)).body) as ContactSeen
    },
    /** Asks something of test/edge/entry.ts. */
    async inside<T>(path: string, body: unknown): Promise<T> {
      const answer = await send(`/-test/${path}`, { method: 'POST', body: JSON.stringify(body) })
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`)
      return JSON.parse(answer.body) as T
    },
    close: () => flare.dispose(),
  }
}

/** As wrangler.toml says. */
const [, DATE = ''] =
  /compatibility_date = "(.+)"/.exec(readFileSync('wrangler.toml', 'utf8')) ?? []
