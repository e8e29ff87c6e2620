import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})
/** A machine under test runs several of these at once. */
const PATIENCE_MS = 20_000

/** Starts the real process; how it ended, how soon, and what it said. */
function start(env: Record<string, string>) {
  const from = performance.now()
  const child = spawn(process.execPath, ['src/node.ts'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', STORE_URL: 'sqlite::memory:', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (more) => (stdout += more))
  child.stderr.on('data', (more) => (stderr += more))
  return new Promise<{ code: number | null; ms: number; stdout: string; stderr: string }>(
    (resolve) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
      child.on('close', (code) => {
        clearTimeout(limit)
        resolve({ code, ms: performance.now() - from, stdout, stderr })
      })
    }
  )
}

/** A copy of one of the three folders, with one file changed. */
function changed(folder: string, file: string, change: (text: string) => string) {
  const copy = mkdtempSync(join(tmpdir(), `front-door-${folder}-`))
  made.push(copy)
  cpSync(folder, copy, { recursive: true })
  const path = join(copy, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  return copy
}
const emptied = () => {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-empty-'))
  made.push(folder)
  return folder
}

/** Refused with these words, and no stack. */
async function refused(env: Record<string, string>, ...words: RegExp[]) {
  const { code, stdout, stderr } = await start(env)
  expect(code).toBe(1)
  for (const each of words) expect(stderr).toMatch(each)
  expect(stderr).not.toMatch(/\n\s+at |node:internal/)
  expect(stdout).toBe('')
}

describe('a door that may not open ends at once, and says why', () => {
  // How soon is measured by the run C1, beside the start of an empty Node: machines differ.
  it('settings: each is named', async () => {
    const env = { PORT: 'x', LOG_LEVEL: 'loud', HOST: '0.0.0.0', TWILIO_AUTH_TOKEN: 'x' }
    const { code, ms, stderr } = await start(env)
    expect(code).toBe(1)
    for (const name of ['PORT', 'LOG_LEVEL', 'MODE']) expect(stderr).toMatch(`- ${name} `)
    expect(ms).toBeLessThan(PATIENCE_MS)
  })

  it('a demo on a public host', () =>
    refused({ MODE: 'demo', HOST: '0.0.0.0' }, /HOST or PUBLIC_URL is public/))

  it('live with nothing else', () => refused({ MODE: 'live' }, /TWILIO_AUTH_TOKEN is missing/))

  it('a port that is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    await refused(
      { PORT: String(port) },
      new RegExp(`PORT ${port} is taken.*Set PORT to a free one`)
    )
    await new Promise((resolve) => other.close(resolve))
  })

  it('a store that cannot be opened', () =>
    refused({ STORE_URL: 'sqlite:/dev/null/front-door.db' }, /STORE_URL|store/i))
})

describe('files that may not be served are refused by file and place in it, with what to do', () => {
  it.each([
    ['PLACES_DIR', /PLACES_DIR/],
    ['FLOWS_DIR', /FLOWS_DIR/],
    ['LOCALES_DIR', /LOCALES_DIR/],
  ])('%s is no folder', (name, words) => refused({ [name]: '/nowhere' }, words, /\/nowhere/))

  it.each([['PLACES_DIR'], ['FLOWS_DIR'], ['LOCALES_DIR']])('%s is empty', (name) =>
    refused({ [name]: emptied() }, /The files hold \d+ fault/)
  )

  it('a flow leads nowhere', () =>
    refused(
      {
        FLOWS_DIR: changed('flows', 'danger.v1.yaml', (text) =>
          text.replace(/no: (\w[\w-]*)/, 'no: nowhere')
        ),
      },
      /danger\.v1\.yaml: step [\w-]+: leads to nowhere, but there is no such step\. Check/
    ))

  it('a flow that cannot be read', () =>
    refused({ FLOWS_DIR: changed('flows', 'fall.v1.yaml', () => 'flow: [') }, /fall\.v1\.yaml/))

  it('words of a step that is not there', () =>
    refused(
      {
        LOCALES_DIR: changed('locales', 'en/fall.v1.yaml', (text) =>
          text.replace(/^( {2})(\w[\w-]*):/m, '$1nowhere:')
        ),
      },
      /en\/fall\.v1\.yaml/
    ))

  it('a place whose hours are none', () =>
    refused(
      {
        PLACES_DIR: changed('places', 'lewisham.yaml', (text) =>
          text.replace('daily: 08:00-20:00', 'daily: 8am-8pm')
        ),
      },
      /lewisham\.yaml: .*hours/
    ))

  it.each([
    [
      'a version that is not there',
      'resident: 1',
      'resident: 9',
      /lewisham\.yaml: flows\.resident: there is no version 9/,
    ],
    [
      'a language without words',
      'languages: [en]',
      'languages: [en, pl]',
      /lewisham\.yaml: languages: there are no words in pl/,
    ],
    [
      'a number of its neighbour',
      '+442079460100',
      '+441632960300',
      /\+441632960300 is the front door of lewisham and southampton/,
    ],
  ])('a place with %s', (_what, was, is, words) =>
    refused(
      { PLACES_DIR: changed('places', 'lewisham.yaml', (text) => text.replace(was, is)) },
      words
    )
  )

  it('bank holidays that are none', () =>
    refused(
      { PLACES_DIR: changed('places', 'bank-holidays.json', () => '{}') },
      /bank-holidays\.json/
    ))
})
