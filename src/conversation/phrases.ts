/** Words in order, small letters; `|` stands where the speaker stopped, so that words either side are not neighbours. */
export type Tokens = readonly string[]
export interface Found {
  from: number
  to: number
}

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcannot\b/g, 'can not'],
  [/\bcan't\b|\bcant\b/g, 'can not'],
  [/\bwon't\b|\bwont\b/g, 'will not'],
  [/\b(is|are|was|were|do|does|did|has|have|had|could|should|would)n'?t\b/g, '$1 not'],
  [/\b(i)'?m\b/g, '$1 am'],
  [/\b(she|he|it|that|there|who|what)'?s\b/g, '$1 is'],
  [/\b(they|we|you)'re\b/g, '$1 are'],
  [/\b(i|they|we|you)'ve\b/g, '$1 have'],
]

/** Splits what was said into plain words: "No, she's not!" → no | she is not |. */
export function tokens(text: string): Tokens {
  let plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’ʼ`´]/g, "'")
    .slice(0, 4000)
  for (const [from, to] of CONTRACTIONS) plain = plain.replace(from, to)
  return plain
    .replace(/[.,;:!?()\n\r]+/g, ' | ')
    .replace(/[^\p{L}\p{N}|'+#*-]+/gu, ' ')
    .split(' ')
    .map((word) => (word === '|' ? word : word.replace(/^['-]+|['-]+$/g, '')))
    .filter((word) => word !== '')
}

/** The words without their stops. */
export const plain = (said: Tokens): string[] => said.filter((word) => word !== '|')

/** Where a phrase stands in what was said, whole words only. */
export function find(said: Tokens, phrase: string): Found[] {
  const wanted = phraseTokens(phrase)
  const found: Found[] = []
  if (wanted.length === 0) return found
  for (let from = 0; from + wanted.length <= said.length; from++)
    if (wanted.every((word, i) => said[from + i] === word))
      found.push({ from, to: from + wanted.length })
  return found
}

export const has = (said: Tokens, phrases: readonly string[]) =>
  phrases.some((phrase) => find(said, phrase).length > 0)

// Phrases come from reviewed files and are few; splitting each once keeps a turn quick.
const split = new Map<string, Tokens>()
function phraseTokens(phrase: string): Tokens {
  const known = split.get(phrase)
  if (known) return known
  const words = plain(tokens(phrase))
  if (split.size < 20_000) split.set(phrase, words)
  return words
}
