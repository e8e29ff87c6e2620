import { choice } from './choice.ts'
import type { Hearable, Listening, Vocabulary } from './listening.ts'
import { danger, isNegated } from './negation.ts'
import { findAll, has, isWhole, longest, plain, type Tokens, tokens } from './phrases.ts'
import { count, date } from './read.ts'
import type { Area, Heard } from './types.ts'
import { yesNo } from './yes-no.ts'

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
  // A call is not ended on a word that was hardly heard.
  if ((raw.confidence ?? 1) < SURE_ENOUGH) return { type: 'UNCLEAR', words }
  if (isWhole(said, vocabulary.stop)) return { type: 'GONE', words }
  const keyword = whole(words, said, listening) ?? spokenKey(said, listening)
  const heard = keyword ?? answered(words, said, listening, seek)
  if (heard && heard.type !== 'UNCLEAR') return { ...heard, words }
  if (isWhole(said, vocabulary.again)) return { type: 'AGAIN', words }
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

function keyed(digits: string, listening: Listening, seek: Seek): Heard {
  if (digits === '*') return { type: 'AGAIN' }
  // A count may be 0; nothing else that is keyed in can be.
  if (digits === (isCount(listening) ? '*0' : '0') || digits === '*0') return { type: 'PERSON' }
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

const isCount = ({ kind, of }: Listening) => kind === 'number' && of === 'count'

/** A whole message that means the same at every question, unless this one listens for it: "call me", "*". */
function whole(words: string, said: Tokens, { answers, kind, vocabulary: v }: Listening) {
  if (words === '*') return { type: 'AGAIN' } as const
  if (kind === 'text' && isWhole(said, v.again)) return { type: 'AGAIN' } as const
  if (answers.some(({ phrases }) => isWhole(said, phrases))) return null
  if (kind === 'text' && isWhole(said, v.abuse)) return { type: 'ABUSE' } as const
  return isWhole(said, v.person) || isWhole(said, v.personAlone)
    ? ({ type: 'PERSON' } as const)
    : null
}

/** "2", "2.", "two", "option 2", or "2 no" and "no 2": a key, alone or with words that say the same. */
function spokenKey(said: Tokens, listening: Listening): Heard | null {
  const { answers, vocabulary: v, kind } = listening
  if (said.includes('?')) return null
  const words = plain(said).filter((word) => !v.keyWords.includes(word))
  const keyOf = (word = '') => v.digits[word] ?? word
  if (words.length === 1 && keyOf(words[0]) === '0' && !isCount(listening))
    return { type: 'PERSON' }
  if (kind === 'text' && words.length > 1) return null
  for (const at of [0, words.length - 1]) {
    const answer = answers.find(({ key }) => key === keyOf(words[at]))
    if (answer && agrees(words.toSpliced(at, 1), answer, v))
      return { type: 'ANSWER', value: answer.value }
  }
  return null
}

/** Whether words beside a key say nothing else. "Two of them" is not the key 2. */
function agrees(rest: Tokens, { value, phrases }: Hearable, v: Vocabulary): boolean {
  const usual = { yes: v.yes, no: v.no, 'not-sure': v.notSure }[value] ?? []
  const same = longest(rest, [
    ['own', phrases],
    ['usual', usual],
  ])
  return rest.every(
    (word, i) => v.filler.includes(word) || same.some(({ from, to }) => from <= i && i < to)
  )
}

function answered(words: string, said: Tokens, listening: Listening, seek: Seek): Heard | null {
  const { kind, vocabulary: v, answers } = listening
  if (kind === 'yes-no') return yesNo(said, listening)
  const nothing = isWhole(said, v.no) || (kind !== 'text' && isWhole(said, v.notSure))
  if (nothing && answers.some(({ value }) => value === 'none'))
    return { type: 'ANSWER', value: 'none' }
  if (kind === 'choice') return choice(words, said, listening, seek.practice)
  if (kind !== 'text' && saysNone(said, listening)) return { type: 'ANSWER', value: 'none' }
  return searched(listening, {
    practice: () => seek.practice(words),
    postcode: () => seek.postcode(words),
    words,
    seek,
  })
}

const saysNone = (said: Tokens, { answers, vocabulary }: Listening) =>
  answers.some(({ phrases }) =>
    findAll(said, phrases).some((at) => !isNegated(said, at, vocabulary))
  )

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
      const value =
        listening.of === 'phone'
          ? seek.phone(words)
          : count(words, listening.vocabulary, listening.between)
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

const wantsPerson = (said: Tokens, { vocabulary: v, greeting, kind }: Listening) =>
  (kind !== 'text' && has(said, v.person)) || (greeting && has(said, v.personAlone))
