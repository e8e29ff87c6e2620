import type { Vocabulary } from './listening.ts'
import { type Found, findAll, isWhole, type Tokens } from './phrases.ts'
import type { DangerKind } from './types.ts'

export const holdsNegator = (said: Tokens, { from, to }: Found, { negators }: Vocabulary) =>
  said.slice(from, to).some((word) => negators.includes(word))

/** A negator directly before, unless the phrase holds one of its own: "no, not eating" is no denial of "not eating". */
export const isNegated = (said: Tokens, at: Found, v: Vocabulary): boolean =>
  v.negators.includes(said[at.from - 1] ?? '') && !holdsNegator(said, at, v)

/** "I am not", where "I am" is a phrase: the phrase says nothing. */
export function isTurned(said: Tokens, { to }: Found, v: Vocabulary): boolean {
  const last = said[to - 1] ?? ''
  const verb = v.auxiliaries.includes(last) || v.modals.includes(last)
  return verb && v.negators.includes(said[to] ?? '')
}

/** The danger a person's words name, unless a negator stands directly before it. */
export function danger(said: Tokens, v: Vocabulary): DangerKind | null {
  for (const kind of ['body', 'self', 'harm'] as const)
    if (findAll(said, v.danger[kind]).some((at) => !isNoDanger(said, at, v))) return kind
  return null
}

/** "Not" takes any danger back. "No" denies only a thing: "no chest pain", but "no unconscious" is a no and an alarm. */
function isNoDanger(said: Tokens, at: Found, v: Vocabulary): boolean {
  const denied = isNegated(said, at, v)
  const bare = v.no.includes(said[at.from - 1] ?? '')
  if (denied && (!bare || isWhole(said.slice(at.from, at.to), v.deniable))) return true
  return isInNumber(said, at, v)
}

/** The 999 of a telephone number is no alarm. */
function isInNumber(said: Tokens, { from, to }: Found, { digits }: Vocabulary): boolean {
  const digit = (word = '') => (/^\d+$/.test(word) ? word : digits[word])
  if (!said.slice(from, to).every(digit)) return false
  let first = from
  let last = to
  while (digit(said[first - 1])) first--
  while (digit(said[last])) last++
  return /^[0-8]\d{8,12}$/.test(said.slice(first, last).map(digit).join(''))
}
