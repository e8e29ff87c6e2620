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

/** Asha speaks with somebody. */
async function speaking(from: string) {
  const asha = staff(door, 'asha')
  await asha.start()
  await door.ring(from, to, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  return asha
}

describe('danger is texted by somebody whom a navigator speaks with', () => {
  it.each([
    ['in the first words', ['he has a knife']],
    ['in an answer', ['hello', '1']],
  ])('%s: they are told at once, and once', async (_, texts) => {
    const from = mobile()
    const asha = await speaking(from)
    await door.texts(from, to, [...texts, 'hurry'])
    const told = (await asha.words()).filter((words) => /the number you are with/.test(words))
    const { ref } = await door.contactOf(from)
    expect(told).toEqual([expect.stringContaining(ref)])
  })

  it.each([
    ['from another number', mobile(), 'he has a knife'],
    ['and it is no danger', undefined, 'thank you'],
  ])('%s: they are told nothing', async (_, other, words) => {
    const from = mobile()
    const asha = await speaking(from)
    await door.text(other ?? from, to, words)
    expect(await asha.words()).not.toContainEqual(expect.stringMatching(/the number you are with/))
  })
})
