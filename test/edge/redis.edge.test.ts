import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { partitionBy } from '../../src/door/partition.ts'
import { homeOf } from '../../src/edge/homes.ts'
import { newKeyring, writeKeyring } from '../../src/security/keyring.ts'
import { COVER, calling, mobile, nextOf, texting, wordsOf } from '../app/opened.ts'
import { startRedis, type TestRedis, until } from '../store/redis-server.ts'
import { openTwilio } from './stand-in.ts'
import { type OpenedWorker, openWorker, signedBundle } from './worker.ts'

const SAFE = /something is wrong here.*ring 9 ?9 ?9.*1 ?1 ?1/i
const HOMES = Array.from({ length: 8 }, (_, n) => `lewisham:${n}`)

const folder = mkdtempSync(join(tmpdir(), 'front-door-edge-redis-'))
const script = signedBundle()
const keyring = newKeyring()
const DATA_KEYS = writeKeyring(keyring)
let redis: TestRedis
let twilio: Awaited<ReturnType<typeof openTwilio>>
let worker: OpenedWorker
const opened = () =>
  openWorker({ DATA_KEYS, STORE_URL: redis.url, TWILIO_API_URL: twilio.url }, script, folder)
beforeAll(async () => {
  ;[redis, twilio] = await Promise.all([startRedis(), openTwilio()])
  worker = await opened()
})
afterAll(async () => {
  await worker?.close()
  await twilio?.close()
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ill = async (ms: number) => {
  const started = performance.now()
  const answer = await worker.post('/twilio/voice', calling())
  expect(performance.now() - started).toBeLessThan(ms)
  expect(answer.status).toBe(200)
  expect(wordsOf(answer)).toMatch(SAFE)
  expect(answer.body).toContain(`${COVER[0]}</Number></Dial>`)
}
const partition = partitionBy(keyring)
const homeOfCaller = (number = '') => homeOf('lewisham', partition('lewisham', number))
/** Somebody else whom the same home serves: each home finds its own way back to Redis. */
function neighbourOf(number: string | undefined): string {
  let other = mobile()
  while (homeOfCaller(other) !== homeOfCaller(number)) other = mobile()
  return other
}
const quick = async (call: Record<string, string>) =>
  /quick checks/.test(wordsOf(await worker.post('/twilio/voice', call)))
/** A caller of each home. */
const callerOfEach = () => {
  const callers = new Map<string, string>()
  while (callers.size < HOMES.length) {
    const caller = mobile()
    callers.set(homeOfCaller(caller), caller)
  }
  return callers.values()
}
const well = (number: string | undefined) =>
  until(() => quick(calling({ From: neighbourOf(number) })), 5_000)

it('calls of every home are saved in Redis, and staff read all of them through any', async () => {
  const calls = Array.from({ length: 24 }, () => calling())
  const first = await Promise.all(calls.map((call) => worker.post('/twilio/voice', call)))
  const second = await Promise.all(
    first.map((at, n) => worker.post(nextOf(at), { ...calls[n], Digits: '2' }))
  )
  for (const at of second) expect(wordsOf(at)).toMatch(/Check two/)
  expect(await worker.post('/twilio/voice', calls[0] ?? {})).toEqual(first[0])
  // Another home's new partition is seen within half a second.
  await until(async () => (await refs()).length === 24)
  expect(new Set(await refs()).size).toBe(24)
  const { timeline } = await worker.contactOf(calls[3]?.From ?? '')
  expect(timeline.map(({ heard }) => heard).filter(Boolean)).toEqual(['2'])
  expect(Number(await redis.ask('HLEN', 'front-door:partitions'))).toBeGreaterThan(8)
})

/** Every contact, page by page. */
async function refs(): Promise<string[]> {
  const seen: string[] = []
  for (let next: string | null = ''; next !== null; ) {
    const query: string = next === '' ? 'limit=7' : `limit=7&after=${encodeURIComponent(next)}`
    const page = await worker.contacts(query)
    seen.push(...page.contacts.map(({ ref }) => ref))
    next = page.next
  }
  return seen
}

it('a leg of a call, which bears another number, finds the home of its call', async () => {
  const call = calling()
  let at = await worker.post('/twilio/voice', call)
  at = await worker.post(nextOf(at), { ...call, Digits: '1' })
  const leg = /statusCallback="([^"]+)"/.exec(at.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const status = { CallSid: `CA${'f'.repeat(32)}`, ParentCallSid: call.CallSid ?? '' }
  const form = { ...status, CallStatus: 'in-progress', From: call.To ?? '', To: COVER[0] }
  expect((await worker.post(leg, form)).status).toBe(204)
  expect((await worker.contactOf(call.From ?? '')).status).toBe('handed-over')
})

it('the alarm rings for what waits in Redis, though every isolate has died and nobody rings', async () => {
  const From = mobile()
  await worker.post('/twilio/sms', texting('hello', { From }))
  for (const home of HOMES) await worker.inside(`home/${home}`, { event: 'silence', ms: 4_000 })
  expect(twilio.texts).toEqual([])
  await worker.close()
  worker = await opened()
  await until(async () => twilio.texts.some(({ To }) => To === From))
  expect(twilio.texts.filter(({ To }) => To === From)).toHaveLength(1)
})

it('nothing of a contact lies in an object, nor in Redis in clear', async () => {
  const From = mobile()
  await worker.post('/twilio/sms', texting('my parrot quibbled', { From }))
  const kept = onDisk()
  const values = await everything()
  expect(values.includes('lewisham')).toBe(true)
  for (const text of [...kept, values]) {
    // Bytes are nothing to show.
    expect(text.includes(From.slice(3))).toBe(false)
    expect(text.includes('parrot')).toBe(false)
  }
})

const phone = (number: string) => `phone=${encodeURIComponent(number)}`
/** Everything the objects have put on the disk. */
const onDisk = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))

/** Every key of Redis as it is dumped. */
async function everything(): Promise<string> {
  const keys = (await redis.askBytes('KEYS', '*')) as Buffer[]
  const dumps = await Promise.all(keys.map((key) => redis.askBytes('DUMP', key)))
  const found = dumps.filter((dump) => Buffer.isBuffer(dump))
  return [...keys, ...found].map((bytes) => bytes.toString('latin1')).join('\n')
}

it('who rings or texts while Redis is gone becomes a contact with a task, though every isolate died and nobody rings again', async () => {
  redis.signal('SIGSTOP')
  const call = calling()
  const safe = await worker.post('/twilio/voice', call)
  expect(wordsOf(safe)).toMatch(SAFE)
  const text = texting('my parrot quibbled')
  expect(wordsOf(await worker.post('/twilio/sms', text))).toMatch(SAFE)
  const over = { ...call, CallStatus: 'completed' }
  expect((await worker.post('/twilio/status', over)).status).toBe(204)
  expect((await worker.send('/metrics')).body).toMatch(/door_spill_waiting\{\} 3\n/)
  await worker.close()
  expect(onDisk().some((kept) => kept.includes('parrot'))).toBe(false)
  redis.signal('SIGCONT')
  worker = await opened()
  for (const { From = '' } of [call, text])
    await until(async () => (await worker.contacts(phone(From))).contacts.length === 1)
  const contact = await worker.contactOf(call.From ?? '')
  expect(contact.timeline.map(({ kind }) => kind)).toContain('spilled')
  // They rang off: one of the two promises to ring stands for both.
  const running = contact.clocks.filter(
    ({ name, state }) => name === 'ringBack' && state === 'running'
  )
  expect(running).toHaveLength(1)
  expect(contact.clocks[0]).toMatchObject({ code: 'PERSON' })
  expect((await worker.contactOf(text.From ?? '')).timeline[0]?.heard).toBe('my parrot quibbled')
  // What was answered then is answered again, byte for byte.
  expect(await worker.post('/twilio/voice', call)).toEqual(safe)
  await until(async () => /door_spill_waiting\{\} 0\n/.test((await worker.send('/metrics')).body))
})

it('while Redis stands still a caller hears the safe words and the cover is rung; then all is well', async () => {
  redis.signal('SIGSTOP')
  for (let n = 0; n < 3; n++) await ill(3_500)
  expect((await worker.send('/readyz')).status).toBe(503)
  redis.signal('SIGCONT')
  for (const caller of callerOfEach()) await well(caller)
  expect((await worker.send('/readyz')).status).toBe(200)
})

it('a call goes on where it was after Redis was killed and started again', async () => {
  const call = calling()
  const at = await worker.post('/twilio/voice', call)
  await redis.restart()
  await well(call.From)
  expect(wordsOf(await worker.post(nextOf(at), { ...call, Digits: '2' }))).toMatch(/Check two/)
})

it('a Worker that starts while Redis is gone answers with words, and is well once it is back', async () => {
  await worker.close()
  redis.signal('SIGSTOP')
  worker = await opened()
  await ill(5_000)
  redis.signal('SIGCONT')
  for (const caller of callerOfEach()) await well(caller)
})
