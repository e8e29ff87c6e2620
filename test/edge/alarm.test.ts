import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { armed, openAlarm } from '../../src/edge/alarm.ts'
import { DoorError } from '../../src/errors.ts'
import type { Store } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { person, row, timer, turn } from '../store/sample.ts'

const NOW = Date.parse('2026-11-24T14:20:00Z')
const inMs = (ms: number) => new Date(NOW + ms).toISOString()
const MINUTE = 60_000

let done: string[]
let alarmAt: number | null
let inner: Store
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  done = []
  alarmAt = null
  const store = openSqlite(':memory:')
  inner = {
    ...store,
    commit: (commit) => {
      done.push('commit')
      return store.commit(commit)
    },
  }
})
afterEach(async () => {
  vi.useRealTimers()
  await inner.close()
})

/** A home that has just begun, with the alarm as an earlier isolate left it. */
const begun = (left: number | null = null) => {
  alarmAt = left
  const alarm = openAlarm({
    getAlarm: async () => alarmAt,
    async setAlarm(at) {
      alarmAt = at
      done.push(`alarm ${at - NOW}`)
    },
  })
  return armed(inner, alarm)
}
/** Lets it ring, as the runtime does: what rang is no longer set. */
const ring = async (home: ReturnType<typeof begun>) => {
  vi.setSystemTime(Math.max(Date.now(), alarmAt ?? 0))
  alarmAt = null
  await home.rung()
}
const waiting = (n: number, ms: number) => {
  const contact = person(n)
  return turn(contact, { timers: [{ ...timer(contact, 'silence', n), due: inMs(ms) }] })
}

it('is set before the turn is saved, for the first thing that waits in it', async () => {
  const { store } = begun()
  const contact = person(1)
  const timers = [{ ...timer(contact, 'silence', 1), due: inMs(3 * MINUTE) }]
  const outbox = [{ ...row(contact, 1), due: inMs(2 * MINUTE) }]
  await store.commit(turn(contact, { timers, outbox }))
  expect(done).toEqual([`alarm ${2 * MINUTE}`, 'commit'])
})

it('is brought forward and never put off, also by an isolate that finds it set', async () => {
  const { store } = begun(NOW + 5 * MINUTE)
  await store.commit(waiting(1, 9 * MINUTE))
  expect(alarmAt).toBe(NOW + 5 * MINUTE)
  await Promise.all([store.commit(waiting(2, MINUTE)), store.commit(waiting(3, 2 * MINUTE))])
  expect(alarmAt).toBe(NOW + MINUTE)
})

it('rings again for what an isolate that died may have claimed, and for nothing when all is done', async () => {
  const home = begun()
  await ring(home)
  expect(alarmAt).toBe(Date.now() + 35_000)
  await ring(home)
  await home.arm()
  expect(alarmAt).toBeNull()
})

it('rings again while something is claimed and not settled, and for the time it is given back for', async () => {
  const home = begun()
  await home.store.commit(waiting(1, 2_000))
  await ring(home)
  await ring(home)
  const [timer] = await home.store.claimTimers(new Date().toISOString(), 9)
  await ring(home)
  expect(alarmAt).toBe(Date.now() + 35_000)
  alarmAt = null
  await home.rung()
  const retryAt = new Date(Date.now() + 20_000).toISOString()
  await home.store.settleTimer(timer!, { retryAt })
  expect(alarmAt).toBe(Date.parse(retryAt))
  await ring(home)
  const [again] = await home.store.claimTimers(new Date().toISOString(), 9)
  await home.store.settleTimer(again!, { done: true })
  await ring(home)
  await home.arm()
  expect(alarmAt).toBeNull()
})

it('rings again while the store cannot say what is due', async () => {
  const home = begun()
  await ring(home)
  inner.nextDue = () => Promise.reject(new DoorError('store-down', 'the store failed', true))
  await ring(home)
  expect(alarmAt).toBe(Date.now() + 35_000)
  await expect(home.arm()).rejects.toMatchObject({ code: 'store-down' })
})
