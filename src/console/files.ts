import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { Hono } from 'hono'

const here = (file: string) => fileURLToPath(new URL(`./browser/${file}`, import.meta.url))
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css' }

/** The styles and scripts of the pages, bundled when first asked for and kept. Live, they carry the SDK of Twilio too. */
export function consoleFiles(): Hono {
  return new Hono().get('/:name', async (c) => {
    const name = c.req.param('name')
    const file = (await bundle()).get(name)
    if (!file) return c.notFound()
    // Looked for again each time, and sent only when it has changed.
    const headers = { ETag: file.tag, 'Cache-Control': 'no-cache' }
    if (c.req.header('If-None-Match') === file.tag) return c.body(null, 304, headers)
    const type = `${TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain'}; charset=utf-8`
    return c.body(file.text, 200, { ...headers, 'Content-Type': type })
  })
}

interface File {
  text: string
  tag: string
}
let bundled: Promise<Map<string, File>> | undefined

/** Every file by its name. What is written to be a Worker's assets is this too. */
export function bundle(): Promise<Map<string, File>> {
  bundled ??= build({
    entryPoints: [here('app.ts'), here('phone.ts'), here('beat.ts'), here('app.css')],
    outdir: here('.'),
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['/assets/*'],
    chunkNames: 'part-[hash]',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [nhsStyles],
  }).then(
    ({ outputFiles }) => new Map(outputFiles.map(({ path, text }) => [basename(path), kept(text)]))
  )
  return bundled
}

const kept = (text: string): File => ({
  text,
  tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 20)}"`,
})

/**
 * The NHS.UK styles without the typeface, which is licensed to NHS services alone and lies on another host, and without
 * the pictures of a search field we do not have.
 */
const nhsStyles: Plugin = {
  name: 'nhs-styles',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^nhsuk\.css$/ }, () => ({ path: 'nhsuk.css', namespace: 'nhs' }))
    onLoad({ filter: /.*/, namespace: 'nhs' }, () => {
      const found = createRequire(import.meta.url).resolve('nhsuk-frontend/package.json')
      const whole = readFileSync(
        found.replace('package.json', 'dist/nhsuk/nhsuk-frontend.min.css'),
        'utf8'
      )
      const contents = whole
        .replace(/@font-face\{[^}]*\}/g, '')
        .replace(/url\(\/assets\/[^)]*\)/g, 'none')
        .replaceAll('Frutiger W01,', '')
      return { contents, loader: 'css' }
    })
  },
}
