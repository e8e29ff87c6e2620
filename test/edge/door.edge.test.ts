import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../src/edge/bundle.ts'
import {
  COVER,
  calling,
  LEWISHAM,
  messageSid,
  mobile,
  nextOf,
  texting,
  wordsOf,
} from '../app/opened.ts'
import { openTwilio } from './stand-in.ts'
import { type OpenedWorker, openWorker } from './worker.ts'

const BUNDLE_BYTES = 900 * 1024
const OTHER_PLACE = '+442079460200'

let worker: OpenedWorker
let twilio: Awaited<ReturnType<typeof openTwilio>>
beforeAll(async () => {
  twilio = await openTwilio()
  worker = await openWorker({ TWILIO_API_URL: twilio.url })
})
afterAll(async () => {
  await worker.close()
  await twilio.close()
})

/** Looks until it is so. */
async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 10_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Presses one key after another; returns the last answer. */
async function press(form: ReturnType<typeof calling>, keys: string) {
  let at = await worker.post('/twilio/voice', form)
  for (const Digits of keys) at = await worker.post(nextOf(at), { ...form, Digits })
  return at
}

describe('a call', () => {
  it('in danger hears 999 and rings the cover, and is kept as an emergency', async () => {
    const call = calling()
    const answer = await press(call, '1')
    expect(answer.status).toBe(200)
    expect(wordsOf(answer)).toMatch(/9 9 9/)
    const kept = await worker.contactOf(call.From ?? '')
    expect(kept).toMatchObject({ place: 'lewisham', level: 'emergency', codes: ['E999'] })
  })

  it('that clears danger is asked on, and each turn is kept', async () => {
    const call = calling()
    await press(call, '222')
    const { timeline } = await worker.contactOf(call.From ?? '')
    expect(timeline.map(({ heard }) => heard).filter(Boolean)).toHaveLength(3)
  })

  it('sent twice gets the same bytes, also both at once', async () => {
    const call = calling()
    const [one, two] = await Promise.all([
      worker.post('/twilio/voice', call),
      worker.post('/twilio/voice', call),
    ])
    expect(two).toEqual(one)
    expect(await worker.post('/twilio/voice', call)).toEqual(one)
    const { contacts } = await worker.contacts(`phone=${encodeURIComponent(call.From ?? '')}`)
    expect(contacts).toHaveLength(1)
  })

  it('that nobody signed is refused', async () => {
    expect((await worker.post('/twilio/voice', calling(), { token: 'another-token' })).status).toBe(
      403
    )
    expect((await worker.send('/twilio/voice')).status).toBe(405)
  })

  it('from a withheld number stays in one home from turn to turn', async () => {
    const call = calling({ From: 'anonymous' })
    expect(wordsOf(await press(call, '22'))).not.toBe(wordsOf(await press(call, '')))
  })

  it('whose home has failed hears the safe words, and rings the cover', async () => {
    const call = calling()
    const headers = { 'X-Test-Fails': 'yes' }
    const answer = await worker.post('/twilio/voice', call, { headers })
    expect(answer.status).toBe(200)
    expect(wordsOf(answer)).toMatch(/9 9 9/)
    expect(answer.body).toContain('<Dial')
    // Once the home is back the call goes on as if it had just come in.
    expect(wordsOf(await worker.post('/twilio/voice', call))).toContain('Three quick checks')
  })

  it('to a number that is no place’s hears the safe words', async () => {
    expect(wordsOf(await worker.post('/twilio/voice', calling({ To: '+442079469999' })))).toMatch(
      /9 9 9/
    )
  })

  it('whose leg is answered is known, though the leg bears another number', async () => {
    const call = calling()
    await press(call, '0')
    const leg = { CallSid: `CA${'f'.repeat(32)}`, ParentCallSid: call.CallSid ?? '' }
    const status = { ...leg, CallStatus: 'in-progress', From: call.From ?? '', To: COVER[0] }
    const { timeline } = await worker.contactOf(call.From ?? '')
    const path = `/twilio/status?t=${timeline.length}&leg=1`
    expect((await worker.post(path, status)).status).toBe(204)
  })
})

describe('a text', () => {
  it('is answered, and its conversation goes on', async () => {
    const From = mobile()
    const first = await worker.post('/twilio/sms', texting('hello', { From }))
    const second = await worker.post('/twilio/sms', texting('2', { From }))
    expect(wordsOf(first)).not.toBe('')
    expect(wordsOf(second)).not.toBe(wordsOf(first))
  })

  it('that nobody answers: an alarm is set with it, and when it rings a reminder is sent', async () => {
    const From = mobile()
    await worker.post('/twilio/sms', texting('hello', { From }))
    const homes = Array.from({ length: 8 }, (_, n) => encodeURIComponent(`lewisham:${n}`))
    let hurried = 0
    for (const home of homes) {
      const told = await worker.inside<{ alarm: number | null; hurried: number }>(`home/${home}`, {
        event: 'silence',
      })
      if (told.hurried > 0) expect(told.alarm).toBeGreaterThan(Date.now() - 60_000)
      hurried += told.hurried
    }
    expect(hurried).toBeGreaterThan(0)
    const text = await until(() => twilio.texts.find(({ To }) => To === From))
    expect(text.Body).toMatch(/I have not heard from you/)
    await until(async () => {
      const { timeline } = await worker.contactOf(From)
      return timeline.find(({ kind }) => kind === 'sent')
    })
    // Twilio's word on it reaches the contact, though its id alone does not say where the contact lives.
    const { pathname, search } = new URL(text.StatusCallback ?? '')
    const lost = {
      MessageSid: messageSid(),
      MessageStatus: 'undelivered',
      From: LEWISHAM,
      To: From,
    }
    expect((await worker.post(pathname + search, lost)).status).toBe(204)
    const { timeline } = await worker.contactOf(From)
    expect(timeline.some(({ kind }) => kind === 'not-delivered')).toBe(true)
  })
})

describe('staff', () => {
  it('see the contacts of every home as one list, page after page, newest first', async () => {
    const given: string[] = []
    for (let n = 0; n < 12; n++) {
      const call = calling({ To: n % 2 ? LEWISHAM : OTHER_PLACE })
      await worker.post('/twilio/voice', call)
      given.push(call.From ?? '')
    }
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const query: string = next === '' ? 'limit=5' : `limit=5&after=${encodeURIComponent(next)}`
      const page = await worker.contacts(query)
      seen.push(...page.contacts.map((contact) => (contact as { id?: string }).id ?? ''))
      next = page.next
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual([...seen].sort().reverse())
    expect(seen.length).toBeGreaterThanOrEqual(given.length)
  })

  it('need their token', async () => {
    expect((await worker.send('/api/contacts')).status).toBe(401)
  })

  it('see whether it is well, and its figures', async () => {
    expect((await worker.send('/livez')).body).toBe('ok')
    expect((await worker.send('/readyz')).status).toBe(200)
    expect((await worker.send('/metrics')).body).toMatch(/door_turns_total\{.*\} \d+/)
  })
})

it('the Worker that is deployed is small enough', () => {
  expect(bundle().gzip).toBeLessThanOrEqual(BUNDLE_BYTES)
})
