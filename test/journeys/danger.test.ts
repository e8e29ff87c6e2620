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

describe('texts soon after the end', () => {
  it('thanks are kept with the contact, and asked nothing', async () => {
    await door.clock('2026-11-24T14:20:00Z')
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'i want to end my life')
    const reply = await door.text(from, NUMBERS.southwark, 'ok thank you')
    expect(reply).toMatch(/added this to what you told us.*999/)
    expect(await door.contactsOf(from)).toHaveLength(1)
    expect((await door.contactOf(from)).timeline.at(-1)).toMatchObject({
      kind: 'after-end',
      heard: 'ok thank you',
    })
  })

  it('a new matter is asked about danger anew', async () => {
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'i want to end my life')
    expect(await door.text(from, NUMBERS.southwark, 'now my mum has fallen over')).toMatch(
      /Check 1 of 3/
    )
  })

  it('danger words after the end bring the 999 words again', async () => {
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'i want to end my life')
    expect(await door.text(from, NUMBERS.southwark, "she's not breathing")).toMatch(/ring 999 now/)
  })

  it('three minutes after the 999 words a mobile is asked whether it reached 999; 2 brings a person', async () => {
    const own = await open()
    try {
      await own.clock('2026-11-24T14:20:00Z')
      const from = mobile()
      await own.text(from, NUMBERS.lewisham, "mum can't breathe")
      await own.advance('PT3M1S')
      expect((await own.phone(from)).texts.at(-1)?.body).toMatch(/Did you reach 999/)
      const reply = await own.text(from, NUMBERS.lewisham, '2')
      expect(reply).toMatch(/A person will ring you by 2:30pm today/)
    } finally {
      await own.close()
    }
  })
})

describe('a person who is rung', () => {
  it('answers, is joined to the caller, and the contact is handed over', async () => {
    await door.clock('2026-11-24T14:20:00Z')
    const from = mobile()
    const call = await door.ring(from, NUMBERS.southampton, ['1'])
    await door.answer(call.ringing![0]!)
    const joined = await door.go(call.call, [])
    expect(joined.with).toHaveLength(1)
    const contact = await door.contactOf(from)
    expect(contact.status).toBe('handed-over')
    expect(contact.timeline.some(({ kind }) => kind === 'joined')).toBe(true)
  })

  it('is rung on the second number when the first does not answer', async () => {
    const from = mobile()
    const call = await door.ring(from, NUMBERS.southampton, ['1', 'silence'])
    expect(call.ringing).toEqual(['+441632960311'])
    await door.answer('+441632960311')
    expect((await door.contactOf(from)).status).toBe('handed-over')
  })
})

it('someone who rings a third time in a week is flagged for the key worker, and hears the same words', async () => {
  await door.clock('2026-11-24T14:20:00Z')
  const from = mobile()
  const first = await door.ring(from, NUMBERS.lewisham, ['hang up'])
  await door.ring(from, NUMBERS.lewisham, ['hang up'])
  await door.ring(from, NUMBERS.lewisham, ['hang up'])
  const again = await door.ring(from, NUMBERS.lewisham)
  expect(again.heard).toEqual(first.all.split('\n'))
  const { repeat } = (await door.contactOf(from)) as unknown as { repeat?: boolean }
  expect(repeat).toBe(true)
})

it('abuse is answered once, danger is still asked, and then the call is ended and logged', async () => {
  const from = mobile()
  const call = await door.ring(from, NUMBERS.lewisham, ['fuck off you idiot'])
  expect(call.all).toMatch(/I want to help\. If this goes on I will end the call/)
  expect(call.all.match(/Three quick checks/g)).toHaveLength(2)
  const last = await door.go(call.call, ['2', '2', '2', 'piss off'])
  expect(last.ended).toBe(true)
  expect((await door.contactOf(from)).codes).toContain('HOLD')
})

it('another language: the danger line, a person with an interpreter', async () => {
  const from = mobile()
  const call = await door.ring(from, NUMBERS.lewisham, ['9'])
  expect(call.all).toMatch(/press 1 now/)
  const on = await door.go(call.call, ['silence'])
  expect(on.all).toMatch(/someone who speaks your language/)
  expect(on.ringing).toHaveLength(1)
})
