import { distance } from 'fastest-levenshtein'
import type { Place } from './shape.ts'

/** Said of nearly every practice, so they tell nothing. */
const LOOSE = new Set(
  'the a an dr doctor doctors st saint surgery surgeries practice gp gps and at of in on to'.split(
    ' '
  )
)
/** Part of many names: they order practices that match otherwise, and match none alone. */
const SHARED = new Set(
  'medical centre center health healthcare group family clinic primary care partnership training team service street road lane house new'.split(
    ' '
  )
)
/** What people say round a name. */
const TALK = new Set(
  'i im am my me mum mums dad dads is it its was go goes going with for from she he her his they their them called call name think dont know not sure near um er erm please hello yes no well just'.split(
    ' '
  )
)
const DIGIT_WORDS = 'zero one two three four five six seven eight nine'.split(' ')
/** One clear winner scores this much above the next. */
const CLEAR = 1.6
const MOST = 5

interface Entry {
  code: string
  whole: string
  own: readonly string[]
  shared: readonly string[]
}

/**
 * The practices somebody may have meant, ODS codes best first: one when it is clear, at most five to choose
 * from, none when nothing is plausible.
 */
export function findPractices(place: Place, heard: string): string[] {
  const entries = entriesOf(place)
  const asked = heard.trim().toUpperCase()
  if (place.practices[asked]) return [asked]
  const exact = entries.filter(({ whole }) => whole === wholeName(heard) && whole !== '')
  // "St Giles Surgery" is also how people name "St Giles Surgery Dr Patel".
  if (exact[0] && entries.filter(({ whole }) => whole.includes(exact[0]?.whole ?? '')).length === 1)
    return [exact[0].code]
  const said = tokens(heard).filter((word) => !TALK.has(word))
  const scored = entries
    .map((entry) => ({ entry, score: scoreOf(entry, said, entries) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.entry.own.length - b.entry.own.length)
  const best = scored[0]
  if (!best) return []
  const close = scored.filter(({ score }) => score * CLEAR > best.score)
  return close.slice(0, MOST).map(({ entry }) => entry.code)
}

/** The practices whose name begins with what was keyed: four letters or more as on a telephone, The, Dr and St left out. */
export function findPracticesByKeys(place: Place, digits: string): string[] {
  if (!/^[2-9]{4,}$/.test(digits)) return []
  return Object.entries(place.practices)
    .filter(([, { name }]) => keyedNames(name).some((keys) => keys.startsWith(digits)))
    .sort(([, a], [, b]) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(([code]) => code)
}

/** The four digits a caller presses for a practice. */
export const keysOf = (name: string): string => (keyedNames(name)[0] ?? '').slice(0, 4)

/** What a speech recogniser should listen for. */
export function practiceHints(place: Place): string[] {
  const names = Object.values(place.practices).map(({ name }) => name.replace(/[().]/g, ''))
  return [...new Set(names)].sort()
}

/** A practice as it is said back. */
export const sayPractice = (place: Place, code: string): string =>
  place.practices[code]?.name ?? code

/** The area team of a practice, when the practice is one of this place's. */
export const areaOfPractice = (place: Place, code: string): string | undefined =>
  Object.entries(place.areas).find(([, { practices }]) => practices.includes(code))?.[0]

const known = new WeakMap<Place['practices'], readonly Entry[]>()

function entriesOf(place: Place): readonly Entry[] {
  const kept = known.get(place.practices)
  if (kept) return kept
  const entries = Object.entries(place.practices).map(([code, { name }]): Entry => {
    const words = tokens(name)
    const own = words.filter((word) => !SHARED.has(word))
    return {
      code,
      whole: wholeName(name),
      // "Homeless Healthcare Team" would have no name of its own without this.
      own: own.length > 0 ? own : words,
      shared: words.filter((word) => SHARED.has(word)),
    }
  })
  known.set(place.practices, entries)
  return entries
}

/** How well a practice's own words were heard. A word that several practices share counts for less. */
function scoreOf(entry: Entry, said: readonly string[], entries: readonly Entry[]): number {
  const heard = [...said, ...said.slice(1).map((word, at) => `${said[at]}${word}`)]
  const own = entry.own.map((word) => {
    const among = entries.filter((other) => other.own.includes(word)).length
    return Math.max(0, ...heard.map((other) => likeness(word, other, entries))) / among
  })
  const score = own.reduce((sum, part) => sum + part, 0)
  if (score === 0) return 0
  const shared = entry.shared.filter((word) => said.includes(word)).length
  const missing = own.filter((part) => part === 0).length
  return Math.max(0.01, score + 0.3 * shared - 0.03 * missing)
}

/** 1 for the same word, less for a slip or more in a longer one, else 0. */
function likeness(word: string, heard: string, entries: readonly Entry[]): number {
  if (word === heard) return 1
  // A word that is right for one practice is not a slip for another.
  if (SHARED.has(heard) || entries.some(({ own }) => own.includes(heard))) return 0
  const longest = Math.max(word.length, heard.length)
  const slips = longest >= 9 ? 3 : longest >= 6 ? 2 : longest >= 4 ? 1 : 0
  const apart = distance(word, heard)
  return apart > slips ? 0 : 1 - 0.15 * apart
}

/** A name or utterance as words: no accents, no possessives, digits as words, letters said alone joined. */
function tokens(text: string): string[] {
  return plain(text)
    .split(' ')
    .flatMap((word) =>
      /^\d+$/.test(word) ? [...word].map((d) => DIGIT_WORDS[Number(d)] ?? d) : word
    )
    .map((word) => (word === 'oh' || word === 'o' ? 'zero' : word))
    .join(' ')
    .replace(/\b[a-z](?: [a-z]\b)+/g, (letters) => letters.replaceAll(' ', ''))
    .split(' ')
    .filter((word) => word.length > 1 && !LOOSE.has(word))
    .map(stem)
}

const stem = (word: string): string =>
  word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word

const wholeName = (text: string): string =>
  plain(text)
    .replace(/\b(the|dr|doctor)\b/g, ' ')
    .replace(/\bsaint\b/g, 'st')
    .replace(/\s+/g, ' ')
    .trim()

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/['’.]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

const KEYPAD = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz']

/** A name as keyed: as written, and without a doctor's initials, which few people know. */
function keyedNames(name: string): string[] {
  const words = plain(name)
    .split(' ')
    .filter((word) => !['the', 'dr', 'doctor', 'st', 'saint'].includes(word))
  const doctor = /\bdr\b/i.test(name.split(' ')[0] ?? '')
  const forms = doctor && words.length > 1 ? [words.slice(1), words] : [words]
  return forms.map((form) => [...form.join('')].map((letter) => keyOf(letter)).join(''))
}

function keyOf(letter: string): string {
  const at = KEYPAD.findIndex((letters) => letters.includes(letter))
  return at < 0 ? letter : String(at + 2)
}
