import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { pagesOf } from './pages.ts'
import { handset, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const ASHA = '+442079460261'
const withOf = async (call: string) =>
  (await door.simulator<{ with?: string[] }>(`calls/${call}`)).with
const contactNow = async () => (await door.views.queue('southwark'))[0]?.contact ?? ''

interface Answered {
  heard: string[]
  speaking: { call: string }[]
}
/** A telephone, or the machine behind it, answers and presses nothing. */
const picksUp = (number: string) =>
  door.simulator<Answered>(`phones/${encodeURIComponent(number)}`, { answer: true })

describe('who is brought into a call', () => {
  /** Carys is with a caller on the phone of her browser. */
  async function onSoftphone() {
    await door.act('carys', { do: 'shift', to: 'start' })
    await (await pagesOf(door.url, 'southwark', 'carys')).post('/phone/alive', {})
    const { call } = await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2'])
    const contact = await contactNow()
    await door.act('carys', { do: 'accept', contact })
    await door.settled()
    await door.simulator('clients/carys', { answer: true })
    expect(await withOf(call)).toEqual(['staff:carys'])
    return { call, contact }
  }

  it('a colleague by their own number: their voicemail is not put through', async () => {
    const { call, contact } = await onSoftphone()
    await door.act('asha', { do: 'shift', to: 'start' })
    await door.act('carys', { do: 'bring', contact, staff: 'asha' })
    await door.settled()
    const { speaking } = await picksUp(ASHA)
    expect(await withOf(call)).toEqual(['staff:carys'])
    await door.go(speaking[0]?.call ?? '', ['silence', 'silence'])
    expect(await withOf(call)).toEqual(['staff:carys'])
    await door.act('carys', { do: 'leave', contact })
    expect((await door.views.queue('southwark'))[0]?.by).toBe('carys')
  })

  it('a colleague by their own number, who presses 1, is', async () => {
    const { call, contact } = await onSoftphone()
    await door.act('asha', { do: 'shift', to: 'start' })
    await door.act('carys', { do: 'bring', contact, staff: 'asha' })
    await door.settled()
    await handset(door, ASHA).answer()
    expect(await withOf(call)).toEqual(['staff:carys', 'staff:asha'])
  })

  it('a colleague who is on a break, or went home, is not rung', async () => {
    const { contact } = await onSoftphone()
    for (const to of ['start', 'break', 'end'] as const) {
      await door.act('asha', { do: 'shift', to })
      if (to === 'start') continue
      const bring = { do: 'bring', contact, staff: 'asha' } as const
      expect(await door.act('carys', bring)).toMatchObject({ ok: false })
      await door.settled()
      expect(await handset(door, ASHA).rings()).toBe(false)
    }
  })

  it('of a contact that only safeguarding may see: nobody else of the staff', async () => {
    const { call, contact } = await onSoftphone()
    await door.act('asha', { do: 'shift', to: 'start' })
    await door.act('efua', { do: 'not-these', contact, numbers: ['+447700900999'] })
    const bring = { do: 'bring', contact, staff: 'asha' } as const
    expect(await door.act('carys', bring)).toMatchObject({ ok: false })
    expect(await withOf(call)).toEqual(['staff:carys'])
  })

  it('a second typed number has a line of its own, though the first was taken out', async () => {
    const { call, contact } = await onSoftphone()
    const bring = async (number: string) => {
      const act = { do: 'bring', contact, number, reason: 'has a key' } as const
      expect(await door.act('carys', act)).toMatchObject({ ok: true })
      await door.settled()
      await handset(door, number).answer()
    }
    await bring('+447700900771')
    await bring('+447700900772')
    await door.act('carys', { do: 'drop', contact, label: 'other:1' })
    await door.settled()
    await bring('+447700900773')
    expect(await withOf(call)).toEqual(['staff:carys', 'other:2', 'other:3'])
  })

  it('a number that was typed hears who we are, and nothing of the matter', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const { call } = await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2', '1', '1'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const [contact, neighbour] = [await contactNow(), '+447700900777']
    const why = { name: 'Neighbour', reason: 'has a key' }
    await door.act('asha', { do: 'bring', contact, number: neighbour, ...why })
    await door.settled()
    const { heard, speaking } = await picksUp(neighbour)
    const twice = await door.go(speaking[0]?.call ?? '', ['silence'])
    for (const words of [heard.join(' '), twice.all])
      expect(words).toMatch(
        /^This is Southwark Health and Care\. [^.]+\. To speak with them, press 1\.$/
      )
    await door.go(speaking[0]?.call ?? '', ['1'])
    expect(await withOf(call)).toEqual(['staff:asha', 'other:1'])
  })
})
