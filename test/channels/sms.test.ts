import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Form,
  messageSid,
  mobile,
  type OpenedApp,
  openApp,
  texting,
  wordsOf,
} from '../app/opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const text = (form: Form) => app.post('/twilio/sms', form)
/** Texts from one number, one after another; the last reply. */
async function texts(From: string, bodies: readonly string[]) {
  let words = ''
  for (const body of bodies) words = wordsOf(await text(texting(body, { From })))
  return words
}
const heardOf = async (phone: string) =>
  (await app.contactOf(phone)).timeline.flatMap(({ heard }) => heard ?? [])
const CHECK = /Check 1 of 3/

describe('a first text', () => {
  it.each([
    ['of nothing', ''],
    ['of spaces', '   '],
    ['of 1,600 characters', 'a leg '.repeat(267).slice(0, 1600)],
    ['of control characters', 'my leg\u0000\u0001\u001f hurts'],
    ['of half an emoji', 'my leg \ud83d hurts'],
    ['of right-to-left marks', '\u202emy leg hurts\u202c'],
    ['of a family of emoji', '👩‍👩‍👧‍👦🚑❤️‍🩹'],
    ['of markup', '</Message><Message to="+447700900999">hello</Message>'],
    ['of a script', '<script>alert(1)</script>'],
    ['of a formula', '=HYPERLINK("http://example.org")'],
    ['of a log line', 'hello\r\n{"level":50,"msg":"forged"}'],
    ['in another script', 'আমার পা ব্যথা করছে'],
  ])('%s: the first check, and kept as it was written', async (_what, body) => {
    const From = mobile()
    const reply = await text(texting(body, { From }))
    expect(reply.status).toBe(200)
    expect(reply.type).toMatch(/^text\/xml/)
    expect(wordsOf(reply)).toMatch(CHECK)
    expect(reply.body.match(/<Message/g)).toHaveLength(1)
    expect(reply.body).not.toMatch(/to=|<script/)
    if (body.trim() !== '')
      expect((await app.contactOf(From)).person.inTheirWords).toBe(body.toWellFormed())
  })

  it('longer than any text: cut, never dropped', async () => {
    const From = mobile()
    expect(wordsOf(await text(texting('so '.repeat(2000), { From })))).toMatch(CHECK)
    expect(await heardOf(From)).toEqual(['so '.repeat(2000).slice(0, 1600)])
  })

  it.each([
    ['a picture alone', { Body: '', NumMedia: '1' }],
    ['a count of pictures that is no number', { Body: 'hello', NumMedia: 'many' }],
    ['fields nobody knows', { Body: 'hello', Extra: '<x>' }],
  ])('%s: the first check', async (_what, given) => {
    expect(wordsOf(await text(texting('', given as Form)))).toMatch(CHECK)
  })

  it('of danger and 1,500 more characters: the 999 words', async () => {
    const reply = await text(texting(`${'and then '.repeat(160)} he cannot breathe`))
    expect(wordsOf(reply)).toMatch(/ring 999 now/i)
  })

  it.each(['+442079460999', '', 'SHORT'])(
    'to a number of no place (%s): the 999 words, and no contact',
    async (To) => {
      const before = (await app.contacts()).length
      const reply = await text(texting('hello', { To }))
      expect(wordsOf(reply)).toMatch(/ring 999/)
      expect(await app.contacts()).toHaveLength(before)
    }
  )
})

describe('who cannot be written to', () => {
  it.each([
    ['a short code', '63336'],
    ['a name', 'NHSnoreply'],
    ['nobody', ''],
    ['anonymous', 'anonymous'],
    ['a sip address', 'sip:ann@example.org'],
  ])(
    '%s: nothing is sent, the contact is kept, and silence makes it a task',
    async (_who, From) => {
      const reply = await text(texting('my mother has fallen', { From }))
      expect(reply).toMatchObject({ status: 200 })
      expect(wordsOf(reply)).toBe('')
      expect(reply.body).not.toMatch(/Message/)
      const [contact] = await app.contacts()
      expect(contact?.status).toBe('open')
      for (const later of ['2026-11-24T14:23:01Z', '2026-11-24T14:30:02Z']) {
        app.clock.now = later
        for (const timer of await app.store.claimTimers(later, 100)) {
          await app.fire(timer)
          await app.store.settleTimer(timer, { done: true })
        }
      }
      app.clock.now = '2026-11-24T14:20:00Z'
      const after = JSON.parse((await app.api(`contacts/${contact?.ref}`)).body)
      expect(after.clocks.some(({ owner }: { owner: string }) => owner !== '')).toBe(true)
      const rows = await app.store.claimOutbox(app.clock.now, 100)
      // What is owed to somebody is shown to staff, where there are any.
      expect(rows.filter(({ kind }) => kind !== 'promises')).toEqual([])
    }
  )
})

describe('the same text again', () => {
  it('twenty at once: one turn, twenty equal replies', async () => {
    const form = texting('my leg hurts')
    const replies = await Promise.all(Array.from({ length: 20 }, () => text(form)))
    expect(new Set(replies.map(({ status, body }) => `${status}${body}`)).size).toBe(1)
    expect(wordsOf(replies[0]!)).toMatch(CHECK)
    expect(await app.contacts(`phone=${encodeURIComponent(form.From ?? '')}`)).toHaveLength(1)
    expect(await heardOf(form.From ?? '')).toEqual(['my leg hurts'])
  })

  it('a day later: the same bytes, and nothing happens', async () => {
    const form = texting('my arm hurts')
    const first = await text(form)
    app.clock.now = '2026-11-25T14:20:00Z'
    expect(await text(form)).toEqual(first)
    app.clock.now = '2026-11-24T14:20:00Z'
    expect(await heardOf(form.From ?? '')).toEqual(['my arm hurts'])
  })

  it('with other words: the first reply, and the first words', async () => {
    const From = mobile()
    const MessageSid = messageSid()
    const first = await text(texting('hello', { From, MessageSid }))
    const before = await app.contactOf(From)
    expect(await text(texting('hello', { From, MessageSid }))).toEqual(first)
    expect(app.log.join()).not.toMatch(/id-reused/)
    expect(await text(texting('1', { From, MessageSid }))).toEqual(first)
    expect(await app.contactOf(From)).toEqual(before)
    expect(app.log.filter((line) => /"code":"id-reused"/.test(line))).toHaveLength(1)
  })
})

describe('texts in quick succession', () => {
  it('the second joins the first: it answers no question, and is kept', async () => {
    const From = mobile()
    const both = ['my leg hurts', '1'].map((body) => text(texting(body, { From })))
    const [first, second] = await Promise.all(both)
    expect(wordsOf(first!)).toMatch(CHECK)
    expect(wordsOf(second!)).toBe('')
    const contact = await app.contactOf(From)
    expect(contact.codes).toEqual([])
    expect(await heardOf(From)).toEqual(['my leg hurts', '1'])
    expect(contact.timeline.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('the second is of danger: the 999 words at once', async () => {
    const From = mobile()
    const both = ['hello', 'she has stopped breathing'].map((body) => text(texting(body, { From })))
    const [, second] = await Promise.all(both)
    expect(wordsOf(second!)).toMatch(/ring 999 now/i)
    expect((await app.contactOf(From)).codes).toEqual(['E999'])
  })

  it('the second is a no to a check that was not asked yet: the check is still to be answered', async () => {
    const From = mobile()
    await text(texting('hello', { From }))
    const both = ['2', '2'].map((body) => text(texting(body, { From })))
    const [first, second] = await Promise.all(both)
    expect(wordsOf(first!)).toMatch(/Check 2 of 3/)
    expect(wordsOf(second!)).toBe('')
    expect(await texts(From, ['2'])).toMatch(/Check 3 of 3/)
  })

  it('ten at once from one number: one contact, every word kept, in order', async () => {
    const From = mobile()
    const bodies = Array.from({ length: 10 }, (_, i) => `part ${i} of my story`)
    await Promise.all(bodies.map((body) => text(texting(body, { From }))))
    expect(await app.contacts(`phone=${encodeURIComponent(From)}`)).toHaveLength(1)
    expect(await heardOf(From)).toEqual(bodies)
  })

  it('from forty numbers at once: forty contacts, none mixed up', async () => {
    const people = Array.from({ length: 40 }, () => mobile())
    await Promise.all(people.map((From) => text(texting(`I am ${From}`, { From }))))
    for (const phone of people) expect(await heardOf(phone)).toEqual([`I am ${phone}`])
  })
})
