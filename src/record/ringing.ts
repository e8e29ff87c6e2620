import { numberKind } from './numbers.ts'

/** Numbers that a telephone reaches and we never ring: whoever answers must know where the phone stands. */
const DESK_PHONE = ['999', '112', '111', '101']

/** What may be rung out: UK numbers that cost no more than a call does. */
const RUNG = ['mobile', 'landline', 'freephone']

/** Why a number is not rung. */
export type Unringable = 'desk-phone' | 'not-here'

/** Why this is not rung, as it was typed or as E.164; null where it may be. */
export function unringable(typed: string): Unringable | null {
  const digits = typed.replace(/[\s().-]/g, '')
  const short = digits.replace(/^(\+44|0044|0)(?=\d{3}$)/, '')
  if (DESK_PHONE.includes(short)) return 'desk-phone'
  return RUNG.includes(numberKind(digits)) ? null : 'not-here'
}

/** What somebody is told who would ring 999, 112, 111 or 101 through us: where the person is, to be read out. */
export const deskPhoneWords = ({ address = '', number = '' } = {}): string =>
  [
    'Use your desk phone or mobile.',
    ...(address || number ? [`Read out: ${read(address, number)}`] : []),
  ].join(' ')

const read = (...parts: string[]) => parts.filter(Boolean).join(' ')
