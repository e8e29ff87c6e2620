import { afterAll, beforeAll, expect, it } from 'vitest'
import { randomBy } from '../chaos/judge.ts'
import { diceBy, formsBy, WANTED } from './forms.ts'
import { type OpenedApp, openApp, wordsOf } from './opened.ts'

/** Another seed each run; SEED=… repeats one. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const FORMS = Number(process.env.FORMS ?? 3000)

const dice = diceBy(randomBy(SEED))
const { form, path } = formsBy(dice)

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const faults = () => app.log.filter((line) => JSON.parse(line).level >= 50)

it(`${FORMS} signed forms of any shape: no fault of ours, and every document well-formed (SEED=${SEED})`, async () => {
  const statuses = new Map<number, number>()
  for (let n = 0; n < FORMS; n++) {
    const route = dice.any(Object.keys(WANTED))
    const [asked, body] = [path(route), form(route)]
    const answer = await app.raw(asked, body)
    const told = `SEED=${SEED}, form ${n}: ${asked} ${body}`
    expect([200, 204, 400, 403], told).toContain(answer.status)
    if (answer.status === 200) wordsOf(answer)
    expect(faults(), told).toEqual([])
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
  }
  // All of it refused would prove nothing.
  expect(statuses.get(200)).toBeGreaterThan(FORMS / 3)
  expect(statuses.get(204)).toBeGreaterThan(FORMS / 20)
}, 120_000)

it(`what they left behind comes to its end: no wait is a fault (SEED=${SEED})`, async () => {
  for (const later of ['2026-11-24T14:40:00Z', '2026-11-24T16:00:00Z', '2027-01-24T14:20:00Z']) {
    app.clock.now = later
    for (let timers = await app.store.claimTimers(later, 100); timers.length > 0; ) {
      for (const timer of timers) {
        await app.fire(timer)
        await app.store.settleTimer(timer, { done: true })
      }
      timers = await app.store.claimTimers(later, 100)
    }
  }
  expect(faults()).toEqual([])
  for (const { ref } of await app.contacts()) {
    const { status, body } = await app.api(`contacts/${ref}`)
    expect(status).toBe(200)
    const { timeline } = JSON.parse(body) as { timeline: { seq: number }[] }
    expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, i) => i + 1))
  }
}, 120_000)
