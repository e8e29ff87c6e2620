import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { begin, step } from '../../src/conversation/step.ts'
import type { Facts, Heard, State } from '../../src/conversation/types.ts'
import { compile, describe as describeFlow } from '../../src/flows/compile.ts'
import {
  type Edge,
  explore,
  exploreFrom,
  type Graph,
  type Options,
} from '../../src/flows/explore.ts'
import { loops } from '../../src/flows/loops.ts'
import { movedArrows } from '../../src/flows/mutate.ts'
import { baseOf, patch } from '../../src/flows/patch.ts'
import { replay } from '../../src/flows/replay.ts'
import { facts } from './people.ts'
import { flowOf, library } from './shipped.ts'

const resident = flowOf('resident.v1')
const described = describeFlow(resident, library)
const compiled = compile(resident, library)
const graph = explore(described)
const runnable = {
  machine: compiled.machine,
  name: 'resident',
  version: 1,
} as unknown as Parameters<typeof begin>[0]

it('takes every different turn as XState does', () => {
  const { turns, failures } = replay('resident.v1', compiled, graph)
  expect(failures).toEqual([])
  expect(turns).toBeGreaterThan(5000)
})

it('finds nothing new when it starts from what it found to matter', () => {
  const again = explore(described, { live: graph.live })
  expect([again.nodes.length, again.edges]).toEqual([graph.nodes.length, graph.edges])
})

it('a Teams conversation goes where a text goes', () => {
  const by = (channel: string) => {
    const { nodes, edges } = explore(described, { domains: { channel: [channel] } })
    return [nodes.length, edges, nodes.map(({ value }) => value).sort()]
  }
  expect(by('teams')).toEqual(by('sms'))
})

/** The turns, as what they say and where they lead. */
function kinds({ starts, nodes }: Graph): Set<string> {
  const all = [...starts, ...nodes.flatMap(({ edges }) => edges)]
  return new Set(all.map((edge) => kindOf(edge.from?.value ?? '', edge, edge.to.value)))
}
const kindOf = (from: string, { effects }: Pick<Edge, 'effects'>, to: string) =>
  `${from} → ${to}: ${effects.map((effect) => ('step' in effect ? `${effect.kind} ${effect.step}` : effect.kind)).join()}`

describe('whatever anyone does, the search has seen it', () => {
  const seen = kinds(graph)
  const yesNo = fc.constantFrom('yes' as const, 'no' as const)
  const changes = fc.record({
    cover: yesNo,
    open: fc.subarray(['UCR2', 'EMH', 'CSD']),
    lines: fc.subarray(['palliative', 'crisis', 'broker']),
  })
  const lasting = fc.record({
    channel: fc.constantFrom('voice' as const, 'sms' as const, 'teams' as const),
    phone: fc.constantFrom('mobile' as const, 'landline' as const, 'withheld' as const),
    resume: fc.constantFrom('no' as const, 'stale' as const),
    known: fc.record({
      area: fc.constantFrom(
        'unasked' as const,
        'here' as const,
        'elsewhere' as const,
        'unknown' as const
      ),
      codes: fc.subarray(['INFO', 'CSD', 'UCR2', 'SAFE', 'HOLD']),
    }),
    settings: fc.record({
      headInjury: fc.constantFrom('E999' as const, 'A&E' as const),
      shareUrgent: yesNo,
    }),
  })
  const heard = fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 40 })

  it('on calls at random, with what is open changing from turn to turn', () => {
    fc.assert(
      fc.property(lasting, heard, (kept, turns) => {
        const at = (now: Partial<Facts>): Facts => ({ ...facts(kept), ...now })
        let turn = begin(runnable, at(turns[0]![1]))
        expect(seen).toContain(kindOf('', turn, turn.state.value))
        for (const [pick, now] of turns) {
          if (turn.state.done) return
          const from = turn.state.value
          turn = step(runnable, turn.state, likely(turn.state, pick), at(now))
          expect(seen).toContain(kindOf(from, turn, turn.state.value))
        }
      }),
      { numRuns: 3000 }
    )
  }, 60_000)
})

/** Mostly an answer of the question that is asked, so that a call comes somewhere; sometimes anything. */
function likely(state: State, pick: number): Heard {
  const found = graph.nodes.find(({ value, done }) => value === state.value && !done)
  const all = [...new Set(found?.edges.map(({ heard }) => heard) ?? [])]
  const own = all.filter(({ type }) => type === 'ANSWER' || type === 'FOUND' || type === 'NOBODY')
  const list = own.length > 0 && pick % 4 > 0 ? own : all
  return list[Math.floor(pick / 4) % list.length] ?? { type: 'SILENCE' }
}

describe('a small change', () => {
  const options: Options = {
    effort: 'quick',
    domains: { channel: ['voice'], phone: ['mobile'], resume: ['no'] },
  }
  const base = baseOf(exploreFrom(described, options))
  const few = [...movedArrows(library, flowOf('fall.v1'), 'pain')].filter((_, at) => at % 18 === 0)

  it.each(few.map((mutant) => [mutant.change, mutant] as const))(
    '%s comes to what a whole exploration does',
    (_change, { library: changed }) => {
      const now = describeFlow(resident, changed)
      const { graph: patched, whole, undo } = patch(base, now, { flow: 'fall', name: 'pain' })
      const really = kinds(explore(now, { ...options, live: base.search.live }))
      if (whole) expect(kinds(patched)).toEqual(really)
      undo()
    }
  )

  it('leaves the search as it was', () =>
    expect(kinds(base.graph)).toEqual(kinds(explore(described, options))))
})

it.each([
  ['a line', { a: ['b'], b: ['c'], c: [] }, [['c'], ['b'], ['a']]],
  ['a circle', { a: ['b'], b: ['c'], c: ['a', 'd'], d: [] }, [['d'], ['c', 'b', 'a']]],
  ['one that leads to itself', { a: ['a', 'b'], b: [] }, [['b'], ['a']]],
  [
    'two circles',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    [
      ['d', 'c'],
      ['b', 'a'],
    ],
  ],
] as [string, Record<string, string[]>, string[][]][])('groups %s', (_what, next, groups) => {
  expect(loops(Object.keys(next), (one) => next[one] ?? [])).toEqual(groups)
})
