import { beginHandoff, RULES, type Rules, stepHandoff } from '../../src/handoff/handoff.ts'
import type {
  Given,
  HandoffEffect,
  HandoffHeard,
  HandoffTurn,
  HandoffValue,
  Leg,
} from '../../src/handoff/types.ts'
import { facts, given } from './explore.ts'

const cleared: Partial<Given> = { danger: 'cleared' }
const text: Partial<Given> = { danger: 'cleared', channel: 'sms' }
const TEAM: Pick<Leg, 'label' | 'kind' | 'who' | 'number'> = {
  ...{ label: 'team:ucr', kind: 'team', who: 'ucr', number: '+442079460101' },
}
const COLLEAGUE = { label: 'staff:b', kind: 'staff', who: 'b' } as const

const accepts = (by: string, via: 'softphone' | 'phone' | 'thread' = 'softphone') =>
  ({ type: 'ACCEPTED', by, via }) as const
const offered = (...to: string[]) => ({ type: 'OFFERED', to }) as const
const leg = (
  label: string,
  is: Extract<HandoffHeard, { type: 'LEG' }>['is'],
  call?: string
): HandoffHeard => ({
  type: 'LEG',
  label,
  is,
  ...(call && { call }),
})
const knows = (but: Partial<Extract<HandoffHeard, { type: 'CHANGED' }>>): HandoffHeard => ({
  ...{ type: 'CHANGED', priority: 'P3', level: 'routine', danger: 'not-asked', wants: false },
  ...but,
})
const due = (wait: 'offer' | 'join' | 'alone'): HandoffHeard => ({ type: 'DUE', wait })
const lost = (staff: string): HandoffHeard => ({ type: 'LOST', staff, why: 'crashed' })
const gone: HandoffHeard = { type: 'GONE' }
const ended: HandoffHeard = { type: 'ENDED' }
const covered: HandoffHeard = { type: 'COVERED' }
const comes = [accepts('a'), leg('staff:a', 'in')]
const speaks = [...comes, leg('caller', 'in')]
const withTeam = [...speaks, { type: 'BRING', by: 'a', leg: TEAM } as const, leg('team:ucr', 'in')]
const leftByTeam = [...withTeam, { type: 'LEAVE', by: 'a' } as const, leg('team:ucr', 'left')]
const thread = [accepts('a', 'thread'), leg('staff:a', 'in')]
const alone = [...speaks, leg('staff:a', 'left')]

/** What happens, where it leads, and what is among the effects of the last turn. */
export type Story = [
  what: string,
  given: Partial<Given>,
  heard: readonly HandoffHeard[],
  value: HandoffValue,
  effects: readonly Partial<HandoffEffect>[],
]

const shows = (show: string, ...to: string[]) =>
  ({ kind: 'card', to, show }) as Partial<HandoffEffect>
const says = (what: string): Partial<HandoffEffect> => ({ kind: 'tell', to: 'a', what }) as never
const does = (label: string, what: string): Partial<HandoffEffect> =>
  ({ kind: 'participant', label, do: what }) as never
const promise = (why: string): Partial<HandoffEffect> => ({ kind: 'promise', why }) as never
const logs = (what: string): Partial<HandoffEffect> => ({ kind: 'log', what })
const joined: Partial<HandoffEffect>[] = [{ kind: 'conversation', heard: 'JOINED', by: 'a' }]

export const STORIES: Story[] = [
  [
    'an offer rings',
    {},
    [offered('a', 'b')],
    'offered',
    [shows('offer', 'a', 'b'), { kind: 'wait', name: 'offer', for: 'PT20S' }],
  ],
  ['more are asked', {}, [offered('a'), offered('b')], 'offered', [shows('offer', 'b')]],
  ['nobody is asked twice at once', {}, [offered('a'), offered('a')], 'offered', []],
  ['it lapses', {}, [offered('a', 'b'), due('offer')], 'waiting', [shows('lapsed', 'a', 'b')]],
  [
    'one declines, one is left',
    {},
    [offered('a', 'b'), { type: 'DECLINED', by: 'a', reason: 'busy' }],
    'offered',
    [shows('lapsed', 'a')],
  ],
  [
    'the last declines',
    {},
    [offered('a'), { type: 'DECLINED', by: 'a', reason: 'busy' }],
    'waiting',
    [logs('declined')],
  ],
  ['one who is asked goes home', {}, [offered('a'), lost('a')], 'waiting', [shows('empty', 'a')]],
  [
    'the first takes it',
    cleared,
    [offered('a', 'b'), accepts('a')],
    'accepted',
    [
      { ...shows('taken', 'b'), by: 'a' } as never,
      { kind: 'queue', rank: null },
      { kind: 'wait', name: 'offer', for: null },
    ],
  ],
  ['one takes it from the queue', cleared, [accepts('a')], 'accepted', [shows('yours', 'a')]],
  [
    'the second sees who has it',
    cleared,
    [accepts('a'), accepts('b')],
    'accepted',
    [{ ...shows('taken', 'b'), by: 'a' } as never],
  ],
  [
    'their own number rings instead',
    cleared,
    [accepts('a'), accepts('a', 'phone')],
    'accepted',
    [does('staff:a', 'stop-ringing'), { kind: 'ring', via: 'phone' } as never],
  ],
  [
    'only safeguarding may see it from now on',
    cleared,
    [offered('a', 'b'), knows({ danger: 'cleared', restricted: true })],
    'waiting',
    [shows('lapsed', 'a', 'b')],
  ],
  [
    'they give it back',
    cleared,
    [accepts('a'), { type: 'DECLINED', by: 'a', reason: 'x' }],
    'waiting',
    [does('staff:a', 'stop-ringing'), shows('lapsed', 'a')],
  ],
  [
    'they leave before it began',
    cleared,
    [accepts('a'), { type: 'LEAVE', by: 'a' }],
    'waiting',
    [shows('lapsed', 'a')],
  ],
  [
    'they crash before it began',
    cleared,
    [accepts('a'), lost('a')],
    'waiting',
    [shows('lapsed', 'a')],
  ],
  ['they join in mid-question', cleared, comes, 'connected', [...joined, { kind: 'join' }]],
  ['they wait until danger is asked', {}, comes, 'accepted', []],
  [
    'they join as danger is cleared',
    {},
    [...comes, knows({ danger: 'cleared' })],
    'connected',
    [...joined, { kind: 'join' }],
  ],
  [
    'they join at a danger',
    {},
    [...comes, knows({ danger: 'yes', priority: 'P1' })],
    'connected',
    joined,
  ],
  ['they join when nobody can ask any more', {}, [...comes, ended], 'connected', joined],
  [
    'they come though the flow ended',
    cleared,
    [accepts('a'), ended, leg('staff:a', 'in')],
    'connected',
    joined,
  ],
  [
    'the flow ended and they do not come',
    cleared,
    [accepts('a'), ended, leg('staff:a', 'failed'), leg('staff:a', 'failed')],
    'withdrawn',
    [shows('lapsed', 'a')],
  ],
  [
    'no answer is tried again',
    cleared,
    [accepts('a'), due('join')],
    'accepted',
    [does('staff:a', 'stop-ringing'), { kind: 'ring' }],
  ],
  [
    'no answer twice is somebody else',
    cleared,
    [accepts('a'), due('join'), due('join')],
    'waiting',
    [shows('lapsed', 'a')],
  ],
  [
    'REST refuses twice',
    cleared,
    [
      accepts('a'),
      { type: 'FAILED', effect: 'ring', label: 'staff:a', why: 'x' },
      { type: 'FAILED', effect: 'ring', label: 'staff:a', why: 'x' },
    ],
    'waiting',
    [shows('lapsed', 'a')],
  ],
  [
    'late news of the first try is nothing',
    cleared,
    [accepts('a'), leg('staff:a', 'ringing', 'CA1'), due('join'), leg('staff:a', 'failed', 'CA1')],
    'accepted',
    [],
  ],
  [
    'late news of an answer is nothing',
    cleared,
    [accepts('a'), leg('staff:a', 'ringing', 'CA1'), due('join'), leg('staff:a', 'ready', 'CA1')],
    'accepted',
    [],
  ],
  ['a thread opens', text, thread, 'connected', joined],
  [
    'Teams is down twice',
    text,
    [
      accepts('a', 'thread'),
      { type: 'FAILED', effect: 'thread', why: 'x' },
      { type: 'FAILED', effect: 'thread', why: 'x' },
    ],
    'waiting',
    [shows('lapsed', 'a')],
  ],
  [
    'nobody is left',
    { wants: true },
    [{ type: 'NONE' }],
    'waiting',
    [{ kind: 'conversation', heard: 'NOBODY' }],
  ],
  ['nobody is left for one who asks on', {}, [{ type: 'NONE' }], 'waiting', []],
  [
    'nobody is left is said once',
    { wants: true },
    [{ type: 'NONE' }, { type: 'NONE' }],
    'waiting',
    [],
  ],
  [
    'it becomes worse: all are asked anew',
    {},
    [
      offered('a', 'b'),
      { type: 'DECLINED', by: 'a', reason: 'busy' },
      knows({ danger: 'yes', priority: 'P1' }),
    ],
    'offered',
    [logs('raised'), { kind: 'queue' }],
  ],
  ['the cover answers before anyone is asked', {}, [covered], 'covered', []],
  [
    'the cover answers while some are asked',
    {},
    [offered('a'), covered],
    'covered',
    [shows('gone', 'a')],
  ],
  [
    'the cover answers while one is on the way',
    {},
    [accepts('a'), covered],
    'covered',
    [does('staff:a', 'stop-ringing'), shows('gone', 'a')],
  ],
  ['a routine caller hangs up', cleared, [offered('a'), gone], 'withdrawn', [shows('gone', 'a')]],
  [
    'an urgent one hangs up',
    { ...cleared, priority: 'P2' },
    [gone],
    'promised',
    [promise('dropped')],
  ],
  [
    'one who was not asked about danger hangs up',
    {},
    [accepts('a'), gone],
    'promised',
    [promise('dropped'), shows('gone', 'a'), does('staff:a', 'stop-ringing')],
  ],
  ['the flow ends and nobody came', {}, [ended], 'withdrawn', [{ kind: 'queue', rank: null }]],
  [
    'the flow ends while some are asked',
    {},
    [offered('a'), ended],
    'withdrawn',
    [shows('gone', 'a')],
  ],
  [
    'the person is not seen in the call',
    cleared,
    [...comes, due('join')],
    'connected',
    [{ kind: 'join' }],
  ],
  [
    'the person never comes',
    cleared,
    [...comes, due('join'), due('join')],
    'connected',
    [says('person-missing')],
  ],
  [
    'and is rung back',
    cleared,
    [...comes, due('join'), due('join'), { type: 'LEAVE', by: 'a' }],
    'wrapping',
    [promise('dropped'), { kind: 'close' }],
  ],
  [
    'a team is brought in',
    cleared,
    [...speaks, { type: 'BRING', by: 'a', leg: TEAM }],
    'connected',
    [{ kind: 'ring', leg: TEAM, via: 'number' }],
  ],
  [
    'a colleague is brought in',
    cleared,
    [...speaks, { type: 'BRING', by: 'a', leg: COLLEAGUE }],
    'connected',
    [{ kind: 'ring', leg: COLLEAGUE, via: 'softphone' }],
  ],
  [
    'the team does not answer',
    cleared,
    [...speaks, { type: 'BRING', by: 'a', leg: TEAM }, leg('team:ucr', 'failed')],
    'connected',
    [{ ...says('no-answer'), label: 'team:ucr' } as never],
  ],
  [
    'it is there already',
    cleared,
    [...withTeam, { type: 'BRING', by: 'a', leg: TEAM }],
    'connected',
    [says('already-there')],
  ],
  [
    'the person is held',
    cleared,
    [...speaks, { type: 'HOLD', by: 'a', label: 'caller', on: true }],
    'connected',
    [does('caller', 'hold')],
  ],
  [
    'the navigator is muted',
    cleared,
    [...speaks, { type: 'MUTE', by: 'a', label: 'staff:a', on: true }],
    'connected',
    [does('staff:a', 'mute')],
  ],
  [
    'nobody is held who is not there',
    cleared,
    [...speaks, { type: 'HOLD', by: 'a', label: 'team:ucr', on: true }],
    'connected',
    [says('no-such-line')],
  ],
  [
    'the team is taken out',
    cleared,
    [...withTeam, { type: 'DROP', by: 'a', label: 'team:ucr' }],
    'connected',
    [does('team:ucr', 'remove')],
  ],
  [
    'the call is ended',
    cleared,
    [...speaks, { type: 'DROP', by: 'a', label: 'caller' }],
    'wrapping',
    [does('caller', 'remove'), { kind: 'close' }, logs('drops')],
  ],
  [
    'the navigator may not leave them alone',
    cleared,
    [...speaks, { type: 'LEAVE', by: 'a' }],
    'connected',
    [says('alone')],
  ],
  [
    'nobody else may act',
    cleared,
    [...speaks, { type: 'LEAVE', by: 'b' }],
    'connected',
    [{ kind: 'tell', to: 'b', what: 'not-yours' }],
  ],
  [
    'the navigator leaves, the team stays',
    cleared,
    [...withTeam, { type: 'LEAVE', by: 'a' }],
    'wrapping',
    [does('staff:a', 'remove'), shows('wrap-up', 'a')],
  ],
  [
    'a colleague has it from then on',
    cleared,
    [
      ...speaks,
      { type: 'BRING', by: 'a', leg: COLLEAGUE },
      leg('staff:b', 'in'),
      { type: 'LEAVE', by: 'a' },
    ],
    'connected',
    [shows('yours', 'b'), shows('empty', 'a')],
  ],
  [
    'the team stays as the navigator crashes',
    cleared,
    [...withTeam, lost('a')],
    'wrapping',
    [promise('not-written')],
  ],
  [
    'it ends when all is over',
    cleared,
    [...withTeam, { type: 'LEAVE', by: 'a' }, gone, { type: 'WRAPPED', by: 'a' }],
    'done',
    [shows('empty', 'a')],
  ],
  [
    'it goes on until the call is over',
    cleared,
    [...withTeam, { type: 'LEAVE', by: 'a' }, { type: 'WRAPPED', by: 'a' }],
    'wrapping',
    [shows('empty', 'a')],
  ],
  [
    'the call is over after it was written up',
    cleared,
    [...withTeam, { type: 'LEAVE', by: 'a' }, { type: 'WRAPPED', by: 'a' }, leg('caller', 'left')],
    'done',
    [{ kind: 'close' }],
  ],
  [
    'the team hangs up on them',
    cleared,
    [...withTeam, { type: 'LEAVE', by: 'a' }, leg('team:ucr', 'left')],
    'waiting',
    [
      { kind: 'say', what: 'parted' },
      { kind: 'wait', name: 'alone', for: 'PT30S' },
      { kind: 'queue', rank: '1301|2026-11-02T10:00:00.000Z' },
      shows('wrap-up', 'a'),
      says('still-there'),
    ],
  ],
  [
    'they stay, and the navigator who was with them comes back',
    cleared,
    [...leftByTeam, accepts('a'), leg('staff:a', 'in')],
    'connected',
    [],
  ],
  [
    'they stay, and nobody comes: rung back, though not as urgent',
    cleared,
    [...leftByTeam, due('alone')],
    'promised',
    [
      { kind: 'say', what: 'call-back-later' },
      { kind: 'promise', priority: 'P2', why: 'dropped' },
    ],
  ],
  [
    'they stay, and danger was not ruled out',
    { danger: 'yes', priority: 'P1' },
    [...leftByTeam, due('alone')],
    'promised',
    [
      { kind: 'say', what: 'call-back' },
      { kind: 'promise', priority: 'P1', why: 'dropped' },
    ],
  ],
  [
    'they hang up, as they were told they may',
    cleared,
    [...leftByTeam, gone],
    'wrapping',
    [shows('wrap-up', 'a')],
  ],
  [
    'they hang up once it was written up: nobody rings them',
    cleared,
    [
      ...withTeam,
      { type: 'LEAVE', by: 'a' },
      { type: 'WRAPPED', by: 'a' },
      leg('team:ucr', 'left'),
      gone,
    ],
    'done',
    [],
  ],
  [
    'they hang up, and danger was not ruled out',
    { danger: 'not-sure', priority: 'P1' },
    [
      ...withTeam,
      { type: 'LEAVE', by: 'a' },
      { type: 'WRAPPED', by: 'a' },
      leg('team:ucr', 'left'),
      gone,
    ],
    'promised',
    [promise('dropped')],
  ],
  [
    'cut off later, they are told so',
    cleared,
    [...leftByTeam, accepts('b'), leg('staff:b', 'in'), leg('staff:b', 'left')],
    'waiting',
    [{ kind: 'say', what: 'alone' }],
  ],
  [
    'the navigator’s phone dies',
    cleared,
    alone,
    'waiting',
    [{ kind: 'say', what: 'alone' }, { kind: 'queue' }, shows('wrap-up', 'a')],
  ],
  [
    'nobody comes to them',
    cleared,
    [...alone, due('alone')],
    'promised',
    [
      { kind: 'say', what: 'call-back' },
      { kind: 'promise', priority: 'P1', why: 'dropped' },
      { kind: 'close' },
      shows('empty', 'a'),
    ],
  ],
  [
    'nobody comes, though some were asked',
    cleared,
    [...alone, offered('b'), due('alone')],
    'promised',
    [shows('gone', 'b')],
  ],
  [
    'whoever was held or muted hears, and is heard, once the navigator leaves',
    cleared,
    [
      ...withTeam,
      { type: 'MUTE', by: 'a', label: 'team:ucr', on: true },
      leg('caller', 'held'),
      { type: 'LEAVE', by: 'a' },
    ],
    'wrapping',
    [does('caller', 'unhold'), does('team:ucr', 'unmute')],
  ],
  [
    'and once they are lost',
    cleared,
    [...withTeam, leg('caller', 'held'), lost('a')],
    'wrapping',
    [does('caller', 'unhold')],
  ],
  [
    'another comes to them',
    cleared,
    [...alone, accepts('b'), leg('staff:b', 'in')],
    'connected',
    [{ kind: 'wait', name: 'alone', for: null }, does('caller', 'unhold'), shows('empty', 'a')],
  ],
  [
    'who is on the way may still come',
    cleared,
    [...alone, accepts('b'), due('alone')],
    'accepted',
    [],
  ],
  [
    'and does not',
    cleared,
    [...alone, accepts('b'), due('alone'), due('join'), due('join')],
    'promised',
    [promise('dropped')],
  ],
  [
    'the same one comes again',
    cleared,
    [...alone, accepts('a'), leg('staff:a', 'in')],
    'connected',
    [does('caller', 'unhold')],
  ],
  [
    'the team that was rung comes to them',
    cleared,
    [
      ...speaks,
      { type: 'BRING', by: 'a', leg: TEAM },
      leg('staff:a', 'left'),
      leg('team:ucr', 'in'),
    ],
    'wrapping',
    [{ kind: 'queue', rank: null }],
  ],
  [
    'it comes while others are asked',
    cleared,
    [
      ...speaks,
      { type: 'BRING', by: 'a', leg: TEAM },
      leg('staff:a', 'left'),
      offered('b'),
      leg('team:ucr', 'in'),
    ],
    'wrapping',
    [shows('gone', 'b')],
  ],
  [
    'both hung up: it is written up',
    cleared,
    [...alone, gone],
    'wrapping',
    [shows('wrap-up', 'a')],
  ],
  [
    'crashed, and they hung up: they are rung back',
    cleared,
    [...speaks, lost('a'), gone],
    'promised',
    [promise('dropped')],
  ],
  [
    'they hang up',
    cleared,
    [...speaks, gone],
    'wrapping',
    [shows('wrap-up', 'a'), { kind: 'close' }],
  ],
  [
    'nobody is left to write it up',
    cleared,
    [...speaks, gone, lost('a')],
    'done',
    [promise('not-written')],
  ],
  [
    'a text is given back',
    text,
    [...thread, { type: 'HAND_BACK', by: 'a', what: 'questions' }],
    'wrapping',
    [{ kind: 'thread', do: 'hand-back' }],
  ],
  [
    'a text is not left',
    text,
    [...thread, { type: 'LEAVE', by: 'a' }],
    'connected',
    [says('by-text')],
  ],
  [
    'a call is not given back',
    cleared,
    [...speaks, { type: 'HAND_BACK', by: 'a', what: 'close' }],
    'connected',
    [says('by-phone')],
  ],
  ['they write STOP', text, [...thread, gone], 'wrapping', [{ kind: 'thread', do: 'close' }]],
  [
    'nothing is written up before it is over',
    cleared,
    [...speaks, { type: 'WRAPPED', by: 'a' }],
    'connected',
    [says('not-yet')],
  ],
]

/** Steps through a story; the ends of waits come when their time has come. */
export function tell(
  but: Partial<Given>,
  heard: readonly HandoffHeard[],
  rules: Rules = RULES
): HandoffTurn {
  let turn = beginHandoff({ ...given, ...but }, facts)
  for (const one of heard) {
    const until = one.type === 'DUE' ? turn.state.context.waits[one.wait] : undefined
    turn = stepHandoff(turn.state, one, { ...facts, now: until ?? facts.now }, rules)
  }
  return turn
}
