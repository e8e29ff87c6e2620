import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../console/files.ts'

/** Said with each of them, as the console says it with its own. https://developers.cloudflare.com/workers/static-assets/headers/ */
const HEADERS = `/console/files/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
`

/** Writes the styles and scripts of staff's pages as the assets that are sent with a Worker. */
export async function writeAssets(env: Readonly<Record<string, string | undefined>>) {
  const folder = env.EDGE_ASSETS || 'dist/assets'
  const at = join(folder, 'console', 'files')
  mkdirSync(at, { recursive: true })
  const files = await bundle()
  for (const old of readdirSync(at)) if (!files.has(old)) rmSync(join(at, old))
  for (const [name, { text }] of files) put(join(at, name), text)
  put(join(folder, '_headers'), HEADERS)
  return { folder }
}

/** What is as it was is left alone: wrangler may be watching. */
function put(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}
