import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Translated, translator } from '../../src/channels/translate.ts'
import { outboundOf, performer, reporter } from '../../src/effects.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import { seemsEnglish } from '../../src/turn/translate.ts'
import type { Parts } from '../../src/turn.ts'
import {
  calling,
  type Form,
  mobile,
  nextOf,
  type OpenedApp,
  openApp,
  texting,
  wordsOf,
} from '../app/opened.ts'
import { randomBy } from '../chaos/judge.ts'
import type { Fault } from '../chaos/world/faults.ts'
import { openWorld, type World } from '../chaos/world/world.ts'

const POLISH = 'Boli mnie noga i nie mogę wstać'
let world: World
let app: OpenedApp
let now: number
beforeEach(async () => {
  world = await openWorld(randomBy(1))
  app = openApp()
  now = Date.parse('2026-11-24T14:20:00Z')
  app.clock.now = new Date(now).toISOString()
  ;(app.parts as Parts).translates = true
})
afterEach(async () => {
  await app.close()
  await world.close()
})
const translate = (text: string): Promise<Translated> =>
  translator({ key: world.translate.key, url: world.translate.origin })(text)
const ill = (fault: Fault) => world.translate.faults.set('translate', fault)
const asked = () => world.translate.asked.get('translate') ?? 0

/** Looks at the outbox again and again, as time goes by. */
async function work(times = 12) {
  const parts = { ...app.parts, now: () => new Date(now).toISOString() }
  const texts = {
    send: async () => ({ sid: 'SM0' }),
    list: async () => [],
    remove: async () => 'gone' as const,
    removeRecording: async () => 'gone' as const,
  }
  const outbound = outboundOf({ CAPS: '', APPROVED: '' })
  const publicUrl = 'https://door.example.org'
  const perform = performer({ texts, publicUrl, outbound, translate }, parts)
  for (let n = 0; n < times; n++) {
    const random = () => 0.5
    const shared = { store: app.store, perform, report: reporter(parts), now: parts.now, random }
    await runOutbox({ ...shared, maxTries: 3 })
    now += 300_000
  }
}
async function writes(words: string, given: Form = {}) {
  const form = texting(words, given)
  const reply = await app.post('/twilio/sms', form)
  return { phone: form.From!, reply }
}
const timeline = async (phone: string) => (await app.contactOf(phone)).timeline

describe('what somebody wrote in their own language', () => {
  it('staff read it in English beside their words, marked as a machine’s', async () => {
    const { phone } = await writes(POLISH)
    await work()
    const lines = await timeline(phone)
    const [first] = lines
    expect(first?.heard).toBe(POLISH)
    expect(lines.filter(({ kind }) => kind === 'translated')).toEqual([
      expect.objectContaining({
        detail: { of: first?.seq, english: `[en] ${POLISH}`, from: 'pl', by: 'machine' },
      }),
    ])
    expect((await app.contactOf(phone)).clocks).toEqual([])
  })

  it('an answer that was not understood, too', async () => {
    const From = mobile()
    await writes('hello', { From })
    await writes('nie rozumiem, proszę po polsku', { From })
    await work()
    expect((await timeline(From)).map(({ kind }) => kind)).toContain('translated')
  })

  it('the reply does not wait for it, and does not change by it', async () => {
    ill({ kind: 'hang' })
    const began = performance.now()
    const { reply } = await writes(POLISH)
    expect(performance.now() - began).toBeLessThan(1_500)
    expect(wordsOf(reply)).toMatch(/Check 1 of 3/)
    expect(asked()).toBe(0)
  })

  it.each<[string, Fault]>([
    ['500', { kind: 'status', status: 500 }],
    ['refused for good', { kind: 'status', status: 400 }],
    ['a reset', { kind: 'reset' }],
  ])(
    'when it fails for good (%s) the words stay, and a line says that there is no translation',
    async (_how, fault) => {
      ill(fault)
      const { phone } = await writes(POLISH)
      await work()
      const lines = await timeline(phone)
      expect(lines[0]?.heard).toBe(POLISH)
      expect(
        lines.filter(({ kind }) => kind.endsWith('translated')).map(({ kind }) => kind)
      ).toEqual(['not-translated'])
    }
  )

  it('a key that is refused is an operator’s to mend: it is said, and the words wait', async () => {
    ill({ kind: 'status', status: 403 })
    const { phone } = await writes(POLISH)
    await work(1)
    expect(app.log.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ part: 'translate', code: 'neighbour-refused' })
    )
    world.translate.faults.clear()
    await work(2)
    expect((await timeline(phone)).map(({ kind }) => kind)).toContain('translated')
  })
})

describe('what does not leave', () => {
  it.each([
    ['plain English', 'my mum has fallen and her leg hurts'],
    ['a key', '2'],
    ['a yes', 'yes'],
    ['a number', '07700 900123'],
  ])('%s', async (_what, words) => {
    const From = mobile()
    await writes('hello', { From })
    await writes(words, { From })
    await work(2)
    expect(asked()).toBe(0)
  })

  it('anything, where Translate is not connected', async () => {
    ;(app.parts as Parts).translates = false
    await writes(POLISH)
    await work(2)
    expect(asked()).toBe(0)
  })

  it('what was heard on the telephone', async () => {
    const form = calling()
    const reply = await app.post('/twilio/voice', form)
    await app.post(nextOf(reply), { ...form, SpeechResult: 'bolly mnyeh nogga', Confidence: '0.9' })
    await work(2)
    expect(asked()).toBe(0)
  })

  it.each([
    ['I have hurt my leg', true],
    ["can't get up", true],
    ['HELP', true],
    [POLISH, false],
    ['mi dispiace ma non capisco niente', false],
    ['je ne comprends pas, j’ai mal à la jambe', false],
    ['לא מרגיש טוב', false],
    ['', false],
  ])('"%s" seems English: %s', (words, english) => expect(seemsEnglish(words)).toBe(english))
})

describe('Translate is ill', () => {
  const body = (translatedText: unknown) =>
    JSON.stringify({ data: { translations: [{ translatedText, detectedSourceLanguage: 'pl' }] } })
  it.each<[string, Fault, Partial<Record<'retry' | 'after' | 'refused', unknown>>]>([
    ['400', { kind: 'status', status: 400 }, { refused: 'Translate 400' }],
    ['429, asked to wait', { kind: 'status', status: 429, after: 7 }, { retry: true, after: 7000 }],
    ['500', { kind: 'status', status: 500 }, { retry: true }],
    ['503', { kind: 'status', status: 503 }, { retry: true }],
    ['a redirect', { kind: 'status', status: 302 }, { retry: true }],
    ['a reset', { kind: 'reset' }, { retry: true }],
    ['half an answer', { kind: 'truncate' }, { retry: true }],
    ['an empty answer', { kind: 'status', status: 200, body: '' }, { retry: true }],
    ['HTML', { kind: 'status', status: 200, body: '<html>down</html>' }, { retry: true }],
    ['no words', { kind: 'status', status: 200, body: body('') }, { retry: true }],
    ['a number for words', { kind: 'status', status: 200, body: body(7) }, { retry: true }],
    ['10 MB', { kind: 'status', status: 200, body: body('x'.repeat(10_000_000)) }, { retry: true }],
  ])('%s: said within a second, never thrown', async (_how, fault, wanted) => {
    ill(fault)
    expect(await translate(POLISH)).toMatchObject(wanted)
  })

  it('nobody there: to be tried again', async () => {
    await world.translate.down()
    expect(await translate(POLISH)).toMatchObject({ retry: true })
    await world.translate.up()
  })

  it.each<[string, Fault]>([
    ['hangs', { kind: 'hang' }],
    ['is slow', { kind: 'slow', ms: 5_000 }],
  ])('one that %s is given up after three seconds', async (_how, fault) => {
    ill(fault)
    const began = performance.now()
    expect(await translate(POLISH)).toMatchObject({ retry: true })
    expect(performance.now() - began).toBeLessThan(4_000)
  })

  it('what it writes is text and nothing else', async () => {
    ill({
      kind: 'status',
      status: 200,
      body: body('one\u0000\u0007two\r\nthree\u202Efour\uD800 <Say>five</Say>'),
    })
    expect(await translate(POLISH)).toEqual({
      english: 'one two threefour\uFFFD <Say>five</Say>',
      from: 'pl',
    })
  })
})
