import type { Listening, Vocabulary } from './listening.ts'
import { isNegated, isTurned } from './negation.ts'
import { type Found, isStop, longest, type Tokens } from './phrases.ts'
import type { Heard } from './types.ts'

/** The one answer that was meant, or null: two answers, or one taken back, are asked again. */
export function choice(
  words: string,
  said: Tokens,
  { answers, vocabulary: v }: Listening,
  practices: (words: string) => readonly string[]
): Heard | null {
  const marks = longest(said, [
    ...answers.map(({ value, phrases }) => [value, phrases] as const),
    [null, v.notSure] as const,
  ]).filter((at) => !isAside(said, at, v))
  if (marks.some((at) => isNegated(said, at, v) || isTurned(said, at, v))) return null
  const [value, ...more] = new Set(marks.map(({ as }) => as))
  if (value !== undefined)
    return value !== null && more.length === 0 ? { type: 'ANSWER', value } : null
  return named(words, answers, practices)
}

/** "Me" alone is an answer; in "tell me again" it is not. */
const isAside = (said: Tokens, { from, to }: Found, v: Vocabulary) =>
  to - from === 1 &&
  v.pronouns.includes(said[from] ?? '') &&
  !said.every((word) => isStop(word) || isSmall(word, v))

const isSmall = (word: string, v: Vocabulary) =>
  [v.filler, v.pronouns, v.auxiliaries, v.yes].some((list) => list.includes(word))

/** One of several practices that were read out, by part of its name. */
function named(
  words: string,
  answers: Listening['answers'],
  practices: (words: string) => readonly string[]
): Heard | null {
  if (!answers.some(({ value }) => value === 'none')) return null
  const [only, ...more] = practices(words).filter((code) =>
    answers.some(({ value }) => value === code)
  )
  return only && more.length === 0 ? { type: 'ANSWER', value: only } : null
}
