import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beginHandoff, stepHandoff } from '../../src/handoff/handoff.ts'
import type { Handoff, HandoffHeard } from '../../src/handoff/types.ts'
import { EMPTY, facts, given, type Node, words, written } from './explore.ts'
import { LAWS, TURNS } from './promises.ts'

// Beyond the two navigators, one team and one try of each call that the exploration is bounded to.
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const who = fc.constantFrom('a', 'b', 'c', 'd')
const label = fc.constantFrom(
  'caller',
  'staff:a',
  'staff:b',
  'staff:c',
  'team:x',
  'team:y',
  'other:1'
)
const call = fc.constantFrom('CA1', 'CA2', 'CA3', undefined)
const known = {
  priority: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const, 'P4' as const),
  danger: fc.constantFrom(
    'not-asked' as const,
    'cleared' as const,
    'yes' as const,
    'not-sure' as const
  ),
  wants: fc.boolean(),
}

const leg = fc
  .tuple(label, fc.constantFrom('ringing', 'ready', 'in', 'held', 'back', 'left', 'failed'), call)
  .map(
    ([name, is, sid]) =>
      ({ type: 'LEG', label: name, is, ...(sid && { call: sid }) }) as HandoffHeard
  )
const bring = fc.tuple(who, label).map(([by, name]): HandoffHeard => {
  const [kind = 'other', id = ''] = name.split(':')
  return { type: 'BRING', by, leg: { label: name, kind: kind as 'team', who: id } }
})
const heard: fc.Arbitrary<HandoffHeard> = fc.oneof(
  { weight: 6, arbitrary: leg },
  fc.record({
    type: fc.constant('CHANGED' as const),
    level: fc.constant('soon' as const),
    ...known,
  }),
  fc.record({ type: fc.constant('OFFERED' as const), to: fc.array(who) }),
  fc.record({ type: fc.constant('DECLINED' as const), by: who, reason: fc.constant('busy') }),
  fc.record({
    type: fc.constant('ACCEPTED' as const),
    by: who,
    via: fc.constantFrom('softphone', 'phone', 'thread'),
  }),
  fc.constant({ type: 'NONE' } as const),
  fc.record({ type: fc.constant('DUE' as const), wait: fc.constantFrom('offer', 'join', 'alone') }),
  bring,
  fc.record({
    type: fc.constantFrom('HOLD', 'MUTE'),
    by: who,
    label,
    on: fc.boolean(),
  }) as fc.Arbitrary<HandoffHeard>,
  fc.record({ type: fc.constant('DROP' as const), by: who, label }),
  fc.record({ type: fc.constantFrom('LEAVE', 'WRAPPED'), by: who }) as fc.Arbitrary<HandoffHeard>,
  fc.record({
    type: fc.constant('HAND_BACK' as const),
    by: who,
    what: fc.constantFrom('questions', 'feedback', 'close'),
  }),
  fc.record({ type: fc.constant('LOST' as const), staff: who, why: fc.constant('role') }),
  fc.record({
    type: fc.constant('FAILED' as const),
    effect: fc.constantFrom('ring', 'join', 'thread', 'participant'),
    label,
    why: fc.constant('x'),
  }),
  fc.constantFrom<HandoffHeard>({ type: 'GONE' }, { type: 'ENDED' }, { type: 'COVERED' })
) as fc.Arbitrary<HandoffHeard>

/** What the books cannot tell without knowing which try a line's news is of. */
const NEEDS_CALLS = ['who it believes to be in the call is there', 'who is there is known to be']

it(`keeps its promises with more people, late news and any order of events (seed ${seed})`, () => {
  let turns = 0
  const channel = fc.constantFrom('voice' as const, 'sms' as const, 'teams' as const)
  fc.assert(
    fc.property(
      channel,
      fc.record(known),
      fc.array(heard, { minLength: 20, maxLength: 120 }),
      (way, start, all) => {
        const first = beginHandoff({ ...given, ...start, channel: way }, facts)
        let state: Handoff = first.state
        let book = written(EMPTY, first.effects)
        const path: string[] = []
        for (const one of all) {
          if (state.done) return
          // Ends before anyone spoke are easily had: most walks are to come further.
          const ends = ['GONE', 'ENDED', 'COVERED'].includes(one.type) && !state.context.joined
          if (ends && path.length < 15) continue
          const until = one.type === 'DUE' ? state.context.waits[one.wait] : undefined
          const turn = stepHandoff(state, one, { ...facts, now: until ?? facts.now })
          const from = { state, book, path, id: 0, to: new Set(), due: new Set() } as Node
          book = written(book, turn.effects, one.type === 'DUE' && !until ? undefined : one)
          path.push(words(one))
          turns += 1
          for (const [name, law] of Object.entries(TURNS))
            expect([name, law({ from, heard: one, turn, book })]).toEqual([name, undefined])
          state = turn.state
          for (const [name, law] of Object.entries(LAWS))
            if (!NEEDS_CALLS.includes(name))
              expect([name, law({ state, book })]).toEqual([name, undefined])
        }
      }
    ),
    { numRuns: 3000, seed }
  )
  console.log(`${turns} turns`)
}, 120_000)
