import { blanksOf } from './phrase.ts'
import { syllables } from './syllables.ts'

const WORDS_A_MINUTE = 140
/** Flesch-Kincaid counts American school years, which begin at five. */
const AGE_AT_GRADE_ZERO = 5

/** How long words take to say, in seconds. A number said digit by digit is so many words; pauses are not counted. */
export const spokenSeconds = (words: string): number =>
  Math.round(((wordsOf(words).length * 60) / WORDS_A_MINUTE) * 10) / 10

/** The blanks of a message, in the order of the alphabet. */
export const blanks = (message: string): string[] => blanksOf(message)

/** The age at which these words can be read. Glossary names count as one easy word each. */
export const readingAge = (words: string, glossary: readonly string[] = []): number =>
  Math.round((fleschKincaidGrade(words, glossary) + AGE_AT_GRADE_ZERO) * 10) / 10

/** The Flesch-Kincaid grade: long sentences and long words raise it. */
export function fleschKincaidGrade(text: string, glossary: readonly string[] = []): number {
  const easy = new Set(glossary.map((word) => word.toLowerCase()))
  const words = wordsOf(text)
  if (words.length === 0) return 0
  const sentences = Math.max(
    1,
    text.split(/[.!?\n]+/).filter((s) => /[\p{L}\p{N}]/u.test(s)).length
  )
  const count = words.reduce((sum, w) => sum + (easy.has(w.toLowerCase()) ? 1 : syllables(w)), 0)
  return 0.39 * (words.length / sentences) + 11.8 * (count / words.length) - 15.59
}

/** Words as they are said: 999 is three, can't is one. */
export const wordsOf = (text: string): string[] =>
  text
    .replace(/\d{3,}/g, (digits) => [...digits].join(' '))
    .match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []

const NEGATIONS = /\b(no one|not|no|never|cannot|unable|without)\b|(?<!\p{L})\p{L}+n['’]t\b/giu

/** The negations in words that must hold none, because yes is the dangerous answer. */
export const negations = (words: string): string[] =>
  [...words.matchAll(NEGATIONS)].map(([word]) => word.toLowerCase())
