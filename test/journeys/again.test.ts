import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const to = NUMBERS.southwark
const ASHA = '+442079460261'
const queue = () => door.views.queue('southwark')
const running = async (from: string) =>
  (await door.contactOf(from)).clocks
    .filter(({ state, name }) => state === 'running' && name !== 'standard')
    .map(({ code }) => code)

/** Asha wrote with somebody, and had our questions asked again. */
async function handedBack() {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = mobile()
  await door.text(from, to, 'I need help at home')
  await asha.click(/Can you take/, 'accept')
  await door.texts(from, to, ['2', '2', '2'])
  await asha.click(/You have/, 'hand-back-questions')
  return { asha, from }
}
const helped = { 'wrap-up.outcome': 'helped' }

describe('the questions are asked again after a navigator', () => {
  it('and danger is written: everybody is asked at once, whoever had it among them', async () => {
    const { asha, from } = await handedBack()
    const ben = staff(door, 'ben')
    await ben.start()
    expect(await door.text(from, to, 'she can not breathe')).toMatch(/999/)
    expect(await queue()).toMatchObject([
      { channel: 'sms', priority: 'P1', danger: 'yes', asked: ['asha', 'ben'] },
    ])
    await ben.click(/Can you take/, 'accept')
    await door.text(from, to, 'hurry')
    expect((await ben.words()).at(-1)).toBe('hurry')
    expect(await asha.titles()).toContainEqual(expect.stringMatching(/taken by Ben/))
  })

  it('and danger is written once it is written up', async () => {
    const { asha, from } = await handedBack()
    await asha.click(/Write up/, 'wrap-up', helped)
    await door.text(from, to, 'she can not breathe')
    expect(await queue()).toMatchObject([{ priority: 'P1', danger: 'yes', asked: ['asha'] }])
    expect(await running(from)).toContain('PERSON')
  })

  it('what they are promised then is not done because the part before is written up', async () => {
    const { asha, from } = await handedBack()
    const answers = ['2', '2', '2', '1', '3', '1', '2', '2', '2', '2', '2', '2']
    for (const answer of answers)
      if ((await running(from)).length === 0) await door.text(from, to, answer)
    const promised = await running(from)
    expect(promised).not.toEqual([])
    await asha.click(/Write up/, 'wrap-up', helped)
    expect(await running(from)).toEqual(promised)
  })
})

describe('who was cut off rings again', () => {
  it.each([
    ['from a landline, which we were about to ring', landline(), true],
    ['from a mobile, before we ring it', mobile(), false],
  ])('%s: whoever takes it is put through to this call', async (_, from, asked) => {
    const asha = staff(door, 'asha')
    await asha.start()
    const { call } = await door.ring(from, to, ['2', '2', '2', '1'])
    await door.go(call, ['hang up'])
    expect((await queue()).length).toBe(asked ? 1 : 0)
    await door.advance('PT1M')
    const again = await door.ring(from, to, ['2', '2', '2', '1'])
    expect(await door.contactsOf(from)).toHaveLength(1)
    expect(await queue()).toMatchObject([{ value: 'offered', asked: ['asha'] }])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const { with: people } = await door.simulator<{ with?: string[] }>(`calls/${again.call}`)
    expect(people).toEqual(['staff:asha'])
    expect(await running(from)).toEqual([])
    const told = kinds((await door.contactOf(from)).timeline)
    expect(told).not.toContain('call-back unanswered')
  })

  it('and hangs up again: the call that was promised is still made, and no try is lost', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const first = await door.ring(from, to, ['2', '2', '2', '1'])
    await door.go(first.call, ['hang up'])
    await door.advance('PT1M')
    const again = await door.ring(from, to, ['2', '2'])
    await door.go(again.call, ['hang up'])
    await door.advance('PT6M')
    expect(await queue()).toMatchObject([{ channel: 'voice', value: 'offered' }])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    expect(await handset(door, from).rings()).toBe(true)
    const told = kinds((await door.contactOf(from)).timeline)
    expect(told).not.toContain('call-back unanswered')
  })
})
