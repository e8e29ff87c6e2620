import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const to = NUMBERS.southwark
const queue = () => door.views.queue('southwark')

/** Asha writes with somebody, and her shift is ended by a supervisor. */
async function cutOff() {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = mobile()
  await door.text(from, to, 'I need help with my mum')
  await asha.click(/Can you take/, 'accept')
  await door.texts(from, to, ['2', '2', '2'])
  await asha.say('How is she?')
  await door.act('dele', { do: 'end-shift', staff: 'asha', why: 'gone home ill' })
  await door.settled()
  return from
}

describe('what is written while nobody is there', () => {
  it('after a navigator was lost is kept with the contact, and shown to the next one', async () => {
    const from = await cutOff()
    expect(await door.text(from, to, 'she is weak now, hello?')).toMatch(/We have added this/)
    expect(await door.contactsOf(from)).toHaveLength(1)
    const ben = staff(door, 'ben')
    await ben.start()
    await ben.click(/Can you take/, 'accept')
    expect(await ben.words()).toContain('she is weak now, hello?')
    expect(await door.text(from, to, 'are you there?')).toBe('')
    await ben.say('Yes, I am Ben.')
    expect((await ben.words()).filter((words) => words === 'she is weak now, hello?')).toHaveLength(
      1
    )
    expect((await ben.words()).slice(-2)).toEqual(['are you there?', 'Delivered as 1 text.'])
    expect((await door.phone(from)).texts.at(-1)?.body).toBe('Yes, I am Ben.')
  })

  it('and is danger: the 999 words, and first of all, asked of everybody', async () => {
    const from = await cutOff()
    expect(await door.text(from, to, 'she has chest pain')).toMatch(/ring 999 now/)
    expect(await queue()).toMatchObject([{ priority: 'P1', danger: 'not-sure', of: 'body' }])
    const [ben, carys] = [staff(door, 'ben'), staff(door, 'carys')]
    await ben.start()
    await carys.start()
    expect((await queue())[0]?.asked).toEqual(['ben', 'carys'])
    await carys.click(/Can you take/, 'accept')
    expect(await carys.words()).toContain('she has chest pain')
  })

  it('after danger in a first text joins that contact, whoever takes it', async () => {
    const ben = staff(door, 'ben')
    await ben.start()
    const from = mobile()
    await door.text(from, to, 'mum can not breathe')
    expect(await door.text(from, to, 'she is blue, please come')).toMatch(/999/)
    expect(await door.contactsOf(from)).toHaveLength(1)
    await ben.click(/Can you take/, 'accept')
    expect(await ben.words()).toContain('she is blue, please come')
    await door.text(from, to, 'number 4, the red door')
    expect((await ben.words()).at(-1)).toBe('number 4, the red door')
  })
})

it('danger that is written to a navigator who is lost then comes first', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = mobile()
  await door.text(from, to, 'hello')
  await asha.click(/Can you take/, 'accept')
  await door.texts(from, to, ['2', '2', '2'])
  await door.text(from, to, 'I have taken pills, I want to die')
  await door.act('dele', { do: 'end-shift', staff: 'asha', why: 'gone home ill' })
  await door.settled()
  expect(await queue()).toMatchObject([{ value: 'waiting', priority: 'P1', of: 'self' }])
})
