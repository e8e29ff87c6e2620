import type { Level } from '../conversation/types.ts'
import { LEVELS } from '../conversation/types.ts'

/** How long something may take: an exact ISO 8601 duration, a count of working days, the end of today, or at once. */
export type Span = 'now' | 'today' | `PT${string}` | `P${number}D` | `${number} working days`

/** What one outcome code means: how urgent it is, who normally owns it, its standard and what stands in for it. */
export interface Outcome {
  level: Level
  meaning: string
  owner: string
  /** When someone rings back; spoken to the caller. A place or a flow's `within` may change it. */
  ringBack: Span
  /** The code's own standard; never spoken. */
  standard: Span
  /** What takes over when its service is closed: codes, a slot after the next opening, or the place's cover. */
  fallback: readonly string[] | 'next-opening' | 'cover' | 'samaritans-111'
}

/**
 * Every outcome a flow may record (domain.md 6.0). A draft until a clinical safety officer signs it.
 * Times other than two hours, two days, 24 hours and two weeks are proposals; a place overrides them.
 */
export const OUTCOMES = {
  E999: row('emergency', 'Ring 999 now', 'caller, navigator alerted', 'now', 'PT10M', ['CALL']),
  EPOL: row(
    'emergency',
    'Police, fire or gas danger',
    'caller, navigator alerted',
    'now',
    'PT10M',
    ['CALL']
  ),
  LIFT: row('emergency', 'On the floor or hard to get up', 'lifting service', 'now', 'PT1H', [
    'E999',
  ]),
  E111: row('urgent', 'Urgent: NHS 111 must decide', 'caller, navigator told', 'now', 'PT2H', [
    'CALL',
  ]),
  EMH: row('urgent', 'Mental health crisis', 'crisis team', 'now', 'PT1H', 'samaritans-111'),
  UCR2: row('urgent', 'Two-hour response', 'rapid response', 'PT30M', 'PT2H', ['E111', 'CALL']),
  SAFE: row('urgent', 'Safeguarding concern', 'council front door', 'today', 'today', 'cover'),
  HOLD: row('urgent', 'Incomplete: silent or rang off', 'navigator', 'PT30M', 'PT30M', 'cover'),
  CSD: row(
    'soon',
    'Cluster team the same day',
    'cluster duty lead',
    'PT2H',
    'today',
    'next-opening'
  ),
  ATHM: row('soon', '@home (Home Ward)', '@home', 'PT2H', 'today', ['UCR2']),
  REA2: row('soon', 'Reablement', 'reablement', 'PT4H', 'P2D', 'next-opening'),
  KEYW: row('soon', 'Key worker or Support Broker', 'named person', 'today', 'today', ['CSD']),
  GPX: row('soon', 'GP extended access', 'federation hub', 'PT4H', 'P1D', 'next-opening'),
  CALL: row('soon', 'Call back', 'navigator', 'PT1H', 'today', 'cover'),
  CRT: row(
    'routine',
    'Cluster team, routine',
    'cluster team',
    '2 working days',
    '5 working days',
    'next-opening'
  ),
  NAV: row(
    'routine',
    'Care navigator',
    'care navigator',
    '1 working days',
    '2 working days',
    'next-opening'
  ),
  SAIL: row('routine', 'SAIL checklist', 'SAIL hub', 'P1D', 'P14D', 'next-opening'),
  CARE: row('routine', "Carers' service", "carers' lead", '2 working days', '5 working days', [
    'NAV',
  ]),
  FALL: row(
    'routine',
    'Falls prevention',
    'falls service',
    '5 working days',
    '10 working days',
    'next-opening'
  ),
  HOUS: row('routine', 'Housing or home hazard', 'housing', '2 working days', '5 working days', [
    'SAFE',
  ]),
  EQUP: row(
    'routine',
    'Equipment',
    'equipment service',
    '2 working days',
    '5 working days',
    'next-opening'
  ),
  INFO: row(
    'information',
    'Information, complaint or data request',
    'navigator',
    '2 working days',
    '2 working days',
    'next-opening'
  ),
  OOA: row('information', "Another place's front door", 'other front door', 'today', 'today', [
    'CALL',
  ]),
} as const satisfies Record<string, Outcome>

export type Code = keyof typeof OUTCOMES
export const CODES = Object.keys(OUTCOMES) as readonly Code[]

export const isCode = (text: string): text is Code => text in OUTCOMES

/** The level of a set of codes: the most urgent of them; `information` when there is none. */
export function levelOf(codes: readonly string[]): Level {
  const places = codes.filter(isCode).map((code) => LEVELS.indexOf(OUTCOMES[code].level))
  return LEVELS[Math.min(LEVELS.length - 1, ...places)] ?? 'information'
}

/** Codes in the order an ending speaks of them: most urgent first, the order recorded within a level. */
export function byUrgency(codes: readonly string[]): Code[] {
  return codes
    .filter(isCode)
    .map((code, at) => ({ code, at, rank: LEVELS.indexOf(OUTCOMES[code].level) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ code }) => code)
}

function row(
  level: Level,
  meaning: string,
  owner: string,
  ringBack: Span,
  standard: Span,
  fallback: Outcome['fallback']
): Outcome {
  return { level, meaning, owner, ringBack, standard, fallback }
}
