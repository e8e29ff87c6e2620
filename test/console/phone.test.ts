import { Hono } from 'hono'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { faultWords, warningWords } from '../../src/console/browser/words.ts'
import { launch, seen, skipped, sound } from './chromium.ts'
import { listening, type Opened, openConsole } from './opened.ts'
import { sample } from './sample.ts'

const CONTACT = '019ab000-0000-7000-8000-000000000002'
let browser: Browser
let context: BrowserContext
let page: Page
let one: Opened
let url: string
let close: () => Promise<void>

/** The simulator's softphone, of cardboard: what rings on it, and what was done there. */
const client = { ringing: false, speaking: false, done: [] as object[] }

describe('what is wrong, in words', () => {
  it.each([
    ['high-packet-loss', 'The network loses parts of the call.'],
    ['constant-audio-input-level', 'Your microphone hears nothing.'],
    ['something-new', 'The line is not as good as it should be.'],
  ])('%s', (name, words) => expect(warningWords(name)).toContain(words))

  it.each([
    [{ code: 31401 }, 'The microphone is not allowed.'],
    [{ name: 'NotFoundError' }, 'No microphone was found.'],
    [{ code: 20104 }, 'The phone’s pass has run out.'],
    [undefined, 'The phone has stopped.'],
  ])('%j', (fault, words) => expect(faultWords(fault)).toContain(words))
})

describe.skipIf(skipped)('the phone', () => {
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    Object.assign(client, { ringing: false, speaking: false, done: [] })
    one = openConsole({ clock: Date.now })
    sample(one.desk)
    const app = new Hono().route('/', simulated()).route('/', one.app)
    ;({ url, close } = await listening({ ...one, app }))
    context = await browser.newContext({ viewport: { width: 460, height: 760 } })
    page = await context.newPage()
    await page.goto(`${url}/console/sign-in`)
    await page.locator('form:has(input[value=lewisham]):has(input[value=farah]) button').click()
    await page.waitForURL(`${url}/console`)
    await page.goto(`${url}/console/phone`)
  })
  afterEach(async () => {
    await context.close()
    await close()
  })

  it('is not there for the desk until it is turned on, and says that it is', async () => {
    await seen(page, 'The phone is off.')
    expect(one.desk.alive).toEqual([])
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await seen(page, 'The phone is on. Keep this window open.')
    await expect.poll(() => one.desk.alive, { timeout: 10_000 }).toContain('lewisham/farah')
    const before = one.desk.alive.length
    await expect.poll(() => one.desk.alive.length, { timeout: 8_000 }).toBeGreaterThan(before)
  })

  it('shows the story before one answers, and ends what it began', async () => {
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await take()
    await seen(page, '142 274 00 is ringing', 'Read the story below. Then answer.')
    await seen(page, 'My mum fell this morning and she can not stand up on her own')
    const words = await page.locator('#call').innerText()
    expect(words.indexOf('My mum fell')).toBeLessThan(words.indexOf('You are being joined now.'))
    expect(await page.title()).toMatch(/^Ringing/)
    await sound(page)
    expect(client.done).toEqual([])
    await page.keyboard.press('Enter')
    await seen(page, 'You are on the line.')
    one.desk.contacts.get(CONTACT)!.handoff.value = 'connected'
    one.desk.change()
    await seen(page, 'Who is in the call')
    expect(client.done).toEqual([{ answer: true }])
    await sound(page)
    await page.getByRole('button', { name: 'Mute my microphone' }).click()
    await seen(page, 'Unmute my microphone')
    await page.getByRole('button', { name: 'Keypad' }).click()
    await page.getByRole('button', { name: 'star' }).click()
    await page.getByRole('button', { name: 'Hang up' }).click()
    await expect
      .poll(() => client.done)
      .toEqual([{ answer: true }, { press: '*' }, { hangUp: true }])
    await seen(page, 'The call is over.')
    expect(one.desk.acted.map(({ act }) => act)).toEqual([
      { do: 'accept', contact: CONTACT, via: 'softphone' },
      { do: 'mute', contact: CONTACT, label: 'staff:farah', on: true },
      { do: 'drop', contact: CONTACT, label: 'caller' },
    ])
  })

  it('does not leave a person alone in a call because a button was pressed once', async () => {
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await take()
    await seen(page, '142 274 00 is ringing')
    await page.keyboard.press('Enter')
    await seen(page, 'You are on the line.')
    one.desk.answer = { ok: false, words: 'Nobody else is with the person.' }
    await page.getByRole('button', { name: 'Hang up' }).click()
    await seen(page, 'Nobody else is with the person.')
    expect(client.done).toEqual([{ answer: true }])
    await page.getByRole('button', { name: 'Hang up' }).click()
    await expect
      .poll(() => client.done, { timeout: 10_000 })
      .toEqual([{ answer: true }, { hangUp: true }])
  })

  it('has one’s own number rung instead', async () => {
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await take()
    await seen(page, '142 274 00 is ringing')
    await page.getByRole('button', { name: 'Ring my number instead' }).click()
    await expect.poll(() => client.done, { timeout: 10_000 }).toEqual([{ decline: true }])
    expect(one.desk.acted.at(-1)?.act).toEqual({ do: 'accept', contact: CONTACT, via: 'phone' })
  })

  it('stops ringing when somebody else is put through', async () => {
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    client.ringing = true
    await seen(page, 'Ringing')
    client.ringing = false
    await expect.poll(() => page.locator('#incoming').isVisible(), { timeout: 10_000 }).toBe(false)
  })

  it('turns itself off when one is signed out', async () => {
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await seen(page, 'The phone is on. Keep this window open.')
    await context.clearCookies()
    await page.waitForURL(/sign-in/, { timeout: 10_000 })
  })
})

/** Farah takes the contact, and the desk rings their phone. */
async function take(): Promise<void> {
  one.desk.joins = 'accepted'
  const offer = page.getByRole('region', { name: 'Asked: 142 274 00' })
  await offer.getByRole('button', { name: 'Take it here' }).click()
  await seen(page, 'It is yours. You are being joined.')
  client.ringing = true
}

function simulated(): Hono {
  const view = () => ({
    client: 'farah',
    ringing: client.ringing ? [{ call: 'CA1' }] : [],
    speaking: client.speaking ? [{ call: 'CA1' }] : [],
  })
  return new Hono()
    .get('/simulator/clients/farah', (c) => c.json(view()))
    .post('/simulator/clients/farah', async (c) => {
      const act = (await c.req.json()) as object
      client.done.push(act)
      if (!('press' in act)) Object.assign(client, { ringing: false, speaking: 'answer' in act })
      return c.json(view())
    })
}
