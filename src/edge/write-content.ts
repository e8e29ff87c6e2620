import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Content } from '../content.ts'
import { readContent } from '../door/folders.ts'
import { DoorError } from '../errors.ts'
import { packContent, unpackContent } from './packed.ts'
import { writeAssets } from './write-assets.ts'

/** Reads and checks flows, words and places, and writes them as the one file that a Worker is built with. */
export function writeContent(env: Readonly<Record<string, string | undefined>>) {
  const file = env.EDGE_CONTENT || 'dist/content.json'
  const folders = foldersIn(env)
  const content = readContent(folders)
  const { signedOnly } = folders
  const json = packContent(content)
  const again = unpackContent(JSON.parse(json), signedOnly)
  if (!isDeepStrictEqual(held(again), held(content)))
    throw new DoorError('bad-flow', 'Something in the content cannot be written as JSON', false)
  mkdirSync(dirname(file), { recursive: true })
  // Whole or not at all: another may be reading it.
  writeFileSync(`${file}.new`, json)
  renameSync(`${file}.new`, file)
  return { file, bytes: Buffer.byteLength(json), content }
}

/** Where a Worker's content is read from. */
export const foldersIn = (env: Readonly<Record<string, string | undefined>>) => ({
  flows: env.FLOWS_DIR ?? 'flows',
  places: env.PLACES_DIR ?? 'places',
  locales: env.LOCALES_DIR ?? 'locales',
  signedOnly: env.MODE === 'live',
})

const held = ({ library, words, calendar, places }: Content) => ({
  ...{ library, words, calendar },
  places: [...places.values()].map((loaded) => ({ ...loaded, text: '' })),
})

if (import.meta.main) {
  const { file, bytes } = writeContent(process.env)
  await writeAssets(process.env)
  process.stdout.write(`${file}: ${Math.round(bytes / 1024)} kB of checked content\n`)
}
