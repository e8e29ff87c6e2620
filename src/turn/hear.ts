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
 * A UK number we may ring, in E.164; null for anything else. `isPossible`, because `isValid` refuses the drama
 * mobiles; premium (09) and personal (070) numbers are refused against toll fraud.
 */
export function ukNumber(words: string): string | null {
  const number = parsePhoneNumberFromString(words.replace(/[#*]/g, ''), 'GB')
  if (!number?.isPossible() || number.countryCallingCode !== '44') return null
  return /^\+44(9|70|84|87)/.test(number.number) ? null : number.number
}

/** Whether a number can be texted, only rung, or neither. */
export function phoneKind(address: string): 'mobile' | 'landline' | 'withheld' {
  if (!/^\+[1-9]\d{6,14}$/.test(address)) return 'withheld'
  return /^\+447[1-57-9]/.test(address) ? 'mobile' : 'landline'
}
