import type { Contact } from './contact.ts'
import { type NumberKind, numberKind } from './numbers.ts'

/** One text or call that we would make. */
export interface Reaching {
  by: 'text' | 'call'
  to: string
  /** The number that reached us. */
  theirs: string
  /** Numbers that staff have approved: they may be of any country. */
  approved: readonly string[]
}

/**
 * Why we may not reach this number, null when we may: only a UK number that is not sold by the call, and only the one that
 * reached us or one that staff approved.
 */
export function refusedTo({ by, to, theirs, approved }: Reaching): string | null {
  if (approved.includes(to)) return null
  if (to !== theirs) return 'not the number that reached us'
  const kind = numberKind(to)
  if (kind === 'mobile' || kind === 'landline') return null
  if (kind === 'freephone' && by === 'call') return null
  return WORDS[kind]
}

const WORDS: Record<NumberKind, string> = {
  mobile: '',
  landline: '',
  freephone: 'a freephone number has no texts',
  premium: 'a premium number',
  personal: 'a personal number, 070 or a pager',
  foreign: 'a number of another country',
  none: 'no number',
}

/** How many texts of our own accord, beyond the replies to theirs. */
export const CAPS = {
  /** To one number in an hour, and in a day. */
  hour: 6,
  day: 20,
  /** To one place's people in a minute. */
  minute: 60,
  /** To numbers that a place had not heard of for a week, in an hour. */
  new: 300,
}
export type Caps = Record<keyof typeof CAPS, number>

/** Reads `hour:6,new:300`; what is not named keeps its default. Answers faults in words. */
export function readCaps(text: string): { caps: Caps; faults: string[] } {
  const faults: string[] = []
  const caps: Caps = { ...CAPS }
  for (const pair of text.split(',').filter(Boolean)) {
    const [name = '', most = ''] = pair.trim().split(':')
    if (!Object.hasOwn(CAPS, name))
      faults.push(`names ${name}; it may name ${Object.keys(CAPS).join(', ')}`)
    else if (!/^[1-9]\d{0,6}$/.test(most)) faults.push(`gives ${name} no number like 20`)
    else caps[name as keyof Caps] = Number(most)
  }
  return { caps, faults }
}

/** What of a contact says whom nothing may reach. */
export type Barring = Partial<Pick<Contact, 'notThese' | 'died'>> & {
  person?: Pick<Contact['person'], 'address' | 'ringOn'>
}

/**
 * Whether nothing of a contact may reach this number or chat: it is that of whoever is the danger (domain 6.7, notThese), or
 * of the person, who has died.
 */
export const isBarred = ({ notThese = [], died, person }: Barring, to: string): boolean =>
  notThese.includes(to) ||
  (died !== undefined && person !== undefined && [person.address, person.ringOn].includes(to))

/** Numbers of our own, of the place that rings. */
export interface Own {
  numbers: readonly { number: string }[]
}

/**
 * Whether this number may be rung for a contact: of the UK, not sold by the call, not barred, and none of our own. Who shows us
 * our own number has made it up, and a call to it would be answered by us.
 */
export const mayRing = (contact: Barring, to: string, { numbers }: Own): boolean =>
  !isBarred(contact, to) &&
  !numbers.some(({ number }) => number === to) &&
  ['mobile', 'landline', 'freephone'].includes(numberKind(to))
