import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { jumps } from '../../src/simulator/browser/jumps.ts'
import { demoDoor } from './demo-door.ts'
import type { FakeApp } from './fake-app.ts'

const CHROMIUM = '/usr/bin/chromium'
const skipped = !existsSync(CHROMIUM) || (process.env.SKIP ?? '').split(',').includes('browser')
const flags =
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
let browser: Browser
let app: FakeApp
let page: Page
let faults: string[]

describe('the clock buttons', () => {
  it.each([
    ['tuesday', '2026-11-22T09:00:00Z', '2026-11-24T14:20:00.000Z'],
    ['tuesday', '2026-11-24T14:20:00Z', '2026-12-01T14:20:00.000Z'],
    ['tuesday', '2026-07-01T09:00:00Z', '2026-07-07T13:20:00.000Z'],
    ['night', '2026-11-24T02:00:00Z', '2026-11-24T03:00:00.000Z'],
    ['night', '2026-07-01T09:00:00Z', '2026-07-02T02:00:00.000Z'],
    ['night', '2027-03-27T20:00:00Z', '2027-03-28T02:00:00.000Z'],
    ['holiday', '2026-11-24T09:00:00Z', '2026-12-25T11:00:00.000Z'],
    ['holiday', '2026-12-25T12:00:00Z', '2027-01-01T11:00:00.000Z'],
    ['holiday', '2026-04-20T12:00:00Z', '2026-05-04T10:00:00.000Z'],
    ['holiday', '2026-05-05T12:00:00Z', '2026-05-25T10:00:00.000Z'],
    ['holiday', '2026-06-05T12:00:00Z', '2026-08-31T10:00:00.000Z'],
  ])('%s from %s lead to %s', (name, now, there) => {
    expect(jumps[name]?.(Date.parse(now))).toBe(there)
  })
})

describe('the files of the page', () => {
  beforeEach(async () => {
    app = await demoDoor()
  })
  afterEach(() => app.close())

  it('are its own, with nothing inline and nothing from elsewhere', async () => {
    const answer = await fetch(`${app.origin}/simulator`)
    const html = await answer.text()
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|onclick=|https?:\/\//)
    expect(html).toContain('Draft, not clinically reviewed. Demo: no real calls are made.')
    for (const [file, type] of [
      ['app.js', 'text/javascript'],
      ['app.css', 'text/css'],
    ]) {
      const part = await fetch(`${app.origin}/simulator/${file}`)
      expect([part.status, part.headers.get('content-type')]).toEqual([
        200,
        `${type}; charset=utf-8`,
      ])
      expect((await part.text()).length).toBeGreaterThan(1000)
    }
  })

  it('carry the staff token as plain text, whatever it holds', async () => {
    expect(await (await fetch(`${app.origin}/simulator`)).text()).toContain('content="demo"')
  })
})

describe.skipIf(skipped)('the page', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: flags.split(' ') })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    app = await demoDoor()
    page = await browser.newPage({ viewport: { width: 1440, height: 820 } })
    faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(`${app.origin}/simulator`)
    await page.waitForSelector('.contact')
  })
  afterEach(async () => {
    expect(faults).toEqual([])
    await page.close()
    await app.close()
  })

  it('says what will be here before anyone has rung', async () => {
    await seen(
      'No one has rung yet',
      'Lewisham Health and Care',
      '020 7946 0100',
      'Tuesday, 24 November 2026',
      'Things to try'
    )
    expect(await page.locator('#place option').allTextContents()).toEqual([
      'Lewisham',
      'Southwark',
      'Southampton',
    ])
    await sound()
  })

  it('takes a call from the first word to the promise', async () => {
    await page.click('#ring')
    await seen('If someone may die', 'On the line')
    await sound()
    for (const key of ['2', '2', '1']) await press(key)
    await seen(
      'Two-hour response',
      'Rapid response',
      '10:30',
      'in 30 minutes',
      'Agreed to share',
      'The call has ended'
    )
    await sound()
    expect(await page.locator('[data-key="1"]').isVisible()).toBe(false)
    await page.click('#again')
    await seen('Ring the front door')
  })

  it('takes keys from the keyboard, and words from the box', async () => {
    await page.click('#ring')
    await seen('Three quick checks')
    await page.keyboard.press('2')
    await seen('Check two')
    await page.fill('#say', 'no')
    await page.keyboard.press('Enter')
    await seen('What is it about?')
    expect(await page.locator('#heard .caller').allTextContents()).toEqual([
      'YouPressed 2',
      'Youno',
    ])
  })

  it('rings a person, who can answer and hang up', async () => {
    await page.click('#ring')
    await press('0')
    await seen('020 7946 0110 is ringing: a caller needs a person.')
    await sound()
    await page.click('.rings .go')
    await seen('is speaking with the caller', 'With 020 7946 0110')
    await page.click('.rings .stop')
    await expect.poll(() => page.locator('.rings').count()).toBe(0)
  })

  it('lets a phone ring out, and the clock moves', async () => {
    await page.click('#ring')
    await press('0')
    await page.click('#silent')
    await expect.poll(() => app.now()).toBe('2026-11-24T10:00:20.000Z')
  })

  it('sends texts, and shows the answers', async () => {
    await page.click('#tab-text')
    await page.click('.starts button')
    await page.click('#text-form button')
    await seen('My mum fell this morning', 'Three quick checks')
    await sound()
  })

  it('draws cards in Teams, and presses them', async () => {
    await page.click('#tab-teams')
    await page.fill('#teams-say', 'My dad has had a fall')
    await page.keyboard.press('Enter')
    await page.click('.card button:has-text("None")')
    await seen('Pressed a button')
    await sound()
  })

  it('moves the clock', async () => {
    await page.click('[data-jump=tuesday]')
    await seen('Tuesday, 24 November 2026 at 14:20')
    await page.click('[data-jump=later]')
    await seen('at 16:20')
    await page.click('[data-jump=holiday]')
    await seen('Friday, 25 December 2026 at 11:00')
    await page.click('[data-jump=now]')
    await expect.poll(() => app.told).toContainEqual(['run'])
  })

  it('moves between phone, text and Teams by arrow keys', async () => {
    await page.focus('#tab-phone')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#panel-text').isVisible()).toBe(true)
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('#panel-phone').isVisible()).toBe(true)
  })

  it('says in plain words what went wrong', async () => {
    await page.route('**/simulator/calls', (route) =>
      route.fulfill({ status: 400, json: { error: 'That number can not be rung.' } })
    )
    await page.click('#ring')
    await seen('That number can not be rung.')
    faults = faults.filter((fault) => !fault.includes('400'))
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    expect(wide).toBeLessThanOrEqual(390)
    await sound()
  })
})

async function press(key: string): Promise<void> {
  await page.click(`[data-key="${key}"]:enabled`)
  await expect.poll(() => page.locator('body[aria-busy]').count()).toBe(0)
}

async function seen(...words: string[]): Promise<void> {
  for (const each of words) await page.getByText(each).filter({ visible: true }).first().waitFor()
}

/** No fault that axe can find: labels, contrast, roles, order. */
async function sound(): Promise<void> {
  // Evaluated and not added as a script, which the page's own policy rightly refuses.
  await page.evaluate(AXE)
  const run = 'axe.run(document, { resultTypes: ["violations"] })'
  const { violations } = (await page.evaluate(run)) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}
