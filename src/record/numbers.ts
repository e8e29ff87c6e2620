import { parsePhoneNumberFromString } from 'libphonenumber-js'

/** What a number is, as far as money and mischief go. */
export type NumberKind =
  | 'mobile'
  | 'landline'
  /** 0800 and 0808. */
  | 'freephone'
  /** 09, 084, 087: whoever owns it earns by each call or text. */
  | 'premium'
  /** 070, and pagers (076): dear, and like a mobile to look at. */
  | 'personal'
  | 'foreign'
  /** Withheld, a name, a short code, or no number at all. */
  | 'none'

/** The Channel Islands and Man have our country code and not our prices. */
const ISLANDS = ['GG', 'JE', 'IM']

/** By its first digits, as Ofcom gives numbers out: a library's list of live numbers knows no drama numbers. */
const KINDS: readonly [RegExp, NumberKind][] = [
  [/^\+447(?:0|6(?!24))/, 'personal'],
  [/^\+44(?:9|8[47])/, 'premium'],
  [/^\+4480[08]\d{6,7}$/, 'freephone'],
  [/^\+447\d{9}$/, 'mobile'],
  [/^\+44(?:[123]\d{8,9}|5[56]\d{8})$/, 'landline'],
]

/** What kind of number this is. Ofcom, National Telephone Numbering Plan. */
export function numberKind(number: string): NumberKind {
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return 'none'
  if (!number.startsWith('+44')) return 'foreign'
  const kind = KINDS.find(([form]) => form.test(number))?.[1] ?? 'none'
  const island = kind === 'mobile' || kind === 'landline'
  if (island && ISLANDS.includes(parsePhoneNumberFromString(number)?.country ?? ''))
    return 'foreign'
  return kind
}

/**
 * Whether an address is a telephone number that costs no more than a call or text does. Someone who shows a dearer one, or
 * makes it up, is heard and kept as anyone else, and no call or text of ours goes there.
 */
export const mayReach = (address: string): boolean =>
  !['none', 'premium', 'personal'].includes(numberKind(address))

/** Whether a text to us may be answered: from the UK, and from where a text can be read. A landline that wrote can read. */
export const mayAnswer = (from: string): boolean =>
  ['mobile', 'landline'].includes(numberKind(from))
