import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { limitsBy } from '../../src/door/limits.ts'
import { addressOf } from '../../src/door/listen.ts'
import { openBuckets, readLimits } from '../../src/security/limits.ts'
import {
  COVER,
  calling,
  type Form,
  LEWISHAM,
  mobile,
  nextOf,
  type OpenedApp,
  openApp,
  STAFF,
  signature,
  texting,
  wordsOf,
} from './opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const PERSON = /finding you a person/

/** The same app with limits of its own. */
function limited(LIMITS: string) {
  const door = createApp({
    ...app.parts,
    ...limitsBy({ LIMITS }, (c) => c.req.header('Test-Peer') ?? 'one'),
  })
  const post = async (path: string, form: Form) => {
    const answer = await door.request(path, {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Twilio-Signature': signature(path, form),
      },
    })
    const type = answer.headers.get('content-type') ?? ''
    return { status: answer.status, type, body: await answer.text() }
  }
  const staff = async (token: string, peer = 'one') => {
    const headers = { Authorization: `Bearer ${token}`, 'Test-Peer': peer }
    return (await door.request('/api/contacts', { headers })).status
  }
  return { post, staff }
}

describe('a caller who rings too often', () => {
  it('hears the danger line, and the cover is rung; the next call of another number goes on as ever', async () => {
    const door = limited('calls:3/600')
    const From = mobile()
    for (let n = 0; n < 3; n++)
      expect(wordsOf(await door.post('/twilio/voice', calling({ From })))).toMatch(/press/i)
    for (let n = 0; n < 3; n++) {
      const form = calling({ From })
      const reply = await door.post('/twilio/voice', form)
      expect(reply.status).toBe(200)
      expect(wordsOf(reply)).toMatch(/9 9 9.*press 1 now/)
      const rings = await door.post(nextOf(reply), { ...form, Digits: '' })
      expect(rings.body).toContain(`>${COVER[0]}</Number>`)
      const second = await door.post(nextOf(rings), { ...form, DialCallStatus: 'no-answer' })
      expect(second.body).toContain(COVER[1])
      const nobody = await door.post(nextOf(second), { ...form, DialCallStatus: 'no-answer' })
      expect(wordsOf(nobody)).toMatch(/quick checks/)
    }
    expect(wordsOf(await door.post('/twilio/voice', calling()))).not.toMatch(PERSON)
    expect(app.log.filter((line) => /"code":"limited"/.test(line))).toHaveLength(1)
    expect(app.log.join()).not.toContain(From)
  })

  it('within a call nobody is counted', async () => {
    const door = limited('calls:1/600')
    const form = calling()
    let reply = await door.post('/twilio/voice', form)
    for (let n = 0; n < 3; n++) reply = await door.post(nextOf(reply), { ...form, Digits: '2' })
    expect(wordsOf(reply)).not.toMatch(PERSON)
  })

  it('who shows no number is many people', async () => {
    const door = limited('calls:1/600')
    for (let n = 0; n < 5; n++) {
      const reply = await door.post('/twilio/voice', calling({ From: 'anonymous' }))
      expect(wordsOf(reply)).not.toMatch(PERSON)
    }
  })
})

describe('a texter who writes too often', () => {
  it('is not who wrote once and whose provider repeats itself', async () => {
    const door = limited('texts:3/600')
    const From = mobile()
    const first = texting('hello', { From })
    for (let n = 0; n < 9; n++)
      expect(wordsOf(await door.post('/twilio/sms', first))).toMatch(/1 of 3/)
    for (const [body, asked] of [
      ['2', /2 of 3/],
      ['2', /3 of 3/],
    ] as const)
      expect(wordsOf(await door.post('/twilio/sms', texting(body, { From })))).toMatch(asked)
  })

  it('gets one reply with 999 and a person; what follows is kept, and danger is answered', async () => {
    const door = limited('texts:3/600')
    const From = mobile()
    const text = (Body: string) => door.post('/twilio/sms', texting(Body, { From }))
    for (const body of ['hello', '2', '2']) expect(wordsOf(await text(body))).not.toBe('')
    const first = wordsOf(await text('four'))
    expect(first).toMatch(/999/)
    const contact = await app.contactOf(From)
    expect(contact.clocks.some(({ code, state }) => code === 'PERSON' && state === 'running')).toBe(
      true
    )
    for (const body of ['five', 'six']) expect(wordsOf(await text(body))).toBe('')
    expect(wordsOf(await text('she has stopped breathing'))).toMatch(/ring 999 now/i)
    expect((await app.contactOf(From)).codes).toContain('E999')
    const heard = (await app.contactOf(From)).timeline.flatMap(({ heard }) => heard ?? [])
    for (const body of ['four', 'five', 'six']) expect(heard).toContain(body)
    expect(await app.contacts(`phone=${encodeURIComponent(From)}`)).toHaveLength(1)
    expect(wordsOf(await door.post('/twilio/sms', texting('hello')))).toMatch(/Check 1 of 3/)
  })
})

describe('a place that is flooded', () => {
  it('whoever is new gets the danger line and a person, whoever is telling us goes on', async () => {
    const door = limited('place:2/60')
    const From = mobile()
    await door.post('/twilio/sms', texting('hello', { From }))
    await door.post('/twilio/sms', texting('hello'))
    for (let n = 0; n < 5; n++) {
      const form = texting('hello')
      expect(wordsOf(await door.post('/twilio/sms', form))).toMatch(/999/)
      const { clocks } = await app.contactOf(form.From ?? '')
      expect(clocks.some(({ code }) => code === 'PERSON')).toBe(true)
      expect(wordsOf(await door.post('/twilio/voice', calling()))).toMatch(PERSON)
    }
    expect(wordsOf(await door.post('/twilio/sms', texting('2', { From })))).toMatch(/Check 2 of 3/)
  })

  it('one number’s flood is not counted against the others of its place', async () => {
    const door = limited('place:10/60,calls:2/60')
    const From = mobile()
    for (let n = 0; n < 50; n++) await door.post('/twilio/voice', calling({ From }))
    for (let n = 0; n < 5; n++)
      expect(wordsOf(await door.post('/twilio/voice', calling()))).not.toMatch(PERSON)
  })
})

describe('the staff API', () => {
  it('a wrong token is soon not even looked at; the right one is let in all the same', async () => {
    const { staff } = limited('failed:3/60')
    for (let n = 0; n < 3; n++) expect(await staff('wrong')).toBe(401)
    for (let n = 0; n < 3; n++) expect(await staff('wrong')).toBe(429)
    expect(await staff(STAFF)).toBe(200)
    expect(await staff('wrong', 'another')).toBe(401)
  })

  it('asked without end says so', async () => {
    const { staff } = limited('staff:3/60')
    const all = await Promise.all(Array.from({ length: 5 }, () => staff(STAFF)))
    expect(all.filter((status) => status === 429)).toHaveLength(2)
  })
})

describe('the address a request came from', () => {
  const seen = (proxies: number, written?: string) =>
    addressOf(proxies, {
      req: { header: () => written },
      env: { incoming: { socket: { remoteAddress: '192.0.2.1' } } },
    } as never)
  it.each([
    ['no proxy, and a header made up', 0, '198.51.100.9', '192.0.2.1'],
    ['one proxy', 1, '203.0.113.5', '203.0.113.5'],
    ['one proxy, and a header made up before it', 1, '198.51.100.9, 203.0.113.5', '203.0.113.5'],
    ['two proxies', 2, '198.51.100.9, 203.0.113.5, 192.0.2.7', '203.0.113.5'],
    ['one proxy that wrote nothing', 1, undefined, '192.0.2.1'],
  ])('%s', (_what, proxies, written, wanted) => expect(seen(proxies, written)).toBe(wanted))
})

describe('a bucket', () => {
  it('fills evenly, and whoever exceeded it waits until it is half full', () => {
    let now = 0
    const take = openBuckets({ most: 10, seconds: 100 }, { now: () => now })
    expect(Array.from({ length: 10 }, () => take('a'))).toEqual(Array(10).fill('ok'))
    expect([take('a'), take('a'), take('b')]).toEqual(['first', 'again', 'ok'])
    now += 40_000
    expect(take('a')).toBe('again')
    now += 11_000
    expect(take('a')).toBe('ok')
  })

  it('forgets whoever was quiet for longest, and never grows', () => {
    const take = openBuckets({ most: 1, seconds: 1000 }, { now: () => 0, mostKeys: 2 })
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(take)).toEqual([
      'ok',
      'ok',
      'first',
      'ok',
      'again',
      'ok',
    ])
  })

  it.each([
    ['calls:5/60', []],
    ['calls:5', ['gives calls no rate like 20/600']],
    ['calls:0/60', ['gives calls no rate like 20/600']],
    ['people:5/60', ['names people; it may name calls, texts, place, failed, staff']],
  ])('reads %s', (text, faults) => expect(readLimits(text).faults).toEqual(faults))
})

it('numbers of one place are limited together, those of another not', async () => {
  const door = limited('place:1/60')
  await door.post('/twilio/voice', calling())
  expect(wordsOf(await door.post('/twilio/voice', calling({ To: LEWISHAM })))).toMatch(PERSON)
  const other = await door.post('/twilio/voice', calling({ To: '+442079460200' }))
  expect(wordsOf(other)).not.toMatch(PERSON)
})
