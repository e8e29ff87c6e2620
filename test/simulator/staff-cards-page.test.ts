import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptiedCard, offerCard } from '../../src/words/staff-card.ts'
import { wrapUpCard } from '../../src/words/staff-card-wrap.ts'
import { yoursCard } from '../../src/words/staff-card-yours.ts'
import { CHANNEL, deskInTeams, NURSE, TENANT } from '../channels/teams-desk.ts'
import { told, wrapping, yours } from '../words/staff-told.ts'

const CHROMIUM = '/usr/bin/chromium'
const skipped = !existsSync(CHROMIUM) || (process.env.SKIP ?? '').split(',').includes('browser')
const flags =
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
const of = { contact: 'c-1', ref: '12345674', turn: 7 }
const amina = { tenant: TENANT, person: NURSE }
let browser: Browser
let desk: Awaited<ReturnType<typeof deskInTeams>>
let page: Page
let faults: string[]

describe.skipIf(skipped)('cards for staff on the page', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: flags.split(' ') })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    desk = await deskInTeams()
    desk.app.app.get('/api/contacts', (c) => c.json({ contacts: [], next: null }))
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    page.setDefaultTimeout(5000)
    faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(`${desk.app.origin}/simulator`)
    await page.click('#tab-teams')
  })
  afterEach(async () => {
    expect(faults).toEqual([])
    await page.close()
    await desk.app.close()
  })

  it('are read, filled in, sent, and change where they stand', async () => {
    const story = {
      danger: 'not-asked',
      inTheirWords: 'I *fell* [here](http://x.example)',
    } as const
    await desk.channel.cards.sendCard(amina, offerCard(told(story, { wants: true })))
    await page.selectOption('#teams-who', 'amina')
    await seen('Can you take 12345674?', 'DANGER NOT ASKED', '“I *fell* [here](http://x.example)”')
    await picture('offer')
    await sound()
    await page.click('.card button:has-text("I can not")')
    await page.click('.card button:has-text("Send")')
    await seen('Choose one')
    expect(desk.state.done).toEqual([])
    await page.check('input[type=radio] >> nth=0')
    desk.state.answer = { words: 'Thank you. We asked someone else.' }
    await page.click('.card button:has-text("Send")')
    await seen('Thank you. We asked someone else.')
    expect(desk.state.done.map(([, did]) => did.kind === 'act' && did.act)).toEqual([
      { do: 'decline', contact: 'c-1', reason: 'busy' },
    ])
  })

  it('keep what is being filled in while something else comes', async () => {
    await desk.channel.cards.sendCard(amina, wrapUpCard(wrapping))
    await page.selectOption('#teams-who', 'amina')
    await page.fill('.card input[type=text] >> nth=0', 'Ring her at 5')
    await page.click('button:has-text("Add more")')
    await page.check('input[type=radio] >> nth=0')
    await picture('wrap-up')
    await sound()
    await desk.channel.cards.sendWords(amina, 'Somebody else waits.')
    await seen('Somebody else waits.')
    desk.state.answer = { card: emptiedCard(of) }
    await page.click('button:has-text("Save and close")')
    await seen('12345674: closed')
    expect(desk.state.done.map(([, did]) => did.kind === 'act' && did.act)).toMatchObject([
      { do: 'wrap-up', outcome: 'helped', nextStep: 'Ring her at 5' },
    ])
  })

  it('show who is on the line, and what a channel says in its threads', async () => {
    await desk.channel.cards.sendCard(amina, yoursCard(yours({}, { cards: 'story' })))
    await page.selectOption('#teams-who', 'amina')
    await seen('The caller: on the line', 'Take off hold')
    await picture('yours')
    await sound()
    const room = { tenant: TENANT, channel: CHANNEL }
    await desk.channel.cards.sendCard(room, offerCard(told({ channel: 'sms' })))
    await page.selectOption('#teams-who', 'navigators')
    await page.selectOption('#teams-as', 'amina')
    await page.click('button:has-text("Answer here")')
    await page.fill('#teams-say', 'Can you get up?')
    await page.keyboard.press('Enter')
    await seen('Can you get up?')
    expect(desk.state.done.at(-1)?.[1]).toMatchObject({
      kind: 'typed',
      text: 'Can you get up?',
      conversation: CHANNEL,
      root: expect.stringMatching(/^\d+$/),
    })
    await sound()
  })
})

async function seen(...words: string[]): Promise<void> {
  for (const each of words) await page.getByText(each).filter({ visible: true }).first().waitFor()
}

/** Kept for whoever wants to look: `PICTURES=<folder>`. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PICTURES
  if (!folder) return
  await page.setViewportSize({ width: 1440, height: 2000 })
  await page.locator('#panel-teams').screenshot({ path: `${folder}/${name}.png` })
}

/** No fault that axe can find in the Teams panel: labels, contrast, roles, order. */
async function sound(): Promise<void> {
  await page.evaluate(AXE)
  const run = 'axe.run(document, { resultTypes: ["violations"] })'
  const { violations } = (await page.evaluate(run)) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}
