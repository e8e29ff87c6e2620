import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSignatures, SIGNED, type Signature, withSignature } from '../flows/release.ts'
import { releasesOf, type Shared } from '../signing.ts'
import { Faults, folders } from './files.ts'
import { proved } from './flows-check.ts'
import { misused, optionsIn } from './options.ts'
import { contentNow, nameOf } from './signatures.ts'

const OPTIONS = ['flow', 'version', 'place', 'name', 'role', 'registration', 'date'] as const
const NEEDED = ['flow', 'version', 'name', 'role', 'registration'] as const

/** `flows sign`: proves everything, then adds a signature for a release. What is not proved is not signed. */
export function signRelease(words: readonly string[]): number {
  const { values } = optionsIn(words, OPTIONS)
  const lacks = NEEDED.filter((name) => !values[name]?.trim())
  if (lacks.length > 0) throw misused(lacks.map((name) => `--${name} is missing`))
  const chosen = releasesToSign(values)
  const file = join(folders.flows, SIGNED)
  let text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  for (const release of chosen) text = withSignature(text, signatureOf(release, values))
  // Read back before it is kept: a line that does not hold would stop the service.
  const { problems } = readSignatures(text)
  if (problems.length > 0) throw new Faults(problems)
  if (!proved()) {
    console.error('\nNothing was signed.')
    return 1
  }
  writeFileSync(file, text)
  for (const release of chosen)
    console.log(`\nSigned: ${nameOf(release)}, for ${values.place ?? release.places.join(', ')}`)
  for (const part of chosen[0]?.parts ?? []) console.log(`  ${part}`)
  return 0
}

type Values = ReturnType<typeof optionsIn<(typeof OPTIONS)[number]>>['values']

/** The unsigned releases that are meant: one, unless places chose other settings or languages. */
function releasesToSign({ flow, version, place }: Values): Shared[] {
  const { places } = contentNow()
  const loaded = [...places.values()].filter((one) => !place || one.place.place === place)
  if (loaded.length === 0)
    throw misused([`there is no place ${place}; there are ${[...places.keys()].join(', ')}`])
  const found = releasesOf(loaded).filter(
    (one) => one.flow === flow && String(one.version) === version
  )
  if (found.length === 0)
    throw misused([
      `no place runs ${flow} version ${version}; they run ${releasesOf(loaded).map(nameOf).join('; ')}`,
    ])
  const open = found.filter(({ signature }) => !signature)
  if (open.length === 0)
    throw misused(found.map((one) => `${nameOf(one)} is signed already, by ${one.signature?.name}`))
  return open
}

const signatureOf = ({ hash, flow, version }: Shared, values: Values): Signature => ({
  release: hash,
  flow,
  version,
  ...(values.place && { place: values.place }),
  name: values.name ?? '',
  role: values.role ?? '',
  registration: values.registration ?? '',
  date: values.date ?? new Date().toISOString().slice(0, 10),
})
