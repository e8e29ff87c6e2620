import { existsSync, readFileSync } from 'node:fs'
import { besideStore } from '../door/sealing.ts'
import { LOOK_MS, writeKeyfile } from '../security/keyfile.ts'
import { type Keyring, newKeyring, withNewKey, writeKeyring } from '../security/keyring.ts'
import { rewrapAll } from '../store/rewrap.ts'
import { keys, settings, withStore } from './data.ts'
import { misused, optionsIn } from './options.ts'

/** `keys new [--to file]`: a keyring that nobody else has. */
export function newKeys(words: readonly string[]): number {
  const { values } = optionsIn(words, ['to'])
  if (values.to !== undefined && existsSync(values.to))
    throw misused([`${values.to} is there already, and a keyring that is written over is lost`])
  give(newKeyring(), values.to)
  return 0
}

/**
 * `keys rotate`: adds a key, makes it current and wraps every contact anew. With `--step add` the key only reads at first:
 * every process must hold it before one of them wraps with it; then `--step use`.
 */
export async function rotate(words: readonly string[]): Promise<number> {
  const { values } = optionsIn(words, ['step'])
  const file = keyfile()
  const old = keys()
  const newest = [...old.keys.keys()].at(-1) ?? old.current
  if (values.step !== undefined && values.step !== 'add' && values.step !== 'use')
    throw misused(['--step is add or use'])
  const added = values.step === 'use' ? { keyring: old, id: newest } : withNewKey(old)
  const next = { ...added.keyring, current: values.step === 'add' ? old.current : added.id }
  give(next, file)
  console.log(`Key ${added.id} ${values.step === 'add' ? 'reads' : 'is current'}.`)
  if (file === undefined || values.step === 'add')
    console.log(
      `Give every process the new DATA_KEYS, then: npm run cli -- keys ${values.step === 'add' ? 'rotate --step use' : 'rewrap'}`
    )
  if (file === undefined || values.step === 'add') return 0
  // A service that runs must have seen the new key before anything is wrapped with it.
  await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS))
  return wrapAll(next)
}

/** `keys rewrap`: wraps every contact with the current key. */
export const rewrap = (): Promise<number> => wrapAll(keys())

async function wrapAll(keyring: Keyring): Promise<number> {
  const wraps = await withStore((store) => rewrapAll(store, keyring))
  for (const [id, count] of Object.entries(wraps)) console.log(`${id}: ${count} contacts`)
  const old = [...keyring.keys.keys()].filter((id) => id !== keyring.current && !wraps[id])
  if (old.length > 0)
    console.log(`${old.join(', ')} wrap nothing; keep them as long as backups are kept.`)
  return 0
}

/** The file the keyring is in, where it is in one. */
function keyfile(): string | undefined {
  const { DATA_KEYS } = settings
  if (DATA_KEYS === undefined) return besideStore(settings, 'data-keys') ?? undefined
  return DATA_KEYS.startsWith('file:') ? DATA_KEYS.slice('file:'.length) : undefined
}

function give(keyring: Keyring, file: string | undefined) {
  if (file === undefined) return console.log(writeKeyring(keyring))
  writeKeyfile(file, keyring)
  // Read back: a keyring that was not kept would lose every word sealed with it.
  if (readFileSync(file, 'utf8').trim() !== writeKeyring(keyring))
    throw misused([`${file} does not hold what was written`])
  console.log(`Written to ${file}. Keep a copy apart from the store and its backups.`)
}
