import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runOutbox } from '../../src/jobs/outbox.ts'
import { type JobParts, type Jobs, startJobs } from '../../src/jobs/poller.ts'
import { runTimers } from '../../src/jobs/timers.ts'
import type { OutboxRow, Store } from '../../src/store/contract.ts'
import { at, person, row, timer, turn } from '../store/sample.ts'
import { gate, memory, owed, short, stillClock, waited } from './parts.ts'

let store: Store
let clock: ReturnType<typeof stillClock>
let jobs: Jobs
let sent: string[]
let fired: string[]
let faults: unknown[]
/** What sending waits for, by row. */
let slow: Map<string, Promise<void>>
beforeEach(() => {
  store = memory()
  clock = stillClock(1)
  sent = []
  fired = []
  faults = []
  slow = new Map()
})
afterEach(async () => {
  await jobs.stop()
  await store.close()
  vi.useRealTimers()
})

const send = async (row: OutboxRow) => {
  await slow.get(short(row.id))
  sent.push(short(row.id))
  return { done: {} }
}

function start(change: Partial<JobParts> = {}) {
  const { now } = clock
  const shared = { store, now }
  const outbox = { ...shared, perform: send, report: async () => {}, random: () => 0, maxTries: 3 }
  const fire = async ({ id }: { id: string }) => void fired.push(id)
  jobs = startJobs({
    store,
    runOutbox: (signal) => runOutbox({ ...outbox, signal }),
    runTimers: (signal) => runTimers({ ...shared, fire, signal }),
    clock,
    every: 3_600_000,
    fault: (error) => void faults.push(error),
    ...change,
  })
  return jobs
}

it('what was owed before the service started is done when it starts', async () => {
  await owed(store, 1, 2)
  await start().settled()
  expect(sent).toEqual(['1.1', '1.2'])
})

it('what a turn asks for is done when the turn says so', async () => {
  start()
  await jobs.settled()
  await owed(store, 1, 1)
  jobs.kick()
  await jobs.settled()
  expect(sent).toEqual(['1.1'])
})

it('nobody has to say so: whoever waits for it to settle finds what is due', async () => {
  await start().settled()
  await owed(store, 1, 1)
  await jobs.settled()
  expect(sent).toEqual(['1.1'])
})

it('a wait ends when the demo clock is moved past it, not before', async () => {
  await waited(store, 1, [20])
  await start().settled()
  expect(fired).toEqual([])
  clock.moveTo(at(19))
  await jobs.settled()
  expect(fired).toEqual([])
  clock.moveTo(at(21))
  await jobs.settled()
  expect(fired).toHaveLength(1)
})

it('a clock that goes back ends no wait twice', async () => {
  await waited(store, 1, [5])
  clock.moveTo(at(9))
  await start().settled()
  clock.moveTo(at(0))
  await jobs.settled()
  clock.moveTo(at(9))
  await jobs.settled()
  expect(fired).toHaveLength(1)
})

it('settled means that what the waits led to is done as well', async () => {
  await waited(store, 1, [5])
  clock.moveTo(at(5))
  const fire = async () => {
    const second = person(1, { turn: 2 })
    await store.commit(turn(second, { outbox: [row(second, 1)] }))
  }
  start({ runTimers: (signal) => runTimers({ store, fire, now: clock.now, signal }) })
  await jobs.settled()
  expect(sent).toEqual(['1.1'])
})

it('settled does not wait for what is to be tried later', async () => {
  await owed(store, 1, 1)
  const perform = async () => ({ retry: true as const })
  const parts = {
    store,
    perform,
    report: async () => {},
    now: clock.now,
    random: () => 0,
    maxTries: 9,
  }
  start({ runOutbox: (signal) => runOutbox({ ...parts, signal }) })
  await jobs.settled()
  expect(Date.parse((await store.nextDue()) ?? '')).toBeGreaterThan(Date.parse(clock.now()))
})

it('settled waits for the text that is being sent', async () => {
  await owed(store, 1, 1)
  const answer = gate()
  slow.set('1.1', answer.opened)
  let over = false
  const settled = start()
    .settled()
    .then(() => {
      over = true
    })
  await tick()
  expect(over).toBe(false)
  answer.open()
  await settled
  expect(sent).toEqual(['1.1'])
})

it('someone in danger does not wait for a text that hangs', async () => {
  await owed(store, 1, 1)
  const answer = gate()
  slow.set('1.1', answer.opened)
  start()
  await tick()
  await owed(store, 2, 1)
  jobs.kick()
  await vi.waitFor(() => expect(sent).toEqual(['2.1']), { interval: 1 })
  answer.open()
  await jobs.settled()
  expect(sent).toEqual(['2.1', '1.1'])
})

it('with every lane taken by texts that hang, what comes next is done as soon as one is free', async () => {
  const answers = [1, 2, 3, 4].map(() => gate())
  start()
  for (const [n, answer] of answers.entries()) {
    slow.set(`${n + 1}.1`, answer.opened)
    await owed(store, n + 1, 1)
    jobs.kick()
    await tick()
  }
  await owed(store, 5, 1)
  jobs.kick()
  await tick()
  expect(sent).toEqual([])
  answers[2]?.open()
  await vi.waitFor(() => expect(sent.sort()).toEqual(['3.1', '5.1']), { interval: 1 })
  for (const answer of answers) answer.open()
  await jobs.settled()
  expect(sent).toHaveLength(5)
})

it('wakes at the next due time of a clock that runs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.parse(at(1)) })
  await waited(store, 1, [3])
  const now = () => new Date().toISOString()
  const fire = async ({ id }: { id: string }) => void fired.push(id)
  start({
    clock: { now, onChange: () => () => {} },
    runTimers: (signal) => runTimers({ store, fire, now, signal }),
  })
  await jobs.settled()
  vi.advanceTimersByTime(119_000)
  await jobs.settled()
  expect(fired).toEqual([])
  vi.advanceTimersByTime(1_000)
  await jobs.settled()
  expect(fired).toHaveLength(1)
})

it('a store that is down is asked again, settles meanwhile, and nothing is thrown', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let down = true
  const failing = () => Promise.reject(new Error('down'))
  const real = {
    store,
    perform: send,
    report: async () => {},
    now: clock.now,
    random: () => 0,
    maxTries: 3,
  }
  await owed(store, 1, 1)
  start({
    store: { nextDue: () => (down ? failing() : store.nextDue()) },
    runOutbox: (signal) => (down ? failing() : runOutbox({ ...real, signal })),
    every: 1_000,
  })
  await jobs.settled()
  expect(faults.length).toBeGreaterThan(0)
  expect(sent).toEqual([])
  down = false
  vi.advanceTimersByTime(1_000)
  await jobs.settled()
  expect(sent).toEqual(['1.1'])
})

it('a service that stops finishes what it began, and starts nothing more', async () => {
  await owed(store, 1, 2)
  const answer = gate()
  slow.set('1.1', answer.opened)
  start()
  await tick()
  const stopped = jobs.stop()
  jobs.kick()
  answer.open()
  await stopped
  expect(sent).toEqual(['1.1'])
  expect(clock.listeners()).toBe(0)
  await jobs.settled()
  expect(sent).toEqual(['1.1'])
})

it('a wait set for a time already past is over at once', async () => {
  await start().settled()
  await store.commit(turn(person(1), { timers: [timer(person(1), 'late', 0)] }))
  await jobs.settled()
  expect(fired).toHaveLength(1)
})

/** Lets everything that can go on without being told go on. */
async function tick() {
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve))
}
