import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const to = NUMBERS.southwark
const ASHA = '+442079460261'
const ABUSER = '+447700900999'
const queue = () => door.views.queue('southwark')
const restrict = async (contact: string) => {
  expect(await door.act('efua', { do: 'not-these', contact, numbers: [ABUSER] })).toMatchObject({
    ok: true,
  })
  await door.settled()
}

describe('a contact that only safeguarding may see from now on', () => {
  it('while others are asked: they are asked no more, and safeguarding is', async () => {
    const [asha, efua] = [staff(door, 'asha'), staff(door, 'efua')]
    await asha.start()
    await efua.start()
    const from = mobile()
    await door.text(from, to, 'I need help at home')
    const [{ contact } = { contact: '' }] = await queue()
    expect(await queue()).toMatchObject([{ value: 'offered', asked: ['asha'] }])
    await restrict(contact)
    expect(await queue()).toMatchObject([{ value: 'offered', asked: ['efua'] }])
    expect(await asha.card(/Can you take/)).toBeUndefined()
    await efua.click(/Can you take/, 'accept')
    await door.texts(from, to, ['2', '2', '2'])
    await efua.say('I am here.')
    expect((await door.phone(from)).texts.at(-1)?.body).toBe('I am here.')
  })

  it('while nobody is free for them: only safeguarding is asked, whoever comes first', async () => {
    const from = mobile()
    const asha = staff(door, 'asha')
    await asha.start()
    await door.text(mobile(), to, 'hello')
    await asha.click(/Can you take/, 'accept')
    await door.text(from, to, 'I need help at home')
    const theirs = async () => (await queue()).filter(({ by }) => by !== 'asha')
    const [{ contact } = { contact: '' }] = await theirs()
    expect(await theirs()).toMatchObject([{ value: 'waiting', restricted: false }])
    await restrict(contact)
    expect(await theirs()).toMatchObject([{ value: 'waiting', restricted: true }])
    await staff(door, 'ben').start()
    expect(await theirs()).toMatchObject([{ value: 'waiting', asked: [] }])
    await staff(door, 'efua').start()
    expect(await theirs()).toMatchObject([{ value: 'offered', asked: ['efua'] }])
  })

  it('a promise of it that is late goes to safeguarding too', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, to, ['2', '2', '2'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const [{ contact } = { contact: '' }] = await queue()
    await door.go(call, ['hang up'])
    const next = { owner: 'asha', nextStep: 'Ring them', by: '2026-11-24T14:30:00Z' }
    const act = { do: 'wrap-up', contact, outcome: 'helped', ...next }
    await door.act('asha', staffActShape.parse(act))
    await door.advance('PT30M')
    const promises = () => door.views.promises('southwark')
    expect(await promises()).toMatchObject([{ code: 'NEXT', owner: 'asha', late: true }])
    expect((await door.contactOf(from)).clocks).toMatchObject([{ code: 'NEXT', state: 'missed' }])
    await restrict(contact)
    expect(await promises()).toMatchObject([{ code: 'NEXT', owner: 'adult-duty', late: true }])
  })
})
