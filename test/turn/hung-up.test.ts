import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calling, type Form, nextOf, type OpenedApp, openApp, wordsOf } from '../app/opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

/** Somebody who rang and answered so; where the next answer goes. */
async function ring(...keys: readonly string[]) {
  const form = calling()
  let reply = await app.post('/twilio/voice', form)
  for (const Digits of keys) reply = await app.post(nextOf(reply), { ...form, Digits })
  return { form, next: nextOf(reply) }
}
const over = (form: Form) => app.post('/twilio/status', { ...form, CallStatus: 'completed' })

const ANSWERS: [string, string[], Form, string[]][] = [
  ['yes to the first check', [], { Digits: '1' }, ['E999']],
  ['no to the first check', [], { Digits: '2' }, []],
  ['not sure', [], { Digits: '3' }, []],
  ['words of danger', ['2'], { SpeechResult: 'she cannot breathe', Confidence: '0.9' }, ['E999']],
  ['nothing', [], { Digits: '' }, []],
  ['a wrong key', [], { Digits: '8' }, []],
]

describe('a caller who answers and hangs up in one breath', () => {
  it.each(ANSWERS)(
    '%s: closed once with what they said, whichever comes first',
    async (_what, keys, answer, codes) => {
      const orders = await Promise.all(
        ['answer', 'hang-up', 'both'].map(async (first) => {
          const { form, next } = await ring(...keys)
          const answered = () => app.post(next, { ...form, ...answer })
          if (first === 'both') await Promise.all([answered(), over(form)])
          else {
            await (first === 'answer' ? answered() : over(form))
            await (first === 'answer' ? over(form) : answered())
          }
          await over(form)
          const contact = await app.contactOf(form.From ?? '')
          expect(await app.contacts(`phone=${encodeURIComponent(form.From ?? '')}`)).toHaveLength(1)
          expect(
            contact.clocks.some(({ state }) => state === 'running'),
            first
          ).toBe(true)
          for (const code of codes) expect(contact.codes, first).toContain(code)
          return contact
        })
      )
      expect(new Set(orders.map(({ level }) => level)).size).toBe(1)
    }
  )

  it('the answer that comes after is not answered, and a third word changes nothing', async () => {
    const { form, next } = await ring()
    await over(form)
    const late = await app.post(next, { ...form, Digits: '1' })
    expect(late.body).toContain('<Hangup/>')
    expect(wordsOf(late)).toBe('')
    const before = await app.contactOf(form.From ?? '')
    await app.post(next, { ...form, Digits: '2' })
    await over(form)
    expect(await app.contactOf(form.From ?? '')).toEqual(before)
  })

  it('an answer to a question before that one changes nothing', async () => {
    const { form } = await ring('2')
    await over(form)
    const before = await app.contactOf(form.From ?? '')
    await app.post('/twilio/voice/turn?t=1', { ...form, Digits: '1' })
    expect(await app.contactOf(form.From ?? '')).toEqual(before)
  })
})
