import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedPlaces, landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'

let door: OpenedDoor
beforeAll(async () => {
  door = await open()
})
afterAll(() => door.close())

const CLEAR = ['2', '2', '2', '1']
const NOBODY = ['silence', 'silence']
/** A fall: up, no head injury, hard to stand, nobody free, no sign of a broken bone. */
const FALL = [...CLEAR, '1', '2', '2', '1', ...NOBODY, '2']

describe('a fall, up but hard to stand, no bone sign, no person free', () => {
  it.each([
    ['at 14:20 on a Tuesday', '2026-11-24T14:20:00Z'],
    ['at 14:20 on a bank holiday', '2026-12-28T14:20:00Z'],
  ])('%s: the two-hour response, with the ring-back time', async (_when, now) => {
    await door.clock(now)
    const from = landline()
    const call = await door.ring(from, NUMBERS.lewisham, [
      ...FALL,
      '1',
      '1',
      '1',
      'Ann Smith, 4 Hill Road',
    ])
    expect(call.all).toMatch(/A nurse from .* will ring you by .* this afternoon/)
    expect(call.all).toMatch(/Your number is \d \d \d, \d \d \d, \d \d/)
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['UCR2'])
    expect(contact.status).toBe('promised')
    const due = contact.clocks.find(({ name }) => name === 'ringBack')!.due
    expect(Date.parse(due) - Date.parse(now)).toBeLessThanOrEqual(32 * 60_000)
    expect(
      Date.parse(contact.clocks.find(({ name }) => name === 'standard')!.due) - Date.parse(now)
    ).toBeLessThanOrEqual(122 * 60_000)
    expect(contact.consent).toBe('yes')
    expect(contact.person.name).toBe('Ann Smith, 4 Hill Road')
  })

  it.each([
    ['at 19:50', '2026-11-24T19:50:00Z'],
    ['at 21:10', '2026-11-24T21:10:00Z'],
  ])('%s: 111 and a morning slot', async (_when, now) => {
    await door.clock(now)
    const from = landline()
    const call = await door.ring(from, NUMBERS.lewisham, FALL)
    expect(call.all).toMatch(/Please ring 1 1 1 now/)
    const contact = await door.contactOf(from)
    expect(contact.codes).toEqual(['E111', 'CALL'])
    expect(
      contact.clocks.some(({ name, state }) => name === 'ringBack' && state === 'running')
    ).toBe(true)
  })

  it('at 03:00 with no cover: no one is said to be coming, 111 at once, a morning task', async () => {
    const places = changedPlaces('lewisham', (text) =>
      text.replace(
        / {2}- \{ hours: \{ daily: 20:00-08:00 \}.*\n/,
        '  - { hours: { daily: 20:00-08:00 }, none: true, reason: Nobody is on call at night, signed: { name: Test signature, on: 2026-11-02 } }\n'
      )
    )
    const night = await open({ PLACES_DIR: places.folder })
    try {
      await night.clock('2026-11-25T03:00:00Z')
      const from = landline()
      const call = await night.ring(from, NUMBERS.lewisham, [...CLEAR, '1', '2', '2', '1', '2'])
      expect(call.all).not.toMatch(/A person is coming|I am getting a person/)
      expect(call.all).toMatch(/Please ring 1 1 1 now/)
      const contact = await night.contactOf(from)
      expect(contact.codes).toEqual(['E111', 'CALL'])
      const slot = contact.clocks.find(({ name, code }) => name === 'ringBack' && code === 'CALL')!
      expect(slot.due >= '2026-11-25T08:00').toBe(true)
    } finally {
      await night.close()
      places.remove()
    }
  })
})

it('a carer calls for her mother: they, not you, and the adult is marked not asked', async () => {
  await door.clock('2026-11-24T10:00:00Z')
  const from = mobile()
  const call = await door.ring(from, NUMBERS.southwark, ['2', '2', '2', '2', '3', '2', '1'])
  expect(call.all).toMatch(/Are they on the floor|stuck in a bed/)
  const contact = await door.contactOf(from)
  expect(contact.person).toMatchObject({ who: 'other', adult: 'yes' })
})

it('no GP and no home are served too: the place default, noted for the team', async () => {
  await door.clock('2026-11-24T10:00:00Z')
  const from = mobile()
  const call = await door.ring(from, NUMBERS.lewisham, [
    ...CLEAR,
    '3',
    '6',
    '2#',
    'i have no home',
    'no',
    '1',
    '1',
    'Sam',
  ])
  const contact = await door.contactOf(from)
  expect(call.all).toMatch(/will ring you/)
  expect(contact.codes).toContain('CRT')
  expect(contact.route?.rule).toMatch(/default/)
})

it('out of area: the other front door is named, and we keep the clock until it takes over', async () => {
  await door.clock('2026-11-24T10:00:00Z')
  const from = mobile()
  await door.ring(from, NUMBERS.lewisham, [
    ...CLEAR,
    '3',
    '6',
    '2#',
    'SE15 4NN',
    '1',
    '2',
    '1',
    '1',
    'Jo',
  ])
  const contact = await door.contactOf(from)
  expect(contact.codes).toEqual(['CRT', 'OOA'])
  expect(contact.clocks.some(({ code, state }) => code === 'CRT' && state === 'running')).toBe(true)
  expect(contact.routes.find(({ code }) => code === 'OOA')?.team).toMatch(/Southwark/)
})

it('a landline is offered no text; a mobile is', async () => {
  await door.clock('2026-11-24T10:00:00Z')
  const asked = [...CLEAR, '6', '3', '1', '1', '1', 'Ann']
  const home = await door.ring(landline(), NUMBERS.lewisham, asked)
  expect(home.all).not.toMatch(/Shall we text/)
  expect(home.all).toMatch(/Shall a person ring someone for you/)
  const pocket = await door.ring(mobile(), NUMBERS.lewisham, asked)
  expect(pocket.all).toMatch(/Shall we text this\? Say yes only if no one else reads your phone/)
})

it('a dropped call goes on by text: danger first, then where it broke off, in one contact', async () => {
  await door.clock('2026-11-24T10:00:00Z')
  const from = mobile()
  await door.ring(from, NUMBERS.lewisham, [...CLEAR, '1', '2', 'hang up'])
  await door.advance('PT5M')
  const first = await door.text(from, NUMBERS.lewisham, 'we got cut off')
  expect(first).toMatch(/Check 1 of 3/)
  const offered = await door.texts(from, NUMBERS.lewisham, ['2', '2', '2'])
  expect(offered).toMatch(/Carry on from before/i)
  expect(offered).not.toMatch(/fall|floor|head/i)
  const again = await door.text(from, NUMBERS.lewisham, '1')
  expect(again).toMatch(/hit your head/)
  await door.texts(from, NUMBERS.lewisham, [
    'no',
    'no',
    'Torridon Road',
    '1',
    '1',
    '1',
    'Bo, 2 Low Road',
  ])
  const contacts = await door.contactsOf(from)
  expect(contacts).toHaveLength(1)
  const contact = await door.contactOf(from)
  expect(contact.codes).toEqual(['HOLD', 'CSD', 'FALL'])
  expect(contact.route?.team).toMatch(/Neighbourhood 3/)
  expect(contact.status).toBe('promised')
})

describe('the same answers reach the place’s own team by phone, text and Teams', () => {
  const places = [
    ['southwark', NUMBERS.southwark, 'SE15 4NN', /South Southwark/],
    ['lewisham', NUMBERS.lewisham, 'SE6 1AT', /Neighbourhood 3/],
    ['southampton', NUMBERS.southampton, 'SO14 1LT', /Cluster 1/],
  ] as const
  // New help at home; practice not known; a postcode, read back; consent; number; name.
  it.each(places)('%s', async (place, number, postcode, team) => {
    await door.clock('2026-11-24T10:00:00Z')
    const caller = mobile()
    await door.ring(caller, number, [...CLEAR, '3', '6', '2#', postcode, '1', '1', '1', 'Ann'])
    const texter = mobile()
    await door.texts(texter, number, [
      'i need help at home',
      '2',
      '2',
      '2',
      '1',
      '3',
      '6',
      'none',
      postcode,
      'yes',
      '1',
      '1',
      'Ann',
    ])
    const who = `resident-${place}`
    await door.simulator(`teams/${who}`, { say: 'good morning', place })
    for (const say of [
      'no',
      'no',
      'no',
      '1',
      '3',
      '6',
      'none',
      postcode,
      'yes',
      'yes',
      '07700900999',
      'Ann',
    ])
      await door.simulator(`teams/${who}`, { say })
    const { contacts } = await door.api<{
      contacts: { ref: string; channel: string; codes: string[]; route: { team: string } }[]
    }>(`contacts?place=${place}&code=CRT`)
    for (const channel of ['voice', 'sms', 'teams']) {
      const contact = contacts.find((c) => c.channel === channel)
      expect(contact, channel).toBeDefined()
      expect(contact?.route.team, channel).toMatch(team)
      expect(contact?.codes, channel).toEqual(['CRT'])
    }
  })
})
