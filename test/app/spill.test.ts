import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COVER, calling, mobile, nextOf, storeDown, texting, wordsOf } from './opened.ts'
import { openSpilling, type Spilling, spillFolder } from './spilling.ts'

let app: Spilling
let kept: ReturnType<typeof spillFolder>
beforeEach(async () => {
  kept = spillFolder()
  app = await openSpilling(kept.folder)
})
afterEach(async () => {
  await app.shut()
  kept.remove()
})
const SAFE = /ring 9 ?9 ?9.*1 ?1 ?1/i
const kinds = async (phone: string) => (await app.contactOf(phone)).timeline.map(({ kind }) => kind)
const promises = async (phone: string) =>
  (await app.contactOf(phone)).clocks.filter(({ code }) => code === 'PERSON')

describe('someone rings while the store is down', () => {
  it('hears the safe words and the cover, and is a contact with a task once the store is back', async () => {
    app.down()
    const form = calling()
    const reply = await app.post('/twilio/voice', form)
    expect(wordsOf(reply)).toMatch(SAFE)
    expect(reply.body).toContain(`${COVER[0]}</Number>`)
    expect(app.spill.waiting()).toBe(1)
    await app.up()
    expect(app.spill.waiting()).toBe(0)
    expect(kept.names()).toEqual([])
    const contact = await app.contactOf(form.From!)
    expect(contact).toMatchObject({ place: 'lewisham', channel: 'voice', codes: ['HOLD'] })
    expect(contact.priority).toBe('P2')
    const [task, ...others] = contact.clocks.filter(
      ({ name, state }) => name === 'ringBack' && state === 'running'
    )
    expect(others).toEqual([])
    expect(task?.owner).not.toBe('')
    expect(task?.due).toBe('2026-11-24T14:25:00.000Z')
    const [first] = contact.timeline
    expect(first).toMatchObject({ kind: 'spilled', detail: { at: '2026-11-24T14:20:00Z' } })
    expect(first?.said).toMatch(/9 9 9/)
  })

  it('a clock that nobody meets is missed', async () => {
    app.down()
    const form = calling()
    await app.post('/twilio/voice', form)
    await app.up()
    app.clock.now = '2026-11-24T14:41:00Z'
    for (const timer of await app.store.claimTimers(app.clock.now, 100)) await app.fire(timer)
    expect(await kinds(form.From!)).toContain('clock-missed')
  })

  it('is not stuck: when the store is back the call goes on, in the same contact', async () => {
    app.down()
    const form = calling()
    const broken = await app.post('/twilio/voice', form)
    await app.up()
    const asked = await app.post(nextOf(broken), { ...form, DialCallStatus: 'no-answer' })
    expect(wordsOf(asked)).toMatch(/Three quick checks/)
    const next = await app.post(nextOf(asked), { ...form, Digits: '2' })
    expect(wordsOf(next)).toMatch(/Check two/)
    expect(await app.contacts(`phone=${encodeURIComponent(form.From!)}`)).toHaveLength(1)
  })

  it('is not stuck either when their call goes on before the replay, and is still one contact', async () => {
    app.down()
    const form = calling()
    const broken = await app.post('/twilio/voice', form)
    app.faults.ill = undefined
    const asked = await app.post(nextOf(broken), { ...form, DialCallStatus: 'no-answer' })
    expect(wordsOf(asked)).toMatch(/Three quick checks/)
    await app.up()
    const next = await app.post(nextOf(asked), { ...form, Digits: '2' })
    expect(wordsOf(next)).toMatch(/Check two/)
    expect(await app.contacts(`phone=${encodeURIComponent(form.From!)}`)).toHaveLength(1)
    expect(await kinds(form.From!)).toContain('spilled')
  })

  it('the same call several times: one contact, every line of it in order', async () => {
    app.down()
    const form = calling()
    const first = await app.post('/twilio/voice', form)
    const rung = { ...form, DialCallStatus: 'no-answer' }
    const second = await app.post(nextOf(first), rung)
    await app.post(nextOf(second), rung)
    await app.post('/twilio/status', { ...form, CallStatus: 'completed' })
    await app.up()
    const contact = await app.contactOf(form.From!)
    const spilled = contact.timeline.filter(({ kind }) => kind === 'spilled')
    expect(spilled.map(({ detail }) => [detail?.heard, detail?.tried])).toEqual([
      ['begin', undefined],
      ['unanswered', 1],
      ['unanswered', 2],
    ])
    expect(await kinds(form.From!)).toContain('gone')
    expect(contact.codes).toEqual(['HOLD'])
    expect(await app.contacts(`phone=${encodeURIComponent(form.From!)}`)).toHaveLength(1)
  })

  it('whoever spoke with the cover is handed over', async () => {
    app.down()
    const form = calling()
    const first = await app.post('/twilio/voice', form)
    await app.post(nextOf(first), { ...form, DialCallStatus: 'completed' })
    await app.up()
    const contact = await app.contactOf(form.From!)
    expect(contact.status).toBe('handed-over')
  })

  it('a hang-up that was kept is acknowledged, so that Twilio does not send it again', async () => {
    const form = calling()
    await app.post('/twilio/voice', form)
    app.down()
    const { status } = await app.post('/twilio/status', { ...form, CallStatus: 'completed' })
    expect(status).toBe(204)
    await app.up()
    expect(await kinds(form.From!)).toContain('gone')
  })

  it('withheld numbers are kept apart by their calls', async () => {
    app.down()
    const forms = [calling({ From: 'anonymous' }), calling({ From: 'anonymous' })]
    for (const form of forms) {
      const reply = await app.post('/twilio/voice', form)
      await app.post(nextOf(reply), { ...form, DialCallStatus: 'busy' })
    }
    await app.up()
    expect(await app.contacts()).toHaveLength(2)
  })

  it('a number of no place hears the words, and is nobody’s contact', async () => {
    app.down()
    const reply = await app.post('/twilio/voice', calling({ To: '+442079460999' }))
    expect(wordsOf(reply)).toMatch(/9 9 9/)
    expect(app.spill.waiting()).toBe(0)
  })
})

describe('in mid-call', () => {
  async function atFirstCheck() {
    const form = calling()
    return { form, asked: await app.post('/twilio/voice', form) }
  }
  it.each([
    ['a yes to danger', { Digits: '1' }, 'P1'],
    ['not sure', { Digits: '3' }, 'P1'],
    ['danger in words', { SpeechResult: 'he is not breathing', Confidence: '0.4' }, 'P1'],
    ['a plain no', { Digits: '2' }, 'P2'],
    ['silence', {}, 'P2'],
  ])('%s is lost to the store: %o is a task of %s', async (_what, answer, priority) => {
    const { form, asked } = await atFirstCheck()
    app.down()
    await app.post(nextOf(asked), { ...form, ...answer } as never)
    await app.up()
    expect((await app.contactOf(form.From!)).priority).toBe(priority)
    expect(await promises(form.From!)).toHaveLength(1)
  })

  it('the question still waits, and its answer is taken', async () => {
    const { form, asked } = await atFirstCheck()
    app.down()
    const broken = await app.post(nextOf(asked), { ...form, Digits: '2' })
    await app.up()
    const again = await app.post(nextOf(broken), { ...form, DialCallStatus: 'no-answer' })
    expect(wordsOf(again)).toMatch(/Three quick checks/)
    expect(wordsOf(await app.post(nextOf(again), { ...form, Digits: '2' }))).toMatch(/Check two/)
  })

  it('the repeated webhook gets the same bytes as when it was spilled', async () => {
    const { form, asked } = await atFirstCheck()
    app.down()
    const told = await app.post(nextOf(asked), { ...form, Digits: '2' })
    await app.up()
    const again = await app.post(nextOf(asked), { ...form, Digits: '2' })
    expect(again.body).toBe(told.body)
    expect((await kinds(form.From!)).filter((kind) => kind === 'spilled')).toHaveLength(1)
  })

  it('a turn that was saved though the caller was told otherwise: it stands, and what was told is noted once', async () => {
    const { form, asked } = await atFirstCheck()
    const { store } = app.parts
    const { commit } = store
    store.commit = async (given) => {
      await commit(given)
      throw storeDown()
    }
    const told = await app.post(nextOf(asked), { ...form, Digits: '2' })
    expect(wordsOf(told)).toMatch(SAFE)
    store.commit = commit
    await app.up()
    await app.up()
    const { timeline, priority } = await app.contactOf(form.From!)
    expect(timeline.map(({ kind }) => kind).filter((kind) => kind === 'answer')).toHaveLength(1)
    expect(timeline.filter(({ kind }) => kind === 'spilled')).toHaveLength(1)
    expect(priority).toBe('P2')
  })

  it('a turn that takes for ever is answered within seconds, and kept', async () => {
    const { form, asked } = await atFirstCheck()
    app.parts.store.commit = () => new Promise(() => undefined)
    const began = performance.now()
    const told = await app.post(nextOf(asked), { ...form, Digits: '2' })
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(wordsOf(told)).toMatch(SAFE)
    expect(app.spill.waiting()).toBe(1)
  })
})

describe('texts', () => {
  it.each([
    ['my leg hurts', 'P2', []],
    ['my husband is not breathing', 'P1', ['E999']],
    ['i want to kill myself', 'P1', ['EMH']],
  ])(
    '"%s" while the store is down: the safe words, and a task of %s',
    async (words, priority, codes) => {
      app.down()
      const form = texting(words)
      const reply = await app.post('/twilio/sms', form)
      expect(wordsOf(reply)).toMatch(SAFE)
      await app.up()
      const contact = await app.contactOf(form.From!)
      expect(contact.priority).toBe(priority)
      expect(contact.codes).toEqual(expect.arrayContaining([...codes, 'HOLD']))
      expect(contact.timeline[0]).toMatchObject({ kind: 'spilled', heard: words })
      expect(contact.person.inTheirWords).toBe(words)
    }
  )

  it('several from one number: one contact; the next text is asked the first question, not taken for its answer', async () => {
    const From = mobile()
    app.down()
    for (const words of ['my leg hurts', 'hello?', 'no'])
      await app.post('/twilio/sms', texting(words, { From }))
    await app.up()
    expect(await app.contacts(`phone=${encodeURIComponent(From)}`)).toHaveLength(1)
    expect((await kinds(From)).filter((kind) => kind === 'spilled')).toHaveLength(3)
    const next = await app.post('/twilio/sms', texting('no', { From }))
    expect(wordsOf(next)).toMatch(/Check 1 of 3/)
  })

  it('in a live conversation the question still waits', async () => {
    const From = mobile()
    await app.post('/twilio/sms', texting('my leg hurts', { From }))
    app.down()
    await app.post('/twilio/sms', texting('no', { From }))
    await app.up()
    expect(wordsOf(await app.post('/twilio/sms', texting('no', { From })))).toMatch(
      /Check 2|Check two/
    )
    expect(await app.contacts(`phone=${encodeURIComponent(From)}`)).toHaveLength(1)
  })
})

it('what is on the disk says nothing of who rang, nor of what they said', async () => {
  app.down()
  const From = '+447700900742'
  await app.post('/twilio/voice', calling({ From }))
  await app.post('/twilio/sms', texting('my parrot quibbled on the ottoman', { From }))
  expect(app.spill.waiting()).toBe(2)
  expect(kept.text()).not.toMatch(/7700900742|parrot|ottoman|lewisham|Response/)
  expect(kept.text().trim().split('\n')).toHaveLength(2)
})
