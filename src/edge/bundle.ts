import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Worker as it would be deployed: its one script, and what it weighs on the way. */
export interface Bundle {
  script: string
  gzip: number
}

/** Bundles the Worker by wrangler, without deploying it. `env` may name other folders, and MODE=live. */
export function bundle(entry = 'src/worker.ts', env: Record<string, string> = {}): Bundle {
  const out = mkdtempSync(join(tmpdir(), 'front-door-bundle-'))
  // Of its own, so that two may be made at once.
  const content = join(out, 'content.json')
  const how = ['--dry-run', '--outdir', join(out, 'worker')]
  const assets = join(out, 'assets')
  const given = ['--alias', `front-door-content:${content}`, '--assets', assets]
  const command = ['node_modules/wrangler/bin/wrangler.js', 'deploy', entry, ...how, ...given]
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      env: {
        ...process.env,
        ...env,
        EDGE_CONTENT: content,
        EDGE_ASSETS: assets,
        WRANGLER_SEND_METRICS: 'false',
        CI: '1',
      },
    })
    if (status !== 0) throw new Error(`wrangler cannot bundle ${entry}\n${stdout}${stderr}`)
    const [file = ''] = readdirSync(join(out, 'worker')).filter((name) => name.endsWith('.js'))
    const [, gzip] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? []
    return { script: readFileSync(join(out, 'worker', file), 'utf8'), gzip: Number(gzip) * 1024 }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
