import type { Given, Handoff, HandoffHeard, Leg } from '../../src/handoff/types.ts'
import { given } from './explore.ts'

/** What the conversation may come to know, as far as any rule tells it apart. */
const KNOWN = [
  { priority: 'P3', danger: 'not-asked', wants: false },
  { priority: 'P1', danger: 'not-asked', wants: true },
  { priority: 'P3', danger: 'cleared', wants: false },
  { priority: 'P3', danger: 'cleared', wants: true },
  { priority: 'P1', danger: 'yes', wants: true },
] as const

/** How much of it is tried: all, or as much as shows what a line of the table is for. */
export type Effort = 'all' | 'few'
const known = (effort: Effort) => (effort === 'all' ? KNOWN : [KNOWN[0], KNOWN[1], KNOWN[2]])

export const beginnings = (channel: Given['channel'], effort: Effort = 'all'): Given[] =>
  known(effort).map((one) => ({ ...given, ...one, channel }))

const LINES: readonly Pick<Leg, 'label' | 'kind' | 'who' | 'number'>[] = [
  { label: 'team:ucr', kind: 'team', who: 'ucr', number: '+442079460101' },
  { label: 'staff:b', kind: 'staff', who: 'b' },
]
const STAFF = ['a', 'b'] as const
const WAITS = ['offer', 'join', 'alone'] as const
const BECOMES = ['ringing', 'ready', 'in', 'left', 'failed'] as const
/** Only the person is put on hold here: no rule tells who is held. */
const becomes = (label: string) =>
  label === 'caller' ? ([...BECOMES, 'held', 'back'] as const) : BECOMES

/** Everything that can be heard of two navigators, one team and one person; acts of anyone, at any time. */
export function everyEvent(
  channel: Given['channel'],
  effort: Effort = 'all'
): (state: Handoff) => HandoffHeard[] {
  const lines = channel === 'voice' ? LINES : []
  const always: HandoffHeard[] = [
    ...known(effort).map((one): HandoffHeard => ({ type: 'CHANGED', level: 'routine', ...one })),
    ...[['a'], ['b'], ['a', 'b']].map((to): HandoffHeard => ({ type: 'OFFERED', to })),
    ...STAFF.flatMap((by): HandoffHeard[] => [
      { type: 'DECLINED', by, reason: 'busy' },
      { type: 'ACCEPTED', by, via: channel === 'voice' ? 'softphone' : 'thread' },
      { type: 'LEAVE', by },
      { type: 'WRAPPED', by },
      { type: 'LOST', staff: by, why: 'shift ended' },
      { type: 'HAND_BACK', by, what: 'questions' },
      ...lines.map((leg): HandoffHeard => ({ type: 'BRING', by, leg })),
      { type: 'DROP', by, label: 'caller' },
      { type: 'DROP', by, label: 'team:ucr' },
      { type: 'DROP', by, label: 'staff:b' },
    ]),
    { type: 'HOLD', by: 'a', label: 'caller', on: true },
    { type: 'MUTE', by: 'a', label: 'caller', on: true },
    { type: 'NONE' },
    { type: 'GONE' },
    { type: 'ENDED' },
    { type: 'COVERED' },
    { type: 'FAILED', effect: 'join', why: 'REST refused' },
    ...WAITS.map((wait): HandoffHeard => ({ type: 'DUE', wait })),
  ]
  return ({ context: { legs } }) => [
    ...always,
    ...legs.flatMap(({ label }) =>
      becomes(label).map((is): HandoffHeard => ({ type: 'LEG', label, is }))
    ),
    { type: 'LEG', label: 'staff:a', is: 'in' },
    ...legs.map(({ label }): HandoffHeard => ({ type: 'FAILED', effect: 'ring', label, why: 'x' })),
  ]
}
