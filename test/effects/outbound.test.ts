import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Text } from '../../src/channels/twilio-rest.ts'
import { outboundOf, performer, reporter, type World } from '../../src/effects.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import type { Contact } from '../../src/record/contact.ts'
import { mayAnswer, numberKind } from '../../src/record/numbers.ts'
import { readCaps, refusedTo } from '../../src/record/outbound.ts'
import { calling, mobile, type OpenedApp, openApp, texting, wordsOf } from '../app/opened.ts'

describe('a number', () => {
  it.each([
    ['+447700900123', 'mobile'],
    ['+447400123456', 'mobile'],
    ['+442079460100', 'landline'],
    ['+443001234567', 'landline'],
    ['+448001111111', 'freephone'],
    ['+449098790123', 'premium'],
    ['+449012345678', 'premium'],
    ['+448712345678', 'premium'],
    ['+448445678901', 'premium'],
    ['+447012345678', 'personal'],
    ['+447640123456', 'personal'],
    ['+447624123456', 'foreign'],
    ['+447781123456', 'foreign'],
    ['+447797123456', 'foreign'],
    ['+441534123456', 'foreign'],
    ['+48600123456', 'foreign'],
    ['+12025550123', 'foreign'],
    ['+882161234567', 'foreign'],
    ['+44118118', 'none'],
    ['63336', 'none'],
    ['sender:NHSnoreply', 'none'],
    ['withheld', 'none'],
    ['', 'none'],
  ])('%s is %s', (number, kind) => {
    expect(numberKind(number)).toBe(kind)
    expect(mayAnswer(number)).toBe(kind === 'mobile' || kind === 'landline')
  })

  const theirs = '+447700900123'
  it.each<[string, Partial<Parameters<typeof refusedTo>[0]>, boolean]>([
    ['a text to who rang us', {}, true],
    ['a call to who rang us', { by: 'call' }, true],
    ['a text to another', { to: '+447700900124' }, false],
    ['a call to another', { by: 'call', to: '+447700900124' }, false],
    [
      'a text to another whom staff approved',
      { to: '+447700900124', approved: ['+447700900124'] },
      true,
    ],
    [
      'a call to a premium number that rang us',
      { by: 'call', to: '+449098790123', theirs: '+449098790123' },
      false,
    ],
    [
      'a call to an 070 that rang us',
      { by: 'call', to: '+447012345678', theirs: '+447012345678' },
      false,
    ],
    ['a text abroad', { to: '+48600123456', theirs: '+48600123456' }, false],
    [
      'a text abroad that staff approved',
      { to: '+48600123456', theirs: '+48600123456', approved: ['+48600123456'] },
      true,
    ],
    ['a text to a freephone number', { to: '+448001111111', theirs: '+448001111111' }, false],
    [
      'a call to a freephone number',
      { by: 'call', to: '+448001111111', theirs: '+448001111111' },
      true,
    ],
  ])('%s', (_what, change, may) => {
    expect(refusedTo({ by: 'text', to: theirs, theirs, approved: [], ...change }) === null).toBe(
      may
    )
  })

  it.each([
    ['hour:6,new:300', 0],
    ['hours:6', 1],
    ['hour:0', 1],
    ['hour', 1],
  ])('caps read from %s', (text, faults) => expect(readCaps(text).faults).toHaveLength(faults))
})

let app: OpenedApp
let sent: Text[]
beforeEach(() => {
  app = openApp()
  sent = []
})
afterEach(() => app.close())

/** Somebody who rang from this number, now. */
async function rang(From: string): Promise<Contact> {
  await app.post('/twilio/voice', calling({ From }))
  const [contact] = await app.store.recent('lewisham', From, '2020-01-01T00:00:00Z')
  if (!contact) throw new Error('nobody rang')
  return contact
}

/** A text is owed to this number for this contact. */
async function owe(contact: Contact, to: string) {
  const { id, turn } = (await app.store.load(contact.id))!
  const row = {
    id: `${id}:${turn + 1}:1`,
    contact: id,
    recipient: to,
    kind: 'text',
    body: { to, from: '+442079460100', body: `Text ${turn}` },
    due: app.clock.now,
    tries: 0,
    state: 'waiting' as const,
  }
  const next = { ...(await app.store.load(id))!, turn: turn + 1 }
  await app.store.commit({ contact: next, expected: turn, log: [], outbox: [row], timers: [] })
}

/** One worker, for as many looks as are asked; ten minutes pass between them. */
function worker(CAPS: string, APPROVED = '', sendTeams?: World['sendTeams']) {
  const texts = {
    send: async (text: Text) => {
      sent.push(text)
      return { sid: `SM${String(sent.length).padStart(32, '0')}` }
    },
    list: async () => [],
    remove: async () => 'gone' as const,
    removeRecording: async () => 'gone' as const,
  }
  const outbound = outboundOf({ CAPS, APPROVED })
  const world = { texts, publicUrl: 'https://door.example.org', outbound }
  const perform = performer({ ...world, ...(sendTeams && { sendTeams }) }, app.parts)
  return async function work(looks: number) {
    for (let n = 0; n < looks; n++) {
      await runOutbox({
        store: app.store,
        perform,
        report: reporter(app.parts),
        now: app.parts.now,
        random: () => 0,
        maxTries: 8,
      })
      if (n < looks - 1) app.clock.now = new Date(Date.parse(app.clock.now) + 600_000).toISOString()
    }
  }
}
const tasks = async (phone: string) =>
  (await app.contactOf(phone)).clocks.filter(({ code }) => code === 'TEXT').length

describe('texts of our own accord', () => {
  it.each([
    ['a premium number', '+449098790123'],
    ['an 070 number', '+447012345678'],
    ['a number abroad', '+48600123456'],
    ['an island', '+447797123456'],
  ])('to %s that rang us: none, and a person sees to it', async (_what, phone) => {
    await owe(await rang(phone), phone)
    await worker('')(1)
    expect(sent).toEqual([])
    expect(await tasks(phone)).toBe(1)
    expect(app.log.filter((line) => /"code":"capped"/.test(line))).toHaveLength(1)
    expect(app.log.join()).not.toContain(phone)
  })

  it('to a number abroad that staff approved: sent', async () => {
    const phone = '+48600123456'
    await owe(await rang(phone), phone)
    await worker('', phone)(1)
    expect(sent).toHaveLength(1)
  })

  it('to another number than the one that rang: none', async () => {
    const phone = mobile()
    await owe(await rang(phone), mobile())
    await worker('')(1)
    expect(sent).toEqual([])
    expect(await tasks(phone)).toBe(1)
  })

  it('to one number: so many in an hour, whichever worker sends them, and after it again', async () => {
    const phone = mobile()
    const contact = await rang(phone)
    for (let n = 0; n < 5; n++) {
      await owe(contact, phone)
      await worker('hour:3')(1)
    }
    expect(sent).toHaveLength(3)
    expect(await tasks(phone)).toBe(1)
    app.clock.now = new Date(Date.parse(app.clock.now) + 3_700_000).toISOString()
    await owe(contact, phone)
    await worker('hour:3')(1)
    expect(sent).toHaveLength(4)
  })

  it('to somebody in an emergency: all the same', async () => {
    const phone = mobile()
    const contact = (await app.store.load((await rang(phone)).id))!
    const raised = { ...contact, level: 'emergency' as const, turn: contact.turn + 1 }
    const commit = { expected: contact.turn, log: [], outbox: [], timers: [] }
    await app.store.commit({ contact: raised, ...commit })
    for (let n = 0; n < 5; n++) {
      await owe(contact, phone)
      await worker('hour:1,new:1,minute:1')(1)
    }
    expect(sent).toHaveLength(5)
  })

  it('to numbers nobody had heard of: so many in an hour; the rest are people’s tasks; who is known is texted', async () => {
    const known = mobile()
    await rang(known)
    app.clock.now = '2026-11-24T16:00:00.000Z'
    await app.post('/twilio/voice', calling({ From: known }))
    const [again] = await app.store.recent('lewisham', known, '2020-01-01T00:00:00Z')
    const strangers = Array.from({ length: 30 }, () => mobile())
    for (const phone of strangers) await owe(await rang(phone), phone)
    await owe(again!, known)
    await worker('new:10,minute:1000')(12)
    expect(sent).toHaveLength(11)
    expect(sent.map(({ to }) => to)).toContain(known)
    const left = await Promise.all(strangers.map(tasks))
    expect(left.filter((count) => count === 1)).toHaveLength(20)
    expect(app.log.filter((line) => /"code":"capped"/.test(line))).toHaveLength(1)
  })
})

describe('words into a Teams chat', () => {
  it.each([
    ['is gone', { refused: 'The conversation is gone (403)', code: 'not-found' }, 'not-found'],
    ['will not have them', { refused: 'Teams said 400' }, 'neighbour-refused'],
  ])('that %s: a person sees to it, and an alert says so', async (_what, sent, code) => {
    const phone = mobile()
    const contact = (await app.store.load((await rang(phone)).id))!
    const row = {
      id: `${contact.id}:${contact.turn + 1}:1`,
      contact: contact.id,
      recipient: 'a:chat',
      kind: 'teams',
      body: { reach: {}, text: 'Hello' },
      due: app.clock.now,
      tries: 0,
      state: 'waiting' as const,
    }
    const next = { ...contact, turn: contact.turn + 1 }
    await app.store.commit({
      contact: next,
      expected: contact.turn,
      log: [],
      outbox: [row],
      timers: [],
    })
    await worker('', '', async () => sent)(1)
    expect(await tasks(phone)).toBe(1)
    expect(app.log.filter((line) => line.includes(`"code":"${code}"`))).toHaveLength(1)
  })
})

describe('who texts us', () => {
  it.each([
    ['a premium number', '+449098790123', false],
    ['an 070 number', '+447012345678', false],
    ['a number abroad', '+48600123456', true],
    ['a landline', '+442079460999', true],
  ])(
    'from %s: kept; of danger, the 999 words where they can be had',
    async (_what, From, reached) => {
      const answered = mayAnswer(From)
      expect(wordsOf(await app.post('/twilio/sms', texting('my leg hurts', { From }))) !== '').toBe(
        answered
      )
      expect((await app.contactOf(From)).person.inTheirWords).toBe('my leg hurts')
      const danger = await app.post('/twilio/sms', texting('she has stopped breathing', { From }))
      expect(/ring 999 now/i.test(wordsOf(danger))).toBe(reached)
      expect((await app.contactOf(From)).codes).toContain('E999')
    }
  )
})
