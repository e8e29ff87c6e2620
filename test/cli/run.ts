import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a command ended and what it wrote. */
export interface Ran {
  code: number | null
  out: string
  err: string
}

/** Runs a command of an operator as `npm run flows` does, with these lines on its standard input. */
export function run(
  words: readonly string[],
  given: { env?: Record<string, string>; lines?: readonly string[] } = {}
) {
  const child = spawn(process.execPath, ['src/cli.ts', ...words], {
    env: { PATH: process.env.PATH ?? '', ...given.env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (more) => (out += more))
  child.stderr.on('data', (more) => (err += more))
  child.stdin.end((given.lines ?? []).map((line) => `${line}\n`).join(''))
  return new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

/** Copies of the three folders, to be changed and thrown away. */
export function copies() {
  const root = mkdtempSync(join(tmpdir(), 'front-door-copy-'))
  for (const folder of ['flows', 'places', 'locales'])
    cpSync(folder, join(root, folder), { recursive: true })
  const at = (file: string) => join(root, file)
  return {
    env: { FLOWS_DIR: at('flows'), PLACES_DIR: at('places'), LOCALES_DIR: at('locales') },
    at,
    read: (file: string) => readFileSync(at(file), 'utf8'),
    /** Changes a file; it fails where there is nothing to change. */
    change(file: string, from: string, to: string) {
      const text = readFileSync(at(file), 'utf8')
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
      writeFileSync(at(file), text.replace(from, to))
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
