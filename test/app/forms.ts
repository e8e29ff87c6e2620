import { LEWISHAM } from './opened.ts'

/** Chance, between 0 and 1, from a seed. */
type Random = () => number

/** Things people and machines write where an answer is asked for. */
export const WORDS = [
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
/** What Twilio sends to each of its routes. */
export const WANTED: Record<string, readonly string[]> = {
  '/twilio/voice': ['CallSid', 'From', 'To'],
  '/twilio/voice/turn': ['CallSid', 'From', 'To', 'Digits', 'SpeechResult'],
  '/twilio/sms': ['MessageSid', 'From', 'To', 'Body'],
  '/twilio/status': ['CallSid', 'From', 'To', 'CallStatus'],
}

/** Dice over the generator of a run, so that a failing one can be run again. */
export function diceBy(random: Random) {
  const below = (limit: number) => Math.floor(random() * limit)
  const any = <T>(of: readonly T[]): T => of[below(of.length)] as T
  const often = (share: number) => random() < share

  const sid = (kind: string, of: number) => kind + below(of).toString(16).padStart(32, '0')
  const letters = () =>
    Array.from({ length: below(40) }, () => String.fromCodePoint(randomSign())).join('')
  /** Any sign of Unicode: controls, halves of pairs, marks, emoji. */
  const randomSign = () => any([below(0x80), below(0x800), below(0x10000), 0x1f000 + below(0x1000)])

  return { below, any, often, sid, letters }
}
export type Dice = ReturnType<typeof diceBy>

/** Forms of any shape for Twilio's routes, from as many people: their calls and texts meet. */
export function formsBy(dice: Dice, people = 30) {
  const { below, any, often, sid, letters } = dice
  const person = () => `+4477009${String(below(people)).padStart(5, '0')}`
  const FIELDS: Record<string, () => string> = {
    CallSid: () => (often(0.9) ? sid('CA', people + 10) : any(WORDS)),
    MessageSid: () => (often(0.9) ? sid('SM', people * 3000) : any(WORDS)),
    ParentCallSid: () => sid('CA', people + 10),
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

  return { form, path }
}
