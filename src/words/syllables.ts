/** Words that the rules below count wrongly. */
const EXCEPTIONS: Readonly<Record<string, number>> = {
  someone: 2,
  something: 2,
  somewhere: 2,
  sometimes: 2,
  anyone: 3,
  everyone: 3,
  being: 2,
  seeing: 2,
  medicine: 3,
  medicines: 3,
  area: 3,
  idea: 3,
  diabetes: 4,
  postcode: 2,
  warehouse: 2,
  homeless: 2,
  safely: 2,
  lonely: 2,
  create: 2,
  creature: 2,
  tired: 2,
  every: 2,
  people: 2,
  science: 2,
  quiet: 2,
  taken: 2,
  language: 2,
  physio: 3,
  reablement: 4,
}
const SMALL = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS = [1, 3, 1, 2, 2, 2, 2, 3, 2, 2]

/** How many syllables an English word has: close enough to measure a reading age by. */
export function syllables(word: string): number {
  if (/^\d+$/.test(word)) return ofNumber(Number(word))
  if (/^[A-Z]{2,4}$/.test(word)) return word.length // GP, read letter by letter
  return word
    .toLowerCase()
    .replace(/['’](s|t|re|ve|ll|d|m)$/, '')
    .split(/['’-]/)
    .reduce((sum, part) => sum + ofWord(part), 0)
}

function ofWord(word: string): number {
  const known = EXCEPTIONS[word]
  if (known !== undefined) return known
  const spoken = word
    .replace(/(?<=[^aeiouylr])(e|es)(?=(ly|ment|less|ful|ness)$)/, '') // safely, movement
    .replace(/(?<![^aeiouyl]l)(?<=[^aeiouydt])ed$/, '') // burned, but not muddled
    .replace(/(?<=[^aeiouyscxzhg])es$/, '') // takes, but not houses
    .replace(/(?<=[aeiouy][^aeiouyl])e$/, '') // home
    .replace(/(?<=[aeiouy]l)e$/, '') // while
    .replace(/(?<=[rnc][cgsv])e$|(?<=[^aeiouy][^aeiouyl])e$/, '') // once, large
  const groups = spoken.match(/[aeiouy]+/g) ?? []
  const apart = spoken.match(/i(?=[ao](?!u))(?<!(t|c|s)i)|(?<=[^q])u(?=[ao](?!u))|eo/g) ?? []
  return Math.max(1, groups.length + apart.length)
}

function ofNumber(n: number): number {
  if (n < 10) return ofWord(SMALL[n] ?? '')
  if (n < 20) return TEENS[n - 10] ?? 2
  const tens = Math.floor(n / 10) === 7 ? 3 : 2
  return tens + (n % 10 === 0 ? 0 : ofNumber(n % 10))
}
