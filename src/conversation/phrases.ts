/**
 * Words in order, small letters. `|` and `?` stand where the speaker stopped, so that words either side are not
 * neighbours: "no chest pain" denies it, "no, chest pain" does not.
 */
export type Tokens = readonly string[]
export interface Found {
  from: number
  to: number
}

/** More than any channel carries; the rest of a longer message is kept, but not searched. */
const LONGEST = 10_000

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcannot\b|\bcannae\b|\bca(?:r?n)['? ]?t\b/g, 'can not'],
  [/\bwon['? ]?t\b/g, 'will not'],
  [/\b(is|are|was|were|do|does|did|has|have|had|could|should|would)n['? ]?t\b/g, '$1 not'],
  [/\b(i)'?m\b/g, '$1 am'],
  [/\b(she|he|it|that|there|who|what)'?s\b/g, '$1 is'],
  [/\b(they|we|you)'re\b/g, '$1 are'],
  [/\b(i|they|we|you)'?ve\b/g, '$1 have'],
  [/\b(i|he|she|it|they|we|you|that)'ll\b/g, '$1 will'],
  [/\bgonna\b/g, 'going to'],
  [/\bwanna\b/g, 'want to'],
  [/\bthank(?:s| ?you)(?: (?:very|so) much| a lot)?\b/g, 'thanks'],
  // "her heart's stopped", "the carer's visit"
  [/(\p{L})'s(?![\p{L}\p{N}])/gu, '$1'],
]

/** Splits what was said into plain words: "No, she's not!" → no | she is not |. A picture is a word: it may mean anything. */
export function tokens(text: string): Tokens {
  let words = text
    .slice(0, LONGEST)
    .replace(/[‘’‛ʼʹ′`´＇]/g, "'")
    .normalize('NFKC')
    .toLowerCase()
    .slice(0, LONGEST)
    // Joiners, soft hyphens, and what only changes how a sign before it looks.
    .replace(/\p{Cf}|\p{Emoji_Modifier}|[\u{FE00}-\u{FE0F}]|[\u{20D0}-\u{20FF}]/gu, '')
  for (const [from, to] of CONTRACTIONS) words = words.replace(from, to)
  return words
    .replace(/(?<=[\p{L}\p{N}])[-‐](?=[\p{L}\p{N}])|(?<=\d)[.,](?=\d)/gu, ' ')
    .replace(/\p{Extended_Pictographic}/gu, ' $& ')
    .replace(/[?؟]+/g, ' ? ')
    .replace(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}'? ]+/gu, ' | ')
    .split(' ')
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '')
}

export const isStop = (word: string) => word === '|' || word === '?'

/** The words without their stops. */
export const plain = (said: Tokens): string[] => said.filter((word) => !isStop(word))

/** Every place where one of these phrases stands, whole words only. */
export function findAll(said: Tokens, phrases: readonly string[]): Found[] {
  const { byFirst } = indexOf(phrases)
  return said.flatMap((word, from) =>
    (byFirst.get(word) ?? [])
      .filter((wanted) => wanted.every((other, i) => said[from + i] === other))
      .map(({ length }) => ({ from, to: from + length }))
  )
}

export const has = (said: Tokens, phrases: readonly string[]) => findAll(said, phrases).length > 0

/** Whether one of these phrases is all that was said, stops aside. */
export const isWhole = (said: Tokens, phrases: readonly string[]) =>
  indexOf(phrases).wholes.has(plain(said).join(' '))

/** A phrase that was found, and what it was listed as. */
export interface Mark<T> extends Found {
  as: T
}

/**
 * Every phrase of these lists that is not part of a longer one, in order: where "not safe" is listed, "safe" is not
 * found in it. The earlier list wins where two hold the same phrase.
 */
export function longest<T>(
  said: Tokens,
  lists: readonly (readonly [T, readonly string[]])[]
): Mark<T>[] {
  const all = lists.flatMap(([as, phrases]) => findAll(said, phrases).map((at) => ({ ...at, as })))
  let end = 0
  return all
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(({ to }) => {
      if (to <= end) return false
      end = to
      return true
    })
}

interface Index {
  /** The phrases as words, by their first. */
  byFirst: ReadonlyMap<string, readonly Tokens[]>
  wholes: ReadonlySet<string>
}

// Phrases come from reviewed files: a list is made ready once, and each phrase split once.
const indexes = new WeakMap<readonly string[], Index>()
function indexOf(phrases: readonly string[]): Index {
  const known = indexes.get(phrases)
  if (known) return known
  const byFirst = new Map<string, Tokens[]>()
  const wholes = new Set<string>()
  for (const words of phrases.map(phraseTokens)) {
    const [first] = words
    if (first === undefined || wholes.has(words.join(' '))) continue
    wholes.add(words.join(' '))
    const same = byFirst.get(first)
    if (same) same.push(words)
    else byFirst.set(first, [words])
  }
  const index = { byFirst, wholes }
  indexes.set(phrases, index)
  return index
}

const split = new Map<string, Tokens>()
function phraseTokens(phrase: string): Tokens {
  const known = split.get(phrase)
  if (known) return known
  const words = plain(tokens(phrase))
  if (split.size < 20_000) split.set(phrase, words)
  return words
}
