import { request } from 'node:http'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { openGuard } from '../../src/console/guard.ts'
import { live } from '../../src/console/live.ts'
import type { ConsoleEnv } from '../../src/console/parts.ts'
import type { Content } from '../../src/content.ts'
import { shipped } from '../app/opened.ts'
import { browser, listening, openConsole } from './opened.ts'

const LOOK_MS = 40

/** The console, with a stream that looks often at who reads it. */
async function opened() {
  const held: { content: Content } = { content: shipped() }
  const one = openConsole({ content: () => held.content })
  const guard = openGuard(one.parts)
  const quick = new Hono<ConsoleEnv>().get(
    '/quick',
    guard.row('GET /live'),
    live(one.parts, guard, LOOK_MS)
  )
  // Who is signed out by one is signed out for the other: they share what was ended.
  const app = new Hono().route('/console', quick).route('/console', one.app)
  const asker = browser({ app: one.app })
  await asker.signIn('farah')
  return { ...one, held, guard, app, asker }
}

/** Reads events until one of this name comes, or the stream ends. */
async function until(
  stream: ReadableStreamDefaultReader<string>,
  name: string
): Promise<'came' | 'ended'> {
  let text = ''
  for (;;) {
    const { value, done } = await stream.read()
    if (done) return 'ended'
    text += value
    if (text.includes(`event: ${name}`)) return 'came'
  }
}

async function streamOf(one: Awaited<ReturnType<typeof opened>>) {
  const Cookie = [...one.asker.jar].map((pair) => pair.join('=')).join('; ')
  const answer = await one.app.request('http://door.test/console/quick', { headers: { Cookie } })
  expect(answer.headers.get('Content-Type')).toContain('text/event-stream')
  return answer.body!.pipeThrough(new TextDecoderStream()).getReader()
}

describe('the live stream', () => {
  it('tells that something changed, and not what', async () => {
    const one = await opened()
    const stream = await streamOf(one)
    await until(stream, 'here')
    one.desk.change()
    one.desk.change()
    expect(await until(stream, 'changed')).toBe('came')
    await stream.cancel()
    await expect.poll(() => one.desk.listeners.size, { timeout: 10_000 }).toBe(0)
  })

  it.each<[string, (one: Awaited<ReturnType<typeof opened>>) => void]>([
    [
      'the session is over',
      ({ clock }) => void Object.assign(clock, { now: clock.now + 13 * 3_600_000 }),
    ],
    [
      'the role is taken away',
      ({ held }) => void Object.assign(held, { content: withRoles(['auditor']) }),
    ],
    ['the person leaves', ({ held }) => void Object.assign(held, { content: withRoles(null) })],
  ])('ends when %s', async (_what, then) => {
    const one = await opened()
    const stream = await streamOf(one)
    await until(stream, 'here')
    then(one)
    expect(await until(stream, 'out')).toBe('came')
    expect(await until(stream, 'changed')).toBe('ended')
    expect(one.desk.listeners.size).toBe(0)
  })

  it('ends when they sign out, and tells nothing of what changes after', async () => {
    const one = openConsole()
    const guard = openGuard(one.parts)
    const app = new Hono<ConsoleEnv>().get(
      '/quick',
      guard.row('GET /live'),
      live(one.parts, guard, LOOK_MS)
    )
    const asker = browser(one)
    await asker.signIn('farah')
    const Cookie = [...asker.jar].map((pair) => pair.join('=')).join('; ')
    const answer = await app.request('http://door.test/quick', { headers: { Cookie } })
    const stream = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    await until(stream, 'here')
    await asker.form('/console/sign-out', {})
    expect(await until(stream, 'out')).toBe('came')
    one.desk.change()
    expect(await until(stream, 'changed')).toBe('ended')
  })

  it('leaves nothing behind when 500 pages come and go', async () => {
    const one = openConsole()
    const { url, close } = await listening(one)
    const asker = browser(one)
    await asker.signIn('farah')
    const Cookie = [...asker.jar].map((pair) => pair.join('=')).join('; ')
    const before = timers()
    for (let round = 0; round < 5; round++) {
      const open = await Promise.all(Array.from({ length: 100 }, () => connected(url, Cookie)))
      expect(one.desk.listeners.size).toBe(100)
      one.desk.change()
      for (const leave of open) leave()
      await expect.poll(() => one.desk.listeners.size, { timeout: 10_000 }).toBe(0)
    }
    expect(timers()).toBeLessThanOrEqual(before)
    await close()
  })
})

/** Timers and intervals this process holds now. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** A page that listens; it goes when it is told to, without a word. */
function connected(url: string, Cookie: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/console/live`, { headers: { Cookie } }, (answer) => {
      answer.on('error', () => undefined)
      answer.once('data', () => resolve(() => asked.destroy()))
    })
    asked.on('error', reject)
    asked.end()
  })
}

function withRoles(roles: ['auditor'] | null): Content {
  const content = shipped()
  const loaded = content.places.get('lewisham')!
  const staff = loaded.place.staff.flatMap((one) =>
    one.id !== 'farah' ? [one] : roles ? [{ ...one, roles: [...roles] }] : []
  )
  const place = { ...loaded, place: { ...loaded.place, staff } }
  return { ...content, places: new Map([...content.places, ['lewisham', place]]) }
}
