import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const ASHA = '+442079460261'
const BEN = '+442079460262'
const COVER = '+442079460210'

const withOf = async (call: string) =>
  (await door.simulator<{ with?: string[]; ended: boolean }>(`calls/${call}`)).with

const isHeld = async (call: string) =>
  (await door.simulator<{ held?: boolean }>(`calls/${call}`)).held === true

describe('a navigator joins a call', () => {
  it('in mid-question, once danger is cleared; brings a team in, leaves, and writes it up', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['2'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    expect(await withOf(call)).toBeUndefined()
    const last = await door.go(call, ['2', '2'])
    expect(last.all).not.toMatch(/Who needs help/)
    expect(await withOf(call)).toEqual(['staff:asha'])
    const does = async () => (await asha.card(/You have/))?.actions.map(({ title }) => title)
    expect(await does()).toContain('End the call')
    await asha.click(/You have/, 'bring', { 'bring.service': 'rapid' })
    const lines = async () => (await asha.card(/You have/))?.text
    expect(await lines()).toContain('Enhanced Rapid Response: ringing')
    await handset(door, '+442079460230').answer()
    expect(await withOf(call)).toEqual(['staff:asha', 'team:rapid'])
    expect(await lines()).toContain('Enhanced Rapid Response: on the line')
    expect(await does()).toContain('Leave the call')
    await asha.click(/You have/, 'hold-caller')
    expect(await lines()).toContain('The caller: on hold')
    await asha.click(/You have/, 'hold-caller')
    expect(await lines()).toContain('The caller: on the line')
    await asha.click(/You have/, 'leave')
    expect(await withOf(call)).toEqual(['team:rapid'])
    const wrapUp = { 'wrap-up.outcome': 'passed-on', 'wrap-up.owner': 'rapid' }
    await asha.click(/Write up/, 'wrap-up', wrapUp)
    expect(await asha.titles()).toContainEqual(expect.stringMatching(/: closed$/))
    await door.go(call, ['hang up'])
    const contact = await door.contactOf(from)
    expect(contact.status).toBe('promised')
    expect(contact.clocks).toMatchObject([{ code: 'NEXT', owner: 'rapid', state: 'running' }])
    const told = kinds(contact.timeline)
    for (const kind of [
      'queued',
      'offered',
      'accepted',
      'connected',
      'brings in',
      'left',
      'wrapped-up',
      'done',
    ])
      expect(told).toContain(kind)
  })

  it('the first to take it has it; the card of the other says so', async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await ben.start()
    await door.ring(landline(), NUMBERS.southwark, ['1'])
    await ben.click(/Can you take/, 'accept')
    expect(await asha.titles()).toContainEqual(expect.stringMatching(/taken by Ben/))
  })

  it('0 at the greeting, with chest pain: the danger line, and first in the queue', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const { all } = await door.ring(landline(), NUMBERS.southwark, ['0'])
    expect(all).toMatch(/chest pain/)
    const card = await asha.card(/Can you take/)
    expect(card?.text).toMatch(/DANGER NOT ASKED/)
  })

  it('whoever was rung and says no is passed, and another is asked', async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    const { call } = await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2'])
    await ben.start()
    await asha.click(/Can you take/, 'decline', { 'decline.reason': 'busy' })
    await ben.click(/Can you take/, 'accept')
    await handset(door, BEN).answer()
    expect(await withOf(call)).toEqual(['staff:ben'])
  })
})

describe('a contact is written up', () => {
  it('only once the call is over: before that no promise counts as kept', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['0', '1'])
    await asha.click(/Can you take/, 'accept')
    const [{ contact } = { contact: '' }] = await door.views.queue('southwark')
    const wrapUp = staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' })
    const running = async () =>
      (await door.contactOf(from)).clocks.filter(({ state }) => state === 'running').length
    const owed = await running()
    expect(owed).toBeGreaterThan(0)
    expect(await door.act('asha', wrapUp)).toMatchObject({ ok: false })
    await handset(door, ASHA).answer()
    expect(await withOf(call)).toEqual(['staff:asha'])
    expect(await door.act('asha', wrapUp)).toMatchObject({ ok: false })
    expect(await running()).toBe(owed)
    await asha.click(/You have/, 'end')
    expect(await withOf(call)).toBeUndefined()
    expect(await door.act('asha', wrapUp)).toMatchObject({ ok: true })
  })

  it('and danger that they said yes to is not forgotten when they are rung', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['0', '1'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const [{ contact } = { contact: '' }] = await door.views.queue('southwark')
    await door.go(call, ['hang up'])
    await door.act('asha', staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' }))
    await door.settled()
    expect(await door.act('asha', { do: 'ring-out', contact, to: 'person' })).toMatchObject({
      ok: true,
    })
    await door.settled()
    expect((await asha.card(/You have/))?.text).toContain('DANGER: THEY SAID YES')
  })
})

describe('a navigator is lost in mid-call', () => {
  const joined = async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
    await asha.click(/Can you take/, 'accept')
    const leg = await handset(door, ASHA).answer()
    expect(await withOf(call)).toEqual(['staff:asha'])
    return { from, call, leg }
  }

  it('the caller hears so at once, and the next navigator has the story', async () => {
    const { call, leg } = await joined()
    const ben = staff(door, 'ben')
    await ben.start()
    await door.go(leg, ['hang up'])
    const alone = await door.go(call, ['silence'])
    expect(alone.all).toMatch(/cut off at our end|right place/)
    expect(await isHeld(call)).toBe(true)
    await ben.click(/Can you take/, 'accept')
    await handset(door, BEN).answer()
    expect(await withOf(call)).toEqual(['staff:ben'])
    expect(await isHeld(call)).toBe(false)
    expect((await ben.card(/You have/))?.text).toContain('The caller: on the line')
  })

  it('who was on hold hears so too', async () => {
    const { call, leg } = await joined()
    await staff(door, 'asha').click(/You have/, 'hold-caller')
    await door.go(leg, ['hang up'])
    expect((await door.go(call, ['silence'])).all).toMatch(/cut off at our end/)
  })

  it('and the team that was rung answers: they hear each other', async () => {
    const { call, leg } = await joined()
    await staff(door, 'asha').click(/You have/, 'bring', { 'bring.service': 'rapid' })
    await door.go(leg, ['hang up'])
    expect(await isHeld(call)).toBe(true)
    await handset(door, '+442079460230').answer()
    expect(await withOf(call)).toEqual(['team:rapid'])
    expect(await isHeld(call)).toBe(false)
  })

  it('nobody else: the caller is told when we ring, and the promise has an owner', async () => {
    const { from, call, leg } = await joined()
    await door.go(leg, ['hang up'])
    await door.advance('PT2M')
    const { ended } = await door.simulator<{ ended: boolean }>(`calls/${call}`)
    expect(ended).toBe(true)
    const contact = await door.contactOf(from)
    const owed = contact.clocks.filter(
      ({ name, state }) => name === 'ringBack' && state === 'running'
    )
    expect(owed).toHaveLength(1)
    expect(owed[0]?.owner).not.toBe('')
  })
})

it('a navigator who leaves while the caller is on hold leaves the two to speak', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const { call } = await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  await asha.click(/You have/, 'hold-caller')
  await asha.click(/You have/, 'bring', { 'bring.service': 'rapid' })
  await handset(door, '+442079460230').answer()
  expect(await isHeld(call)).toBe(true)
  await asha.click(/You have/, 'leave')
  expect(await withOf(call)).toEqual(['team:rapid'])
  expect(await isHeld(call)).toBe(false)
})

describe('the team that was brought in hangs up first', () => {
  const RAPID = '+442079460230'
  const leftByTeam = async (keys = ['2', '2', '2']) => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, keys)
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    await asha.click(/You have/, 'bring', { 'bring.service': 'rapid' })
    const team = await handset(door, RAPID).answer()
    await asha.click(/You have/, 'leave')
    await door.go(team, ['hang up'])
    return { asha, from, call }
  }

  it('they are asked whether they need someone still; who was with them goes back', async () => {
    const { asha, call } = await leftByTeam()
    expect((await door.go(call, ['silence'])).all).toMatch(/The other person has gone/)
    expect(await asha.words()).toContainEqual(expect.stringMatching(/still on the line/))
    await asha.click(/Write up/, 'accept')
    await handset(door, ASHA).answer()
    expect(await withOf(call)).toEqual(['staff:asha'])
  })

  it('another may come to them, and then writes it up', async () => {
    const { asha, call } = await leftByTeam()
    const ben = staff(door, 'ben')
    await ben.start()
    await ben.click(/Can you take/, 'accept')
    await handset(door, BEN).answer()
    expect(await withOf(call)).toEqual(['staff:ben'])
    expect(await asha.titles()).toContainEqual(expect.stringMatching(/: closed$/))
  })

  it('they hang up: nobody rings them, and it is written up', async () => {
    const { asha, from, call } = await leftByTeam()
    await door.go(call, ['hang up'])
    await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    await door.settled()
    const { clocks, priority } = await door.contactOf(from)
    expect(clocks.filter(({ state }) => state === 'running')).toEqual([])
    expect(priority).not.toBe('P1')
  })

  it.each([
    ['danger cleared: within twenty minutes', ['2', '2', '2'], /20 minutes/, '14:40'],
    ['danger not ruled out: within five', ['1'], /five minutes/, '14:25'],
  ])('they stay and nobody comes; %s', async (_, keys, words, by) => {
    const { from, call } = await leftByTeam(keys)
    await door.advance('PT31S')
    await door.settled()
    const { heard, ended } = await door.simulator<{ heard: string[]; ended: boolean }>(
      `calls/${call}`
    )
    expect(heard.join(' ')).toMatch(words)
    expect(ended).toBe(true)
    const owed = (await door.contactOf(from)).clocks.filter(
      ({ name, state }) => name === 'ringBack' && state === 'running'
    )
    expect(owed.map(({ due }) => due.slice(11, 16))).toEqual([by])
  })
})

describe('while they wait', () => {
  it.each([
    ['1: a promise with a time', '1', /will ring you by/],
    ['2: the number on call is rung', '2', undefined],
  ])('key %s', async (_, key, words) => {
    await staff(door, 'asha').start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2', '1', '0', 'silence'])
    const at = await door.go(call, [key])
    if (words) expect(at.all).toMatch(words)
    else expect(at.ringing).toEqual([COVER])
  })
})

describe('nobody comes', () => {
  it.each([
    ['nobody answers', async () => undefined],
    [
      'everybody declines',
      async () => {
        await staff(door, 'asha').click(/Can you take/, 'decline', { 'decline.reason': 'busy' })
      },
    ],
  ])(
    '%s: words all the time, then the cover is rung, then a promise with an owner',
    async (_, does) => {
      await staff(door, 'asha').start()
      const from = landline()
      const { call, all } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2', '0'])
      expect(all).not.toBe('')
      await does()
      let at = await door.go(call, ['silence'])
      for (let n = 0; n < 14 && !at.ringing; n++) {
        expect(at.all).not.toBe('')
        at = await door.go(call, ['silence'])
      }
      expect(at.ringing).toEqual([COVER])
      await door.go(call, ['silence', 'silence'])
      const contact = await door.contactOf(from)
      expect(contact.clocks.filter(({ name }) => name === 'ringBack')).not.toEqual([])
      for (const { owner } of contact.clocks) expect(owner).not.toBe('')
    }
  )

  it('at night without anyone on shift the cover is rung at once, as the words say', async () => {
    const { ringing } = await door.ring(landline(), NUMBERS.southwark, ['1'])
    expect(ringing).toEqual([COVER])
  })

  it.each([
    ['in the queue', ['2', 'hang up'], undefined],
    ['as the navigator rings', ['2', '2', '2', 'hang up'], 'accept'],
  ])('the caller hangs up %s: a promise, and nobody is left waiting', async (_, does, action) => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, does.slice(0, -1))
    if (action) await asha.click(/Can you take/, action)
    await door.go(call, ['hang up'])
    const contact = await door.contactOf(from)
    expect(contact.clocks.some(({ state }) => state === 'running')).toBe(true)
    expect(await handset(door, ASHA).rings()).toBe(false)
  })

  it('Twilio does not ring anybody: the caller is brought to the cover', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const { call } = await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2', '0'])
    await door.simulator('faults', { service: 'twilio', fault: 'refusing', for: 'PT10M' })
    await asha.click(/Can you take/, 'accept')
    let at = await door.go(call, ['silence'])
    for (let n = 0; n < 14 && !at.ringing; n++) at = await door.go(call, ['silence'])
    expect(at.ringing).toEqual([COVER])
  })
})

describe('a navigator writes with somebody', () => {
  it('in order, with danger words alerted, and hands back', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    const to = NUMBERS.southwark
    await door.text(from, to, 'I need help with my mum')
    await asha.click(/Can you take/, 'accept')
    expect(await door.texts(from, to, ['2', '2', '2'])).toMatch(/A care navigator is here now/)
    await asha.say('How is she today?')
    expect((await door.phone(from)).texts.at(-1)?.body).toBe('How is she today?')
    const long = 'I will tell you what happens next, step by step. '.repeat(5).trim()
    await asha.say(long)
    expect((await asha.words()).at(-1)).toBe('Delivered as 2 texts.')
    expect((await door.phone(from)).texts.at(-1)?.body).toBe(long)
    expect(await door.text(from, to, 'weak, and she has chest pain')).toMatch(/ring 999 now/)
    await door.text(from, to, 'no, she is better')
    const words = await asha.words()
    expect(words.slice(-2)).toEqual([
      'DANGER WORDS. weak, and she has chest pain',
      'no, she is better',
    ])
    await asha.click(/You have/, 'hand-back-questions')
    expect((await door.phone(from)).texts.at(-1)?.body).toMatch(/Check 1 of 3/)
    await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    expect(await door.text(from, to, '2')).toMatch(/Check 2 of 3/)
  })
})

describe('how it was', () => {
  const ended = async (words: string) => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    const to = NUMBERS.southwark
    await door.text(from, to, words)
    await asha.click(/Can you take/, 'accept')
    await door.texts(from, to, ['2', '2', '2'])
    await asha.click(/You have/, 'hand-back-feedback')
    return { from, to }
  }

  it.each([
    ['5', false],
    ['1', true],
  ])('%s is kept; whoever says bad is owed a call: %s', async (score, owed) => {
    const { from, to } = await ended('hello')
    expect((await door.phone(from)).texts.at(-1)?.body).toMatch(/How was it/)
    expect(await door.text(from, to, score)).toMatch(/Thank you for telling us/)
    const contact = await door.contactOf(from)
    expect(contact.timeline.find(({ kind }) => kind === 'feedback')?.detail).toEqual({
      score: Number(score),
    })
    expect(contact.clocks.some(({ code }) => code === 'FEEDBACK')).toBe(owed)
  })

  it.each([
    ['whoever may be in danger from others', ['1', '5', '2'], false],
    ['anybody else', ['1', '6'], true],
  ])('whether it is asked of %s, after %s: %s', async (_, answers, asked) => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    await door.texts(from, NUMBERS.southwark, ['hello', '2', '2', '2', ...answers])
    await asha.click(/Can you take/, 'accept')
    await asha.click(/You have/, 'hand-back-feedback')
    const texts = (await door.phone(from)).texts.map(({ body }) => body)
    expect(texts.some((body) => /How was it/.test(body))).toBe(asked)
  })
})

describe('a shift', () => {
  it('ends only once no promise is left with them alone', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'hello')
    await asha.click(/Can you take/, 'accept')
    await door.texts(from, NUMBERS.southwark, ['2', '2', '2'])
    await asha.click(/You have/, 'hand-back-close')
    const wrapUp = { 'wrap-up.outcome': 'call-back', 'wrap-up.owner': 'asha' }
    await asha.click(/Write up/, 'wrap-up', wrapUp)
    await asha.say('home')
    await asha.click(/on shift/i, 'shift-end')
    const { ref } = await door.contactOf(from)
    expect((await asha.words()).at(-1)).toMatch(new RegExp(`You still own promises: ${ref}`))
  })

  it('a break is kept free: nothing is asked of them', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    await asha.click(/on shift/i, 'shift-break')
    const before = await asha.titles()
    const { ringing } = await door.ring(landline(), NUMBERS.southwark, ['1'])
    expect(await asha.titles()).toEqual(before)
    expect(ringing).toEqual([COVER])
  })
})

it('who knows the matter is asked before others, once it is said', async () => {
  const [asha, carys] = [staff(door, 'asha'), staff(door, 'carys')]
  await asha.start()
  const from = mobile()
  await door.texts(from, NUMBERS.southwark, ['hello', '2', '2', '2', '1'])
  await carys.start()
  await staff(door, 'ben').start()
  // Low, worried or alone.
  await door.text(from, NUMBERS.southwark, '4')
  await asha.click(/Can you take/, 'decline', { 'decline.reason': 'not-mine' })
  expect(await carys.titles()).toContainEqual(expect.stringMatching(/Can you take/))
  expect(await staff(door, 'ben').titles()).not.toContainEqual(
    expect.stringMatching(/Can you take/)
  )
})

it('whoever helped them before is asked first, and nobody is told of it', async () => {
  const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
  await ben.start()
  const from = mobile()
  const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
  await ben.click(/Can you take/, 'accept')
  await handset(door, BEN).answer()
  await door.go(call, ['hang up'])
  await ben.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
  await asha.start()
  const again = await door.ring(from, NUMBERS.southwark, ['2'])
  expect(await ben.titles()).toContainEqual(expect.stringMatching(/Can you take/))
  expect(await asha.titles()).not.toContainEqual(expect.stringMatching(/Can you take/))
  expect(again.all).not.toMatch(/Ben/)
})

it('a team that does not come: whoever asked for it is told so', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  await asha.click(/You have/, 'bring', { 'bring.service': 'rapid' })
  await handset(door, '+442079460230').decline()
  await door.settled()
  expect((await asha.words()).at(-1)).toMatch(/They did not answer, or said no/)
})
