import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Seek } from '../conversation/understand.ts'
import { findPractices, findPracticesByKeys } from '../places/directory.ts'
import {
  areaOfPostcode,
  lettersOf,
  postcodeFromKeys,
  postcodeFromWords,
} from '../places/postcode.ts'
import type { Place } from '../places/shape.ts'
import { mayReach } from '../record/numbers.ts'

/** Looks names, postcodes and numbers up in one place. */
export function seekIn(place: Place): Seek {
  const located = (value: string | undefined) =>
    value === undefined ? null : { value, area: areaOfPostcode(place, value).where }
  return {
    practice: (words) => findPractices(place, words),
    practiceKeys: (digits) => findPracticesByKeys(place, digits),
    postcode: (words) => located(postcodeFromWords(words)),
    postcodeKeys: (digits) => {
      const found = lettersOf(place).map((letters) => located(postcodeFromKeys(letters, digits)))
      return (
        found.find((at) => at?.area === 'here') ??
        found.find((at) => at?.area === 'elsewhere') ??
        found[0] ??
        null
      )
    },
    phone: ukNumber,
  }
}

/**
 * A UK number we may ring, in E.164; null for anything else, and for two numbers, which are asked about again. Its
 * length and first digits are held against ours, for the library's `isValid` refuses the drama mobiles. Premium (09),
 * personal (070), pager (076) and shared-cost numbers (084, 087) are refused against toll fraud.
 */
export function ukNumber(words: string): string | null {
  const runs = withDigits(words.normalize('NFKC').replace(/[#*]/g, '')).match(RUN) ?? []
  const numbers = new Set(runs.flatMap((run) => reachable(run) ?? []))
  const [only, ...more] = numbers
  return only && more.length === 0 ? only : null
}

/** Digits with no more between them than people put inside one number. */
const RUN = /\+?\p{Nd}(?:[\s().,-]{0,4}\p{Nd})+/gu
const REACHABLE = /^\+44(?:7[1-57-9]\d{8}|7624\d{6}|[12]\d{8,9}|3\d{9}|5[56]\d{8}|80[08]\d{6,7})$/

function reachable(run: string): string | null {
  // Without its nought only a mobile is sure: "202 555 0123" may be of another country.
  if (/^[1-689]/.test(run) && !run.startsWith('44')) return null
  const number = parsePhoneNumberFromString(run.replaceAll(',', ''), 'GB')?.number
  return number && REACHABLE.test(number) ? number : null
}

const SPOKEN = 'zero one two three four five six seven eight nine'.split(' ')
const NOUGHT = ['oh', 'o', 'nought']
const DIGIT = `(?:${[...SPOKEN, ...NOUGHT].join('|')}|\\d)`
const TIMES: Readonly<Record<string, number>> = { double: 2, triple: 3, treble: 3 }

/** "Oh seven seven double oh" as digits. Letters between numbers stay, so that two numbers never become one. */
const withDigits = (words: string): string =>
  words
    .toLowerCase()
    .replace(/\bplus (?=four|\d)/g, '+')
    .replace(
      new RegExp(`\\b(double|triple|treble)[ -](${DIGIT})\\b`, 'g'),
      (_, times: string, digit: string) => `${digit} `.repeat(TIMES[times] ?? 1)
    )
    .replace(new RegExp(`\\b${DIGIT}\\b`, 'g'), (digit) =>
      NOUGHT.includes(digit) ? '0' : String(Math.max(SPOKEN.indexOf(digit), Number(digit) || 0))
    )

/** Whether a number can be texted, only rung, or neither. */
export function phoneKind(address: string): 'mobile' | 'landline' | 'withheld' {
  if (!mayReach(address)) return 'withheld'
  return /^\+447[1-57-9]/.test(address) ? 'mobile' : 'landline'
}
