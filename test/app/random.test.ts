import { afterAll, beforeAll, expect, it } from 'vitest'
import { LEWISHAM, type OpenedApp, openApp, wordsOf } from './opened.ts'

/** Another seed each run; SEED=… repeats one. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const FORMS = 3000

/** Chance that repeats itself: mulberry32. */
function chance(seed: number) {
  let at = seed
  return () => {
    at = (at + 0x6d2b79f5) | 0
    let t = Math.imul(at ^ (at >>> 15), 1 | at)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
const random = chance(SEED)
const below = (limit: number) => Math.floor(random() * limit)
const any = <T>(of: readonly T[]): T => of[below(of.length)] as T
const often = (share: number) => random() < share

const sid = (kind: string, of: number) => kind + below(of).toString(16).padStart(32, '0')
const letters = () =>
  Array.from({ length: below(40) }, () => String.fromCodePoint(randomSign())).join('')
/** Any sign of Unicode: controls, halves of pairs, marks, emoji. */
const randomSign = () => any([below(0x80), below(0x800), below(0x10000), 0x1f000 + below(0x1000)])

const WORDS = [
  'yes',
  'no',
  'not sure',
  'help',
  'STOP',
  'chest pain',
  'no but she is pale',
  'SE6 1AT',
  'Torridon Road',
  '07700 900123',
  '09061 123456',
  'Ann Smith',
  '',
  ' ',
  '999',
  '<Say>hello</Say>',
  ']]>',
  '&amp;&#0;',
  '"',
  "'",
  '\u0000',
  '\ud800',
  '\u202e',
  '1'.repeat(200),
  'x'.repeat(5000),
  '%ZZ',
  '__proto__',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e9',
  '🚑👩‍👩‍👧',
  'constructor',
  '{"a":1}',
  '{{7*7}}',
  "' OR 1=1 --",
]
const DIGITS = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '6',
  '*',
  '#',
  '*0',
  '*9',
  '12#',
  '4472',
  '9'.repeat(40),
  'A',
  '',
]
const NUMBERS = [
  LEWISHAM,
  '+442079460200',
  '+441632960300',
  '+442079460101',
  '+442079460999',
  '',
  'anonymous',
  '+266696687',
  '63336',
  'NHS',
  'sip:a@b',
  '+44',
  '+4477009001234567890',
]
const person = () => `+4477009${String(below(30)).padStart(5, '0')}`

const FIELDS: Record<string, () => string> = {
  CallSid: () => (often(0.9) ? sid('CA', 40) : any(WORDS)),
  MessageSid: () => (often(0.9) ? sid('SM', 100_000) : any(WORDS)),
  ParentCallSid: () => sid('CA', 40),
  From: () => (often(0.8) ? person() : any(NUMBERS)),
  To: () => (often(0.7) ? any(NUMBERS.slice(0, 3)) : any(NUMBERS)),
  Digits: () => any(DIGITS),
  SpeechResult: () => (often(0.7) ? any(WORDS) : letters()),
  Confidence: () => any(['0.9', '0.1', '', 'high', '-1', '2']),
  DialCallStatus: () => any(['completed', 'busy', 'no-answer', 'failed', 'canceled', 'x']),
  CallStatus: () => any(['ringing', 'in-progress', 'completed', 'busy', 'x'.repeat(50)]),
  MessageStatus: () => any(['sent', 'delivered', 'failed', 'undelivered', 'x']),
  ErrorCode: () => any(['30003', '', 'x'.repeat(40)]),
  Body: () => (often(0.7) ? any(WORDS) : letters()),
  NumMedia: () => any(['0', '1', '-1', 'x']),
}
const WANTED: Record<string, readonly string[]> = {
  '/twilio/voice': ['CallSid', 'From', 'To'],
  '/twilio/voice/turn': ['CallSid', 'From', 'To', 'Digits', 'SpeechResult'],
  '/twilio/sms': ['MessageSid', 'From', 'To', 'Body'],
  '/twilio/status': ['CallSid', 'From', 'To', 'CallStatus'],
}

function form(route: string): string {
  const names = new Set(WANTED[route]?.filter(() => often(0.97)))
  for (let more = below(4); more > 0; more--)
    names.add(often(0.7) ? any(Object.keys(FIELDS)) : any(WORDS))
  const pairs = [...names].map((name) => [
    name,
    Object.hasOwn(FIELDS, name) ? FIELDS[name]?.() : letters(),
  ])
  const body = new URLSearchParams(pairs as [string, string][]).toString()
  return often(0.03)
    ? body + any(['&%ZZ=%', '&&&', '=', '&CallSid=1', '&%00=%00', '&%ED%A0%80=1'])
    : body
}

const QUERY: Record<string, () => string> = {
  t: () => (often(0.8) ? String(below(12)) : any(WORDS)),
  d: () => any(['1', '2', '9', '10', 'x']),
  leg: () => any(['1', '2', 'x']),
  o: () => any(['019abcde-0000-7000-8000-000000000000:1:1', ':', any(WORDS)]),
}
function path(route: string): string {
  const names = Object.keys(QUERY).filter((name) => often(name === 't' ? 0.8 : 0.15))
  const query = new URLSearchParams(
    Object.fromEntries(names.map((name) => [name, QUERY[name]?.() ?? '']))
  )
  return names.length > 0 ? `${route}?${query}` : route
}

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const faults = () => app.log.filter((line) => JSON.parse(line).level >= 50)

it(`${FORMS} signed forms of any shape: no fault of ours, and every document well-formed (SEED=${SEED})`, async () => {
  const statuses = new Map<number, number>()
  for (let n = 0; n < FORMS; n++) {
    const route = any(Object.keys(WANTED))
    const [asked, body] = [path(route), form(route)]
    const answer = await app.raw(asked, body)
    const told = `SEED=${SEED}, form ${n}: ${asked} ${body}`
    expect([200, 204, 400, 403], told).toContain(answer.status)
    if (answer.status === 200) wordsOf(answer)
    expect(faults(), told).toEqual([])
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
  }
  // All of it refused would prove nothing.
  expect(statuses.get(200)).toBeGreaterThan(FORMS / 3)
  expect(statuses.get(204)).toBeGreaterThan(FORMS / 10)
}, 120_000)

it(`what they left behind comes to its end: no wait is a fault (SEED=${SEED})`, async () => {
  for (const later of ['2026-11-24T14:40:00Z', '2026-11-24T16:00:00Z', '2027-01-24T14:20:00Z']) {
    app.clock.now = later
    for (let timers = await app.store.claimTimers(later, 100); timers.length > 0; ) {
      for (const timer of timers) {
        await app.fire(timer)
        await app.store.settleTimer(timer, { done: true })
      }
      timers = await app.store.claimTimers(later, 100)
    }
  }
  expect(faults()).toEqual([])
  for (const { ref } of await app.contacts()) {
    const { status, body } = await app.api(`contacts/${ref}`)
    expect(status).toBe(200)
    const { timeline } = JSON.parse(body) as { timeline: { seq: number }[] }
    expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, i) => i + 1))
  }
})
