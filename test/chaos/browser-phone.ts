import { type ChildProcess, spawn } from 'node:child_process'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { freePort } from './door.ts'
import type { Rig, Run } from './rig.ts'
import { sleep } from './staffed.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS =
  '--headless --no-sandbox --disable-gpu --no-first-run --use-fake-device-for-media-stream --use-fake-ui-for-media-stream'
const SOUTHWARK = '+442079460200'
const START_MS = 30_000
const SOON_MS = 15_000

/** How a navigator's page dies. */
const ENDS = {
  'its window is closed': (page: Page) => page.close(),
  'its page crashes': async (page: Page) => {
    // Never answers: the renderer is gone.
    page.goto('chrome://crash').catch(() => undefined)
    await sleep(50)
  },
  'its network is gone': (_: Page, context: BrowserContext) => context.setOffline(true),
} as const
type Ending = keyof typeof ENDS

/** The shipped demo in a process and on a clock of its own: nothing here is moved or stood in for but Twilio. */
async function demo(rig: Rig) {
  const port = await freePort()
  const env = {
    PATH: process.env.PATH ?? '',
    PORT: String(port),
    STORE_URL: `sqlite:${rig.folder}/demo-${port}.db`,
    DATA_DIR: `${rig.folder}/demo-${port}`,
    LOG_LEVEL: 'fatal',
  }
  const child: ChildProcess = spawn(process.execPath, ['src/node.ts'], { env, stdio: 'ignore' })
  const close = () => void child.kill('SIGKILL')
  rig.after(close)
  const url = `http://127.0.0.1:${port}`
  const live = () => fetch(`${url}/livez`).then(({ ok }) => ok)
  if (!(await until(() => live().catch(() => false), START_MS)))
    throw new Error('the demo did not open')
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { Authorization: 'Bearer demo', 'Content-Type': 'application/json' }
    const given = body ? { method: 'POST', body: JSON.stringify(body) } : {}
    return (await (await fetch(`${url}${path}`, { headers, ...given })).json()) as T
  }
  return { url, ask, close }
}
type Demo = Awaited<ReturnType<typeof demo>>

async function until(so: () => Promise<boolean>, most = SOON_MS): Promise<boolean> {
  const end = performance.now() + most
  while (performance.now() < end) {
    if (await so()) return true
    await sleep(25)
  }
  return false
}

async function signedIn(browser: Browser, { url }: Demo, who: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${url}/console/sign-in`)
  await page.locator(`form:has(input[value=southwark]):has(input[value=${who}]) button`).click()
  await page.waitForURL(`${url}/console`)
  return { context, page }
}

interface Line {
  kind: string
  at: string
  detail?: object
}
/** The contact's log, and whether this person was asked, at or after some line of it. */
async function logOf({ ask }: Demo, ref: string): Promise<Line[]> {
  return (await ask<{ timeline: Line[] }>(`/api/contacts/${ref}`)).timeline
}
const askedOf = (log: readonly Line[], who: string) =>
  log.findLast(
    ({ kind, detail }) => kind === 'offered' && JSON.stringify(detail ?? {}).includes(who)
  )

/**
 * Asha's phone rings in Debian's chromium with Ben at work too, and her page dies. Seconds of the world's clock until he is
 * asked.
 */
async function dies(rig: Rig, browser: Browser, how: Ending, n: number): Promise<number> {
  const door = await demo(rig)
  const [asha, ben, carys] = await Promise.all(
    ['asha', 'ben', 'carys'].map((who) => signedIn(browser, door, who))
  )
  if (!asha || !ben || !carys) throw new Error('not signed in')
  await asha.page.goto(`${door.url}/console/phone`)
  await asha.page.getByRole('button', { name: 'Turn the phone on' }).click()
  await asha.page.getByText('The phone is on.').waitFor()
  for (const { page } of [ben, carys])
    await page.getByRole('button', { name: 'Take a break' }).click()
  const from = `+4477009007${String(n).padStart(2, '0')}`
  const { call } = await door.ask<{ call: string }>('/simulator/calls', { from, to: SOUTHWARK })
  for (const press of ['2', '2', '2']) await door.ask(`/simulator/calls/${call}`, { press })
  const { contacts } = await door.ask<{ contacts: { ref: string }[] }>('/api/contacts')
  const ref = contacts[0]?.ref ?? ''
  await asha.page.getByRole('button', { name: 'Take it here' }).click()
  await asha.page
    .getByText(/is ringing/)
    .first()
    .waitFor()
  await ben.page.getByRole('button', { name: 'I am back' }).click()
  const since = Date.now()
  await ENDS[how](asha.page, asha.context)
  const asked = await until(
    async () => askedOf(await logOf(door, ref), 'ben') !== undefined,
    20_000
  )
  const seconds = (Date.parse(askedOf(await logOf(door, ref), 'ben')?.at ?? '') - since) / 1000
  await Promise.race([
    Promise.all([asha, ben, carys].map(({ context }) => context.close())),
    sleep(2_000),
  ])
  door.close()
  return asked ? seconds : Number.POSITIVE_INFINITY
}

const D13B: Run = {
  id: 'D13b',
  name: 'the phone’s page, in a real chromium against the shipped demo, is closed, crashes or goes offline while it rings',
  goal: 'asked of another within 10 s',
  leastSuccess: 1,
  needs: ['chromium'],
  async run(rig) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') })
    rig.after(() => browser.close())
    const faults: string[] = []
    let [lost, longest] = [0, 0]
    const rounds = (Object.keys(ENDS) as Ending[]).flatMap((how) =>
      Array.from({ length: rig.of(1, 2, 20) }, () => how)
    )
    for (const [n, how] of rounds.entries()) {
      const seconds = await dies(rig, browser, how, n)
      if (seconds > 10) lost += 1
      if (seconds > 10) faults.push(`${how}: after ${seconds} s`)
      longest = Math.max(longest, seconds)
    }
    return {
      runs: rounds.length,
      lost,
      doubled: 0,
      success: 1 - lost / rounds.length,
      faults,
      figures: { 'longest until another was asked s': Number(longest.toFixed(1)) },
    }
  },
}

/** A navigator's phone in a real browser that dies. */
export const BROWSER_PHONE: readonly Run[] = [D13B]
