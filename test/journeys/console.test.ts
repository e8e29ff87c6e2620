import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wrapUpShape } from '../../src/handoff/acts.ts'
import { pagesOf } from './console.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const ASHA = '+442079460261'

/** Somebody rings, says no to the first check, and is cut off: they are owed a call within five minutes. */
async function cutOff(from: string) {
  await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
  return `/console/contacts/${(await door.contactOf(from)).ref}`
}

const owed = async (from: string) =>
  (await door.contactOf(from)).clocks.filter(({ name }) => name === 'ringBack')

/** All four calls of an urgent call back, which nobody answers. */
async function unanswered(from: string) {
  const asha = staff(door, 'asha')
  for (const wait of ['PT2M', 'PT14M39S', 'PT44M39S', 'PT1H59M39S']) {
    await door.advance(wait)
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    expect(await handset(door, from).rings()).toBe(true)
    await door.advance('PT21S')
    await door.settled()
  }
}

describe('what the pages say', () => {
  it('no urgency of somebody of whom nothing is known yet, and the right one once it is', async () => {
    await staff(door, 'asha').start()
    const pages = await pagesOf(door, 'asha')
    const { call } = await door.ring(mobile(), NUMBERS.southwark, ['2', '2', '2'])
    const unsorted = await pages.read('/console/queue')
    expect(unsorted).toContain('Not sorted yet')
    expect(unsorted).not.toMatch(/Information|P4/)
    await door.go(call, ['0'])
    expect(await pages.read('/console/queue')).not.toContain('Information')
  })

  it('what they answered, also of somebody whom nobody is asked to take', async () => {
    const [asha, pages] = [staff(door, 'asha'), await pagesOf(door, 'dele')]
    await asha.start()
    await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const { call } = await door.ring(mobile(), NUMBERS.southwark, [])
    expect(await pages.read('/console/queue')).toContain('DANGER NOT ASKED')
    await door.go(call, ['2', '2', '2'])
    expect(await pages.read('/console/queue')).not.toContain('DANGER NOT ASKED')
    await door.go(call, ['1', '2', '2', '2'])
    expect(await pages.read('/console/queue')).toMatch(/Urgent P2/)
  })
})

describe('every step of a contact', () => {
  it('is told in plain words and with names, and no id of ours or of Twilio is shown', async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await ben.start()
    const to = NUMBERS.southwark
    const from = mobile()
    await door.text(from, to, 'I need help with my mum')
    await asha.click(/Can you take/, 'decline', { 'decline.reason': 'know-them' })
    await ben.click(/Can you take/, 'accept')
    await door.texts(from, to, ['2', '2', '2'])
    await ben.say('How is she?')
    await door.text(from, to, 'she has chest pain')
    await ben.click(/this may be danger/, 'danger-no')
    await ben.click(/You have/, 'hand-back-close')
    await ben.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    const path = `/console/contacts/${(await door.contactOf(from)).ref}`
    const words = await (await pagesOf(door, 'dele')).read(path)
    const steps = words.slice(words.indexOf('Every step'), words.indexOf('What you can do'))
    for (const said of [
      'Asha passed it on: “I know this person”',
      'Ben took it, in writing',
      'Ben is with the person',
      'Ben wrote How is she?',
      'Words of danger',
      'Ben asked about danger: no',
      'Ben ends it',
      'Ben wrote it up How it ended: Helped',
    ])
      expect(steps).toContain(said)
    expect(steps).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|SM[0-9a-f]{32}|\d{4}-\d\d-\d\dT|[a-z]_[a-z]/)
  })
})

describe('what comes next', () => {
  const NAV = ['2', '2', '2', '1', '6', '3', '1', '1', '1', 'Ann']

  /** Somebody is helped by phone, and written up with what comes next. */
  async function writtenUp(from: string, wrapUp: Record<string, string>) {
    const asha = staff(door, 'asha')
    const { call } = await door.ring(from, NUMBERS.southwark, NAV.slice(0, 3))
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    await door.go(call, ['hang up'])
    await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped', ...wrapUp })
  }
  const rings = 'Ring the pharmacy about the boxes'
  const visits = 'See if the rails were put in'

  it('stands in the lists and on the handover sheet as it was written, until it is done', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    await writtenUp(from, { 'wrap-up.nextStep': rings, 'wrap-up.owner': 'asha' })
    const pages = await pagesOf(door, 'asha')
    const { ref } = await door.contactOf(from)
    const lists = ['/console', '/console/promises', `/console/contacts/${ref}`]
    for (const path of [...lists, '/console/shift'])
      expect([path, await pages.read(path)]).toEqual([path, expect.stringContaining(rings)])
    await pages.press('/console/promises', 'Close it', { how: 'met' })
    for (const path of ['/console/promises', '/console/shift'])
      expect(await pages.read(path)).not.toContain(rings)
  })

  it('twice for one contact is two promises, each with its owner, and closed one by one', async () => {
    const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
    await asha.start()
    await ben.start()
    const from = mobile()
    await writtenUp(from, { 'wrap-up.nextStep': rings, 'wrap-up.owner': 'ben' })
    const view = await door.views.contact('southwark', (await door.contactOf(from)).ref)
    const contact = view?.contact ?? ''
    const again = { outcome: 'helped', owner: 'navigators', nextStep: visits }
    const by = '2026-11-25T15:00:00Z'
    await door.act('asha', { do: 'wrap-up', contact, ...wrapUpShape.parse({ ...again, by }) })
    await door.settled()
    const owed = async () =>
      (await door.views.promises('southwark')).map(({ owner, words }) => [owner, words])
    expect(await owed()).toEqual([
      ['ben', rings],
      ['navigators', visits],
    ])
    await ben.say('home')
    await ben.click(/on shift/i, 'shift-end')
    expect((await ben.words()).at(-1)).toMatch(/You still own promises/)
    const dele = await pagesOf(door, 'dele')
    await dele.press('/console/promises', 'Close it', { how: 'met' })
    expect(await owed()).toEqual([['navigators', visits]])
  })
})

describe('what one does on the pages', () => {
  it('asks about words of danger before a text is closed as helped', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = mobile()
    await door.text(from, NUMBERS.southwark, 'I need help with my mum')
    await asha.click(/Can you take/, 'accept')
    await door.texts(from, NUMBERS.southwark, ['2', '2', '2', 'she has chest pain'])
    const path = `/console/contacts/${(await door.contactOf(from)).ref}`
    const pages = await pagesOf(door, 'asha')
    await asha.click(/You have/, 'hand-back-close')
    expect(await pages.read(path)).toContain('Ask about danger again.')
    expect(await pages.press(path, 'Finish', { outcome: 'helped' })).toMatch(
      /First say if someone is in danger/
    )
    await pages.press(path, 'None of these')
    expect(await pages.buttons(path)).not.toContain('None of these')
    expect(await pages.press(path, 'Finish', { outcome: 'helped' })).toBe(
      'Written down. Thank you.'
    )
  })

  it('decides what is done for somebody who answered no urgent call back, and why', async () => {
    await staff(door, 'asha').start()
    const from = mobile()
    const path = await cutOff(from)
    const ben = await pagesOf(door, 'ben')
    expect(await ben.buttons(path)).not.toContain('Write it down')
    await unanswered(from)
    expect(await ben.read(path)).toContain('Are they safe? You decide.')
    const why = 'Their daughter has no key, so I rang 101.'
    const said = await ben.press(path, 'Write it down', { police: 'true', why })
    expect(said).toBe('Written down. Thank you.')
    const contact = await door.contactOf(from)
    expect(contact.timeline.find(({ kind }) => kind === 'welfare-decided')?.detail).toMatchObject({
      by: 'ben',
      police: true,
      why,
    })
    expect(contact.clocks.filter(({ code }) => code === 'WELF')).toMatchObject([{ state: 'met' }])
    expect(await ben.buttons(path)).not.toContain('Write it down')
  })

  it('says that they speak through Relay UK: no machine rings them then', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    await asha.click(/on shift/i, 'shift-break')
    const path = await cutOff(from)
    const ben = await pagesOf(door, 'ben')
    await ben.press(path, 'Keep it', { relay: 'true', nextOfKin: 'true' })
    expect(await ben.read(path)).toContain('ring 18002 and then their number')
    expect(kinds((await door.contactOf(from)).timeline)).toContain('call-back withdrawn')
    // Somebody still owes them the call, and is told to make it.
    expect(await owed(from)).toContainEqual(expect.objectContaining({ state: 'running' }))
    expect(await asha.words()).toContainEqual(expect.stringMatching(/reach them another way/))
    await ben.press(path, 'Keep it', { relay: 'false' })
    expect(await ben.read(path)).not.toContain('then their number')
    expect(kinds((await door.contactOf(from)).timeline).at(-1)).toBe('queued')
  })

  it('ends the shift of somebody who cannot, and what they had goes back to the team', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    expect(await (await pagesOf(door, 'ben')).buttons('/console/queue')).not.toContainEqual(
      expect.stringContaining('End their shift')
    )
    const dele = await pagesOf(door, 'dele')
    const why = 'Taken ill at their desk'
    expect(await dele.press('/console/queue', 'End their shift', { why })).toBe(
      'The shift of Asha is over. What they had goes back to the team.'
    )
    await door.settled()
    const asleep = (await door.views.staff('southwark')).find((one) => one.staff === 'asha')
    expect(asleep?.shift).toBe('off')
    expect((await door.views.queue('southwark')).map(({ by }) => by)).toEqual([undefined])
    const { ended } = await door.simulator<{ ended: boolean }>(`calls/${call}`)
    expect(ended).toBe(false)
  })
})
