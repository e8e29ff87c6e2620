import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { healthOf, noting } from '../../src/door/health.ts'
import { openMetrics } from '../../src/observe.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from '../journeys/door.ts'
import { openApp, storeDown } from './opened.ts'

let door: OpenedDoor
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-health-'))
  door = await open({ STORE_URL: `sqlite:${join(folder, 'door.db')}`, LOG_LEVEL: 'silent' })
})
afterEach(async () => {
  await door.close()
  rmSync(folder, { recursive: true, force: true })
})
const readyz = async () => {
  const response = await fetch(`${door.url}/readyz`)
  return { status: response.status, parts: (await response.json()) as Record<string, boolean> }
}
const figure = async (name: string) => {
  const text = await (await fetch(`${door.url}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
}

it('well: every part by its name', async () => {
  const { status, parts } = await readyz()
  expect(status).toBe(200)
  expect(parts).toEqual({
    store: true,
    content: true,
    spill: true,
    jobs: true,
    twilio: true,
    teams: true,
  })
})

it('the store is down: it is named, the door says it is not ready, and what waits is counted until it is in', async () => {
  await door.simulator('faults', { service: 'redis', fault: 'gone', for: 'PT10M' })
  const from = mobile()
  const { all } = await door.ring(from, NUMBERS.lewisham)
  expect(all).toMatch(/9 9 9/)
  const ill = await readyz()
  expect([ill.status, ill.parts.store, ill.parts.spill]).toEqual([503, false, false])
  expect(await figure('door_spill_waiting')).toBe(1)
  await door.advance('PT11M')
  await expect
    .poll(async () => (await readyz()).parts, { timeout: 10_000 })
    .toMatchObject({
      store: true,
      spill: true,
    })
  expect(await figure('door_spill_waiting')).toBe(0)
  expect([await figure('door_spilled_total'), await figure('door_replayed_total')]).toEqual([1, 1])
  expect((await door.contactOf(from)).timeline[0]).toMatchObject({ kind: 'spilled' })
})

it('the door is closed in the outage: the next one finds what was left', async () => {
  const from = mobile()
  await door.simulator('faults', { service: 'redis', fault: 'gone', for: 'PT10M' })
  await door.ring(from, NUMBERS.lewisham)
  await door.close()
  door = await open({ STORE_URL: `sqlite:${join(folder, 'door.db')}`, LOG_LEVEL: 'silent' })
  await expect.poll(async () => (await door.contactsOf(from)).length, { timeout: 10_000 }).toBe(1)
})

it('work that nobody does is late, and said to be', async () => {
  const app = openApp()
  const spilled = () => 2
  let now = '2026-11-24T14:20:00.000Z'
  const health = healthOf({
    store: app.parts.store,
    sound: () => true,
    spilled,
    now: () => now,
    neighbours: () => ({ twilio: false }),
  })
  const { calling } = await import('./opened.ts')
  await app.post('/twilio/voice', calling())
  now = '2026-11-24T14:32:00.000Z'
  expect(await health.waiting()).toEqual({ spilled: 2, overdue: 120 })
  expect(await health.ready()).toEqual({
    store: true,
    content: true,
    spill: false,
    jobs: false,
    twilio: false,
  })
  const metrics = openMetrics()
  const [timer] = await noting(app.store, metrics, () => now).claimTimers(now, 10)
  expect(timer).toBeDefined()
  expect(await metrics.registry.metrics()).toMatch(/door_late_seconds_sum\{what="timers"\} 120/)
  app.faults.ill = storeDown
  expect(await health.ready()).toMatchObject({ store: false, jobs: false })
  expect(await health.waiting()).toMatchObject({ overdue: 0 })
  app.faults.ill = undefined
  await app.close()
})
