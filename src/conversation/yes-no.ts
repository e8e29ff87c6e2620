import type { Listening, Vocabulary } from './listening.ts'
import { holdsNegator, isNegated, isTurned } from './negation.ts'
import { isStop, longest, type Mark, type Tokens } from './phrases.ts'
import type { Heard } from './types.ts'

/** What a word or phrase is at a yes-no question, as one letter each, so that a plain no can be written as a pattern. */
const AS = {
  yes: 'Y',
  no: 'N',
  /** One of the question's own phrases for yes, and for no. */
  claim: 'C',
  clear: 'O',
  unsure: 'U',
  but: 'B',
  /** A thing that was asked about: "chest pain". */
  thing: 'T',
  /** A phrase taken back: "not on the floor", "not safe". */
  denied: 'X',
  pronoun: 'p',
  auxiliary: 'a',
  negator: 'n',
  other: 'x',
} as const
type Letter = (typeof AS)[keyof typeof AS]

/**
 * A no at a danger or risk question: a bare no; with it "she is not"; a negator directly before what was asked about
 * ("she has no chest pain"); or the question's own words for no ("I am up now"). Nothing else may stand beside it.
 */
const PLAIN_NO = /^\|*(?:(?:N|p+an|p*a*[Nn]T|p*a*O)\|*)+$/
/** Elsewhere small words may stand anywhere ("please don't"), but "no, they are" is no answer. */
const LOOSE_NO = /^[NOTpan|]+$/
const NO_BUT_YES = /pa+(?:\||$)/

/** What a yes-no question hears. A no beside anything else that may be a claim is not heard: null, and asked again. */
export function yesNo(said: Tokens, listening: Listening): Heard | null {
  const letters = spelled(said, listening)
  const any = (those: RegExp) => those.test(letters)
  if (any(/X/) || (any(/[YC]/) && any(/[NO]/))) return null
  if (any(/U/)) return any(/[YCNOn]/) ? null : answer('not-sure')
  if (any(/[YC]/)) return listening.strict || !any(/[Bn?]/) ? answer('yes') : null
  return isPlainNo(letters, listening.strict) ? answer('no') : null
}

const answer = (value: string): Heard => ({ type: 'ANSWER', value })

const isPlainNo = (letters: string, strict: boolean) =>
  strict
    ? PLAIN_NO.test(letters) && /[NO]|nT/.test(letters)
    : LOOSE_NO.test(letters) && /[NOn]/.test(letters) && !NO_BUT_YES.test(letters)

/** What was said, one letter for each phrase or loose word. */
function spelled(said: Tokens, listening: Listening): string {
  const { vocabulary } = listening
  let letters = ''
  let next = 0
  const loose = (to: number) => {
    for (; next < to; next++) letters += letterOf(said[next] ?? '', vocabulary)
  }
  const marks = longest(said, lists(listening)).filter((at) => !isTurned(said, at, vocabulary))
  for (const [i, mark] of marks.entries()) {
    loose(mark.from)
    letters += meant(said, mark, marks[i - 1], vocabulary)
    next = Math.max(next, mark.to)
  }
  loose(said.length)
  return letters
}

function lists({ vocabulary: v, answers, nouns, strict }: Listening) {
  const own = (value: string) => answers.find((a) => a.value === value)?.phrases ?? []
  const all: [Letter, readonly string[]][] = [
    [AS.no, v.no],
    [AS.yes, v.yes],
    [AS.claim, own('yes')],
    [AS.clear, own('no')],
    [AS.unsure, v.notSure],
    [AS.unsure, own('not-sure')],
    [AS.but, v.but],
    [AS.thing, nouns],
  ]
  return strict ? all : [...all, [AS.clear, v.wrong] as [Letter, readonly string[]]]
}

function letterOf(word: string, v: Vocabulary): string {
  if (isStop(word)) return word
  if (v.negators.includes(word)) return AS.negator
  if (v.pronouns.includes(word)) return AS.pronoun
  if (v.auxiliaries.includes(word)) return AS.auxiliary
  return v.filler.includes(word) ? '' : AS.other
}

function meant(
  said: Tokens,
  mark: Mark<Letter>,
  before: Mark<Letter> | undefined,
  v: Vocabulary
): Letter {
  // "None, bleeding" may be heard without its stop: only a negator itself denies a thing.
  if (mark.as === AS.thing && !v.negators.includes(said[mark.from - 1] ?? '')) return AS.other
  return isDenied(said, mark, before, v) ? AS.denied : mark.as
}

/** Whether a phrase is taken back. Where "safe" and "better" mean no, "not at all safe" and "no better" do not. */
function isDenied(
  said: Tokens,
  mark: Mark<Letter>,
  before: Mark<Letter> | undefined,
  v: Vocabulary
): boolean {
  if (mark.as === AS.claim || mark.as === AS.yes) return isNegated(said, mark, v)
  if (mark.as !== AS.clear && mark.as !== AS.no) return false
  let at = mark.from - 1
  while (v.filler.includes(said[at] ?? '')) at--
  const last = said[at] ?? ''
  if (v.negators.includes(last) && !v.no.includes(last)) return true
  if (mark.as === AS.no || holdsNegator(said, mark, v) || before?.as !== AS.no) return false
  const first = said[mark.from] ?? ''
  const close = said.slice(before.to, mark.from).every((word) => v.filler.includes(word))
  // "No, I can cope" needs no stop to be understood.
  return close && !v.pronouns.includes(first) && !v.auxiliaries.includes(first)
}
