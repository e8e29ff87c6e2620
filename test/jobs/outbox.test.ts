import { afterEach, beforeEach, expect, it } from 'vitest'
import { DoorError } from '../../src/errors.ts'
import { type OutboxResult, runOutbox, type Tried } from '../../src/jobs/outbox.ts'
import type { OutboxRow, Store } from '../../src/store/contract.ts'
import { at } from '../store/sample.ts'
import { gate, memory, owed, short } from './parts.ts'

let store: Store
let now: string
let reported: [string, OutboxResult][]
let faults: unknown[]
beforeEach(() => {
  store = memory()
  now = at(1)
  reported = []
  faults = []
})
afterEach(() => store.close())

type Perform = (row: OutboxRow) => Promise<Tried>
const done: Tried = { done: { sid: 'SM1' } }

const run = (perform: Perform, change: Partial<Parameters<typeof runOutbox>[0]> = {}) =>
  runOutbox({
    store,
    perform,
    report: async (row, result) => void reported.push([short(row.id), result]),
    now: () => now,
    random: () => 0,
    maxTries: 3,
    fault: (error) => void faults.push(error),
    ...change,
  })

it('two people owed two texts each get them in order, and the machine hears of each', async () => {
  await owed(store, 1, 2)
  await owed(store, 2, 2)
  const sent: string[] = []
  await run(async (row) => {
    sent.push(short(row.id))
    return done
  })
  expect(sent).toEqual(['1.1', '2.1', '1.2', '2.2'])
  expect(reported.map(([id]) => id).sort()).toEqual(['1.1', '1.2', '2.1', '2.2'])
  expect(await store.nextDue()).toBeNull()
})

it("the next text waits until the machine has heard of the first one's", async () => {
  await owed(store, 1, 2)
  const order: string[] = []
  const perform = async (row: OutboxRow) => {
    order.push(`send ${short(row.id)}`)
    return done
  }
  await run(perform, { report: async (row) => void order.push(`report ${short(row.id)}`) })
  expect(order).toEqual(['send 1.1', 'report 1.1', 'send 1.2', 'report 1.2'])
})

it('a neighbour who is slow to answer about one person holds up nobody else', async () => {
  for (let n = 1; n <= 40; n += 1) await owed(store, n, 1)
  const slow = gate()
  let others = 0
  await run(async (row) => {
    if (short(row.id) === '1.1') await slow.opened
    else others += 1
    if (others === 39) slow.open()
    return done
  })
  expect(reported).toHaveLength(40)
})

const REFUSAL = new DoorError('neighbour-refused', 'not a number', false)
const DOWN = new DoorError('neighbour-down', 'no answer', true)

it.each<[string, () => Promise<Tried>, OutboxResult]>([
  [
    'is refused',
    async () => ({ refused: { code: 21211 } }),
    { parked: { code: 21211, why: 'refused' } },
  ],
  [
    'meets a refusal that is thrown',
    () => Promise.reject(REFUSAL),
    { parked: { code: 'neighbour-refused', message: 'not a number', why: 'refused' } },
  ],
  ['is never answered', async () => ({ retry: true }), { parked: { why: 'gave-up', tries: 3 } }],
  [
    'meets a neighbour who is down',
    () => Promise.reject(DOWN),
    { parked: { why: 'gave-up', tries: 3 } },
  ],
])(
  'a text that %s ends with a person being told, and the next text goes',
  async (_what, first, result) => {
    await owed(store, 1, 2)
    for (const minute of [1, 11, 21]) {
      now = at(minute)
      await run((row) => (short(row.id) === '1.1' ? first() : Promise.resolve(done)))
    }
    expect(reported).toEqual([
      ['1.1', result],
      ['1.2', done],
    ])
  }
)

it.each([
  ['at first a little', 1, 0, undefined, 500],
  ['by chance a little more', 1, 1, undefined, 1_000],
  ['longer each time', 3, 1, undefined, 4_000],
  ['never longer than five minutes', 20, 1, undefined, 300_000],
  ['as long as the neighbour asks', 1, 0, 30_000, 30_000],
  ['by chance longer than the neighbour asks', 1, 1, 30_000, 37_500],
])('a text that failed waits %s', async (_what, tries, chance, after, wait) => {
  await owed(store, 1, 1)
  const again: Tried = after === undefined ? { retry: true } : { retry: true, after }
  for (let n = 1; n <= tries; n += 1) {
    await run(async () => again, { random: () => chance, maxTries: 99 })
    const due = (await store.nextDue()) ?? ''
    if (n === tries) expect(Date.parse(due) - Date.parse(now)).toBe(wait)
    now = due
  }
})

it('a machine that cannot hear its result now hears it later, and the text is not sent twice', async () => {
  await owed(store, 1, 2)
  const sent: string[] = []
  const perform = async (row: OutboxRow) => {
    sent.push(short(row.id))
    return done
  }
  let deaf = true
  const report = async (row: OutboxRow, result: OutboxResult) => {
    if (deaf) throw new Error('overtaken')
    reported.push([short(row.id), result])
  }
  await run(perform, { report })
  expect(sent).toEqual(['1.1'])
  deaf = false
  now = at(5)
  await run(perform, { report })
  expect(sent).toEqual(['1.1', '1.2'])
  expect(reported).toEqual([
    ['1.1', done],
    ['1.2', done],
  ])
})

it('a machine that never hears does not silence the person: the next text goes in the end', async () => {
  await owed(store, 1, 2)
  const sent: string[] = []
  for (let minute = 1; minute < 59; minute += 1) {
    now = at(minute)
    await run(
      async (row) => {
        sent.push(short(row.id))
        return done
      },
      { report: () => Promise.reject(new Error('deaf')) }
    )
  }
  expect(sent).toEqual(['1.1', '1.2'])
  expect(await store.nextDue()).toBeNull()
})

it('a store that stumbles once loses no result', async () => {
  await owed(store, 1, 1)
  let stumbles = 1
  const stumbling: Store = {
    ...store,
    settleOutbox: (claim, end) =>
      stumbles-- > 0 ? Promise.reject(new Error('locked')) : store.settleOutbox(claim, end),
  }
  await run(async () => done, { store: stumbling })
  expect(reported).toEqual([['1.1', done]])
  expect(faults).toEqual([])
})

it('one text that breaks everything stops no other', async () => {
  await owed(store, 1, 1)
  await owed(store, 2, 1)
  const broken: Store = {
    ...store,
    settleOutbox: (claim, end) =>
      short(claim.id) === '1.1'
        ? Promise.reject(new Error('broken'))
        : store.settleOutbox(claim, end),
  }
  await run(async () => done, { store: broken })
  expect(reported.map(([id]) => id)).toEqual(['2.1'])
  expect(faults).toEqual([new Error('broken')])
})

it('a service that is stopping claims nothing more and finishes what it began', async () => {
  await owed(store, 1, 2)
  const stop = new AbortController()
  await run(
    async () => {
      stop.abort()
      return done
    },
    { signal: stop.signal }
  )
  expect(reported.map(([id]) => id)).toEqual(['1.1'])
  expect(await store.nextDue()).toBe(at(0))
})

it('a store that cannot say what is due is the caller’s to hear', async () => {
  await store.close()
  await expect(run(async () => done)).rejects.toMatchObject({ code: 'store-down' })
})
