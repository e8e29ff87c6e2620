import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { HOLIDAYS } from '../content.ts'
import type { Place } from '../places/shape.ts'

const LONGEST_MS = 60_000
const CLI = join(import.meta.dirname, '..', 'cli.ts')

/**
 * Proves the flows for one place as it would then be, in a process of its own: it takes seconds of a whole core, which
 * nobody on the line should wait for. Null when it is proved, else what is wrong.
 */
export function proverFor(placesDir: string): (place: Place) => Promise<string | null> {
  return async function prove(place) {
    const folder = mkdtempSync(join(tmpdir(), 'front-door-proof-'))
    try {
      copyFileSync(join(placesDir, HOLIDAYS), join(folder, HOLIDAYS))
      writeFileSync(join(folder, `${place.place}.yaml`), stringify(place))
      return await checked(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const checked = (folder: string) =>
  new Promise<string | null>((resolve) => {
    const env = { ...process.env, PLACES_DIR: folder }
    const how = { env, timeout: LONGEST_MS, maxBuffer: 8 * 1024 * 1024 }
    execFile(process.execPath, [CLI, 'flows', 'check'], how, (error, out, told) => {
      if (!error) return resolve(null)
      if (error.killed) return resolve('it took too long to check')
      const wrong = `${out}\n${told}`.split('\n').filter((line) => /✗|\.yaml: /.test(line))
      resolve(wrong.map((line) => line.trim()).join('; ') || 'it could not be checked')
    })
  })
