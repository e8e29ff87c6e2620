import { afterEach, beforeEach, expect, it } from 'vitest'
import { runTimers } from '../../src/jobs/timers.ts'
import type { Store, TimerRow } from '../../src/store/contract.ts'
import { at, person, timer, turn } from '../store/sample.ts'
import { gate, memory, waited } from './parts.ts'

let store: Store
let now: string
let faults: unknown[]
beforeEach(() => {
  store = memory()
  now = at(10)
  faults = []
})
afterEach(() => store.close())

const run = (fire: (timer: TimerRow) => Promise<void>, signal?: AbortSignal) =>
  runTimers({
    store,
    fire,
    now: () => now,
    fault: (error) => void faults.push(error),
    ...(signal === undefined ? {} : { signal }),
  })

it("a person's waits end in order, and only those that are over", async () => {
  await waited(store, 1, [9, 3, 11])
  await waited(store, 2, [4])
  const fired: string[] = []
  await run(async ({ contact, due }) => void fired.push(`${Number(contact.slice(-3))} ${due}`))
  expect(fired.filter((one) => one.startsWith('1'))).toEqual([`1 ${at(3)}`, `1 ${at(9)}`])
  expect(fired).toHaveLength(3)
  expect(await store.nextDue()).toBe(at(11))
})

it('a wait whose turn fails is tried again until it works, and stops no other', async () => {
  await waited(store, 1, [1])
  await waited(store, 2, [1])
  const fired: string[] = []
  let broken = true
  const fire = async ({ contact }: TimerRow) => {
    if (broken && contact === person(1).id) throw new Error('no such place')
    fired.push(contact)
  }
  await run(fire)
  expect(fired).toEqual([person(2).id])
  expect(faults).toEqual([new Error('no such place')])
  broken = false
  await run(fire)
  expect(fired).toHaveLength(1)
  now = (await store.nextDue()) ?? ''
  await run(fire)
  expect(fired).toEqual([person(2).id, person(1).id])
  expect(await store.nextDue()).toBeNull()
})

it('a question asked again in the turn of a silence has its own wait', async () => {
  await waited(store, 1, [5])
  const second = person(1, { turn: 2 })
  const next = { ...timer(second, 'silence-5', 15) }
  await run(async () => void (await store.commit(turn(second, { timers: [next] }))))
  expect(await store.nextDue()).toBe(at(15))
})

it('a wait that leads at once to another is followed in the same run', async () => {
  await waited(store, 1, [5])
  let turns = 1
  await run(async () => {
    turns += 1
    const again = person(1, { turn: turns })
    await store.commit(turn(again, { timers: turns < 4 ? [timer(again, `n${turns}`, turns)] : [] }))
  })
  expect(turns).toBe(4)
})

it('a service that is stopping ends no further waits', async () => {
  await waited(store, 1, [5])
  const stop = new AbortController()
  stop.abort()
  await run(() => Promise.reject(new Error('fired')), stop.signal)
  expect(faults).toEqual([])
})

it('a store that fails while a wait ends is heard of, and nothing is thrown', async () => {
  await waited(store, 1, [5])
  const closing = gate()
  const over = run(async () => {
    await store.close()
    closing.open()
  })
  await closing.opened
  await expect(over).rejects.toMatchObject({ code: 'store-down' }) // by the next claim
  expect(faults).toHaveLength(2)
})
