import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const to = NUMBERS.southwark
const ASHA = '+442079460261'
const texts = async (from: string) => (await door.phone(from)).texts.map(({ body }) => body)

interface Line {
  with?: string[]
  ended: boolean
  transcript: { who: string; text: string }[]
}
const heard = async (call: string) => {
  const { transcript, ended } = await door.simulator<Line>(`calls/${call}`)
  return { ended, said: transcript.filter(({ who }) => who === 'door').map(({ text }) => text) }
}

describe('somebody comes another way than they came first', () => {
  it('who was cut off in a call and writes is written with', async () => {
    const from = mobile()
    const { call } = await door.ring(from, to, ['2', '2', '2', '1'])
    await door.go(call, ['hang up'])
    const asha = staff(door, 'asha')
    await asha.start()
    await door.texts(from, to, ['hello, it is me', '2', '2', '2'])
    await asha.click(/Can you take/, 'accept')
    await asha.say('Hello, I am Asha.')
    expect((await texts(from)).at(-1)).toBe('Hello, I am Asha.')
    await door.text(from, to, 'good')
    expect((await asha.words()).at(-1)).toBe('good')
  })

  it.each([
    ['wrote', async (from: string) => void (await door.text(from, to, 'CALL ME'))],
    [
      'rang',
      async (from: string) =>
        void (await door.go((await door.ring(from, to, ['2'])).call, ['hang up'])),
    ],
  ])('who %s and is rung back is never left in silence', async (_, comes) => {
    const asha = staff(door, 'asha')
    const from = mobile()
    await comes(from)
    await asha.start()
    await door.advance('PT5M')
    await asha.click(/Can you take/, 'accept')
    const leg = await handset(door, ASHA).answer()
    const call = await handset(door, from).answer()
    expect((await asha.card(/You have/))?.actions.map(({ title }) => title)).toContain(
      'End the call'
    )
    await door.go(leg, ['hang up'])
    await door.settled()
    expect((await heard(call)).said.at(-1)).toMatch(/Stay on the line/)
    for (let n = 0; n < 4; n += 1) await door.advance('PT10S')
    const { said, ended } = await heard(call)
    expect(said.at(-1)).toMatch(/ring you/i)
    expect(ended).toBe(true)
  })
})
