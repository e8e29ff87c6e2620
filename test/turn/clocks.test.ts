import { afterEach, beforeEach, expect, it } from 'vitest'
import { type OpenedApp, openApp, texting } from '../app/opened.ts'

let app: OpenedApp
beforeEach(() => {
  app = openApp('2026-11-24T14:20:00Z')
})
afterEach(() => app.close())

/** Lets time go by until nothing waits any more. */
async function letItAllPass() {
  for (let next = await app.store.nextDue(); next !== null; next = await app.store.nextDue()) {
    app.clock.now = next
    for (const timer of await app.store.claimTimers(next, 100)) {
      await app.fire(timer)
      await app.store.settleTimer(timer, { done: true })
    }
    for (const row of await app.store.claimOutbox(next, 100)) {
      await app.store.settleOutbox(row, { done: {} })
      await app.store.closeOutbox(row)
    }
  }
}

it.each<[string, number]>([
  ['at the next instant', 30_000],
  ['taken by an instance whose clock is a second behind', -1_000],
])(
  'a person was promised, and then danger is not sure, %s: every promise that falls due is seen to',
  async (_when, ms) => {
    const first = texting('hello')
    const From = first.From ?? ''
    await app.post('/twilio/sms', first)
    await app.post('/twilio/sms', texting('CALL ME', { From }))
    app.clock.now = new Date(Date.parse(app.clock.now) + ms).toISOString()
    await app.post('/twilio/sms', texting('3', { From }))
    const before = await app.contactOf(From)
    expect(before.codes).toEqual(expect.arrayContaining(['CALL', 'HOLD', 'E999']))
    expect(before.clocks.filter(({ state }) => state === 'running').length).toBeGreaterThan(5)
    await letItAllPass()
    const { clocks } = await app.contactOf(From)
    expect(clocks.filter(({ state }) => state === 'running')).toEqual([])
  }
)
