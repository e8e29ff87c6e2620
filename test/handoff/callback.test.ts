import { describe, expect, it } from 'vitest'
import { beginCallback, dialled, stepCallback } from '../../src/handoff/callback.ts'
import type {
  Callback,
  CallbackEffect,
  CallbackFacts,
  CallbackGiven,
  CallbackHeard,
  CallbackWait,
} from '../../src/handoff/callback-types.ts'

const NOW = '2026-11-02T10:00:00Z'
const given: CallbackGiven = {
  priority: 'P1',
  number: '+447700900123',
  phone: 'mobile',
  textSafe: true,
  relay: false,
  nextOfKin: true,
  keyWorker: true,
}
/** Open from 8 to 18 UTC. */
const open = (iso: string) => {
  const hour = new Date(iso).getUTCHours()
  if (hour >= 8 && hour < 18) return iso
  const next = new Date(iso)
  if (hour >= 18) next.setUTCDate(next.getUTCDate() + 1)
  next.setUTCHours(8, 0, 0, 0)
  return next.toISOString()
}
const at = (now: string): CallbackFacts => ({ now, open, answer: 'PT45S' })
const minute = (iso: string) => (Date.parse(iso) - Date.parse(NOW)) / 60_000

/** Goes through a call back as its waits end; what each call comes to is told in order. Lists effects with their minute. */
function lived(but: Partial<CallbackGiven>, calls: CallbackHeard['type'][], now = NOW) {
  const done: [number, string][] = []
  let clock = now
  let turn = beginCallback({ ...given, ...but }, at(clock))
  const left = [...calls]
  for (let n = 0; n < 60 && !turn.state.done && turn.state.value !== 'deciding'; n++) {
    const wait = turn.effects.find((e) => e.kind === 'wait')!
    const rings = wait.name === 'answer'
    const what = rings ? (left.shift() ?? 'UNANSWERED') : 'DUE'
    if (!rings || what === 'DUE') clock = wait.until
    const heard: CallbackHeard =
      what === 'DUE'
        ? { type: 'DUE', wait: wait.name }
        : what === 'UNANSWERED'
          ? { type: what, why: 'voicemail' }
          : ({ type: what, why: 'x' } as CallbackHeard)
    turn = stepCallback(turn.state, heard, at(clock))
    for (const e of turn.effects)
      if (e.kind !== 'wait' && e.kind !== 'log') done.push([minute(clock), say(e)])
  }
  return { done, end: turn.state.value }
}
const say = (e: CallbackEffect) =>
  e.kind === 'text'
    ? `text ${e.what}`
    : e.kind === 'welfare'
      ? `welfare ${e.who}`
      : e.kind === 'ring'
        ? `ring ${e.try}`
        : e.kind === 'promise'
          ? e.now
          : e.kind === 'tell-owner'
            ? `tell ${e.what}`
            : e.kind

describe('a call back', () => {
  it('P1: a text at once, rung two minutes later, three tries more, and a person decides', () => {
    expect(lived({}, [])).toEqual({
      done: [
        [0, 'text before'],
        [2, 'ring 1'],
        [2, 'tell unanswered'],
        [2, 'welfare key-worker'],
        [17, 'ring 2'],
        [17, 'welfare next-of-kin'],
        [62, 'ring 3'],
        [182, 'ring 4'],
        [182, 'text tried'],
        [182, 'tell tried'],
        [182, 'welfare police'],
      ],
      end: 'deciding',
    })
  })
  it('is over once a person spoke with them', () => {
    expect(lived({}, ['UNANSWERED', 'ANSWERED'])).toMatchObject({ end: 'reached' })
  })
  it('rings at once where no text may go', () => {
    expect(lived({ textSafe: false }, ['ANSWERED']).done).toEqual([
      [0, 'ring 1'],
      [0, 'met'],
    ])
    expect(lived({ phone: 'landline' }, ['ANSWERED']).done[0]).toEqual([0, 'ring 1'])
  })
  it.each<[CallbackGiven['priority'], number]>([
    ['P1', 5],
    ['P2', 20],
  ])('%s is rung within %s minutes, whatever slot it has', (priority, within) => {
    const { done } = lived({ priority, at: '2026-11-02T15:00:00Z' }, ['ANSWERED'])
    expect(done.find(([, what]) => what === 'ring 1')![0]).toBeLessThanOrEqual(within)
  })
  it('P3 keeps its slot, with a text two minutes before', () => {
    expect(
      lived({ priority: 'P3', at: '2026-11-02T11:00:00Z' }, ['ANSWERED']).done.slice(0, 2)
    ).toEqual([
      [58, 'text before'],
      [60, 'ring 1'],
    ])
  })
  it('P3 is not rung out of hours, P1 is', () => {
    const late = '2026-11-02T17:30:00Z'
    const rings = (priority: 'P1' | 'P3') =>
      lived({ priority, textSafe: false }, [], late)
        .done.filter(([, what]) => what.startsWith('ring'))
        .map(([m]) => m - minute(late))
    expect(rings('P1')).toEqual([0, 15, 60, 180])
    expect(rings('P3')).toEqual([0, 15, 870, 875])
  })
  it('P3 and P4 are told that we tried, and nobody who knows them is asked', () => {
    const { done, end } = lived({ priority: 'P4' }, [])
    expect(done.slice(-3).map(([, what]) => what)).toEqual(['text tried', 'tell tried', 'stopped'])
    expect([end, done.some(([, what]) => what.startsWith('welfare'))]).toEqual(['tried', false])
  })
  it('asks no next of kin who was not agreed', () => {
    expect(
      lived({ nextOfKin: false, keyWorker: false }, []).done.filter(([, what]) =>
        what.startsWith('welfare')
      )
    ).toEqual([[182, 'welfare police']])
  })
  it('does not count busy, rings again in five minutes, and tells the owner after six', () => {
    const busy = Array.from({ length: 8 }, () => 'BUSY' as const)
    const { done, end } = lived({ textSafe: false }, [...busy, 'ANSWERED'])
    expect(done.filter(([, what]) => what === 'ring 1').map(([m]) => m)).toEqual([
      0, 5, 10, 15, 20, 25, 40, 55, 70,
    ])
    expect(done.filter(([, what]) => what === 'tell busy')).toHaveLength(1)
    expect(end).toBe('reached')
  })
  it('stops a call that rings too long, and counts it', () => {
    expect(lived({ textSafe: false }, ['DUE', 'ANSWERED']).done.slice(0, 2)).toEqual([
      [0, 'ring 1'],
      [0.75, 'stop-ringing'],
    ])
  })
  it.each<[string, Partial<CallbackGiven>, string]>([
    ['a relay user through Relay UK', { relay: true }, '1800207700900123'],
    ['anyone else straight', {}, '+447700900123'],
  ])('rings %s', (_, but, dial) => expect(dialled({ ...given, ...but })).toBe(dial))
})

it('rings, texts and asks nobody once it was stopped; ends wherever it is; whatever is heard', () => {
  const events: CallbackHeard[] = [
    ...(['text', 'ring', 'answer', 'again'] as const).map(
      (wait: CallbackWait): CallbackHeard => ({ type: 'DUE', wait })
    ),
    { type: 'ANSWERED' },
    { type: 'BUSY' },
    { type: 'UNANSWERED', why: 'voicemail' },
    { type: 'CAME' },
    { type: 'DECIDED', by: 'a', police: false, why: 'her daughter is with her' },
    { type: 'STOP', why: 'no more' },
    { type: 'STOP', why: 'by relay', owed: true },
  ]
  const seen = new Map<string, Callback>()
  const list: Callback[] = []
  const reach = (state: Callback) => {
    const { value, context } = state
    const key = JSON.stringify([
      value,
      context.wait,
      context.priority,
      context.tries,
      context.busy,
      context.phone,
      context.nextOfKin,
    ])
    if (!seen.has(key)) list.push(state)
    seen.set(key, state)
  }
  for (const priority of ['P1', 'P2', 'P3', 'P4'] as const)
    for (const phone of ['mobile', 'landline'] as const)
      for (const nextOfKin of [true, false])
        reach(beginCallback({ ...given, priority, phone, nextOfKin }, at(NOW)).state)
  for (const state of list) {
    if (state.done) continue
    for (const heard of events) {
      const { state: next, effects } = stepCallback(state, heard, at(state.context.until))
      const kinds = effects.map(({ kind }) => kind)
      if (heard.type === 'STOP' && heard.owed && state.value === 'deciding') {
        expect([next, kinds]).toEqual([state, []])
        continue
      }
      if (heard.type === 'STOP') {
        expect(next.value).toBe('withdrawn')
        expect(kinds.includes(heard.owed ? 'tell-owner' : 'promise')).toBe(true)
        if (heard.owed) expect(kinds).not.toContain('promise')
        for (const kind of ['text', 'ring', 'welfare', 'wait']) expect(kinds).not.toContain(kind)
      }
      // Every turn that changes anything waits for something, ends, or leaves it to a person who is asked.
      if (kinds.length > 0)
        expect(next.done || kinds.includes('wait') || next.value === 'deciding').toBe(true)
      const owed = heard.type === 'STOP' && heard.owed
      if (next.done && !owed) expect(kinds).toContain('promise')
      if (next.value === 'deciding' && state.value !== 'deciding')
        expect(effects).toContainEqual({ kind: 'welfare', who: 'police' })
      if (kinds.includes('welfare')) expect(['P1', 'P2']).toContain(state.context.priority)
      for (const e of effects) if (e.kind === 'ring') expect(e.try).toBeLessThanOrEqual(4)
      reach(next)
    }
    // Time alone goes on, and an older wait of another name is nothing.
    const due = events
      .slice(0, 4)
      .map((e) => stepCallback(state, e, at(state.context.until)).effects.length > 0)
    expect(due.filter(Boolean)).toHaveLength(state.value === 'deciding' ? 0 : 1)
    const early = new Date(Date.parse(state.context.until) - 1000).toISOString()
    for (const e of events.slice(0, 4))
      expect(stepCallback(state, e, at(early)).effects).toEqual([])
  }
  console.log(`call back: ${seen.size} situations`)
  expect(() =>
    stepCallback([...seen.values()].find((s) => s.done)!, { type: 'BUSY' }, at(NOW))
  ).toThrow('finished')
})
