import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  COVER,
  calling,
  callSid,
  LEWISHAM,
  messageSid,
  nextOf,
  type OpenedApp,
  openApp,
  storeDown,
  texting,
} from '../app/opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const over = (form: Record<string, string>, CallStatus = 'completed') =>
  app.post('/twilio/status', { ...form, CallStatus })

describe('a call that is over', () => {
  it.each(['completed', 'busy', 'no-answer', 'failed', 'canceled'])(
    '%s: a hang-up in the checks, told twice, is one welfare call',
    async (status) => {
      const form = calling()
      await app.post('/twilio/voice', form)
      for (const _ of [1, 2])
        expect(await over(form, status)).toMatchObject({ status: 204, body: '' })
      const contact = await app.contactOf(form.From ?? '')
      expect(contact.codes).toEqual(['HOLD'])
      expect(contact.status).toBe('incomplete')
      expect(contact.clocks.filter(({ name }) => name === 'ringBack')).toHaveLength(1)
      expect(contact.timeline.filter(({ kind }) => kind === 'gone')).toHaveLength(1)
    }
  )

  it.each(['queued', 'ringing', 'in-progress', 'anything'])(
    '%s: changes nothing',
    async (status) => {
      const form = calling()
      await app.post('/twilio/voice', form)
      expect((await over(form, status)).status).toBe(204)
      expect((await app.contactOf(form.From ?? '')).codes).toEqual([])
    }
  )

  it('that never began: nothing is made of it', async () => {
    const before = (await app.contacts()).length
    const answer = await over(calling())
    expect(answer).toMatchObject({ status: 204, body: '' })
    expect(await app.contacts()).toHaveLength(before)
  })

  it('twenty times at once: one hang-up', async () => {
    const form = calling()
    await app.post('/twilio/voice', form)
    await Promise.all(Array.from({ length: 20 }, () => over(form)))
    const { timeline } = await app.contactOf(form.From ?? '')
    expect(timeline.filter(({ kind }) => kind === 'gone')).toHaveLength(1)
  })

  it('while an answer is on its way: both are kept, in either order', async () => {
    const form = calling()
    const begun = await app.post('/twilio/voice', form)
    const answer = app.post(nextOf(begun), { ...form, Digits: '1' })
    const [answered, ended] = await Promise.all([answer, over(form)])
    expect([answered.status, ended.status]).toEqual([200, 204])
    expect((await app.contactOf(form.From ?? '')).codes.length).toBeGreaterThan(0)
  })

  it('while nothing can be saved: not acknowledged, so that Twilio may tell it again', async () => {
    const form = calling()
    await app.post('/twilio/voice', form)
    app.faults.ill = storeDown
    expect((await over(form)).status).toBe(503)
    app.faults.ill = undefined
    expect((await over(form)).status).toBe(204)
    expect((await app.contactOf(form.From ?? '')).codes).toEqual(['HOLD'])
  })
})

describe('a person who was rung', () => {
  const ringing = async () => {
    const form = calling()
    let reply = await app.post('/twilio/voice', form)
    reply = await app.post(nextOf(reply), { ...form, Digits: '1' })
    return { form, leg: /statusCallback="([^"]+)"/.exec(reply.body)![1]!.replaceAll('&amp;', '&') }
  }
  const answered = (ParentCallSid: string) => ({
    CallSid: callSid(),
    ParentCallSid,
    From: LEWISHAM,
    To: COVER[0],
    CallStatus: 'in-progress',
  })

  it('comes to the phone: the contact is theirs, told once or twice', async () => {
    const { form, leg } = await ringing()
    const word = answered(form.CallSid ?? '')
    for (const _ of [1, 2]) expect((await app.post(leg, word)).status).toBe(204)
    const contact = await app.contactOf(form.From ?? '')
    expect(contact.status).toBe('handed-over')
    expect(contact.timeline.filter(({ kind }) => kind === 'joined')).toHaveLength(1)
  })

  it.each([
    ['of a call nobody knows', async () => answered(callSid())],
    [
      'with no call it belongs to',
      async () => {
        const { ParentCallSid: _, ...rest } = answered('')
        return rest
      },
    ],
  ])('a leg %s: nothing is made of it', async (_what, make) => {
    const { leg } = await ringing()
    const before = (await app.contacts()).length
    expect((await app.post(leg, await make())).status).toBe(204)
    expect(await app.contacts()).toHaveLength(before)
  })
})

describe('a text that was sent', () => {
  /** A contact with a text to it, as the outbox names it. */
  const sent = async () => {
    const form = calling()
    await app.post('/twilio/voice', form)
    const contact = await app.contactOf(form.From ?? '')
    const { id } = contact as unknown as { id: string }
    return { phone: form.From ?? '', path: `/twilio/status?o=${encodeURIComponent(`${id}:1:1`)}` }
  }
  const word = (MessageStatus: string, more = {}) => ({
    MessageSid: messageSid(),
    MessageStatus,
    ...more,
  })

  it.each(['failed', 'undelivered'])(
    '%s, told twice: one task with an owner, whose time comes',
    async (fate) => {
      const { phone, path } = await sent()
      const form = word(fate, { ErrorCode: '30003' })
      for (const _ of [1, 2]) expect((await app.post(path, form)).status).toBe(204)
      const contact = await app.contactOf(phone)
      expect(contact.timeline.filter(({ kind }) => kind === 'not-delivered')).toHaveLength(1)
      const task = contact.clocks.find(({ code }) => code === 'TEXT')
      expect(task).toMatchObject({ state: 'running' })
      expect(task?.owner).toMatch(/\w/)
      app.clock.now = task?.due ?? ''
      for (const timer of await app.store.claimTimers(app.clock.now, 50)) await app.fire(timer)
      app.clock.now = '2026-11-24T14:20:00Z'
      const later = await app.contactOf(phone)
      expect(later.clocks.find(({ code }) => code === 'TEXT')?.state).toBe('missed')
      const rows = await app.store.claimOutbox('2026-11-25T00:00:00Z', 50)
      expect(rows.filter(({ recipient }) => recipient === phone)).toEqual([])
    }
  )

  it.each(['21610', '21611', '21614', '30003', '30004', '30005', '30006', '30007', '30008'])(
    'lost for %s: the code is kept in words, and a person sees to it',
    async (ErrorCode) => {
      const { phone, path } = await sent()
      const form = word('undelivered', { ErrorCode })
      await app.post(path, form)
      const contact = await app.contactOf(phone)
      const [lost] = contact.timeline.filter(({ kind }) => kind === 'not-delivered')
      expect(lost?.detail).toMatchObject({ code: ErrorCode, status: 'undelivered' })
      expect(lost?.detail?.meaning).toMatch(/Ring|Look/)
      expect(contact.clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
    }
  )

  const WORDS = ['queued', 'sent', 'delivered', 'failed']
  const orders = (of: readonly string[]): string[][] =>
    of.length < 2
      ? [[...of]]
      : of.flatMap((first) =>
          orders(of.filter((word) => word !== first)).map((rest) => [first, ...rest])
        )
  it.each(orders(WORDS).map((order) => [order.join(', '), order] as const))(
    'told %s: a loss stands, with one task',
    async (_name, order) => {
      const { phone, path } = await sent()
      const MessageSid = messageSid()
      for (const MessageStatus of order) await app.post(path, { MessageSid, MessageStatus })
      const contact = await app.contactOf(phone)
      expect(contact.texts).toMatchObject([{ status: 'failed' }])
      expect(contact.clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
    }
  )

  it('the reply to a text, lost: a person sees to it; arrived: nothing is kept', async () => {
    const form = texting('my leg hurts')
    const reply = await app.post('/twilio/sms', form)
    const [, callback = ''] = /statusCallback="([^"]+)"/.exec(reply.body) ?? []
    const MessageSid = messageSid()
    const before = await app.contactOf(form.From ?? '')
    await app.post(callback, { MessageSid, MessageStatus: 'delivered' })
    expect(await app.contactOf(form.From ?? '')).toEqual(before)
    await app.post(callback, { MessageSid, MessageStatus: 'undelivered', ErrorCode: '30003' })
    const { clocks } = await app.contactOf(form.From ?? '')
    expect(clocks.filter(({ code }) => code === 'TEXT')).toHaveLength(1)
  })

  it('delivered: logged once, no task', async () => {
    const { phone, path } = await sent()
    const form = word('delivered')
    for (const _ of [1, 2]) await app.post(path, form)
    const contact = await app.contactOf(phone)
    expect(contact.timeline.filter(({ kind }) => kind === 'delivered')).toHaveLength(1)
    expect(contact.clocks).toEqual([])
  })

  it.each([
    ['on its way', 'queued', undefined],
    ['of a contact nobody knows', 'failed', '019abcde-0000-7000-8000-000000000000:1:1'],
    ['with an id of another shape', 'failed', "' OR 1=1 --"],
    ['with no id', 'failed', ''],
  ])('%s: nothing is made of it', async (_what, fate, outbox) => {
    const path = `/twilio/status?o=${encodeURIComponent(outbox ?? (await sent()).path)}`
    const before = (await app.contacts()).length
    expect((await app.post(path, word(fate))).status).toBe(204)
    expect(await app.contacts()).toHaveLength(before)
  })

  it('lost while nothing can be saved: not acknowledged', async () => {
    const { phone, path } = await sent()
    app.faults.ill = storeDown
    expect((await app.post(path, word('failed'))).status).toBe(503)
    app.faults.ill = undefined
    expect((await app.post(path, word('failed'))).status).toBe(204)
    expect((await app.contactOf(phone)).clocks).toHaveLength(1)
  })
})
