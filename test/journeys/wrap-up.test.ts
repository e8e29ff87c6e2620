import { afterEach, beforeEach, expect, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const FALL = ['2', '2', '2', '1', '1', '2', '2', '1', 'silence', 'silence', '2']
const ADDRESS = ['1', '1', '1', 'Ann Smith, 4 Hill Road']

it('a nurse’s call that was promised is still owed once a navigator has spoken with them', async () => {
  const from = landline()
  const { all } = await door.ring(from, NUMBERS.southwark, [...FALL, ...ADDRESS])
  expect(all).toMatch(/nurse from the Enhanced Rapid Response team will ring you by/)
  const owed = async () =>
    (await door.views.promises('southwark')).map(({ code, owner }) => [code, owner])
  expect(await owed()).toEqual([['UCR2', 'shift-lead']])
  const { ref } = await door.contactOf(from)
  const contact = (await door.views.contact('southwark', ref))?.contact ?? ''
  const asha = staff(door, 'asha')
  await asha.start()
  await door.act('asha', { do: 'ring-out', contact, to: 'person' })
  await door.settled()
  await handset(door, '+442079460261').answer()
  await door.go(await handset(door, from).answer(), ['hang up'])
  await door.act('asha', staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' }))
  await door.settled()
  expect(await owed()).toEqual([['UCR2', 'shift-lead']])
})

it('what can not be is refused in words, and nothing is sent or promised', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = mobile()
  await door.text(from, NUMBERS.southwark, 'hello')
  const [{ contact } = { contact: '' }] = await door.views.queue('southwark')
  await asha.click(/Can you take/, 'accept')
  await door.texts(from, NUMBERS.southwark, ['2', '2', '2'])
  const texts = async () => (await door.phone(from)).texts.length
  const before = await texts()
  expect(await door.act('asha', { do: 'say', contact, text: ' \n ' })).toEqual({
    ok: false,
    words: 'Write something first. Nothing was sent.',
  })
  await door.settled()
  expect(await texts()).toBe(before)
  await asha.click(/You have/, 'hand-back-close')
  const act = { do: 'wrap-up', contact, outcome: 'call-back', owner: 'asha' } as const
  const past = staffActShape.parse({ ...act, by: '2026-11-24T14:19:00Z' })
  expect(await door.act('asha', past)).toMatchObject({ ok: false })
  expect(await door.views.promises('southwark')).toEqual([])
})
