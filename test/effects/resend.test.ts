import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Text, twilioTexts } from '../../src/channels/twilio-rest.ts'
import { outboundOf, performer, reporter } from '../../src/effects.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import type { OutboxRow } from '../../src/store/contract.ts'
import { calling, type OpenedApp, openApp } from '../app/opened.ts'
import { randomBy } from '../chaos/judge.ts'
import type { Fault } from '../chaos/world/faults.ts'
import { openWorld, type World } from '../chaos/world/world.ts'

const FROM = '+442079460100'
let world: World
let app: OpenedApp
let now: number
beforeEach(async () => {
  world = await openWorld(randomBy(1))
  world.twilio.telling.of = () => ({})
  app = openApp()
  now = Date.now()
})
afterEach(async () => {
  app.close()
  await world.close()
})

/** Somebody who rang, and the texts that are owed to them. */
async function owed(...bodies: readonly string[]) {
  const form = calling()
  app.clock.now = new Date(now).toISOString()
  await app.post('/twilio/voice', form)
  const [contact] = await app.store.recent('lewisham', form.From ?? '', '2020-01-01T00:00:00Z')
  if (!contact) throw new Error('nobody rang')
  const to = form.From ?? ''
  const outbox = bodies.map((body, n) => ({
    id: `${contact.id}:${contact.turn + 1}:${n + 1}`,
    contact: contact.id,
    recipient: to,
    kind: 'text',
    body: { to, from: FROM, body },
    due: app.clock.now,
    tries: 0,
    state: 'waiting' as const,
  }))
  const next = { ...contact, turn: contact.turn + 1 }
  await app.store.commit({ contact: next, expected: contact.turn, log: [], outbox, timers: [] })
  return { phone: to, id: contact.id, rows: outbox }
}

const texts = (change: Partial<Text> = {}) => {
  const { accountSid, authToken, origin } = world.twilio
  const real = twilioTexts({
    accountSid,
    username: accountSid,
    passwords: [authToken],
    apiUrl: origin,
  })
  return { ...real, send: (text: Text) => real.send({ ...text, ...change }) }
}

/** Looks at the outbox again and again, as time goes by. A worker may die at its first send, once it was taken. */
async function work({ dies = false, tries = 8 } = {}) {
  const parts = { ...app.parts, now: () => new Date(now).toISOString() }
  const outbound = outboundOf({ CAPS: '', APPROVED: '' })
  const way = { texts: texts(), publicUrl: 'https://door.example.org', outbound }
  const perform = performer(way, parts)
  let alive = !dies
  const dying = async (row: OutboxRow) => {
    const tried = await perform(row)
    if (alive) return tried
    alive = true
    throw new Error('killed after send, before mark')
  }
  for (let n = 0; n < 12; n++) {
    await runOutbox({
      store: app.store,
      perform: dying,
      report: reporter(parts),
      now: parts.now,
      random: () => 0.5,
      maxTries: tries,
    })
    now += 400_000
  }
}
const got = (phone: string) =>
  (world.ledger.handsets().get(phone) ?? []).map(({ body = '' }) => body)

const AMBIGUOUS: [string, Fault][] = [
  ['a reset once it was taken', { kind: 'reset-after' }],
  ['half of the reply', { kind: 'truncate' }],
]
const NOT_TAKEN: [string, Fault][] = [
  ['a reset before it was taken', { kind: 'reset' }],
  ['500', { kind: 'status', status: 500 }],
  ['503, told to wait', { kind: 'status', status: 503, after: 3 }],
  ['429, told to wait', { kind: 'status', status: 429, after: 1 }],
  ['401 for a moment', { kind: 'status', status: 401 }],
  ['a page of a proxy', { kind: 'status', status: 502, body: '<html>' }],
]

describe('a text whose sending met', () => {
  it.each([...AMBIGUOUS, ...NOT_TAKEN])('%s: it arrives, once', async (_what, fault) => {
    const { phone, rows } = await owed('We will ring you.')
    world.twilio.faults.set('CreateMessage', fault, { times: 1 })
    await work()
    expect(got(phone)).toEqual(['We will ring you.'])
    const contact = await app.store.load(rows[0]!.contact)
    expect(contact?.texts).toMatchObject([{ id: rows[0]!.id, status: 'sent' }])
    expect(contact?.clocks.filter(({ code }) => code === 'TEXT')).toEqual([])
    expect(world.twilio.strange).toEqual([])
  })

  it('its worker’s death after the send: it is found, and arrives once', async () => {
    const { phone } = await owed('We will ring you.')
    await work({ dies: true })
    expect(got(phone)).toEqual(['We will ring you.'])
  })

  it.each(AMBIGUOUS)('%s, two of the same words: each arrives, once', async (_what, fault) => {
    const { phone, id, rows } = await owed('Press on.', 'Press on.', 'Press on.')
    world.twilio.faults.set('CreateMessage', fault, { share: 0.6 })
    const wells = setTimeout(() => world.twilio.faults.clear(), 300)
    await work({ tries: 12 })
    clearTimeout(wells)
    expect(got(phone)).toEqual(['Press on.', 'Press on.', 'Press on.'])
    const kept = (await app.store.load(id))?.texts ?? []
    expect(kept.map((text) => text.id)).toEqual(rows.map((row) => row.id))
    expect(new Set(kept.map(({ sid }) => sid)).size).toBe(3)
  })

  it('the same words sent before, from another contact: they are not taken for it', async () => {
    const first = await owed('Press on.')
    await work()
    const again = { ...first.rows[0]!, id: `${first.id}:9:1`, due: new Date(now).toISOString() }
    const contact = (await app.store.load(first.id))!
    await app.store.commit({
      contact: { ...contact, turn: contact.turn + 1 },
      expected: contact.turn,
      log: [],
      outbox: [{ ...again, due: first.rows[0]!.due }],
      timers: [],
    })
    world.twilio.faults.set('CreateMessage', { kind: 'reset' }, { times: 1 })
    await work()
    expect(got(first.phone)).toEqual(['Press on.', 'Press on.'])
  })

  it('a reset, and what was sent cannot be looked up: it is not sent blindly, and a person is told', async () => {
    const { phone, rows } = await owed('We will ring you.')
    world.twilio.faults.set('CreateMessage', { kind: 'reset-after' }, { times: 1 })
    world.twilio.faults.set('ListMessage', { kind: 'status', status: 500 })
    await work()
    expect(got(phone)).toEqual(['We will ring you.'])
    const { clocks, timeline } = await app.contactOf(phone)
    expect(clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
    expect(timeline.find(({ kind }) => kind === 'not-sent')?.detail).toMatchObject({
      id: rows[0]!.id,
      why: 'gave-up',
    })
  })

  it('a reset, and Twilio told of it by a callback first: no list is asked for', async () => {
    const { phone, rows } = await owed('We will ring you.')
    world.twilio.faults.set('CreateMessage', { kind: 'reset-after' }, { times: 1 })
    world.twilio.faults.set('ListMessage', { kind: 'status', status: 500 })
    world.twilio.telling.of = ({ sid }) => {
      const form = { MessageSid: sid, MessageStatus: 'delivered' }
      void app.post(`/twilio/status?o=${encodeURIComponent(rows[0]!.id)}`, form)
      return {}
    }
    await work()
    expect(got(phone)).toEqual(['We will ring you.'])
    const contact = await app.store.load(rows[0]!.contact)
    expect(contact?.texts).toMatchObject([{ status: 'delivered' }])
    expect(contact?.clocks.filter(({ code }) => code === 'TEXT')).toEqual([])
  })

  it.each([
    [21610, /STOP/],
    [21611, /waiting/],
    [21614, /mobile/],
    [21408, /country/],
    [29999, undefined],
  ])(
    'refused with %i: not sent again, the code is kept in words, a person is told',
    async (code, words) => {
      const { phone } = await owed('We will ring you.')
      const body = JSON.stringify({ code, message: `To ${phone}`, status: 400 })
      world.twilio.faults.set('CreateMessage', { kind: 'status', status: 400, body })
      await work()
      expect(world.twilio.asked.get('CreateMessage')).toBe(1)
      const { clocks, timeline } = await app.contactOf(phone)
      expect(clocks.filter((clock) => clock.code === 'TEXT')).toHaveLength(1)
      const lost = timeline.find(({ kind }) => kind === 'not-sent')?.detail
      expect(lost).toMatchObject({ why: `Twilio 400 ${code}`, code: String(code) })
      if (words) expect(lost?.meaning).toMatch(words)
      expect(app.log.join()).not.toContain(phone)
    }
  )

  it('401 every time: an alert with a code each time, and a person is told in the end', async () => {
    const { phone } = await owed('We will ring you.')
    world.twilio.faults.set('*', { kind: 'status', status: 401 })
    await work()
    expect(got(phone)).toEqual([])
    expect(
      app.log.filter((line) => /neighbour-refused.*refuses our key/.test(line))[0]
    ).toBeTruthy()
    expect(app.log.join('\n')).not.toContain(phone)
    const { clocks } = await app.contactOf(phone)
    expect(clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
  })
})
