import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { FakeDesk } from '../console/fake-desk.ts'
import { browser, listening, openConsole } from '../console/opened.ts'
import { openClient } from './client.ts'
import { PEOPLE } from './people.ts'
import type { Run } from './rig.ts'
import { mobile, openStaffed, type Seen, sleep } from './staffed.ts'

/** Timers of this process, of whatever kind. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

const E6: Run = {
  id: 'E6',
  name: 'live pages of staff, opened and left again and again',
  goal: 'each hears of a change; no listener, timer or connection is left behind',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const one = openConsole()
    const { url, server, close } = await listening(one)
    rig.after(close)
    const page = browser(one)
    await page.signIn('farah')
    const Cookie = [...page.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const open = async () => {
      const ending = new AbortController()
      const answer = await fetch(`${url}/console/live`, {
        headers: { Cookie },
        signal: ending.signal,
      })
      return { answer, end: () => ending.abort() }
    }
    const before = timers()
    const clients = await Promise.all(Array.from({ length: rig.of(20, 500, 500) }, open))
    const heard = clients.map(async ({ answer }) => {
      for await (const chunk of answer.body ?? [])
        if (
          Buffer.from(chunk as Uint8Array)
            .toString()
            .includes('event: changed')
        )
          return true
      return false
    })
    const listening_ = one.desk.listeners.size
    one.desk.change()
    const late = sleep(10_000).then(() => false)
    const all = await Promise.all(heard.map((each) => Promise.race([each, late])))
    const told = all.filter(Boolean).length
    for (const { end } of clients) end()
    let refused = 0
    const comings = rig.of(200, 2_000, 10_000)
    for (let n = 0; n < comings; n += 20)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const { answer, end } = await open()
          if (answer.status !== 200) refused += 1
          end()
        })
      )
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
    const gone = async () => one.desk.listeners.size === 0
    for (let n = 0; n < 100 && !(await gone()); n++) await sleep(50)
    one.desk.change()
    await sleep(1_000)
    const faults = [
      ...(listening_ === clients.length ? [] : [`${listening_} of ${clients.length} listened`]),
      ...(one.desk.listeners.size === 0 ? [] : [`${one.desk.listeners.size} still listen`]),
      ...(timers() <= before + 5 ? [] : [`${timers() - before} timers are left`]),
      ...(refused === 0 ? [] : [`${refused} were refused`]),
    ]
    return {
      runs: clients.length + comings,
      lost: clients.length - told,
      doubled: 0,
      success: told / clients.length,
      faults,
      figures: { 'connections left': await connections() },
    }
  },
}

const CORPUS = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  '\'"--></style></script><script>alert(1)</script>',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '" autofocus onfocus=alert(1) x="',
  '<a href="javascript:alert(1)">x</a>',
  '</textarea><img src=x onerror=alert(1)>',
  '[press me](javascript:alert(1))',
  '![x](https://evil.example/pixel.png)',
  '{{DATE(2026-11-24T14:20:00Z)}} ${constructor.constructor("alert(1)")()}',
  'one\r\n{"level":60,"msg":"forged"}\r\ntwo',
  '=HYPERLINK("https://evil.example")',
]
const CHROMIUM = '/usr/bin/chromium'

/** Adaptive Cards read links and lists in what they show; nothing that anybody wrote may be one. */
function markedUp(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(markedUp)
  if (!node || typeof node !== 'object') return []
  const { type, text, url } = node as { type?: string; text?: string; url?: string }
  const link = type === 'TextBlock' && /(?<!\\)\]\((?:javascript|https?):/i.test(text ?? '')
  const picture =
    type === 'Image' || (typeof url === 'string' && !/^https?:\/\/(127\.0\.0\.1|door\.)/.test(url))
  return [
    ...(link || picture ? [JSON.stringify(node).slice(0, 80)] : []),
    ...Object.values(node).flatMap(markedUp),
  ]
}

const H11: Run = {
  id: 'H11',
  name: 'scripts, links and lines of a log, in whatever a person, a colleague or a place may write',
  goal: '0 executed, 0 links in cards, 0 lines forged; 0 breaches of the policy of pages',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const faults: string[] = []
    const house = await openStaffed(rig)
    const farah = house.staff('farah')
    await farah.start()
    for (const [n, bad] of CORPUS.entries()) {
      await house.writes(mobile(200 + n), bad)
      await house.until(() => farah.cards().some(({ presses }) => presses.decline))
      const card = farah.cards().findLast(({ presses }) => presses.decline)
      if (card) faults.push(...markedUp(JSON.parse(card.text)).map((at) => `in a card: ${at}`))
      if (card) await farah.press(card, 'decline', { 'decline.reason': 'busy' })
    }
    const one = openConsole({ clock: Date.now })
    for (const [at, bad] of CORPUS.entries()) poison(one.desk, bad, at)
    const page = browser(one)
    await page.signIn('jude')
    const paths = [
      '',
      '/queue',
      '/promises',
      '/status',
      '/shift',
      '/phone',
      ...REFS.map((ref) => `/contacts/${ref}`),
    ]
    let pages = 0
    for (const path of paths) {
      const answer = await page.ask(`/console${path}`)
      const html = await answer.text()
      if (answer.status === 200) pages += 1
      for (const bad of CORPUS.filter((each) => each.includes('<')))
        if (html.includes(bad)) faults.push(`${path} shows ${bad} as it was written`)
      const policy = answer.headers.get('Content-Security-Policy') ?? ''
      if (
        /unsafe-inline|unsafe-eval/.test(policy.replace(/style-src[^;]*/, '')) ||
        !/script-src|default-src/.test(policy)
      )
        faults.push(`${path} has the policy "${policy}"`)
    }
    for (const line of one.log)
      if (!isOneLine(line)) faults.push(`a line of the log: ${line.slice(0, 60)}`)
    const browsed = rig.size !== 'small' && existsSync(CHROMIUM)
    if (browsed) faults.push(...(await inBrowser(one, paths)))
    return {
      runs: CORPUS.length + paths.length,
      lost: 0,
      doubled: 0,
      success: pages / paths.length,
      faults: faults.slice(0, 8),
      figures: { 'in a browser': browsed ? 'yes' : 'no' },
    }
  },
}

function isOneLine(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object' && line.trim().split('\n').length === 1
  } catch {
    return false
  }
}

/** What ran, or broke the pages' own policy, in a real browser. */
async function inBrowser(
  one: ReturnType<typeof openConsole>,
  paths: readonly string[]
): Promise<string[]> {
  const { url, close } = await listening(one)
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
  const real = await chromium.launch({ executablePath: CHROMIUM, args })
  const ran: string[] = []
  try {
    const context = await real.newContext()
    await context.exposeFunction('ran', (what: string) => void ran.push(what))
    await context.addInitScript(
      "addEventListener('securitypolicyviolation', (e) => ran('policy ' + e.violatedDirective)); window.alert = (x) => ran('alert ' + x)"
    )
    const page = await context.newPage()
    await page.goto(`${url}/console/sign-in`)
    await page.locator('form:has(input[value=lewisham]):has(input[value=jude]) button').click()
    for (const path of paths) {
      await page.goto(`${url}/console${path}`)
      if ((await page.locator('main img, main script, main svg, main iframe').count()) > 0)
        ran.push(`${path} holds what somebody wrote`)
    }
  } finally {
    await real.close()
    await close()
  }
  return ran
}

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
function poison(desk: FakeDesk, bad: string, at: number): void {
  const contact = `019ab000-0000-7000-8000-0000000000${String(at + 1).padStart(2, '0')}`
  const ref = REFS[at % REFS.length] ?? ''
  desk.add({
    ...{ contact, ref, name: bad, inTheirWords: bad, practice: bad, number: bad, language: bad },
    answers: [{ asked: bad, answer: bad, danger: true }],
    ...{ flags: [bad], codes: [bad], asked: ['jude', bad] },
    route: { team: bad, service: bad, rule: bad },
    handoff: {
      value: 'offered',
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
}

/** Numbers that took no text, and why, as Twilio tells it later. */
const CODES = [21610, 21611, 21614, 30003, 30004, 30005, 30006, 30007, 30008]
const FALLER = PEOPLE.find(({ wantsText }) => wantsText)

const D11: Run = {
  id: 'D11',
  name: 'Twilio tells of each text that it did not arrive, with 21610 to 30008',
  goal: 'each is in the log with its code, and is a person’s task',
  leastSuccess: 1,
  small: true,
  async run(rig) {
    const house = await openStaffed(rig)
    const client = openClient({ targets: [house], random: rig.random })
    rig.after(client.close)
    const faults: string[] = []
    const codes = CODES.slice(0, rig.of(2, 9, 9)).flatMap((code) =>
      Array.from({ length: rig.of(1, 2, 20) }, () => code)
    )
    let lost = 0
    for (const [n, code] of codes.entries()) {
      house.world.twilio.telling.of = () => ({
        after: [{ status: 'sent' }, { status: code < 30_000 ? 'failed' : 'undelivered', code }],
      })
      const { from, complete } = await client.talk(FALLER as never, mobile(400 + n))
      if (!complete) faults.push(`${code}: the conversation did not come to its end`)
      const noted = ({ timeline, clocks }: Seen) =>
        timeline.some(({ detail }) => JSON.stringify(detail ?? {}).includes(String(code))) &&
        clocks.some((clock) => clock.code === 'TEXT' && clock.owner !== '')
      if (await house.until(async () => noted(await house.contactOf(from)), 8_000)) continue
      lost += 1
      faults.push(`${code} became nobody’s task`)
    }
    return { runs: codes.length, lost, doubled: 0, success: 1 - lost / codes.length, faults }
  },
}

/** The pages of the desk under load and under attack, and texts that never arrive. */
export const DESK_PAGES: readonly Run[] = [D11, E6, H11]
