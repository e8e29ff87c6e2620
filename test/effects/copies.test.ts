import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Copy, Later, TwilioTexts } from '../../src/channels/twilio-rest.ts'
import { outboundOf, performer, reporter } from '../../src/effects.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import { runTimers } from '../../src/jobs/timers.ts'
import { copiesDue, copiesTimer } from '../../src/turn/copies.ts'
import { turns } from '../../src/turn.ts'
import {
  calling,
  callSid,
  type Form,
  LEWISHAM,
  mobile,
  type OpenedApp,
  openApp,
  signature,
  texting,
} from '../app/opened.ts'

interface Kept extends Copy {
  from: string
  to: string
}
let app: OpenedApp
let door: ReturnType<typeof createApp>
let copies: Kept[]
let recordings: string[]
let ill: Later | undefined
let deletesCopies: boolean
let fire: ReturnType<typeof turns>['takeTimer']
beforeEach(() => {
  app = openApp()
  copies = []
  recordings = []
  ill = undefined
  deletesCopies = true
  const parts = partsNow()
  const taking = turns(parts)
  fire = taking.takeTimer
  door = createApp(parts, taking)
})
afterEach(() => app.close())
const partsNow = () => ({
  ...app.parts,
  get deletesCopies() {
    return deletesCopies
  },
})

/** Twilio's record, as far as it is used. */
const texts: TwilioTexts = {
  send: async () => ({ sid: `SM${'f'.repeat(32)}` }),
  list: async ({ from, to }, since) =>
    ill ?? copies.filter((copy) => copy.from === from && copy.to === to && copy.createdAt >= since),
  remove: async ({ sid }) => {
    const copy = copies.find((each) => each.sid === sid)
    if (copy && ['queued', 'sent'].includes(copy.status)) return 'not-yet'
    copies = copies.filter((each) => each.sid !== sid)
    return 'gone'
  },
  removeRecording: async (sid) => {
    recordings = recordings.filter((each) => each !== sid)
    return 'gone'
  },
}

async function post(path: string, form: Form) {
  const answer = await door.request(path, {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Twilio-Signature': signature(path, form),
    },
  })
  return { status: answer.status, body: await answer.text() }
}

const now = () => Date.parse(app.clock.now)
let last = 0
const keep = (from: string, to: string, given: Partial<Kept>) =>
  void copies.push({
    sid: `SM${String(last++).padStart(32, 'e')}`,
    body: 'words',
    direction: 'outbound-reply',
    status: 'delivered',
    createdAt: now(),
    from,
    to,
    ...given,
  })

/** A text, which Twilio keeps together with its reply; `unheard` never reaches us. */
async function text(From: string, Body: string, { status = 'delivered', unheard = false } = {}) {
  const form = texting(Body, { From })
  keep(From, LEWISHAM, {
    sid: form.MessageSid ?? '',
    body: Body,
    direction: 'inbound',
    status: 'received',
  })
  if (unheard) return
  await post('/twilio/sms', form)
  keep(LEWISHAM, From, { status })
}

/** Time passes, and what is due is done. */
async function pass(minutes: number) {
  app.clock.now = new Date(now() + minutes * 60_000).toISOString()
  const parts = partsNow()
  const { store } = parts
  const outbound = outboundOf({ CAPS: '', APPROVED: '' })
  const perform = performer({ texts, publicUrl: 'https://door.example.org', outbound }, parts)
  const shared = { store, now: parts.now }
  for (let n = 0; n < 3; n++) {
    await runTimers({ ...shared, fire })
    await runOutbox({ ...shared, perform, report: reporter(parts), random: () => 0, maxTries: 3 })
  }
}
const stored = async (phone: string) =>
  (await app.store.recent('lewisham', phone, '2020-01-01T00:00:00Z'))[0]!
const kinds = async (phone: string) => (await app.contactOf(phone)).timeline.map(({ kind }) => kind)

describe("Twilio's copies of a conversation by text", () => {
  it('are deleted an hour after the last text, both ways, and not before', async () => {
    const phone = mobile()
    await text(phone, 'my leg hurts')
    await pass(2)
    await text(phone, '2')
    await pass(58)
    expect(copies).toHaveLength(4)
    const { updatedAt } = await stored(phone)
    // Reminders of ours begin the hour anew.
    for (let hour = 0; hour < 4; hour++) await pass(61)
    expect(copies).toEqual([])
    expect(await kinds(phone)).toContain('copies-deleted')
    expect((await stored(phone)).updatedAt > updatedAt).toBe(true)
    const still = (await stored(phone)).updatedAt
    await pass(61)
    expect((await stored(phone)).updatedAt).toBe(still)
  })

  it('of nobody else are touched', async () => {
    const [one, other] = [mobile(), mobile()]
    await text(one, 'my leg hurts')
    await pass(61)
    await pass(61)
    await text(other, 'my arm hurts')
    await pass(59)
    await pass(2)
    expect(copies.map(({ from, to }) => (from === LEWISHAM ? to : from))).toEqual([other, other])
  })

  it('that are still on their way wait for an hour more', async () => {
    const phone = mobile()
    await text(phone, 'my leg hurts', { status: 'sent' })
    await pass(61)
    expect(copies).toHaveLength(1)
    for (const copy of copies) copy.status = 'delivered'
    await pass(61)
    expect(copies).toEqual([])
  })

  it('wait while Twilio is ill, and nobody’s texts wait behind them', async () => {
    const phone = mobile()
    await text(phone, 'my leg hurts')
    ill = { retry: true }
    await pass(61)
    expect(copies).toHaveLength(2)
    expect((await app.store.claimOutbox(app.clock.now, 9)).length).toBe(0)
    ill = undefined
    await pass(61)
    expect(copies).toEqual([])
  })

  it('that never can be deleted are an operator’s in the end', async () => {
    const phone = mobile()
    await text(phone, 'my leg hurts')
    ill = { retry: true, ours: 'Twilio refuses our key (401)' }
    for (let hour = 0; hour < 50; hour++) await pass(61)
    expect(app.log.filter((line) => /"code":"copy-kept"/.test(line))).toHaveLength(1)
    expect(app.log.some((line) => /neighbour-refused/.test(line))).toBe(true)
    expect(app.log.join()).not.toContain(phone)
  })

  it.each(['', 'withheld'])('of nobody (%s) are never asked for', async (address) => {
    const phone = mobile()
    await text(phone, 'my leg hurts')
    const contact = await stored(phone)
    const erased = { ...contact, person: { ...contact.person, address } }
    expect(copiesDue(partsNow(), erased, copiesTimer(contact.id, app.clock.now))).toBeNull()
  })

  it('stay where the operator says why', async () => {
    deletesCopies = false
    const phone = mobile()
    await text(phone, 'my leg hurts')
    await pass(61)
    expect(copies).toHaveLength(2)
    expect(await app.store.nextDue().then((due) => due === null || due > app.clock.now)).toBe(true)
  })
})

describe('a text that Twilio has and we have not', () => {
  it('becomes a person’s task with its words, and only then is deleted', async () => {
    const phone = mobile()
    await text(phone, 'my leg hurts')
    await text(phone, 'I cannot move it any more', { unheard: true })
    await pass(61)
    expect(copies.map(({ body }) => body)).toEqual(['I cannot move it any more'])
    expect(await kinds(phone)).not.toContain('unheard')
    await pass(61)
    const { timeline, clocks } = await app.contactOf(phone)
    const found = timeline.filter(({ kind }) => kind === 'unheard')
    expect(found.map(({ heard }) => heard)).toEqual(['I cannot move it any more'])
    expect(clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
    await pass(61)
    expect(copies).toEqual([])
    await pass(61)
    expect((await kinds(phone)).filter((kind) => kind === 'unheard')).toHaveLength(1)
  })
})

describe('a recording, which this service never asks for', () => {
  const sid = `RE${'a'.repeat(32)}`
  it('is deleted, told once or twice', async () => {
    const form = calling()
    await post('/twilio/voice', form)
    recordings = [sid]
    const told = { CallSid: form.CallSid ?? '', RecordingSid: sid, RecordingStatus: 'completed' }
    for (const _ of [1, 2]) expect((await post('/twilio/status', told)).status).toBe(204)
    await pass(1)
    expect(recordings).toEqual([])
    expect((await kinds(form.From ?? '')).filter((kind) => kind === 'recorded')).toHaveLength(1)
  })

  it('of a call nobody knows is an operator’s', async () => {
    expect((await post('/twilio/status', { CallSid: callSid(), RecordingSid: sid })).status).toBe(
      204
    )
    expect(app.log.filter((line) => /"code":"copy-kept"/.test(line))).toHaveLength(1)
  })
})
