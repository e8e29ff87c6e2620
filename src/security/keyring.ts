import { randomBytes } from 'node:crypto'
import { DoorError } from '../errors.ts'

/**
 * The keys of one service. `keys` wrap the data key of each contact: `current` wraps anew, the others only read. `index`
 * makes blind indexes and `sign` signs anchors; neither is ever rotated by re-wrapping, so they stand apart.
 *
 * Written as DATA_KEYS: `current:k2,k2:<key>,k1:<key>,index:<key>,sign:<key>`, parted by commas or white space, each key
 * 32 bytes in base64url. Ids of keys are letters and digits.
 */
export interface Keyring {
  readonly current: string
  readonly keys: ReadonlyMap<string, Buffer>
  readonly index: Buffer
  readonly sign: Buffer
}

const BYTES = 32
const NAMES = ['current', 'index', 'sign']

/** Reads DATA_KEYS. Throws DoorError 'bad-config' that names every fault, and never a key. */
export function readKeyring(text: string): Keyring {
  const faults = keyringFaults(text)
  if (faults !== '') throw new DoorError('bad-config', `DATA_KEYS ${faults}`, false)
  const pairs = pairsOf(text)
  const given = new Map(pairs)
  const bytes = (name: string) => Buffer.from(given.get(name) ?? '', 'base64url')
  return {
    current: given.get('current') ?? '',
    keys: new Map([...given.keys()].filter(isKeyId).map((id) => [id, bytes(id)])),
    index: bytes('index'),
    sign: bytes('sign'),
  }
}

/** What is wrong with DATA_KEYS, in words that follow its name; empty when nothing is. */
export function keyringFaults(text: string): string {
  const faults = faultsIn(pairsOf(text))
  return faults.length === 0 ? '' : `${faults.join('; ')}. ${REMEDY}`
}

type Pair = readonly [name: string, value: string]

/** What has no colon has no name: it may be a key, and is not to be shown. */
const pairsOf = (text: string): Pair[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((pair) => [
      pair.slice(0, Math.max(0, pair.indexOf(':'))),
      pair.slice(pair.indexOf(':') + 1),
    ])

const REMEDY = 'Make a keyring with: npm run cli -- keys new'
const isKeyId = (name: string) => !NAMES.includes(name)

function faultsIn(pairs: readonly Pair[]): string[] {
  const names = pairs.map(([name]) => name)
  const current = pairs.find(([name]) => name === 'current')?.[1] ?? ''
  const faults = NAMES.filter((name) => !names.includes(name)).map((name) => `has no ${name}`)
  if (names.includes('current') && (!isKeyId(current) || !names.includes(current)))
    faults.push('names a current key that it does not hold')
  const shown = (name: string) => (/^[A-Za-z0-9]{1,16}$/.test(name) ? name : undefined)
  if (names.some((name) => !shown(name))) faults.push('holds an entry that is not <id>:<key>')
  for (const [name, value] of pairs)
    if (name !== 'current' && shown(name) && !isKey(value))
      faults.push(`holds for ${name} no 32 bytes in base64url`)
  for (const name of new Set(names.filter((name, i) => names.indexOf(name) < i)))
    if (shown(name)) faults.push(`holds ${name} more than once`)
  return faults
}

const isKey = (text: string) =>
  /^[A-Za-z0-9_-]{43}$/.test(text) && Buffer.from(text, 'base64url').length === BYTES

/** A keyring nobody else has. */
export const newKeyring = (): Keyring => ({
  current: 'k1',
  keys: new Map([['k1', randomBytes(BYTES)]]),
  index: randomBytes(BYTES),
  sign: randomBytes(BYTES),
})

/** The keyring with a new key beside the others. It wraps only once it is `current`, so that every process can read first. */
export function withNewKey(keyring: Keyring): { keyring: Keyring; id: string } {
  const last = Math.max(
    0,
    ...[...keyring.keys.keys()].map((id) => Number(/^k(\d+)$/.exec(id)?.[1] ?? 0))
  )
  const id = `k${last + 1}`
  return { keyring: { ...keyring, keys: new Map([...keyring.keys, [id, randomBytes(BYTES)]]) }, id }
}

/** The keyring as DATA_KEYS holds it. */
export function writeKeyring({ current, keys, index, sign }: Keyring): string {
  const pairs = [...keys, ['index', index] as const, ['sign', sign] as const]
  return [
    `current:${current}`,
    ...pairs.map(([id, key]) => `${id}:${key.toString('base64url')}`),
  ].join(',')
}
