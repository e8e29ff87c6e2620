import dns from 'node:dns'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { COVER, calling, nextOf, openApp, storeDown, texting, wordsOf } from './opened.ts'
import { openSpilling, type Spilling, spillFolder } from './spilling.ts'

/** Everything by which a process asks another machine, counted, and never let through. */
function noNetwork() {
  const tried: string[] = []
  const no = (what: string) => () => {
    tried.push(what)
    throw new Error(`${what} in the emergency branch`)
  }
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(no('connect') as never)
  vi.spyOn(dns, 'lookup').mockImplementation(no('lookup') as never)
  vi.spyOn(globalThis, 'fetch').mockImplementation(no('fetch') as never)
  return tried
}

let app: Spilling
let kept: ReturnType<typeof spillFolder>
let tried: string[]
beforeEach(async () => {
  kept = spillFolder()
  app = await openSpilling(kept.folder, { app: openApp() })
  tried = noNetwork()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await app.shut()
  kept.remove()
})
const WORDS_999 = /ring 9 ?9 ?9/i
const rings = new RegExp(`<Dial .*\\${COVER[0]}</Number></Dial>`)

it('what is counted is counted', () => {
  expect(() => net.connect(9)).toThrow()
  expect(() => fetch('http://127.0.0.1:9')).toThrow()
  expect(tried).toEqual(['connect', 'fetch'])
})

describe.each([
  ['every neighbour is dead', false],
  ['every neighbour and the store are dead', true],
])('%s', (_what, storeToo) => {
  const die = () => {
    if (storeToo) app.faults.ill = storeDown
  }

  it.each([
    ['a yes to danger', { Digits: '1' }],
    ['not sure', { Digits: '3' }],
    ['danger in words', { SpeechResult: 'she is not breathing', Confidence: '0.9' }],
  ])('%s: the 999 words or the cover at once, and no network', async (_how, answer) => {
    const form = calling()
    const asked = await app.post('/twilio/voice', form)
    die()
    const reply = await app.post(nextOf(asked), { ...form, ...answer } as never)
    expect(reply.status).toBe(200)
    expect(reply.body).toMatch(rings)
    // Not sure is answered by a person; the words follow when nobody comes.
    if (storeToo || !('Digits' in answer) || answer.Digits !== '3')
      expect(wordsOf(reply)).toMatch(WORDS_999)
    expect(tried).toEqual([])
  })

  it('nobody comes: the second number, and then the 999 words again', async () => {
    const form = calling()
    const asked = await app.post('/twilio/voice', form)
    die()
    const first = await app.post(nextOf(asked), { ...form, Digits: '1' })
    const rung = { ...form, DialCallStatus: 'no-answer' }
    const second = await app.post(nextOf(first), rung)
    expect(second.body).toContain(`${COVER[1]}</Number>`)
    const last = await app.post(nextOf(second), rung)
    expect(wordsOf(last)).toMatch(WORDS_999)
    expect(tried).toEqual([])
  })

  it('by text: 999 in the same message', async () => {
    die()
    const reply = await app.post('/twilio/sms', texting('my husband is not breathing'))
    expect(wordsOf(reply)).toMatch(WORDS_999)
    expect(tried).toEqual([])
  })
})
