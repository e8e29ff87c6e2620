import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { calling, nextOf, texting } from '../app/opened.ts'
import { openWorker, signedBundle } from './worker.ts'

/** Words and numbers of one person, that may lie nowhere in clear. */
const CANARY = {
  phone: '+447700900742',
  ring: '07700 900743',
  name: 'Zebedee Canary',
  words: 'my parrot quibbled and fell on the ottoman',
  postcode: 'SE6 1ZZ',
}
const TRACES = [
  /7700 ?9007/,
  /90074[23]/,
  /Zebedee|Canary/i,
  /SE6 ?1ZZ/i,
  /S E 6/,
  /parrot|quibbled|ottoman/i,
]
const HOMES = Array.from({ length: 8 }, (_, n) => `lewisham:${n}`)

const folder = mkdtempSync(join(tmpdir(), 'front-door-edge-rest-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
/** Everything the objects have put on the disk. */
const disk = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n')

const script = signedBundle()
const settings = { DATA_KEYS: writeKeyring(newKeyring()) }
const opened = (more = {}) => openWorker({ ...settings, ...more }, script, folder)

it('nothing of a person lies in the storage of an object in clear; with the keys all of it is read again, and its log holds', async () => {
  const worker = await opened()
  const form = calling({ From: CANARY.phone })
  let at = await worker.post('/twilio/voice', form)
  const keys = ['2', '2', '2', '1', '3', '6', '2#'].map((Digits) => ({ Digits }))
  const said = [CANARY.postcode, '', '', CANARY.ring, CANARY.name, CANARY.words].map(
    (SpeechResult) => (SpeechResult === '' ? { Digits: '1' } : { SpeechResult })
  )
  for (const answer of [...keys, ...said])
    at = await worker.post(nextOf(at), { ...form, ...answer })
  await worker.post('/twilio/sms', texting(CANARY.words, { From: CANARY.phone }))
  await worker.close()

  const kept = disk()
  // Bytes are nothing to show.
  expect(kept.includes('lewisham')).toBe(true)
  expect(TRACES.filter((trace) => trace.test(kept))).toEqual([])

  const again = await opened()
  const { contacts } = await again.contacts(`phone=${encodeURIComponent(CANARY.phone)}`)
  const read = await Promise.all(contacts.map(async ({ ref }) => again.api(`contacts/${ref}`)))
  const all = read.map(({ body }) => body).join('\n')
  for (const canary of [CANARY.phone, CANARY.name, CANARY.words, CANARY.postcode])
    expect(all).toContain(canary)

  // An isolate that comes after signs at its first ring what the one before it had not signed.
  for (const home of HOMES) await again.inside(`ring/${home}`, {})
  const proofs = () => Promise.all(HOMES.map((home) => again.inside<Proof>(`proof/${home}`, {})))
  await expect
    .poll(async () => (await proofs()).reduce((sum, { anchors }) => sum + anchors, 0))
    .toBeGreaterThan(0)
  for (const { faults } of await proofs()) expect(faults).toEqual([])
  expect((await proofs()).reduce((sum, one) => sum + one.contacts, 0)).toBe(contacts.length)
  await again.close()
}, 60_000)

interface Proof {
  anchors: number
  contacts: number
  faults: string[]
}

it('with other keys nothing of it is read, and without any the door stays shut', async () => {
  const other = await opened({ DATA_KEYS: writeKeyring(newKeyring()) })
  const { body } = await other.api('contacts')
  expect(JSON.parse(body).contacts).not.toEqual([])
  for (const trace of TRACES) expect(body).not.toMatch(trace)
  await other.close()
  const none = await opened({ DATA_KEYS: 'file:data/data-keys' })
  expect((await none.post('/twilio/voice', calling())).status).toBe(503)
  await none.close()
}, 60_000)
