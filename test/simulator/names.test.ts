import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launch, skipped } from '../console/chromium.ts'
import { type OpenedDoor, open } from '../journeys/door.ts'
import { handset, staff } from '../journeys/staff.ts'

const ASHA = '+442079460261'
let door: OpenedDoor
let browser: Browser

beforeAll(async () => {
  if (!skipped) browser = await launch()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

it.skipIf(skipped)(
  'staff have their names on the page of the simulator, and not their ids',
  async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await ben.start()
    const page = await browser.newPage({ viewport: { width: 1440, height: 820 } })
    await page.goto(`${door.url}/simulator`)
    await page.selectOption('#place', 'southwark')
    await page.click('#ring')
    const pressed = async (key: string) => {
      await page.waitForFunction(`!document.querySelector('[data-key="${key}"]').disabled`)
      await page.click(`[data-key="${key}"]`)
    }
    for (const key of ['2', '2', '2']) await pressed(key)
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const log = () => page.locator('#contact').innerText()
    await expect.poll(log, { timeout: 20_000 }).toMatch(/is in the call/)
    expect(await log()).toMatch(/Asha, care navigator: is in the call/)
    expect(await log()).not.toMatch(/\b(asha|ben)\b/)
    await expect
      .poll(() => page.locator('#call-state').innerText(), { timeout: 10_000 })
      .toBe('With Asha, care navigator')
    await page.close()
  },
  60_000
)
