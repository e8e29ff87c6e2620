/** The Damm table: a totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004). */
const DAMM = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const

const damm = (digits: string) =>
  [...digits].reduce((row, digit) => DAMM[row]?.[Number(digit)] ?? 0, 0)

/**
 * A contact's reference: 8 digits, said 3-3-2. Two for the partition, five at random, one check digit, so that one
 * wrong or two swapped digits are always noticed. It can be keyed and said in any language, and is not a secret.
 */
export function makeReference(partition: number, random: number): string {
  const stem =
    String(partition).padStart(2, '0') + String(Math.floor(random * 100_000)).padStart(5, '0')
  return stem + String(damm(stem))
}

/** The reference in what someone typed or said, or null when the check digit does not fit. */
export function readReference(text: string): string | null {
  const digits = text.replace(/\D/g, '')
  return digits.length === 8 && damm(digits) === 0 ? digits : null
}
