import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pagesOf } from './console.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const ASHA = '+442079460261'
const PLACE = 'southwark'
const BEA = '+447700900901'

const pathOf = async (from: string) => `/console/contacts/${(await door.contactOf(from)).ref}`
const idOf = async (from: string) =>
  (await door.views.contact(PLACE, (await door.contactOf(from)).ref))?.contact ?? ''
const textsTo = async (from: string) => (await door.phone(from)).texts.map(({ body }) => body)

/** Somebody rings, says no to the first check, and is cut off: they are owed a call within five minutes. */
async function cutOff(from: string) {
  await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
  return pathOf(from)
}
const bea = { name: 'Bea', number: '07700 900901', relation: 'carer', may: 'plans' }

describe('a key worker', () => {
  it('is asked first when the number rings again weeks later, and the caller hears nothing of it', async () => {
    const from = mobile()
    const path = await cutOff(from)
    const dele = await pagesOf(door, 'dele')
    expect(await dele.read(path)).toContain('Key worker: nobody yet')
    expect(await dele.press(path, 'Name them', { staff: 'ben' })).toBe(
      'Ben is their key worker now, and is asked first.'
    )
    expect(await dele.read(path)).toMatch(/Key worker: Ben written down by Dele, Tuesday, 24 Nov/)
    const contact = await idOf(from)
    for (const code of ['HOLD', 'PERSON'])
      await door.act('dele', { do: 'close-promise', contact, code, how: 'met', note: '' })
    await door.clock('2026-12-15T14:20:00Z')
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await door.advance('PT1M')
    await ben.start()
    const { all, call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
    expect(all).not.toMatch(/Ben|key worker/i)
    expect(await ben.card(/Can you take/)).toBeDefined()
    expect(await asha.card(/Can you take/)).toBeUndefined()
    const story = await door.views.story(PLACE, await idOf(from))
    expect(story?.flags).toContain(
      'Ben is their key worker, if they are who rang before. Ask who they are.'
    )
    await door.go(call, ['hang up'])
    // Whoever else rings is asked of who has been free longest.
    const stranger = await door.ring(mobile(), NUMBERS.southwark, ['2', '2', '2'])
    expect(stranger.all).toBe(all)
    expect(await asha.card(/Can you take/)).toBeDefined()
  })

  it('is one of those who take contacts here', async () => {
    const from = mobile()
    await cutOff(from)
    const contact = await idOf(from)
    for (const who of ['nobody', 'gwen'])
      expect(await door.act('dele', { do: 'key-worker', contact, staff: who })).toMatchObject({
        ok: false,
      })
  })
})

describe('somebody who may speak for them', () => {
  it('is written down with who heard it and when, rung from the contact, and taken off again', async () => {
    const asha = staff(door, 'asha')
    const from = mobile()
    const path = await cutOff(from)
    await asha.start()
    const pages = await pagesOf(door, 'asha')
    const contact = await idOf(from)
    expect(await door.act('asha', { do: 'ring-out', contact, to: 'carer' })).toMatchObject({
      ok: false,
      words: expect.stringContaining('Nobody like that is agreed'),
    })
    await pages.press(path, 'Write them down', bea)
    expect(await pages.read(path)).toMatch(
      /Bea, their carer, 07700 900 901 May be told: what was agreed, and when written down by Asha, Tuesday, 24 November 2026/
    )
    expect(await pages.press(path, 'Ring them: Bea')).toBe('Ringing their carer now.')
    await handset(door, ASHA).answer()
    expect(await handset(door, BEA).rings()).toBe(true)
    expect(await handset(door, from).rings()).toBe(false)
    await handset(door, BEA).decline()
    expect(await pages.press(path, 'May not be told any more: Bea')).toBe(
      'They may not be told any more.'
    )
    expect(await pages.read(path)).toContain('They have named nobody who may speak for them.')
    const { timeline } = await door.contactOf(from)
    expect(JSON.stringify(timeline)).not.toMatch(/Bea|900901/)
  })

  it('is a hint by the number alone: nobody is rung by it before the person was asked', async () => {
    const from = mobile()
    await staff(door, 'asha').start()
    const pages = await pagesOf(door, 'asha')
    const first = await cutOff(from)
    await pages.press(first, 'Write them down', bea)
    const again = async () => {
      await door.advance('PT5H')
      const { all } = await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
      expect(all).not.toContain('Bea')
      const path = await pathOf(from)
      expect(path).not.toBe(first)
      return path
    }
    const second = await again()
    expect(await pages.read(second)).toContain('Ask who they are.')
    expect(await pages.buttons(second)).not.toContain('Ring them: Bea')
    const contact = await idOf(from)
    expect(await door.act('asha', { do: 'ring-out', contact, to: 'carer' })).toMatchObject({
      ok: false,
      words: expect.stringContaining('First say if they are the same person'),
    })
    await pages.press(second, 'Somebody else')
    expect(await pages.read(second)).not.toContain('Bea')
    const third = await again()
    await pages.press(third, 'They are the same person')
    expect(await pages.buttons(third)).toContain('Ring them: Bea')
  })

  it('is nobody whom the contact is kept from, whatever was agreed', async () => {
    const from = mobile()
    await cutOff(from)
    await staff(door, 'efua').start()
    const contact = await idOf(from)
    const agree = { do: 'agree', contact, relation: 'carer', name: 'Bea', may: 'all' } as const
    expect(await door.act('efua', { ...agree, number: BEA })).toMatchObject({ ok: true })
    await door.act('efua', { do: 'not-these', contact, numbers: [BEA] })
    const view = await door.views.contact(PLACE, (await door.contactOf(from)).ref)
    expect(view?.people.agreed).toEqual([])
    expect(await door.act('efua', { ...agree, number: BEA })).toMatchObject({ ok: false })
    // Nothing of a contact that only safeguarding may see goes on to the next one of its number.
    await door.advance('PT5H')
    await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
    expect((await door.views.contact(PLACE, (await door.contactOf(from)).ref))?.people).toEqual({
      relay: false,
      nextOfKin: false,
    })
  })

  it('is asked for, with the key worker, when an urgent call back is not answered', async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    const from = mobile()
    const path = await cutOff(from)
    await ben.start()
    await ben.click(/on shift/i, 'shift-break')
    const pages = await pagesOf(door, 'asha')
    await pages.press(path, 'Write them down', { ...bea, relation: 'next-of-kin' })
    await pages.press(path, 'Name them', { staff: 'ben' })
    for (const wait of ['PT2M', 'PT14M39S']) {
      await door.advance(wait)
      await asha.click(/Can you take/, 'accept')
      await handset(door, ASHA).answer()
      await door.advance('PT21S')
      await door.settled()
    }
    expect(await ben.words()).toContainEqual(expect.stringMatching(/You know them: please see/))
    expect(await asha.words()).toContainEqual(expect.stringMatching(/please ask Ben to see if/))
    expect(await asha.words()).toContainEqual(expect.stringMatching(/ring their next of kin/))
  })
})

describe('they have died', () => {
  const owed = async (from: string) =>
    (await door.contactOf(from)).clocks.filter(({ state }) => /running|missed/.test(state))

  it('one mark ends all contact, and a supervisor may take it away', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    const path = await cutOff(from)
    const before = await textsTo(from)
    const pages = await pagesOf(door, 'asha')
    expect(await pages.press(path, 'End all contact', { told: 'Their sister rang' })).toMatch(
      /^Written down\. Nothing of ours reaches them now/
    )
    expect(await owed(from)).toEqual([])
    expect(await door.views.promises(PLACE)).toEqual([])
    const titles = await asha.titles()
    for (let hours = 0; hours < 4; hours += 1) await door.advance('PT1H')
    expect([await textsTo(from), await asha.titles()]).toEqual([before, titles])
    const contact = await idOf(from)
    expect(await door.act('asha', { do: 'ring-out', contact, to: 'person' })).toMatchObject({
      ok: false,
    })
    expect(await pages.read(path)).toMatch(
      /They have died\. All contact has ended\. Marked by Asha/
    )
    expect(await pages.buttons(path)).not.toContain('Take the mark away')
    expect(await door.act('asha', { do: 'not-died', contact, why: 'x' })).toMatchObject({
      ok: false,
    })
    const dele = await pagesOf(door, 'dele')
    await dele.press(path, 'Take the mark away', { why: 'It was their brother' })
    expect(await owed(from)).not.toEqual([])
    expect(await door.views.promises(PLACE)).not.toEqual([])
    await door.advance('PT5M')
    expect(await asha.card(/Can you take/)).toBeDefined()
    expect(kinds((await door.contactOf(from)).timeline)).toEqual(
      expect.arrayContaining(['died', 'call-back withdrawn', 'not-died'])
    )
  })

  it('of the same name and number every contact ends; the living are answered as ever', async () => {
    await staff(door, 'asha').start()
    const from = mobile()
    const named = async () => {
      const NAV = ['2', '2', '2', '1', '6', '3', '1', '1', '1', 'Ann', 'hang up']
      await door.ring(from, NUMBERS.southwark, NAV)
      return pathOf(from)
    }
    const first = await named()
    await door.advance('PT5H')
    const second = await named()
    expect(second).not.toBe(first)
    const pages = await pagesOf(door, 'asha')
    await pages.press(second, 'End all contact')
    expect(await pages.read(first)).toContain('They have died. All contact has ended.')
    const { all } = await door.ring(from, NUMBERS.southwark, ['2'])
    expect(all).toMatch(/Check two/)
    expect((await door.views.story(PLACE, await idOf(from)))?.flags).toContain(
      'Someone with this number has died. Be gentle, and ask who they are.'
    )
    await door.text(from, NUMBERS.southwark, 'who are you')
    expect(await textsTo(from)).not.toEqual([])
  })
})
