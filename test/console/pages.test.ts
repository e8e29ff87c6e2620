import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launch, seen, skipped, sound, tabTo } from './chromium.ts'
import { listening, type Opened, openConsole } from './opened.ts'
import { sample } from './sample.ts'

let browser: Browser
let context: BrowserContext
let page: Page
let one: Opened
let url: string
let close: () => Promise<void>
let faults: string[]

describe.skipIf(skipped)('the pages of the console', () => {
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    one = openConsole({ clock: Date.now })
    sample(one.desk)
    ;({ url, close } = await listening(one))
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    page = await context.newPage()
    faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  })
  afterEach(async () => {
    expect(faults).toEqual([])
    await context.close()
    await close()
  })

  it('have no fault that axe finds, wide and narrow', async () => {
    await page.goto(`${url}/console/sign-in`)
    await sound(page)
    await signIn('ines')
    one.desk.contacts.get(id(2))!.asked = ['ines']
    const paths = [
      '',
      '/queue',
      '/promises',
      '/status',
      '/shift',
      '/contacts/14227400',
      '/contacts/42682190',
      '/phone',
    ]
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 })
      for (const path of paths) {
        await page.goto(`${url}/console${path}`)
        for (const summary of await page.locator('summary').all()) await summary.click()
        await sound(page)
        const wide = await page.evaluate('document.documentElement.scrollWidth')
        expect([path, wide]).toEqual([path, width])
      }
    }
    // Sixteen pages with all their parts opened, each read wholly.
  }, 120_000)

  it('let one take a contact, act in the call and write it up by keyboard alone', async () => {
    await signIn('farah')
    await seen(page, 'Asked of you', 'My mum fell this morning')
    one.desk.contacts.get(id(1))!.handoff = { value: 'withdrawn', legs: [] }
    one.desk.change()
    await expect.poll(() => page.getByText('Take this first').count(), { timeout: 10_000 }).toBe(0)
    await press('button', 'Take it on this computer')
    await seen(page, 'It is yours. You are being joined.', 'Who is in the call')
    await press('button', /^Hold/)
    await seen(page, 'On hold')
    await press('button', /^Take off hold/)
    await press('button', 'End the call')
    await seen(page, 'How did it end?')
    await sound(page)
    await tabTo(page, 'radio', 'Helped now')
    await page.keyboard.press('Space')
    await tabTo(page, 'textbox', 'What comes next')
    await page.keyboard.type('A nurse comes at four')
    // What one is writing stays while the desk changes.
    one.desk.change()
    await page.waitForResponse((answer) => answer.url().endsWith('/console') && answer.ok())
    expect(await page.getByRole('textbox', { name: 'What comes next' }).inputValue()).toBe(
      'A nurse comes at four'
    )
    await press('button', 'Finish')
    await seen(page, 'Done: wrap-up.')
    expect(one.desk.acted.map(({ act }) => act.do)).toEqual([
      'accept',
      'hold',
      'hold',
      'drop',
      'wrap-up',
    ])
    expect(one.desk.acted.at(-1)?.act).toMatchObject({
      outcome: 'helped',
      nextStep: 'A nurse comes at four',
    })
  })

  it('let one write down who may be told, and ring them, by keyboard alone', async () => {
    await signIn('farah')
    await page.goto(`${url}/console/contacts/14227400`)
    await press('link', 'Skip to main content')
    await tabTo(page, 'button', /^Ring them/)
    await page.keyboard.press('Enter')
    await seen(page, 'Done: ring-out.')
    await page.locator('summary', { hasText: 'Write down who may be told' }).focus()
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', 'Their name')
    await page.keyboard.type('Cal')
    await tabTo(page, 'textbox', 'Their UK number')
    await page.keyboard.type('07700 900457')
    await tabTo(page, 'combobox', 'They are')
    await page.keyboard.press('ArrowDown')
    await press('button', 'Write them down')
    await seen(page, 'Done: agree.')
    expect(one.desk.acted.map(({ act }) => act)).toEqual([
      { do: 'ring-out', contact: id(2), to: 'carer', agreed: 'a1' },
      {
        ...{ do: 'agree', contact: id(2), name: 'Cal', number: '+447700900457' },
        ...{ relation: 'next-of-kin', may: 'looking' },
      },
    ])
  })

  it('let a supervisor end the shift of somebody who cannot, by keyboard alone', async () => {
    await signIn('ines')
    await page.goto(`${url}/console/queue`)
    await page.locator('summary', { hasText: 'End their shift: Gwen' }).focus()
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', 'Why Gwen cannot end it')
    await page.keyboard.type('Taken ill')
    await press('button', 'End their shift')
    await seen(page, 'Ended.')
    expect(one.desk.acted.map(({ act }) => act)).toEqual([
      { do: 'end-shift', staff: 'gwen', why: 'Taken ill' },
    ])
  })

  it('do the same without script', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false })
    page = await plain.newPage()
    await signIn('farah')
    await page.getByRole('button', { name: 'Take it on this computer' }).last().click()
    await seen(page, 'It is yours. You are being joined.')
    await page.getByRole('button', { name: 'End the call' }).click()
    await page.getByRole('radio', { name: 'Helped now' }).check()
    await page.getByRole('button', { name: 'Finish' }).click()
    await seen(page, 'Done: wrap-up.')
    await plain.close()
  })

  it('change by themselves, keep the focus, and say what is new', async () => {
    await signIn('ines')
    await page.goto(`${url}/console/queue`)
    await seen(page, 'Who waits, first to last')
    await page.getByRole('link', { name: '213 410 95' }).focus()
    one.desk.add({
      contact: id(9),
      ref: '49795904',
      danger: 'yes',
      level: 'emergency',
      asked: [],
      handoff: { value: 'waiting', legs: [] },
    })
    one.desk.change()
    await seen(page, '497 959 04')
    await expect
      .poll(() => page.locator('#assertive').textContent())
      .toContain('Reference 497 959 04 waits, and nobody is asked. DANGER: YES.')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('213 410 95')
    one.desk.contacts.get(id(2))!.asked = ['ines']
    one.desk.change()
    await expect
      .poll(() => page.locator('#polite').textContent())
      .toContain('You are asked to take 142 274 00. Danger asked: none.')
  })

  it('send one who is signed out elsewhere to sign in', async () => {
    await signIn('farah')
    await page.goto(`${url}/console/queue`)
    await context.clearCookies()
    one.desk.change()
    await page.waitForURL(/sign-in/)
    faults = faults.filter((fault) => !fault.includes('401'))
  })

  it('run nothing that anybody wrote, and break no rule of their policy', async () => {
    const broken: string[] = []
    await context.exposeFunction('executed', (what: string) => void broken.push(what))
    await context.addInitScript(`addEventListener('securitypolicyviolation', (e) => executed('csp ' + e.violatedDirective))
      window.alert = window.confirm = window.prompt = (x) => executed('alert ' + x)`)
    for (const [at, bad] of CORPUS.entries()) poison(bad, at)
    await signIn('jude')
    for (const path of ['', '/queue', '/promises', '/status', '/shift', '/phone']) {
      await page.goto(`${url}/console${path}`)
      await page.waitForFunction('document.body.classList.contains("js-enabled")')
    }
    for (const { ref } of one.desk.contacts.values()) {
      await page.goto(`${url}/console/contacts/${ref}`)
      expect(await page.locator('main img, main script, main svg, main iframe').count()).toBe(0)
    }
    one.desk.answer = { ok: true, words: CORPUS.join(' ') }
    await page.getByText('Something nearly went wrong').click()
    await page.getByLabel('What nearly went wrong').fill(CORPUS[0]!)
    await page.getByRole('button', { name: 'Report it' }).click()
    await seen(page, '<img src=x onerror=alert(1)>')
    expect(broken).toEqual([])
  })
})

const CORPUS = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  '\'"--></style></script><script>alert(1)</script>',
  'javascript:alert(1)',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '" autofocus onfocus=alert(1) x="',
  '<a href="javascript:alert(1)">x</a>',
  '<math><mi xlink:href="data:x,<script>alert(1)</script>">',
  '</textarea><img src=x onerror=alert(1)>',
  '{{constructor.constructor("alert(1)")()}}',
  '<body onload=alert(1)><base href=//evil.example>',
]
const REFS = [
  '56909603',
  '49795904',
  '42682190',
  '35568504',
  '28454807',
  '21341095',
  '14227400',
  '07113706',
]

/** Puts one bad text wherever words of people or of others are shown. */
function poison(bad: string, at: number): void {
  const contact = id(at + 1)
  const ref = REFS[at % REFS.length]!
  one.desk.add({
    ...{ contact, ref, name: bad, inTheirWords: bad, practice: bad, number: bad, language: bad },
    answers: [{ asked: bad, answer: bad, danger: true }],
    flags: [bad],
    codes: [bad],
    asked: ['jude', bad],
    route: { team: bad, service: bad, rule: bad },
    handoff: {
      value: at === 0 ? 'connected' : 'offered',
      ...(at === 0 && { by: 'jude' }),
      legs: [{ label: bad, kind: 'other', who: bad, is: 'in', muted: false }],
    },
    promises: [{ contact, ref, code: bad, owner: bad, due: '2026-11-24T15:00:00Z', late: false }],
    timeline: [
      {
        seq: 1,
        at: '2026-11-24T14:16:00Z',
        kind: bad,
        said: bad,
        heard: bad,
        detail: { [bad]: bad },
      },
    ],
  })
  one.desk.services.set('broker', {
    service: 'broker',
    name: bad,
    now: 'red',
    reason: bad,
    replacement: bad,
  })
}

const id = (n: number) => `019ab000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`

async function press(role: string, name: string | RegExp): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.press('Enter')
}

async function signIn(staff: string): Promise<void> {
  await page.goto(`${url}/console/sign-in`)
  await page.locator(`form:has(input[value=lewisham]):has(input[value=${staff}]) button`).click()
  await page.waitForURL(`${url}/console`)
}
