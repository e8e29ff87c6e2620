/** A reference as it is spoken, 3-3-2: "1 2 3, 4 5 6, 7 8". */
export const spokenRef = (ref: string) => groups(ref, [3, 3, 2])

/** Digits one by one: "4 5 6". */
export const spokenDigits = (digits: string) => [...digits].join(' ')

/** A postcode letter by letter, its halves apart: "S E 1 5, 5 X X". */
export const spelled = (code: string) =>
  code
    .split(' ')
    .map((half) => [...half].join(' '))
    .join(', ')

/** A telephone number as people here write it: "020 7946 0139". A short one stays as it is. */
export function writtenNumber(number: string): string {
  const digits = number.replace(/^\+44/, '0').replace(/\D/g, '')
  if (digits.length < 10) return number
  const shape = /^02/.test(digits)
    ? [3, 4, 4]
    : /^0[38]00|^0808/.test(digits)
      ? [4, 3, 4]
      : [5, 3, 3]
  return cut(digits, shape).join(' ')
}

/** The same number as it is spoken: "0 2 0, 7 9 4 6, 0 1 3 9". */
export const spokenNumber = (number: string) =>
  writtenNumber(number)
    .split(' ')
    .map((part) => spokenDigits(part.replace('+', '')))
    .join(', ')

const groups = (digits: string, sizes: readonly number[]) =>
  cut(digits, sizes).map(spokenDigits).join(', ')

function cut(digits: string, sizes: readonly number[]): string[] {
  const parts: string[] = []
  let from = 0
  for (const size of sizes) {
    if (from < digits.length) parts.push(digits.slice(from, from + size))
    from += size
  }
  if (from < digits.length) parts.push(digits.slice(from))
  return parts
}
