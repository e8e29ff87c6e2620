import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type Answer, type Form, signature } from '../app/opened.ts'
import type { ContactSeen } from '../journeys/door.ts'

const PUBLIC_URL = 'http://127.0.0.1:8787'
const TOKEN = 'a-token-of-the-tests'
const STAFF = 'a-staff-token-of-the-tests'

/** Bundles the Worker as it is deployed, and returns what it weighs. */
export function bundle(entry = 'src/worker.ts'): { script: string; bytes: number; gzip: number } {
  const out = mkdtempSync(join(tmpdir(), 'front-door-edge-'))
  try {
    const said = run(
      ...['node_modules/wrangler/bin/wrangler.js', 'deploy', entry, '--dry-run', '--outdir', out]
    )
    const [file = ''] = readdirSync(out).filter((name) => name.endsWith('.js'))
    const script = readFileSync(join(out, file), 'utf8')
    const [, gzip] = /gzip: ([\d.]+) KiB/.exec(said) ?? []
    return { script, bytes: script.length, gzip: Number(gzip) * 1024 }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function run(...command: string[]): string {
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${command.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

export interface OpenedWorker extends Awaited<ReturnType<typeof openWorker>> {}

/** The Worker of test/edge/entry.ts in workerd, on this machine, with nobody outside but `twilioUrl`. */
export async function openWorker(
  settings: Form = {},
  script = bundle('test/edge/entry.ts').script
) {
  const classes = { HOMES: 'Home', STORES: 'Kept' }
  const flare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script,
      compatibilityDate: DATE,
      compatibilityFlags: ['nodejs_compat'],
      durableObjects: Object.fromEntries(
        Object.entries(classes).map(([name, className]) => [name, { className, useSQLite: true }])
      ),
      bindings: {
        MODE: 'demo',
        PUBLIC_URL,
        LOG_LEVEL: 'error',
        STAFF_TOKEN: STAFF,
        DATA_KEYS: 'a-key-of-the-tests',
        TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
        TWILIO_AUTH_TOKEN: TOKEN,
        ...settings,
      },
    })
  )
  await flare.ready
  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await flare.dispatchFetch(`${PUBLIC_URL}${path}`, init as never)
    const type = answer.headers.get('content-type') ?? ''
    return { status: answer.status, type, body: await answer.text() }
  }
  const api = (path: string) =>
    send(`/api/${path}`, { headers: { Authorization: `Bearer ${STAFF}` } })
  return {
    send,
    api,
    /** A form as Twilio sends it, signed by Twilio's own library. */
    post: (path: string, form: Form, token = TOKEN) =>
      send(path, {
        method: 'POST',
        body: new URLSearchParams(form).toString(),
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Twilio-Signature': signature(path, form, token, PUBLIC_URL),
        },
      }),
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
