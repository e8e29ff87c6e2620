import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from 'node:crypto'
import { DoorError } from '../errors.ts'
import type { Keyring } from './keyring.ts'

/** Where a sealed text belongs. It opens nowhere else: these are its additional authenticated data. */
export interface Spot {
  table: string
  record: string
  field: string
  /** The id of the key it is sealed with. */
  keyId: string
}

const CIPHER = 'aes-256-gcm'
const IV = 12
const TAG = 16
const KEY = 32
/** A shortened tag would be the easier to guess. */
const WHOLE_TAG = { authTagLength: TAG }

// Node takes ten microseconds to make sense of a key given as bytes, at each use.
const prepared = new WeakMap<Buffer, KeyObject>()
function ready(key: Buffer): KeyObject {
  const known = prepared.get(key)
  if (known) return known
  const made = createSecretKey(key)
  prepared.set(key, made)
  return made
}

const bound = ({ table, record, field, keyId }: Spot) =>
  Buffer.from(`${table}|${record}|${field}|${keyId}`)

// Asking the system for each twelve bytes costs more than the encryption does.
const pool = Buffer.alloc(IV * 512)
let spent = pool.length

/** 96 random bits, never handed out twice. */
export function freshIv(): Buffer {
  if (spent === pool.length) {
    randomFillSync(pool)
    spent = 0
  }
  spent += IV
  return Buffer.from(pool.subarray(spent - IV, spent))
}

/** Seals with AES-256-GCM; base64url of IV, ciphertext and tag. */
export function seal(key: Buffer, spot: Spot, plain: string | Uint8Array): string {
  const iv = freshIv()
  const cipher = createCipheriv(CIPHER, ready(key), iv, WHOLE_TAG).setAAD(bound(spot))
  const sealed = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain)
  cipher.final()
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** Opens what was sealed. Throws DoorError 'store-down' when it was changed, moved, or sealed with another key. */
export function unseal(key: Buffer, spot: Spot, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv(CIPHER, ready(key), bytes.subarray(0, IV), WHOLE_TAG)
      .setAAD(bound(spot))
      .setAuthTag(bytes.subarray(-TAG))
    return Buffer.concat([decipher.update(bytes.subarray(IV, -TAG)), decipher.final()])
  } catch {
    const { table, record, field } = spot
    const what = `${field} of ${table} ${record}`
    throw new DoorError('store-down', `${what} cannot be opened: it was changed or moved`, false)
  }
}

/** A contact's own key, wrapped by a key of the keyring. */
export interface Wrapped {
  /** Id of the key that wraps it. */
  by: string
  key: string
}

/** A key for one contact. */
export const newDataKey = (): Buffer => randomBytes(KEY)

const spotOfKey = (record: string, keyId: string): Spot => ({
  table: 'contact',
  record,
  field: 'key',
  keyId,
})

/** Wraps a contact's key with the current one of the keyring. */
export function wrap(keyring: Keyring, record: string, key: Buffer): Wrapped {
  const by = keyring.current
  return { by, key: seal(keyOf(keyring, by), spotOfKey(record, by), key) }
}

/** The contact's key. Throws DoorError 'store-down' where the keyring lacks the key that wrapped it. */
export const unwrap = (keyring: Keyring, record: string, { by, key }: Wrapped): Buffer =>
  unseal(keyOf(keyring, by), spotOfKey(record, by), key)

function keyOf({ keys }: Keyring, id: string): Buffer {
  const key = keys.get(id)
  if (!key) throw new DoorError('store-down', `DATA_KEYS holds no key ${id}`, false)
  return key
}

/** Bytes of a blind index: too few to be sure of a number, enough that two people hardly share one. */
const BLIND = 12

/** A turn looks for a person by what it then saves them under: the last few answers, by index key. */
const lately = new WeakMap<Buffer, Map<string, string>>()
const LATELY = 64

/** What a value is found by without being kept: a keyed hash, which nobody without the key can try numbers against. */
export function blind({ index }: Keyring, kind: string, value: string): string {
  const known = lately.get(index) ?? new Map<string, string>()
  const text = `${kind}|${value}`
  const found = known.get(text)
  if (found !== undefined) return found
  const made = createHmac('sha256', ready(index)).update(text).digest().subarray(0, BLIND)
  const hidden = made.toString('base64url')
  const [oldest] = known.keys()
  if (oldest !== undefined && known.size >= LATELY) known.delete(oldest)
  lately.set(index, known.set(text, hidden))
  return hidden
}

/** A key of its own for one purpose, made from the index key. */
export const derived = ({ index }: Keyring, purpose: string): Buffer =>
  createHmac('sha256', ready(index)).update(`derive|${purpose}`).digest()

/** SHA-256 of a text, base64url. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')
