import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DoorError } from '../errors.ts'
import { type Keyring, newKeyring, readKeyring, writeKeyring } from './keyring.ts'

/** How long a changed file may go unnoticed. */
export const LOOK_MS = 1000

/** Writes a keyring that only we may read: whole or not at all. */
export function writeKeyfile(path: string, keyring: Keyring) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const half = `${path}.new`
  writeFileSync(half, `${writeKeyring(keyring)}\n`, { mode: 0o600, flush: true })
  renameSync(half, path)
}

/** Reads a keyring from a file. Throws DoorError 'bad-config'. */
export function readKeyfile(path: string): Keyring {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DoorError('bad-config', `DATA_KEYS names ${path}, which cannot be read`, false, {
      cause,
    })
  }
  return readKeyring(text)
}

/**
 * The keyring of a file, followed as the file changes, so that a key is rotated while the service runs. `lost` hears once when it
 * can no longer be read: from then on the keys are in this process alone.
 */
export function followKeyfile(path: string, lost: (fault: string) => void = () => {}): Keyring {
  let read = readKeyfile(path)
  let changed = statSync(path).mtimeMs
  let looked = performance.now()
  let told = false
  const now = () => {
    if (performance.now() - looked < LOOK_MS) return read
    looked = performance.now()
    try {
      const at = statSync(path).mtimeMs
      if (at !== changed) read = readKeyring(readFileSync(path, 'utf8'))
      changed = at
      told = false
    } catch {
      // A file that is gone or half written must not stop a call: the keys we hold go on.
      if (!told)
        lost(`DATA_KEYS names ${path}, which cannot be read: its keys are in this process alone`)
      told = true
    }
    return read
  }
  return {
    get current() {
      return now().current
    },
    get keys() {
      return now().keys
    },
    get index() {
      return read.index
    },
    get sign() {
      return read.sign
    },
  }
}

/**
 * The keyring of a service: DATA_KEYS itself, or `file:` and the path of a file that holds it. Without one the demo makes
 * its own in `fallback`; null there is a demo that forgets everything, and so do its keys.
 */
export function openKeyring(
  given: string | undefined,
  fallback: string | null,
  lost?: (fault: string) => void
): Keyring {
  if (given !== undefined)
    return given.startsWith('file:')
      ? followKeyfile(given.slice('file:'.length), lost)
      : readKeyring(given)
  if (fallback === null) return newKeyring()
  if (!existsSync(fallback)) writeKeyfile(fallback, newKeyring())
  return followKeyfile(fallback, lost)
}
