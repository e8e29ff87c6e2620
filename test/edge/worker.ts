import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { PUBLIC_URL, STAFF, signature, TOKEN } from '../app/opened.ts'

export type Form = Record<string, string>

/** Bundles the Worker as it is deployed, and returns what it weighs. */
export function bundle(entry = 'src/worker.ts'): { script: string; bytes: number; gzip: number } {
  const out = mkdtempSync(join(tmpdir(), 'front-door-edge-'))
  try {
    run('src/edge/write-content.ts')
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

/** The settings of a Worker under test. */
export const SETTINGS = {
  MODE: 'demo',
  PUBLIC_URL: 'http://127.0.0.1:8787',
  LOG_LEVEL: 'error',
  STAFF_TOKEN: STAFF,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: TOKEN,
}
