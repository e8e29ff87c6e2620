import { decodeJwt } from 'jose'
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launch, seen, skipped } from './chromium.ts'
import { listening, type Opened, openConsole } from './opened.ts'
import { sample } from './sample.ts'

const SOFTPHONE = {
  accountSid: 'AC00000000000000000000000000000000',
  keySid: 'SK00000000000000000000000000000000',
  keySecret: 'a-key-secret-of-the-tests-0123456789',
  region: 'ie1',
}
const CALL = 'CA00000000000000000000000000000001'
const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:0 PCMU/8000\r\n'

interface Told {
  type: string
  payload: { token?: string; callsid?: string }
}
let browser: Browser
let context: BrowserContext
let page: Page
let one: Opened
let url: string
let close: () => Promise<void>
let told: Told[]
let line: WebSocketRoute | undefined
/** For how many seconds Twilio says a token lives. */
let ttl: number

describe.skipIf(skipped)('the phone by Twilio’s SDK', () => {
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    ttl = 3_600
    told = []
    one = openConsole({ clock: Date.now, softphone: SOFTPHONE })
    sample(one.desk)
    ;({ url, close } = await listening(one))
    context = await browser.newContext({ viewport: { width: 460, height: 760 } })
    page = await context.newPage()
    await page.route(/twilio\.com|twiliocdn/, (route) => route.abort())
    await page.routeWebSocket(/twilio\.com/, signalling)
    await page.goto(`${url}/console/sign-in`)
    await page.locator('form:has(input[value=lewisham]):has(input[value=farah]) button').click()
    await page.waitForURL(`${url}/console`)
    await page.goto(`${url}/console/phone`)
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
  })
  afterEach(async () => {
    await context.close()
    await close()
  })

  it('is let in with its own token, and says that it is alive', async () => {
    await seen(page, 'The phone is on. Keep this window open.')
    const [first] = tokens()
    expect(decodeJwt(first!).grants).toEqual({
      identity: 'farah',
      voice: { incoming: { allow: true } },
    })
    expect(line?.url()).toContain('dublin')
    await expect.poll(() => one.desk.alive, { timeout: 10_000 }).toContain('lewisham/farah')
  })

  it('gets another token before its own ends', async () => {
    await context.close()
    ttl = 301
    context = await browser.newContext()
    page = await context.newPage()
    await page.route(/twilio\.com|twiliocdn/, (route) => route.abort())
    await page.routeWebSocket(/twilio\.com/, signalling)
    await page.goto(`${url}/console/sign-in`)
    await page.locator('form:has(input[value=lewisham]):has(input[value=farah]) button').click()
    await page.waitForURL(`${url}/console`)
    await page.goto(`${url}/console/phone`)
    told = []
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await expect.poll(() => new Set(tokens()).size, { timeout: 10_000 }).toBeGreaterThan(1)
  })

  it('rings with the story, refuses, and rings again until it is taken back', async () => {
    await seen(page, 'The phone is on. Keep this window open.')
    one.desk.joins = 'accepted'
    const offer = page.getByRole('region', { name: 'Asked: 142 274 00' })
    await offer.getByRole('button', { name: 'Take it here' }).click()
    ring()
    await seen(page, '142 274 00 is ringing', 'My mum fell this morning and she can not stand up')
    await page.getByRole('button', { name: 'Not now' }).click()
    await expect.poll(() => told.map(({ type }) => type), { timeout: 10_000 }).toContain('reject')
    expect(await page.locator('#incoming').isVisible()).toBe(false)
    ring('CA00000000000000000000000000000002')
    await seen(page, '142 274 00 is ringing')
    send('cancel', { callsid: 'CA00000000000000000000000000000002' })
    await expect.poll(() => page.locator('#incoming').isVisible(), { timeout: 10_000 }).toBe(false)
  })

  it('says when it can not be rung, and when it can again', async () => {
    await seen(page, 'The phone is on. Keep this window open.')
    await line?.close({ code: 1006 }).catch(() => line?.close())
    await seen(page, 'The phone can not be rung just now.')
    const beats = one.desk.alive.length
    await seen(page, 'The phone is on. Keep this window open.')
    expect(one.desk.alive.length).toBeGreaterThanOrEqual(beats)
  })
})

const tokens = () => told.flatMap(({ payload }) => (payload?.token ? [payload.token] : []))
const send = (type: string, payload: object) => line?.send(JSON.stringify({ type, payload }))
const ring = (callsid = CALL) =>
  send('invite', { callsid, sdp: SDP, parameters: { From: '+442079460100', To: 'client:farah' } })

/** Twilio's signalling as far as a phone that is rung needs it. */
function signalling(route: WebSocketRoute): void {
  line = route
  route.onMessage((message) => {
    const text = String(message).trim()
    if (text === '') return
    const one = JSON.parse(text) as Told
    told.push(one)
    const token = { identity: 'farah', ttl }
    if (one.type === 'listen')
      send('connected', { region: 'IE1', edge: 'dublin', home: 'ie1', token })
    if (one.type === 'register') send('ready', {})
  })
}
