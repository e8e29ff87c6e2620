import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { page } from './page.ts'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const here = (file: string) => fileURLToPath(new URL(`./browser/${file}`, import.meta.url))

/** The page and its files, bundled when first asked for and kept: nothing inline, nothing from elsewhere. */
export function pageFiles(staffToken: string): Hono {
  const headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  const file = async (name: string, type: string) => ({
    text: (await bundle())[name] ?? '',
    headers: { ...headers, 'Content-Type': `${type}; charset=utf-8` },
  })
  return new Hono()
    .get('/', (c) => {
      // Begun here, so that the bundle is ready by the time the browser asks for it.
      bundle()
      return c.html(page(staffToken), 200, { ...headers, 'Content-Security-Policy': POLICY })
    })
    .get('/app.js', async (c) => {
      const { text, headers } = await file('app.js', 'text/javascript')
      return c.body(text, 200, headers)
    })
    .get('/app.css', async (c) => {
      const { text, headers } = await file('app.css', 'text/css')
      return c.body(text, 200, headers)
    })
}

let bundled: Promise<Record<string, string>> | undefined

function bundle(): Promise<Record<string, string>> {
  bundled ??= build({
    entryPoints: [here('app.ts'), here('app.css')],
    outdir: here('.'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  }).then(({ outputFiles }) =>
    Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]))
  )
  return bundled
}
