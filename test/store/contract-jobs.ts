import { expect, it } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import type { OutboxRow, Store } from '../../src/store/contract.ts'
import { at, person, row, timer, turn } from './sample.ts'

const ANN = person(1)
const BOB = person(2)
/** The nth text of a person, as it was claimed the first time, or the second. */
const claim = (who: Contact, n: number, tries = 1) => ({ id: row(who, n).id, tries })
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

/** The part of the contract that the jobs rest on. `restart` answers false where nothing is kept. */
export function jobsContract(store: () => Store, restart: () => Promise<boolean>) {
  outboxContract(store)
  timersContract(store)
  restartContract(store, restart)
}

function outboxContract(store: () => Store) {
  it('two texts to one person go in order, and another person does not wait for them', async () => {
    const [first, second] = [row(ANN, 1), row(ANN, 2)]
    await store().commit(turn(ANN, { outbox: [first, second] }))
    await store().commit(turn(BOB, { outbox: [row(BOB, 1)] }))
    const claimed = await store().claimOutbox(at(1), 9)
    expect(ids(claimed).sort()).toEqual([first.id, row(BOB, 1).id].sort())
    expect(claimed[0]).toMatchObject({ tries: 1, state: 'claimed' })
    expect(await store().claimOutbox(at(1), 9)).toEqual([])

    await store().settleOutbox({ ...first, tries: 1 }, { done: { sid: 'SM1' } })
    expect(await store().claimOutbox(at(1), 9)).toEqual([]) // the machine has not heard of the first yet
    await store().closeOutbox({ ...first, tries: 1 })
    expect(ids(await store().claimOutbox(at(1), 9))).toEqual([second.id])
  })

  it('the tenth turn comes after the ninth', async () => {
    const rows: OutboxRow[] = []
    for (let n = 1; n <= 10; n += 1) {
      const ann = person(1, { turn: n })
      rows.push(row(ann, 1))
      await store().commit(turn(ann, { outbox: [row(ann, 1)] }))
    }
    const done: string[] = []
    for (let n = 1; n <= 10; n += 1) {
      const [claimed] = await store().claimOutbox(at(1), 9)
      done.push(claimed!.id)
      await store().settleOutbox(claimed!, { done: {} })
      await store().closeOutbox(claimed!)
    }
    expect(done).toEqual(ids(rows))
  })

  it('a text is sent by one of two claimers', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1)] }))
    const both = await Promise.all([store().claimOutbox(at(1), 9), store().claimOutbox(at(1), 9)])
    expect(ids(both.flat())).toEqual([row(ANN, 1).id])
  })

  it('a text that failed waits for its time, and the next one waits for it', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1), row(ANN, 2)] }))
    await store().claimOutbox(at(1), 9)
    await store().settleOutbox(claim(ANN, 1), { retryAt: at(5) })
    expect(await store().nextDue()).toBe(at(5))
    expect(await store().claimOutbox(at(4), 9)).toEqual([])
    expect(await store().claimOutbox(at(5), 9)).toEqual([
      { ...row(ANN, 1), tries: 2, state: 'claimed' },
    ])
  })

  it('a text that was refused lets the next one go', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1), row(ANN, 2)] }))
    await store().claimOutbox(at(1), 9)
    await store().settleOutbox(claim(ANN, 1), { parked: { why: 'refused' } })
    await store().closeOutbox(claim(ANN, 1))
    expect(ids(await store().claimOutbox(at(1), 9))).toEqual([row(ANN, 2).id])
  })

  it('a result that could not be reported comes back to be reported, not to be sent again', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1)] }))
    await store().claimOutbox(at(1), 9)
    await store().settleOutbox(claim(ANN, 1), { done: { sid: 'SM1' } })
    await store().settleOutbox(claim(ANN, 1), { retryAt: at(5) })
    const [again] = await store().claimOutbox(at(5), 9)
    expect(again).toMatchObject({ state: 'done', result: { sid: 'SM1' } })
    await store().closeOutbox(again!)
    expect(await store().nextDue()).toBeNull()
  })

  it('settling what nobody claimed changes nothing', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1)] }))
    await store().settleOutbox(claim(ANN, 1), { done: {} })
    await store().settleOutbox({ id: 'nothing', tries: 1 }, { retryAt: at(9) })
    await store().closeOutbox(claim(ANN, 1))
    expect(ids(await store().claimOutbox(at(1), 9))).toEqual([row(ANN, 1).id])
  })

  it('whoever was too slow settles nothing: the row is another claimer’s since', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1), row(ANN, 2)] }))
    const [slow] = await store().claimOutbox(at(1), 9)
    await store().settleOutbox(slow!, { retryAt: at(2) })
    const [now] = await store().claimOutbox(at(2), 9)
    expect([slow!.tries, now!.tries]).toEqual([1, 2])

    await store().settleOutbox(slow!, { done: { sid: 'late' } })
    await store().settleOutbox(slow!, { parked: { why: 'late' } })
    await store().settleOutbox(slow!, { retryAt: at(0) })
    await store().closeOutbox(slow!)
    expect(await store().claimOutbox(at(9), 9)).toEqual([])

    await store().settleOutbox(now!, { done: { sid: 'SM1' } })
    await store().closeOutbox(slow!)
    expect(await store().claimOutbox(at(9), 9)).toEqual([])
    await store().closeOutbox(now!)
    expect(ids(await store().claimOutbox(at(9), 9))).toEqual([row(ANN, 2).id])
  })

  it('claims no more than it is asked for, and nothing early', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1)] }))
    await store().commit(turn(BOB, { outbox: [row(BOB, 1, { due: at(3) })] }))
    expect(await store().nextDue()).toBe(at(0))
    expect(ids(await store().claimOutbox(at(9), 1))).toEqual([row(ANN, 1).id])
    expect(await store().nextDue()).toBe(at(3))
    expect(await store().claimOutbox(at(2), 9)).toEqual([])
    expect(ids(await store().claimOutbox(at(3), 9))).toEqual([row(BOB, 1).id])
    expect(await store().nextDue()).toBeNull()
  })

  it('times are compared as times, however they are written', async () => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1, { due: '2026-11-22T09:00:00Z' })] }))
    const [claimed] = await store().claimOutbox('2026-11-22T09:00:00.500Z', 9)
    expect(claimed?.due).toBe('2026-11-22T09:00:00Z')
  })
}

function timersContract(store: () => Store) {
  it('a silence is noticed once by two claimers, earliest first', async () => {
    const timers = [timer(ANN, 'check', 3), timer(ANN, 'silence', 1), timer(ANN, 'later', 30)]
    await store().commit(turn(ANN, { timers }))
    expect(await store().nextDue()).toBe(at(1))
    const both = await Promise.all([store().claimTimers(at(3), 9), store().claimTimers(at(3), 9)])
    expect(both.flat()).toEqual([timers[1], timers[0]])
    expect(await store().nextDue()).toBe(at(30))
  })

  it('an answer in time ends the silence, and sets the next', async () => {
    await store().commit(turn(ANN, { timers: [timer(ANN, 'silence', 1)] }))
    const second = person(1, { turn: 2 })
    const again = timer(second, 'silence', 2)
    const cleared = [`${ANN.id}:silence`]
    await store().commit(turn(second, { cleared, timers: [again] }))
    expect(await store().claimTimers(at(1), 9)).toEqual([])
    expect(await store().claimTimers(at(2), 9)).toEqual([again])
  })

  it("one person's turn cannot end another's wait", async () => {
    await store().commit(turn(ANN, { timers: [timer(ANN, 'silence', 1)] }))
    await store().commit(turn(BOB, { cleared: [`${ANN.id}:silence`] }))
    expect(ids(await store().claimTimers(at(1), 9))).toEqual([`${ANN.id}:silence`])
  })

  it('a settled timer is gone, and one given back comes at its new time', async () => {
    const [silence, check] = [timer(ANN, 'silence', 1), timer(ANN, 'check', 1)]
    await store().commit(turn(ANN, { timers: [silence, check] }))
    await store().claimTimers(at(1), 9)
    await store().settleTimer(silence, { done: true })
    await store().settleTimer(check, { retryAt: at(5) })
    expect(await store().nextDue()).toBe(at(5))
    expect(await store().claimTimers(at(5), 9)).toEqual([check])
  })

  it('a timer set again while it fired is left alone', async () => {
    await store().commit(turn(ANN, { timers: [timer(ANN, 'silence', 1)] }))
    const [fired] = await store().claimTimers(at(1), 9)
    const again = timer(person(1, { turn: 2 }), 'silence', 4)
    await store().commit(turn(person(1, { turn: 2 }), { timers: [again] }))
    await store().settleTimer(fired!, { done: true })
    expect(await store().claimTimers(at(4), 9)).toEqual([again])
    await store().settleTimer(fired!, { done: true }) // late: the one claimed now is another
    await store().settleTimer(again, { retryAt: at(6) })
    expect(await store().claimTimers(at(6), 9)).toEqual([again])
  })
}

function restartContract(store: () => Store, restart: () => Promise<boolean>) {
  it('what was under way when the service died comes back', async ({ skip }) => {
    await store().commit(turn(ANN, { outbox: [row(ANN, 1)], timers: [timer(ANN, 'silence', 1)] }))
    await store().commit(turn(BOB, { outbox: [row(BOB, 1)] }))
    await store().claimOutbox(at(1), 9)
    await store().claimTimers(at(1), 9)
    await store().settleOutbox(claim(BOB, 1), { done: { sid: 'SM2' } })
    if (!(await restart())) return skip()

    // Long enough after for a store that goes by the age of a claim.
    const rows = await store().claimOutbox(at(45), 9)
    const states = Object.fromEntries(
      rows.map(({ contact, state, tries }) => [contact, { state, tries }])
    )
    expect(states).toEqual({
      [ANN.id]: { state: 'claimed', tries: 2 },
      [BOB.id]: { state: 'done', tries: 2 },
    })
    expect(await store().claimTimers(at(45), 9)).toEqual([timer(ANN, 'silence', 1)])
  })
}
