import { expect, it } from 'vitest'
import { newKeyring, readKeyring, withNewKey, writeKeyring } from '../../src/security/keyring.ts'
import {
  blind,
  freshIv,
  newDataKey,
  type Spot,
  seal,
  unseal,
  unwrap,
  wrap,
} from '../../src/security/seal.ts'

const SPOT: Spot = { table: 'log', record: 'ann:1:1', field: 'words', keyId: 'data' }

it('what was said comes back, and nobody without the key reads it', () => {
  const key = newDataKey()
  const said = 'be\u0000fore 🚑 ألم'
  const sealed = seal(key, SPOT, said)
  expect(unseal(key, SPOT, sealed).toString()).toBe(said)
  expect(() => unseal(newDataKey(), SPOT, sealed)).toThrow(/cannot be opened/)
})

it.each<[string, Partial<Spot>]>([
  ['another table', { table: 'contact' }],
  ["another person's record", { record: 'bob:1:1' }],
  ['another field', { field: 'result' }],
  ['another key', { keyId: 'k2' }],
])('moved to %s it does not open', (_where, change) => {
  const key = newDataKey()
  const sealed = seal(key, SPOT, 'chest pain')
  expect(() => unseal(key, { ...SPOT, ...change }, sealed)).toThrow(/changed or moved/)
})

it('one bit changed anywhere, or cut short, it does not open', () => {
  const key = newDataKey()
  const bytes = Buffer.from(seal(key, SPOT, 'chest pain'), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const other = Buffer.from(bytes)
    other[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => unseal(key, SPOT, other.toString('base64url'))).toThrow()
  }
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => unseal(key, SPOT, bytes.subarray(0, length).toString('base64url'))).toThrow()
})

it('a hundred thousand IVs are a hundred thousand', () => {
  const seen = new Set<string>()
  for (let n = 0; n < 100_000; n += 1) seen.add(freshIv().toString('base64'))
  expect(seen.size).toBe(100_000)
})

it('a key wrapped by an older key is read, and wrapped anew by the newer', () => {
  const old = newKeyring()
  const key = newDataKey()
  const wrapped = wrap(old, 'ann', key)
  const { keyring: both, id } = withNewKey(old)
  expect(unwrap(both, 'ann', wrapped)).toEqual(key)
  const newer = { ...both, current: id }
  expect(wrap(newer, 'ann', key).by).toBe('k2')
  expect(() => unwrap(old, 'ann', wrap(newer, 'ann', key))).toThrow('DATA_KEYS holds no key k2')
  expect(() => unwrap(old, 'bob', wrapped)).toThrow(/changed or moved/)
})

it('the index finds one number by one key', () => {
  const ours = newKeyring()
  const number = '+447700900742'
  expect(blind(ours, 'address', number)).toBe(blind(ours, 'address', number))
  expect(blind(ours, 'call', number)).not.toBe(blind(ours, 'address', number))
  expect(blind(newKeyring(), 'address', number)).not.toBe(blind(ours, 'address', number))
})

it('a keyring is read as it was written', () => {
  const { keyring } = withNewKey(newKeyring())
  expect(readKeyring(writeKeyring(keyring))).toEqual(keyring)
  expect(readKeyring(writeKeyring(keyring).replaceAll(',', '\n'))).toEqual(keyring)
})

const KEY = 'A'.repeat(43)
it.each([
  ['', /has no current; has no index; has no sign/],
  [`current:k2,k1:${KEY},index:${KEY},sign:${KEY}`, /current key that it does not hold/],
  [`current:index,index:${KEY},sign:${KEY}`, /current key that it does not hold/],
  [`current:k1,k1:AAAA,index:${KEY},sign:${KEY}`, /holds for k1 no 32 bytes/],
  [`current:k1,k1:${KEY},k1:${KEY},index:${KEY},sign:${KEY}`, /holds k1 more than once/],
  [`current:k1,k1:${KEY},index:${KEY},sign:${KEY},tophemmelig`, /not <id>:<key>/],
])('a keyring with a fault is refused, and no key is told: %#', (text, fault) => {
  expect(() => readKeyring(text)).toThrow(fault)
  expect(() => readKeyring(text)).toThrow(/keys new/)
  expect(() => readKeyring(text)).not.toThrow(/AAAA|tophemmelig/)
})
