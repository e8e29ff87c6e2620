import type { HandoffContext } from './types.ts'

type Ranked = Pick<HandoffContext, 'priority' | 'danger' | 'of' | 'wants' | 'joined' | 'since'>

/** Danger that words or answers named, or that cannot be ruled out. */
export const inDanger = ({ danger, of }: Pick<HandoffContext, 'danger' | 'of'>): boolean =>
  danger === 'yes' || danger === 'not-sure' || (of === 'self' && danger !== 'cleared')

/** Danger that is not ruled out for somebody who waits for a person now. */
const notAsked = ({ danger, wants }: Ranked) => danger === 'not-asked' && wants

/**
 * Where someone stands in the queue, as text that sorts: danger, and those who skipped the danger questions, before every
 * danger-cleared caller; then the priority; then who waits alone in a call; then known danger; then who came first
 * (domain.md 6.1). Nothing in it but the moment tells two people of one kind apart.
 */
export function rank(one: Ranked): string {
  const digits = [
    inDanger(one) || notAsked(one) ? 0 : 1,
    one.priority.slice(1),
    one.joined ? 0 : 1,
    inDanger(one) ? 0 : 1,
  ]
  return `${digits.join('')}|${new Date(one.since).toISOString()}`
}

/** Before the rank of those who wait; those who are with somebody stand behind them all, whatever theirs. */
export const WAITS_AT = '0'
export const IN_HAND_AT = '1'

/** Whether everybody free is asked at once: a P1, danger, or thoughts of ending their life (design.md 2.9). */
export const asksEverybody = (one: Pick<Ranked, 'priority' | 'danger' | 'of'>): boolean =>
  one.priority === 'P1' || inDanger(one)
