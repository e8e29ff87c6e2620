import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const to = NUMBERS.southwark
const ASHA = '+442079460261'
const BEN = '+442079460262'
const queue = () => door.views.queue('southwark')
const shifts = async () =>
  (await door.views.staff('southwark'))
    .filter(({ shift }) => shift !== 'off')
    .map(({ staff, shift }) => [staff, shift])
const told = async (from: string) => kinds((await door.contactOf(from)).timeline)

/** Asha has spoken with somebody and written it up. */
async function spokenWith() {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = landline()
  const { call } = await door.ring(from, to, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  const [{ contact } = { contact: '' }] = await queue()
  await door.go(call, ['hang up'])
  await door.act('asha', staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' }))
  await door.settled()
  return { asha, from, contact }
}
const rings = (who: string, contact: string) =>
  door.act(who, { do: 'ring-out', contact, to: 'person' })

describe('a navigator rings somebody', () => {
  it('and a colleague does at the same moment: one of them has it, and the other is told', async () => {
    const { contact, from } = await spokenWith()
    await staff(door, 'ben').start()
    const said = await Promise.all([rings('asha', contact), rings('ben', contact)])
    await door.settled()
    expect(said.map(({ ok }) => ok).sort()).toEqual([false, true])
    const ringing = await Promise.all([ASHA, BEN].map((number) => handset(door, number).rings()))
    expect(ringing).toEqual(said.map(({ ok }) => ok))
    expect((await told(from)).filter((kind) => kind === 'ring-out')).toHaveLength(1)
  })

  it('and does not answer their own phone: nobody waits, so nobody else is asked', async () => {
    const { contact, from } = await spokenWith()
    await staff(door, 'ben').start()
    expect(await rings('asha', contact)).toMatchObject({ ok: true })
    for (let n = 0; n < 6; n += 1) await door.advance('PT20S')
    expect(await queue()).toEqual([])
    expect(await shifts()).toEqual([
      ['asha', 'available'],
      ['ben', 'available'],
    ])
    expect((await told(from)).slice(-6)).not.toContain('offered')
    expect(await rings('ben', contact)).toMatchObject({ ok: true })
  })
})
