import type { Vocabulary } from './listening.ts'
import { plain, tokens } from './phrases.ts'

/** A count that was keyed, written or said as one number: "3", "3.", "three". */
export function count(
  words: string,
  { digits }: Vocabulary,
  [low, high]: readonly [number, number] = [0, 999]
): string | null {
  const [only = '', ...more] = plain(tokens(words))
  const number = digits[only] ?? only
  if (more.length > 0 || !/^[0-9]{1,3}$/.test(number)) return null
  return Number(number) >= low && Number(number) <= high ? String(Number(number)) : null
}

/** Day, month, year, in that order: 03/04/1941 or 03041941. */
export function date(words: string): string | null {
  const [, day, month, year] =
    /^\s*(\d{1,2})[-/. ]?(\d{1,2})[-/. ]?((?:18|19|20)\d{2})[.\s]*$/.exec(words) ?? []
  if (!day || !month || !year) return null
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  const longest = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  const fits = Number(day) >= 1 && Number(day) <= (longest[Number(month) - 1] ?? 0)
  return fits ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null
}
