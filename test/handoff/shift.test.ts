import { describe, expect, it } from 'vitest'
import {
  beginShift,
  mayTake,
  type Shift,
  type ShiftEffect,
  type ShiftHeard,
  stepShift,
} from '../../src/handoff/shift.ts'

const day = (...heard: ShiftHeard[]) =>
  heard.reduce<{ state: Shift; effects: readonly ShiftEffect[] }>(
    ({ state }, one) => stepShift(state, one),
    beginShift()
  )
const kinds = (effects: readonly ShiftEffect[]) => effects.map(({ kind }) => kind)
const offered = { type: 'OFFERED', contact: 'x' } as const
const taken = { type: 'TAKEN', contact: 'x' } as const
const wrapping = { type: 'WRAPPING', contact: 'x' } as const
const free = { type: 'FREE', contact: 'x' } as const
const rest = { type: 'BREAK' } as const
const back = { type: 'BACK' } as const
const end = (...promises: string[]): ShiftHeard => ({ type: 'END', promises })

describe('a shift', () => {
  it.each<[string, ShiftHeard[], Shift['value'], ShiftEffect['kind'][]]>([
    ['takes a contact', [offered, taken], 'on-contact', ['log']],
    [
      'gives its other offers to others',
      [offered, { type: 'OFFERED', contact: 'y' }, taken],
      'on-contact',
      ['decline', 'log'],
    ],
    ['writes it up', [taken, wrapping], 'wrapping', ['log']],
    ['is looked at again after that', [taken, wrapping, free], 'available', ['log', 'look']],
    ['keeps what is offered', [offered], 'available', []],
    ['rests at once when nothing is on', [rest], 'break', ['log']],
    ['gives its offers back for a rest', [offered, rest], 'break', ['decline', 'log']],
    ['rests after the contact it is on', [taken, rest, wrapping, free], 'break', ['log']],
    ['is offered nothing on a break', [rest, offered], 'break', ['decline']],
    ['is offered nothing after a hard call', [{ type: 'PAUSE' }, offered], 'paused', ['decline']],
    [
      'is offered nothing in a call',
      [taken, { type: 'OFFERED', contact: 'y' }],
      'on-contact',
      ['decline'],
    ],
    [
      'is offered nothing while it writes up',
      [taken, wrapping, { type: 'OFFERED', contact: 'y' }],
      'wrapping',
      ['decline'],
    ],
    ['comes back from a break', [rest, back], 'available', ['log', 'look']],
    [
      'need not take the break it asked for',
      [taken, rest, back, free],
      'available',
      ['log', 'look'],
    ],
    [
      'is still writing up one contact when another is over',
      [taken, wrapping, { type: 'TAKEN', contact: 'y' }, { type: 'FREE', contact: 'y' }],
      'wrapping',
      ['log'],
    ],
    ['ends', [end()], 'off', ['log']],
    ['ends, and gives its offers back', [offered, end()], 'off', ['decline', 'log']],
    ['does not end in a call', [taken, end()], 'on-contact', ['refused']],
    ['does not end before it is written up', [taken, wrapping, end()], 'wrapping', ['refused']],
    ['does not end with promises', [end('p1', 'p2')], 'available', ['refused', 'reassign']],
    [
      'is taken away, with all it holds',
      [offered, taken, { type: 'REMOVED', promises: ['p'], why: 'role' }],
      'off',
      ['lost', 'reassign', 'log'],
    ],
  ])('%s', (_, heard, value, effects) => {
    const turn = day(...heard)
    expect([turn.state.value, kinds(turn.effects)]).toEqual([value, effects])
  })

  it('names the promises that hold it', () => {
    expect(day(end('p1', 'p2')).effects).toContainEqual({
      kind: 'refused',
      why: 'promises',
      what: ['p1', 'p2'],
    })
  })

  it('is not stepped once it has ended', () => {
    expect(() => stepShift(day(end()).state, back)).toThrow('the shift has ended')
  })

  it.each<[string, ShiftHeard[], string, boolean]>([
    ['who is free', [], 'x', true],
    ['who is in a call', [taken], 'y', false],
    ['who writes up another', [taken, wrapping], 'y', false],
    ['who writes up this one', [taken, wrapping], 'x', true],
    ['who is on a break', [rest], 'x', false],
  ])('may be taken by %s: %#', (_, heard, contact, may) =>
    expect(mayTake(day(...heard).state, contact)).toBe(may)
  )
})

it('offers nothing to anyone but who is available, in any order of events', () => {
  const events: ShiftHeard[] = [
    offered,
    { type: 'OFFERED', contact: 'y' },
    taken,
    wrapping,
    free,
    { type: 'TAKEN', contact: 'y' },
    { type: 'FREE', contact: 'y' },
    rest,
    { type: 'PAUSE' },
    back,
    end(),
    end('p'),
  ]
  const seen = new Map<string, Shift>()
  const open = [beginShift().state]
  for (const state of open)
    for (const heard of state.done ? [] : events) {
      const { state: next } = stepShift(state, heard)
      if (next.value !== 'available') expect(next.context.offers).toEqual([])
      if (next.context.rest) expect(next.value).not.toBe('available')
      if (next.done) expect([next.context.contacts, heard.type]).toEqual([[], 'END'])
      const key = JSON.stringify([next.value, next.context])
      if (!seen.has(key)) open.push(next)
      seen.set(key, next)
    }
  console.log(`shift: ${seen.size} situations`)
  expect(seen.size).toBeGreaterThan(20)
})
