import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const queue = () => door.views.queue('southwark')
const to = NUMBERS.southwark

describe('danger by text is asked of everybody at once', () => {
  it.each([
    ['mum can’t breathe', 'body'],
    ['I want to kill myself', 'self'],
  ])('in the first words: %s', async (words, of) => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await ben.start()
    const from = mobile()
    expect(await door.text(from, to, words)).toMatch(/999/)
    expect(await queue()).toMatchObject([
      { channel: 'sms', priority: 'P1', danger: 'yes', asked: ['asha', 'ben'], of },
    ])
    await ben.click(/Can you take/, 'accept')
    expect((await door.phone(from)).texts.at(-1)?.body).toMatch(/A care navigator is here now/)
    await door.text(from, to, 'she is blue')
    expect((await ben.words()).at(-1)).toMatch(/she is blue/)
  })
})
