import { describe, expect, it } from 'vitest'
import {
  beginOwned,
  type Owned,
  type OwnedHeard,
  type Owner,
  stepOwned,
} from '../../src/handoff/promises.ts'
import { beginShift, type Shift, type ShiftHeard, stepShift } from '../../src/handoff/shift.ts'

const DUE = '2026-11-02T11:00:00Z'
const TEAM: Owner = { kind: 'team', id: 'duty' }
const STAFF = ['a', 'b'] as const
const staff = (id: string): Owner => ({ kind: 'staff', id })
const facts = (atWork: readonly string[], now = DUE) => ({ now, atWork })

describe('a promise', () => {
  it('is the team’s where who should own it is not at work', () => {
    const { state } = beginOwned({ owner: staff('a'), team: 'duty', due: DUE }, facts([]))
    expect(state.context.owner).toEqual(TEAM)
  })
  it('is not given to somebody who is not at work', () => {
    const { state } = beginOwned({ owner: TEAM, team: 'duty', due: DUE }, facts([]))
    const turn = stepOwned(state, { type: 'OWN', owner: staff('b'), by: 'a' }, facts(['a']))
    expect(turn).toEqual({ state, effects: [{ kind: 'refused', why: 'not-at-work' }] })
  })
  it('is late once, and not before its time', () => {
    const { state } = beginOwned({ owner: TEAM, team: 'duty', due: DUE }, facts([]))
    expect(stepOwned(state, { type: 'DUE' }, facts([], '2026-11-02T10:59:59Z')).effects).toEqual([])
    const late = stepOwned(state, { type: 'DUE' }, facts([]))
    expect(late.effects[0]).toEqual({ kind: 'late' })
    expect(stepOwned(late.state, { type: 'DUE' }, facts([])).effects).toEqual([])
  })
  it('is not stepped once it is closed', () => {
    const { state } = beginOwned({ owner: TEAM, team: 'duty', due: DUE }, facts([]))
    const met = stepOwned(state, { type: 'CLOSED', how: 'met', by: 'a' }, facts([])).state
    expect(() => stepOwned(met, { type: 'DUE' }, facts([]))).toThrow('the promise is met')
  })
})

/** Two shifts and one promise, as the desk holds them: a shift that ends or is taken away is one commit with the promise. */
interface World {
  shifts: Readonly<Record<string, Shift | null>>
  promise: Owned
}
const atWork = ({ shifts }: World) => STAFF.filter((id) => shifts[id] && !shifts[id].done)

type Act =
  | { of: 'promise'; heard: OwnedHeard }
  | { of: string; heard: ShiftHeard | { type: 'START' } }
const ACTS: Act[] = [
  ...[TEAM, staff('a'), staff('b')].map(
    (owner): Act => ({ of: 'promise', heard: { type: 'OWN', owner, by: 'a' } })
  ),
  { of: 'promise', heard: { type: 'DUE' } },
  { of: 'promise', heard: { type: 'CLOSED', how: 'met', by: 'a' } },
  ...STAFF.flatMap((of): Act[] => [
    { of, heard: { type: 'START' } },
    { of, heard: { type: 'TAKEN', contact: 'x' } },
    { of, heard: { type: 'WRAPPING', contact: 'x' } },
    { of, heard: { type: 'FREE', contact: 'x' } },
    { of, heard: { type: 'BREAK' } },
    { of, heard: { type: 'END', promises: [] } },
    { of, heard: { type: 'REMOVED', promises: [], why: 'role' } },
  ]),
]

function after(world: World, { of, heard }: Act, told = true): World {
  const shift = world.shifts[of]
  if (of === 'promise') {
    const promise = stepOwned(world.promise, heard as OwnedHeard, facts(atWork(world))).state
    return { ...world, promise }
  }
  const starts = heard.type === 'START' && (!shift || shift.done)
  if (starts) return { ...world, shifts: { ...world.shifts, [of]: beginShift().state } }
  if (!shift || shift.done || heard.type === 'START') return world
  const owns = world.promise.context.owner.id === of && !world.promise.done ? ['p'] : []
  const given = 'promises' in heard ? { ...heard, promises: told ? owns : [] } : heard
  const { state, effects } = stepShift(shift, given as ShiftHeard)
  let { promise } = world
  const now = { ...world, shifts: { ...world.shifts, [of]: state } }
  for (const effect of effects)
    if (effect.kind === 'reassign' && !effect.first)
      promise = stepOwned(
        promise,
        { type: 'OWNER_GONE', staff: of, why: 'off' },
        facts(atWork(now))
      ).state
  return { ...now, promise }
}

/** Every order of shifts, ends, removals and hand-overs: how often the owner is somebody who has gone home. */
function unowned(told: boolean): { worlds: number; broken: number } {
  const first = beginOwned({ owner: TEAM, team: 'duty', due: DUE }, facts([])).state
  const list: World[] = [{ shifts: { a: null, b: null }, promise: first }]
  const seen = new Set<string>()
  let broken = 0
  for (const world of list) {
    const { owner } = world.promise.context
    if (
      !world.promise.done &&
      owner.kind === 'staff' &&
      !atWork(world).some((id) => id === owner.id)
    )
      broken++
    if (world.promise.done) continue
    for (const act of ACTS) {
      const next = after(world, act, told)
      const key = JSON.stringify(next)
      if (!seen.has(key)) list.push(next)
      seen.add(key)
    }
  }
  return { worlds: seen.size, broken }
}

it('has a living owner at every minute, in any order of shifts and hand-overs', () => {
  const { worlds, broken } = unowned(true)
  console.log(`promises and shifts: ${worlds} situations`)
  expect([worlds > 300, broken]).toEqual([true, 0])
})

it('would have none, were a shift not told what it owns', () =>
  expect(unowned(false).broken).toBeGreaterThan(0))
