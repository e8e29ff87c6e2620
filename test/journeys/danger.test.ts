import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'

let door: OpenedDoor
beforeAll(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterAll(() => door.close())

/** Clear of danger, an adult about themselves. */
const CLEAR = ['2', '2', '2', '1']
const NOBODY = ['silence', 'silence']

describe('someone in danger by phone', () => {
  it.each([
    ['chest pain at the first check', ['1'], ['E999']],
    ['stroke signs at the second check', ['2', '1'], ['E999']],
    ['chest pain after pressing 0 first', ['0', '1'], ['E999']],
    ['chest pain, said aloud', ['she has chest pain'], ['E999']],
    ['gas at the last check', ['2', '2', '1'], ['E999']],
    ['not sure at the first check', ['3'], ['HOLD']],
  ])('%s: recorded at once, told of 999, and a person is rung', async (_who, does, codes) => {
    const from = mobile()
    const call = await door.ring(from, NUMBERS.lewisham, does)
    expect(call.all).toMatch(/ring 9 9 9/)
    expect(call.ringing).toEqual(['+442079460110'])
    expect((await door.contactOf(from)).codes).toEqual(codes)
  })

  it('hears the 999 words when nobody comes, and each minute while the line is open', async () => {
    const from = mobile()
    const call = await door.ring(from, NUMBERS.lewisham, ['1', ...NOBODY])
    expect(call.all).toMatch(
      /Please hang up, and ring 9 9 9 now\. Say what is wrong, and where you are/
    )
    expect(call.ended).toBe(false)
    const again = await door.go(call.call, ['silence'])
    expect(again.all).toMatch(/ring 9 9 9 now/)
  })

  it('hard to get up: a person or 999, never a two-hour wait', async () => {
    const from = landline()
    const call = await door.ring(from, NUMBERS.lewisham, [...CLEAR, '1', '1'])
    expect(call.all).toMatch(/Stay still and keep warm/)
    expect(call.ringing).toHaveLength(1)
    expect((await door.contactOf(from)).codes).toEqual(['LIFT'])
    const alone = await door.go(call.call, NOBODY)
    expect(alone.all).toMatch(/ring 9 9 9/)
    expect((await door.contactOf(from)).codes).toEqual(['LIFT', 'E999'])
  })

  it('hangs up after a danger yes: what was recorded stays, and someone must look', async () => {
    const from = mobile()
    await door.ring(from, NUMBERS.lewisham, ['1', 'hang up'])
    const contact = await door.contactOf(from)
    expect(contact.codes).toContain('E999')
    expect(
      contact.clocks.filter(({ name, state }) => name === 'check' && state === 'running')
    ).toHaveLength(2)
    expect(contact.clocks.every(({ owner }) => owner !== '')).toBe(true)
  })

  it('hangs up in the checks: a welfare call within five minutes', async () => {
    const from = mobile()
    await door.ring(from, NUMBERS.lewisham, ['2', 'hang up'])
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['HOLD'])
    expect(contact.status).toBe('incomplete')
    const ringBack = contact.clocks.find(({ name }) => name === 'ringBack')
    const began = Date.parse((await door.contactsOf(from))[0]!['createdAt' as never])
    expect(Date.parse(ringBack!.due) - began).toBeLessThanOrEqual(6 * 60_000)
  })

  it('says nothing at all: asked again slowly, then a person, then the 999 words', async () => {
    const from = mobile()
    const call = await door.ring(from, NUMBERS.lewisham, ['silence'])
    expect(call.all).toMatch(/I did not hear you/)
    const second = await door.go(call.call, ['silence'])
    expect(second.ringing).toHaveLength(1)
    const last = await door.go(call.call, NOBODY)
    expect(last.all).toMatch(/9 9 9/)
    expect((await door.contactOf(from)).codes).toContain('HOLD')
  })

  it('says "no, she\'s not" at a check: taken for a no', async () => {
    const call = await door.ring(mobile(), NUMBERS.lewisham, ["no, she's not"])
    expect(call.all).toMatch(/Check two/)
  })

  it('says no and something more: asked again, never taken for a no', async () => {
    const call = await door.ring(mobile(), NUMBERS.lewisham, ['no but she is very pale'])
    expect(call.all).not.toMatch(/Check two/)
    expect(call.all.match(/Three quick checks/g)).toHaveLength(2)
  })

  it('a child: a person at once, and a task for the children’s front door', async () => {
    const from = mobile()
    const call = await door.ring(from, NUMBERS.southwark, ['2', '2', '2', '3', '1'])
    expect(call.ringing).toHaveLength(1)
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['EPOL', 'SAFE'])
    expect(contact.routes.find(({ code }) => code === 'SAFE')?.service).toMatch(/child|duty/)
  })
})

describe('someone in danger by text', () => {
  it('a first text that says mum can’t breathe gets the 999 words in the same message', async () => {
    const from = mobile()
    const reply = await door.text(from, NUMBERS.southampton, "mum can't breathe")
    expect(reply).toMatch(/ring 999 now/i)
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['E999'])
    expect(contact.person.inTheirWords).toBe("mum can't breathe")
  })

  it('suicidal words by text get 999, 111 and Samaritans, and a person with a time', async () => {
    await door.clock('2026-11-24T14:20:00Z')
    const from = mobile()
    const reply = await door.text(from, NUMBERS.southwark, 'i want to end my life')
    expect(reply).toMatch(/Thank you for telling me/)
    for (const words of [/999/, /111/, /116 123/, /A person will ring you by 2:25pm/])
      expect(reply).toMatch(words)
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['EMH'])
    expect(contact.priority).toBe('P1')
  })

  it('STOP at a check is heard: a person rings', async () => {
    const from = mobile()
    await door.text(from, NUMBERS.lewisham, 'hello')
    await door.text(from, NUMBERS.lewisham, 'STOP')
    expect((await door.contactOf(from)).codes).toEqual(['HOLD'])
  })

  it('silence at a check: a reminder at 3 minutes, a person promised at 10', async () => {
    const own = await open()
    try {
      await own.clock('2026-11-24T14:20:00Z')
      const from = mobile()
      await own.text(from, NUMBERS.lewisham, 'my leg hurts')
      await own.advance('PT3M1S')
      expect((await own.phone(from)).texts.at(-1)?.body).toMatch(/Check 1 of 3/)
      await own.advance('PT7M1S')
      expect((await own.phone(from)).texts.at(-1)?.body).toMatch(/999/)
      const contact = await own.contactOf(from)
      expect(contact.codes).toContain('HOLD')
    } finally {
      await own.close()
    }
  })
})
