import { describe, expect, it } from 'vitest'
import { beginHandoff, mayJoin, stepHandoff } from '../../src/handoff/handoff.ts'
import { facts, given } from './explore.ts'
import { STORIES, tell } from './stories.ts'

describe('a handoff', () => {
  it.each(STORIES)('%s', (_, but, heard, value, effects) => {
    const turn = tell(but, heard)
    expect(turn.state.value).toBe(value)
    for (const effect of effects)
      expect(turn.effects).toEqual(expect.arrayContaining([expect.objectContaining(effect)]))
  })

  it('keeps the place it had in the queue when who took it does not come', () => {
    const ranks = (...args: Parameters<typeof tell>) =>
      tell(...args).effects.flatMap((effect) => (effect.kind === 'queue' ? [effect.rank] : []))
    const fails = { type: 'LEG', label: 'staff:a', is: 'failed' } as const
    const took = { type: 'ACCEPTED', by: 'a', via: 'softphone' } as const
    expect(ranks({}, [took, fails, fails])).toEqual(ranks({}, []))
  })

  it('asks everybody anew once it became worse', () => {
    const declined = [
      { type: 'OFFERED', to: ['a', 'b'] },
      { type: 'DECLINED', by: 'a', reason: 'busy' },
    ] as const
    const worse = {
      type: 'CHANGED',
      priority: 'P1',
      level: 'emergency',
      danger: 'yes',
      wants: true,
    } as const
    expect(tell({}, declined).state.context.passed).toEqual(['a'])
    expect(tell({}, [...declined, worse]).state.context.passed).toEqual([])
  })

  it('does not hear the end of a wait before its time, nor twice', () => {
    const { state } = tell({}, [{ type: 'OFFERED', to: ['a'] }])
    const early = { ...facts, now: '2026-11-02T10:00:19.999Z' }
    expect(stepHandoff(state, { type: 'DUE', wait: 'offer' }, early)).toEqual({
      state,
      effects: [],
    })
    const lapsed = tell({}, [
      { type: 'OFFERED', to: ['a'] },
      { type: 'DUE', wait: 'offer' },
    ]).state
    expect(stepHandoff(lapsed, { type: 'DUE', wait: 'offer' }, facts).effects).toEqual([])
  })

  it('is never stepped once it is finished', () => {
    const { state } = tell({}, [{ type: 'ENDED' }])
    expect(() => stepHandoff(state, { type: 'GONE' }, facts)).toThrow('finished at withdrawn')
  })

  it('is plain JSON, and the same again after it was saved', () => {
    for (const [, but, heard] of STORIES) {
      const { state } = tell(but, heard)
      expect(JSON.parse(JSON.stringify(state))).toEqual(state)
    }
  })

  it('leaves what it was given as it was', () => {
    const { state } = beginHandoff(given, facts)
    const before = structuredClone(state)
    stepHandoff(state, { type: 'OFFERED', to: ['a'] }, facts)
    expect(state).toEqual(before)
  })

  it.each<[string, Parameters<typeof tell>[1], boolean]>([
    ['who took it', [{ type: 'ACCEPTED', by: 'a', via: 'phone' }], true],
    ['nobody whom somebody else overtook', [{ type: 'ACCEPTED', by: 'b', via: 'phone' }], false],
    [
      'nobody who took too long, twice',
      [
        { type: 'ACCEPTED', by: 'a', via: 'phone' },
        { type: 'DUE', wait: 'join' },
        { type: 'DUE', wait: 'join' },
      ],
      false,
    ],
    [
      'nobody once the person left',
      [{ type: 'ACCEPTED', by: 'a', via: 'phone' }, { type: 'GONE' }],
      false,
    ],
  ])('lets in %s', (_, heard, may) => expect(mayJoin(tell({}, heard).state, 'staff:a')).toBe(may))
})
