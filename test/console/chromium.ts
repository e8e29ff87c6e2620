import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const CHROMIUM = '/usr/bin/chromium'
/** Whether there is no browser here, or it is left out. */
export const skipped =
  !existsSync(CHROMIUM) || (process.env.SKIP ?? '').split(',').includes('browser')
const FLAGS =
  '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync --use-fake-device-for-media-stream --use-fake-ui-for-media-stream'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') })

/** No fault that axe can find: labels, contrast, roles, order. */
export async function sound(page: Page): Promise<void> {
  // Evaluated and not added as a script, which the page's own policy rightly refuses.
  await page.evaluate(AXE)
  const run = 'axe.run(document, { resultTypes: ["violations"] })'
  const { violations } = (await page.evaluate(run)) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

export async function seen(page: Page, ...words: (string | RegExp)[]): Promise<void> {
  for (const each of words) await page.getByText(each).filter({ visible: true }).first().waitFor()
}

/** Moves by Tab until this is where one is: a keyboard and nothing else. */
export async function tabTo(page: Page, role: string, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role as 'button', { name }).first()
  for (let presses = 0; presses < 120; presses++) {
    if (await wanted.evaluate((one) => one === one.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`No Tab leads to the ${role} ${name}`)
}
