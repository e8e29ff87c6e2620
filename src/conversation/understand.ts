import type { Listening, Vocabulary } from './listening.ts'
import { type Found, find, has, plain, type Tokens, tokens } from './phrases.ts'
import type { Area, Heard } from './types.ts'

/** What came in, before it means anything. Channels make these. */
export type Raw =
  | { kind: 'words'; text: string; confidence?: number }
  | { kind: 'keys'; digits: string }
  | { kind: 'choice'; value: string } // a pressed button: its answer is already known
  | { kind: 'silence' }

/** Looks names, postcodes and numbers up in the place. Pure: the shell binds the place. */
export interface Seek {
  practice: (words: string) => readonly string[]
  practiceKeys: (digits: string) => readonly string[]
  postcode: (words: string) => { value: string; area: Area } | null
  postcodeKeys: (digits: string) => { value: string; area: Area } | null
  phone: (words: string) => string | null
}

/** Speech below this confidence is heard as unclear, danger words aside. */
const SURE_ENOUGH = 0.5

/**
 * What a person's words or keys mean at this question. The order is the safety rule: danger words, STOP, a key,
 * the question's own phrases, a person, unclear. A wrong "no" is the worst mistake there is, so a "no" at a risk
 * question must be a plain one; anything more is unclear and is asked again.
 */
export function understand(raw: Raw, listening: Listening, seek: Seek): Heard {
  if (raw.kind === 'silence') return { type: 'SILENCE' }
  if (raw.kind === 'keys') return keyed(raw.digits, listening, seek)
  if (raw.kind === 'choice') return chosen(raw.value, listening)
  const words = raw.text.trim()
  if (words === '') return { type: 'SILENCE' }
  const said = tokens(words)
  const { vocabulary } = listening
  const alarm = danger(said, vocabulary)
  if (alarm) return { type: 'DANGER', of: alarm, words }
  if (isWhole(said, vocabulary.stop)) return { type: 'GONE', words }
  if ((raw.confidence ?? 1) < SURE_ENOUGH) return { type: 'UNCLEAR', words }
  const key = spokenKey(said, listening)
  if (key) return { ...key, words }
  const answer = answered(words, said, listening, seek)
  if (answer && answer.type !== 'UNCLEAR') return { ...answer, words }
  if (isWhole(said, vocabulary.again)) return { type: 'AGAIN' }
  if (wantsPerson(said, listening)) return { type: 'PERSON', words }
  if (has(said, vocabulary.abuse)) return { type: 'ABUSE', words }
  return { type: 'UNCLEAR', words }
}

/** What the first message of a text conversation means: danger, a person, STOP; null when it is to be kept as their words. */
export function understandFirst(text: string, vocabulary: Vocabulary): Heard | null {
  const said = tokens(text)
  const alarm = danger(said, vocabulary)
  if (alarm) return { type: 'DANGER', of: alarm, words: text }
  if (isWhole(said, vocabulary.stop)) return { type: 'GONE', words: text }
  if (has(said, vocabulary.person) || isWhole(said, vocabulary.personAlone))
    return { type: 'PERSON', words: text }
  return null
}

/** The danger a person's words name, unless a negator stands directly before it. */
export function danger(said: Tokens, { danger, negators }: Vocabulary) {
  for (const kind of ['body', 'self', 'harm'] as const)
    if (danger[kind].some((phrase) => find(said, phrase).some((at) => !negated(said, at, negators))))
      return kind
  return null
}

function keyed(digits: string, listening: Listening, seek: Seek): Heard {
  if (digits === '*') return { type: 'AGAIN' }
  const many = listening.kind !== 'yes-no' && listening.kind !== 'choice'
  if (digits === (many ? '*0' : '0')) return { type: 'PERSON' }
  if (listening.kind === 'text' && digits === '0') return { type: 'PERSON' }
  if (listening.greeting && (digits === '8' || digits === '9')) return { type: 'LANGUAGE' }
  const answer = listening.answers.find(({ key }) => key === digits)
  if (answer) return { type: 'ANSWER', value: answer.value, words: digits }
  const heard = searched(listening, {
    practice: () => seek.practiceKeys(digits),
    postcode: () => seek.postcodeKeys(digits),
    words: digits,
    seek,
  })
  return { ...(heard ?? { type: 'UNCLEAR' }), words: digits }
}

function chosen(value: string, listening: Listening): Heard {
  if (value === 'person') return { type: 'PERSON' }
  const known = listening.answers.some((answer) => answer.value === value)
  return known ? { type: 'ANSWER', value, words: value } : { type: 'UNCLEAR', words: value }
}

/** "2", "2.", "two", or "2 no": a key, alone or with words that say the same. */
function spokenKey(said: Tokens, { answers, vocabulary, kind }: Listening): Heard | null {
  const words = plain(said)
  const [first, ...rest] = words
  const key = first && (vocabulary.digits[first] ?? first)
  if (key === '0' && rest.length === 0) return { type: 'PERSON' }
  const answer = answers.find((a) => a.key === key)
  if (!answer) return null
  const agrees = rest.every(
    (word) =>
      vocabulary.filler.includes(word) || answer.phrases.some((p) => tokens(p).includes(word))
  )
  if (kind === 'text' && rest.length > 0) return null
  return agrees ? { type: 'ANSWER', value: answer.value } : null
}

function answered(words: string, said: Tokens, listening: Listening, seek: Seek): Heard | null {
  const { kind, vocabulary } = listening
  if (kind === 'yes-no') return yesNo(said, listening)
  if (kind === 'choice') return choice(said, listening)
  const nothing = [...vocabulary.no, ...vocabulary.notSure]
  if (kind !== 'text' && isWhole(said, nothing)) return { type: 'ANSWER', value: 'none' }
  const own = matches(said, listening)
  if (kind !== 'text' && own.length === 1 && own[0]) return { type: 'ANSWER', value: own[0].value }
  if (kind === 'text' && isWhole(said, [...vocabulary.personAlone, ...vocabulary.person]))
    return null
  return searched(listening, {
    practice: () => seek.practice(words),
    postcode: () => seek.postcode(words),
    words,
    seek,
  })
}

interface Search {
  practice: () => readonly string[]
  postcode: () => { value: string; area: Area } | null
  words: string
  seek: Seek
}

function searched(listening: Listening, { practice, postcode, words, seek }: Search): Heard | null {
  switch (listening.kind) {
    case 'text':
      return { type: 'ANSWER', value: words.slice(0, 500) }
    case 'practice': {
      const values = practice()
      return values.length > 0 ? { type: 'FOUND', values, area: 'here' } : null
    }
    case 'postcode': {
      const found = postcode()
      return found && { type: 'FOUND', values: [found.value], area: found.area }
    }
    case 'number': {
      const value = listening.of === 'phone' ? seek.phone(words) : count(words, listening.between)
      return value === null ? null : { type: 'ANSWER', value }
    }
    case 'date': {
      const value = date(words)
      return value === null ? null : { type: 'ANSWER', value }
    }
    default:
      return null
  }
}

function count(words: string, [low, high]: readonly [number, number] = [0, 999]): string | null {
  const digits = /^\s*(\d{1,3})\s*$/.exec(words)?.[1]
  return digits && Number(digits) >= low && Number(digits) <= high ? String(Number(digits)) : null
}

/** Day, month, year, in that order: 03/04/1941 or 03041941. */
function date(words: string): string | null {
  const [, day, month, year] = /^\s*(\d{1,2})[-/. ]?(\d{1,2})[-/. ]?(\d{4})\s*$/.exec(words) ?? []
  if (!day || !month || !year) return null
  const longest = [31, Number(year) % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  const fits = Number(day) >= 1 && Number(day) <= (longest[Number(month) - 1] ?? 0)
  return fits ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null
}

function matches(said: Tokens, { answers, vocabulary }: Listening) {
  return answers.filter(({ phrases }) =>
    phrases.some((phrase) =>
      find(said, phrase).some((at) => !negated(said, at, vocabulary.negators))
    )
  )
}

function choice(said: Tokens, listening: Listening): Heard | null {
  const matched = matches(said, listening)
  const denied = listening.answers.some(({ phrases }) =>
    phrases.some((p) =>
      find(said, p).some((at) => negated(said, at, listening.vocabulary.negators))
    )
  )
  const [only, ...more] = matched
  return only && more.length === 0 && !denied ? { type: 'ANSWER', value: only.value } : null
}

function yesNo(said: Tokens, listening: Listening): Heard | null {
  const { vocabulary: v, answers, strict } = listening
  const own = (value: string) => answers.find((a) => a.value === value)?.phrases ?? []
  const unsure = has(said, [...v.notSure, ...own('not-sure')])
  const rest = without(said, [...v.notSure, ...own('not-sure')])
  const claims = own('yes').flatMap((phrase) => find(rest, phrase))
  const denied = claims.some((at) => negated(rest, at, v.negators))
  const yes = has(rest, v.yes) || claims.length > 0
  const no = has(rest, v.no) || has(rest, own('no')) || isPlainNo(rest, listening)
  const but = has(rest, v.but)
  if (denied || (yes && no)) return null
  if (unsure) return yes || no ? null : { type: 'ANSWER', value: 'not-sure' }
  if (yes) return but && !strict ? null : { type: 'ANSWER', value: 'yes' }
  if (no && !but && isPlainNo(rest, listening)) return { type: 'ANSWER', value: 'no' }
  return null
}

/**
 * A bare no; a no with a pronoun and an auxiliary ("no, she's not"); a negator directly before what was asked about
 * ("no chest pain"); or the question's own words for no. Whatever is left over is a claim, and makes it unclear.
 */
function isPlainNo(said: Tokens, { vocabulary: v, answers, nouns }: Listening): boolean {
  const own = answers.find((a) => a.value === 'no')?.phrases ?? []
  const meant = [...v.no, ...own, ...nouns.flatMap((noun) => v.negators.map((n) => `${n} ${noun}`))]
  const left = plain(without(said, meant))
  if (left.length === plain(said).length) {
    // "she is not": a denial that holds no "no".
    return (
      left.length > 1 && left.some((w) => v.negators.includes(w)) && left.every((w) => small(w, v))
    )
  }
  return left.every((word) => small(word, v))
}

const small = (word: string, v: Vocabulary) =>
  v.filler.includes(word) ||
  v.pronouns.includes(word) ||
  v.auxiliaries.includes(word) ||
  v.negators.includes(word)

const wantsPerson = (said: Tokens, { vocabulary: v, greeting, kind }: Listening) =>
  isWhole(said, v.personAlone) ||
  (kind !== 'text' && has(said, v.person)) ||
  (greeting && has(said, v.personAlone))

const isWhole = (said: Tokens, phrases: readonly string[]) => {
  const words = plain(said).join(' ')
  return phrases.some((phrase) => plain(tokens(phrase)).join(' ') === words)
}

const negated = (said: Tokens, at: Found, negators: readonly string[]) =>
  negators.includes(said[at.from - 1] ?? '')

/** What is left when every one of these phrases is taken out, longest first. */
function without(said: Tokens, phrases: readonly string[]): Tokens {
  let left = said
  for (const phrase of [...phrases].sort((a, b) => b.length - a.length)) {
    const [at] = find(left, phrase)
    if (!at) continue
    left = without([...left.slice(0, at.from), '|', ...left.slice(at.to)], phrases)
  }
  return left
}
