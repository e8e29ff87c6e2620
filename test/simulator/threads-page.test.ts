import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, skipped, sound } from '../console/chromium.ts'
import { door, opensRoom, room, taken, texts, write } from '../journeys/room.ts'

opensRoom()
let browser: Browser
beforeAll(async () => {
  if (!skipped) browser = await launch()
})
afterAll(() => browser?.close())

it.skipIf(skipped)(
  'a room on the page: each thread in its frame, and what is typed in one goes to its person',
  async () => {
    const one = await taken('kofi')
    const two = await taken('lena')
    await write(one.from, 'my mum fell')
    const before = await texts(two.from)
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${door.url}/simulator`)
    await page.selectOption('#place', 'southampton')
    await page.click('#tab-teams')
    await page.selectOption('#teams-who', room)
    await page.selectOption('#teams-as', 'kofi')
    const frame = page.getByRole('group', { name: `${one.ref}: Kofi has this one` })
    await expect.poll(() => frame.innerText(), { timeout: 10_000 }).toContain('my mum fell')
    const other = page.getByRole('group', { name: `${two.ref}: Lena has this one` })
    expect(await other.innerText()).not.toContain('my mum fell')
    await frame.getByRole('button', { name: 'Answer here' }).click()
    await page.fill('#teams-say', 'Is she awake?')
    await page.getByLabel(`Answer in the thread of “${one.ref}: Kofi has this one”`).press('Enter')
    await expect.poll(() => texts(one.from), { timeout: 10_000 }).toContain('Is she awake?')
    await expect
      .poll(() => frame.innerText(), { timeout: 10_000 })
      .toContain('Delivered as 1 text.')
    expect(await texts(two.from)).toEqual(before)
    await sound(page)
    expect(faults).toEqual([])
    await page.close()
  },
  60_000
)
