import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { State } from '../../src/conversation/types.ts'
import {
  COVER,
  calling,
  type Form,
  nextOf,
  type OpenedApp,
  openApp,
  texting,
  wordsOf,
} from '../app/opened.ts'

let app: OpenedApp
beforeEach(() => {
  app = openApp('2026-11-24T14:20:00Z')
})
afterEach(() => app.close())

/** Lets the service's clock reach a time, and what is due happen. */
async function reach(now: string) {
  app.clock.now = now
  for (const timer of await app.store.claimTimers(now, 100)) {
    await app.fire(timer)
    await app.store.settleTimer(timer, { done: true })
  }
}
async function ring(keys: readonly string[]) {
  const form = calling()
  let reply = await app.post('/twilio/voice', form)
  for (const Digits of keys) reply = await app.post(nextOf(reply), { ...form, Digits })
  return { reply, form, phone: form.From ?? '' }
}
const kindsOf = async (phone: string) =>
  (await app.contactOf(phone)).timeline.map(({ kind }) => kind)

describe('a call whose end nobody told us of', () => {
  it.each([
    ['in the checks', ['2'], ['HOLD']],
    ['at a later question', ['2', '2', '2', '1'], ['HOLD']],
    ['after a danger yes, while the cover was rung', ['1'], ['E999']],
  ])('%s: after ten minutes it is over, and somebody looks', async (_when, keys, codes) => {
    const { phone } = await ring(keys)
    await reach('2026-11-24T14:29:59Z')
    expect(await kindsOf(phone)).not.toContain('gone')
    await reach('2026-11-24T14:30:01Z')
    const contact = await app.contactOf(phone)
    expect(await kindsOf(phone)).toContain('gone')
    expect(contact.codes).toEqual(codes)
    expect(contact.clocks.filter(({ owner }) => owner !== '').length).toBeGreaterThan(0)
  })

  it('a call that goes on is left alone', async () => {
    const { reply, form, phone } = await ring(['2'])
    app.clock.now = '2026-11-24T14:28:00Z'
    await app.post(nextOf(reply), { ...form, Digits: '2' })
    await reach('2026-11-24T14:31:00Z')
    expect(await kindsOf(phone)).not.toContain('gone')
  })

  it('a call that was told over, or joined, is not over twice', async () => {
    const over = await ring(['2'])
    await app.post('/twilio/status', { ...over.form, CallStatus: 'completed' })
    const joined = await ring(['1'])
    await app.post(nextOf(joined.reply), { ...joined.form, DialCallStatus: 'completed' })
    await reach('2026-11-24T15:00:00Z')
    expect((await kindsOf(over.phone)).filter((kind) => kind === 'gone')).toHaveLength(1)
    expect(await kindsOf(joined.phone)).not.toContain('gone')
  })
})

describe('a saved conversation that the flows no longer hold', () => {
  /** As if a new version of the flows had been put in its place meanwhile. */
  async function lose(phone: string, change: (state: State) => Partial<State>, version?: number) {
    const { id } = (await app.contactOf(phone)) as unknown as { id: string }
    const contact = (await app.store.load(id))!
    const conversation = contact.conversation!
    const state = { ...conversation.state, ...change(conversation.state) }
    const flow = version === undefined ? contact.flow : { ...contact.flow, version }
    await app.store.commit({
      contact: {
        ...contact,
        flow,
        turn: contact.turn + 1,
        conversation: { ...conversation, state },
      },
      expected: contact.turn,
      log: [],
      outbox: [],
      timers: [],
    })
  }
  const LOST: [string, (state: State) => Partial<State>, number | undefined][] = [
    ['a step taken out', () => ({ value: 'old/step' }), undefined],
    ['a version that is gone', () => ({ version: 7 }), 7],
    ['another flow', () => ({ machine: 'elderly' }), undefined],
  ]

  describe.each(LOST)('%s', (_what, change, version) => {
    it.each<[string, Form]>([
      ['a key', { Digits: '2' }],
      ['words', { SpeechResult: 'no thank you' }],
      ['silence', {}],
      ['star', { Digits: '*' }],
    ])('a caller who answers with %s reaches a person, never the start', async (_how, answer) => {
      const { reply, form, phone } = await ring(['2', '2', '2', '1', '1'])
      await lose(phone, change, version)
      const told = await app.post(nextOf(reply), { ...form, ...answer })
      expect(told.status).toBe(200)
      expect(wordsOf(told)).toMatch(/finding you a person/i)
      expect(wordsOf(told)).not.toMatch(/Three quick checks/)
      const contact = await app.contactOf(phone)
      expect(contact.timeline.at(-1)?.kind).not.toBe('begin')
      expect(app.log).toEqual([])
    })

    it('words of danger are heard', async () => {
      const { reply, form, phone } = await ring(['2', '2', '2', '1', '1'])
      await lose(phone, change, version)
      const told = await app.post(nextOf(reply), { ...form, SpeechResult: 'she is not breathing' })
      expect(wordsOf(told)).toMatch(/ring 9 9 9/)
      expect(told.body).toContain(COVER[0])
      expect((await app.contactOf(phone)).codes).toContain('E999')
    })

    it('a hang-up is somebody’s task', async () => {
      const { form, phone } = await ring(['2', '2'])
      await lose(phone, change, version)
      expect((await app.post('/twilio/status', { ...form, CallStatus: 'completed' })).status).toBe(
        204
      )
      expect((await app.contactOf(phone)).codes).toEqual(['HOLD'])
    })

    it('a text that is waited for becomes a person’s task', async () => {
      const form = texting('my leg hurts')
      await app.post('/twilio/sms', form)
      await lose(form.From ?? '', change, version)
      await reach('2026-11-24T14:23:01Z')
      await reach('2026-11-24T14:33:02Z')
      const contact = await app.contactOf(form.From ?? '')
      expect(contact.clocks.some(({ owner }) => owner !== '')).toBe(true)
      expect(app.log).toEqual([])
    })
  })
})
