import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  COVER,
  calling,
  callSid,
  type Form,
  LEWISHAM,
  mobile,
  nextOf,
  type OpenedApp,
  openApp,
  wordsOf,
} from '../app/opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

/** Rings, and answers with one thing after another; the last reply. */
async function ring(does: readonly Form[] = [], given: Form = {}) {
  const form = calling(given)
  let reply = await app.post('/twilio/voice', form)
  for (const answer of does) reply = await app.post(nextOf(reply), { ...form, ...answer })
  return { reply, form }
}
const key = (Digits: string): Form => ({ Digits })
const CLEAR = ['2', '2', '2', '1'].map(key)
const CHECK_ONE = /Three quick checks/
const CHECK_TWO = /Check two/

describe('who rings', () => {
  it.each([
    ['anonymous', 'anonymous', 'withheld'],
    ['the digits that spell anonymous', '+266696687', 'withheld'],
    ['restricted', 'Restricted', 'withheld'],
    ['nothing at all', '', 'withheld'],
    ['a short code', '63336', 'sender:63336'],
    ['a name', 'NHSnoreply', 'sender:NHSnoreply'],
    ['a sip address', 'sip:ann@example.org;transport=tls', 'withheld'],
    ['a client', 'client:ann', 'withheld'],
    ['a very long address', `sip:${'a'.repeat(600)}@example.org`, 'withheld'],
    ['markup', '"><Hangup/>', 'withheld'],
    ['a number with spaces round it', ' +447700900321 ', '+447700900321'],
  ])('%s: asked the checks, and kept as a contact', async (_who, From, address) => {
    const before = (await app.contacts()).length
    const { reply } = await ring([key('2')], { From })
    expect(reply.status).toBe(200)
    expect(wordsOf(reply)).toMatch(CHECK_TWO)
    const contacts = await app.contacts()
    expect(contacts).toHaveLength(before + 1)
    const { body } = await app.api(`contacts/${contacts[0]?.ref}`)
    expect(JSON.parse(body).person.address).toBe(address)
  })

  it('a call that names no sender at all is answered', async () => {
    const { CallSid = '', To = '' } = calling()
    const reply = await app.post('/twilio/voice', { CallSid, To })
    expect(wordsOf(reply)).toMatch(CHECK_ONE)
  })

  it.each([
    ['of no place', '+442079460999'],
    ['withheld', ''],
    ['that is none', 'sip:door@example.org'],
  ])('a number %s is rung: the 999 words, and no contact', async (_which, To) => {
    const before = (await app.contacts()).length
    const { reply } = await ring([], { To })
    expect(reply.status).toBe(200)
    expect(wordsOf(reply)).toMatch(/ring 9 9 9/)
    expect(reply.body).toMatch(/<Hangup\/>/)
    expect(await app.contacts()).toHaveLength(before)
  })
})

describe('what is answered', () => {
  it.each([
    ['no keys and no speech', {}],
    ['empty keys', { Digits: '' }],
    ['empty keys and empty speech', { Digits: '', SpeechResult: '  ' }],
    ['a tone that is no key', { Digits: 'ABCD' }],
    ['thirty-three keys', { Digits: '5'.repeat(33) }],
    ['five thousand characters of speech', { SpeechResult: 'la '.repeat(1700) }],
    ['speech with a confidence that is no number', { SpeechResult: 'mm', Confidence: 'high' }],
    ['speech of control characters', { SpeechResult: '\u0000\u0007\u001b[2J' }],
    ['half of an emoji', { SpeechResult: '\ud83d' }],
    ['right-to-left marks and joined emoji', { SpeechResult: '\u202e\u200d👩‍👩‍👧' }],
    ['markup', { SpeechResult: '</Say><Dial>+447700900999</Dial><Say>' }],
  ])('%s at a check: asked again, never the next check', async (_what, answer) => {
    const { reply } = await ring([answer as Form])
    expect(reply.status).toBe(200)
    expect(wordsOf(reply)).toMatch(/quick checks|check one/i)
    expect(wordsOf(reply)).not.toMatch(CHECK_TWO)
    expect(reply.body).not.toMatch(/<Dial/)
  })

  it.each([
    ['markup', '<Response><Dial>+447700900999</Dial></Response>'],
    ['SSML', '<break time="10s"/><say-as interpret-as="digits">1</say-as>'],
    ['an entity', '&xxe; &#0; &lt;'],
    ['the end of CDATA', ']]><Hangup/>'],
    ['control characters', 'Ann\u0000\u0008\u000b Smith'],
    ['right-to-left marks', '\u202eAnn\u202c Smith'],
    ['an emoji', 'Ann 👩🏽‍🦽 Smith'],
  ])('%s for a name: said by nobody, kept as given', async (_what, name) => {
    const from = mobile()
    const answers = [...CLEAR, '6', '3', '1', '1', '1'].map((a) =>
      typeof a === 'string' ? key(a) : a
    )
    const { reply } = await ring([...answers, { SpeechResult: name }], { From: from })
    expect(reply.status).toBe(200)
    wordsOf(reply)
    expect(reply.body).not.toMatch(/<Dial|<break|say-as|900999/)
    const contact = await app.contactOf(from)
    expect(JSON.stringify([contact.person, contact.timeline])).toContain(
      JSON.stringify(name.trim()).slice(1, -1)
    )
  })
})

describe('a call that is not known', () => {
  it.each([
    ['a key', { Digits: '1' }],
    ['words', { SpeechResult: 'yes please' }],
    ['silence', {}],
    ['a ring in vain', { DialCallStatus: 'no-answer' }],
  ])('%s from it begins anew, with the first check', async (_what, answer) => {
    const from = mobile()
    const reply = await app.post('/twilio/voice/turn?t=4', {
      ...calling({ From: from }),
      ...(answer as Form),
    })
    expect(reply.status).toBe(200)
    expect(wordsOf(reply)).toMatch(CHECK_ONE)
    expect((await app.contactOf(from)).status).toBe('open')
  })

  it('says at once that someone is in danger: the 999 words', async () => {
    const form = calling({ SpeechResult: 'she has chest pain' })
    const reply = await app.post('/twilio/voice/turn?t=4', form)
    expect(wordsOf(reply)).toMatch(/ring 9 9 9/)
    expect(reply.body).toContain(COVER[0])
  })

  it.each([
    ['too short', 'CA12'],
    ['of a text', `SM${'0'.repeat(32)}`],
    ['with a line in it', `CA${'0'.repeat(32)}\n`],
    ['empty', ''],
  ])('an id %s is refused, and makes no contact', async (_which, CallSid) => {
    const before = (await app.contacts()).length
    for (const path of ['/twilio/voice', '/twilio/voice/turn?t=1'])
      expect((await app.post(path, calling({ CallSid }))).status).toBe(400)
    expect(await app.contacts()).toHaveLength(before)
  })
})

describe('the same webhook again', () => {
  it('gets the same bytes, and counts once', async () => {
    const form = calling()
    const first = await app.post('/twilio/voice', form)
    expect(await app.post('/twilio/voice', form)).toEqual(first)
    const answer = { ...form, Digits: '2' }
    const second = await app.post(nextOf(first), answer)
    expect(await app.post(nextOf(first), answer)).toEqual(second)
    expect(await app.post('/twilio/voice', form)).toEqual(first)
    const contact = await app.contactOf(form.From ?? '')
    expect(contact.timeline.map(({ kind }) => kind)).toEqual(['begin', 'answer'])
  })

  it('twenty at once: one turn, twenty equal replies', async () => {
    const form = calling()
    const begun = await Promise.all(
      Array.from({ length: 20 }, () => app.post('/twilio/voice', form))
    )
    expect(new Set(begun.map(({ body }) => body)).size).toBe(1)
    const next = nextOf(begun[0]!)
    const all = Array.from({ length: 20 }, () => app.post(next, { ...form, Digits: '1' }))
    const answered = await Promise.all(all)
    expect(new Set(answered.map(({ status, body }) => `${status}${body}`)).size).toBe(1)
    const contact = await app.contactOf(form.From ?? '')
    expect(contact.codes).toEqual(['E999'])
    expect(contact.timeline.filter(({ heard }) => heard === '1')).toHaveLength(1)
    expect(await app.contacts(`phone=${encodeURIComponent(form.From ?? '')}`)).toHaveLength(1)
  })
})

describe('two answers to one question', () => {
  it('at once: one is taken, the other is asked the present question', async () => {
    const { reply, form } = await ring()
    const next = nextOf(reply)
    const replies = await Promise.all(
      ['2', '3'].map((Digits) => app.post(next, { ...form, Digits }))
    )
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    const contact = await app.contactOf(form.From ?? '')
    const kinds = contact.timeline
      .map(({ kind }) => kind)
      .filter((kind) => /answer|late/.test(kind))
    expect(kinds).toEqual(['answer', 'late'])
    expect(contact.timeline.find(({ kind }) => kind === 'late')?.heard).toMatch(/^[23]$/)
  })

  it('one late: the present question is asked again, and the late key answers nothing', async () => {
    const { reply, form } = await ring()
    const old = nextOf(reply)
    await app.post(old, { ...form, Digits: '2' })
    const late = await app.post(old, { ...form, Digits: '1' })
    expect(wordsOf(late)).toMatch(CHECK_TWO)
    const contact = await app.contactOf(form.From ?? '')
    expect(contact.codes).toEqual([])
    expect(nextOf(late)).not.toBe(old)
  })

  it('one late, of danger: heard all the same', async () => {
    const { reply, form } = await ring()
    const old = nextOf(reply)
    await app.post(old, { ...form, Digits: '2' })
    const late = await app.post(old, { ...form, SpeechResult: 'he is not breathing' })
    expect(wordsOf(late)).toMatch(/ring 9 9 9/)
    expect((await app.contactOf(form.From ?? '')).codes).toEqual(['E999'])
  })

  it.each(['t=abc', 't=-1', 't=1e99', 'd=0', 'd=99&t=1', 't='])(
    'a turn that is none (%s): never a fault',
    async (query) => {
      const { form } = await ring()
      const reply = await app.post(`/twilio/voice/turn?${query}`, { ...form, Digits: '2' })
      expect(reply.status).toBe(200)
      wordsOf(reply)
    }
  )
})

describe('one number, two people', () => {
  it('a second call while the first goes on is a contact of its own, and leaves the first be', async () => {
    const from = mobile()
    const asked = [...CLEAR, '1'].map((a) => (typeof a === 'string' ? key(a) : a))
    const first = await ring(asked, { From: from })
    const second = await ring(CLEAR, { From: from })
    expect(wordsOf(second.reply)).not.toMatch(/carry on/i)
    const on = await app.post(nextOf(first.reply), { ...first.form, Digits: '2' })
    expect(wordsOf(on)).toMatch(/head/)
    expect(await app.contacts(`phone=${encodeURIComponent(from)}`)).toHaveLength(2)
  })
})

it('a person who comes to the phone: nothing more is said when they hang up', async () => {
  const { reply, form } = await ring([key('0'), key('2')])
  expect(reply.body).toContain(COVER[0])
  const done = await app.post(nextOf(reply), { ...form, DialCallStatus: 'completed' })
  expect(done.body).toMatch(/<Response><Hangup\/><\/Response>/)
  expect((await app.contactOf(form.From ?? '')).status).toBe('handed-over')
})

it('a call to a place is a contact of that place', async () => {
  const { form } = await ring([], { To: LEWISHAM, CallSid: callSid() })
  expect((await app.contactOf(form.From ?? '')).place).toBe('lewisham')
})
