import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  COVER,
  calling,
  LEWISHAM,
  mobile,
  nextOf,
  type OpenedApp,
  openApp,
  storeDown,
  texting,
  wordsOf,
} from './opened.ts'

let app: OpenedApp
beforeEach(() => {
  app = openApp()
})
afterEach(() => app.close())

const METHODS = ['find', 'commit']
const FAULTS: [string, () => Error][] = [
  ['down', storeDown],
  ['broken in a way nobody knows', () => new TypeError('x is not a function')],
]
const SAFE = /something is wrong here.*ring 9 ?9 ?9.*1 ?1 ?1/i
const failing = (methods: readonly string[], make: () => Error) => {
  app.faults.ill = (method) => (methods.includes(method) ? make() : undefined)
}

describe.each(FAULTS)('the store is %s', (_how, make) => {
  it.each(METHODS)(
    'at %s: a caller hears the safe words, and the cover is rung',
    async (method) => {
      failing([method], make)
      const reply = await app.post('/twilio/voice', calling({ From: mobile() }))
      expect(reply.status).toBe(200)
      expect(wordsOf(reply)).toMatch(SAFE)
      expect(reply.body).toMatch(new RegExp(`<Dial .*\\${COVER[0]}</Number></Dial>`))
    }
  )

  it.each(METHODS)('at %s: a text is answered with the safe words', async (method) => {
    failing([method], make)
    const reply = await app.post('/twilio/sms', texting('my leg hurts'))
    expect(reply.status).toBe(200)
    expect(wordsOf(reply)).toMatch(SAFE)
  })

  it('in mid-call: the same, and when it is well again the question waits where it was', async () => {
    const form = calling()
    const begun = await app.post('/twilio/voice', form)
    failing(METHODS, make)
    const broken = await app.post(nextOf(begun), { ...form, Digits: '2' })
    expect(wordsOf(broken)).toMatch(SAFE)
    app.faults.ill = undefined
    const again = await app.post(nextOf(broken), { ...form, DialCallStatus: 'no-answer' })
    expect(wordsOf(again)).toMatch(/Three quick checks/)
    const on = await app.post(nextOf(again), { ...form, Digits: '2' })
    expect(wordsOf(on)).toMatch(/Check two/)
  })
})

describe('while the store stays down', () => {
  beforeEach(() => failing(METHODS, storeDown))

  it('the second number is rung after the first, and then the words are said once more', async () => {
    const form = calling()
    const first = await app.post('/twilio/voice', form)
    const rung = { ...form, DialCallStatus: 'no-answer' }
    const second = await app.post(nextOf(first), rung)
    expect(second.body).toContain(`${COVER[1]}</Number>`)
    const last = await app.post(nextOf(second), rung)
    expect(wordsOf(last)).toMatch(SAFE)
    expect(last.body).not.toMatch(/<Dial/)
    expect(last.body).toMatch(/<Hangup\/>/)
  })

  it('whoever has spoken with the person rung hears no more', async () => {
    const form = calling()
    const first = await app.post('/twilio/voice', form)
    const done = await app.post(nextOf(first), { ...form, DialCallStatus: 'completed' })
    expect(wordsOf(done)).toBe('')
    expect(done.body).toMatch(/<Response><Hangup\/><\/Response>/)
  })

  it('a number of no place still hears the 999 words', async () => {
    for (const To of ['+442079460999', ''])
      expect(wordsOf(await app.post('/twilio/voice', calling({ To })))).toMatch(/9 9 9/)
  })

  it('staff are told to try again', async () => {
    failing(['list', 'byRef'], storeDown)
    const { status, body } = await app.api('contacts')
    expect([status, JSON.parse(body)]).toEqual([503, { error: 'Try again shortly' }])
  })

  it('the log names the fault and the part, and the figures count it', async () => {
    await app.post('/twilio/voice', calling())
    const line = JSON.parse(app.log.at(-1) ?? '{}')
    expect(line).toMatchObject({ level: 50, part: 'turn', code: 'store-down', channel: 'voice' })
    const { body } = await app.send('/metrics', {})
    expect(body).toMatch(/door_faults_total\{part="turn",code="store-down"\} 1/)
  })
})

it('a store that is closed under a caller: the safe words', async () => {
  const form = calling()
  const begun = await app.post('/twilio/voice', form)
  await app.store.close()
  const reply = await app.post(nextOf(begun), { ...form, Digits: '2' })
  expect(reply.status).toBe(200)
  expect(wordsOf(reply)).toMatch(SAFE)
})

it('a store that stumbles once at the commit: the caller is asked again, and nothing counts twice', async () => {
  const form = calling({ To: LEWISHAM })
  const begun = await app.post('/twilio/voice', form)
  let stumbles = 1
  app.faults.ill = (method) => (method === 'commit' && stumbles-- > 0 ? storeDown() : undefined)
  const answer = { ...form, Digits: '1' }
  expect(wordsOf(await app.post(nextOf(begun), answer))).toMatch(SAFE)
  const again = await app.post(nextOf(begun), answer)
  expect(wordsOf(again)).toMatch(/ring 9 9 9/)
  const { timeline, codes } = await app.contactOf(form.From ?? '')
  expect(codes).toEqual(['E999'])
  expect(timeline.filter(({ heard }) => heard === '1')).toHaveLength(1)
})
