import { afterAll, beforeAll, expect, it } from 'vitest'
import type { StaffAct } from '../../src/handoff/acts.ts'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

const ASHA = '+442079460261'
const TO = NUMBERS.southwark
const DAY = '2026-11-24'
const CONTACTS = 40
const CLEAR = ['2', '2', '2']

let door: OpenedDoor
beforeAll(async () => {
  door = await open()
  await door.clock(`${DAY}T08:00:00Z`)
})
afterAll(() => door.close())

const asha = () => staff(door, 'asha')
const wrap = (more: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(more).map(([name, value]) => [`wrap-up.${name}`, value]))

/** Somebody rings, is joined after the danger checks, and is helped on the phone. */
async function call(more: Record<string, unknown>) {
  const from = landline()
  const { call } = await door.ring(from, TO, CLEAR)
  await asha().click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  const { with: there } = await door.simulator<{ with?: string[] }>(`calls/${call}`)
  expect(there).toEqual(['staff:asha'])
  await door.go(call, ['hang up'])
  await asha().click(/Write up/, 'wrap-up', wrap(more))
  return from
}

/** Somebody writes, and is written with. */
async function text(words: readonly string[], more: Record<string, unknown>) {
  const from = mobile()
  await door.text(from, TO, 'I need some help please')
  await asha().click(/Can you take/, 'accept')
  await door.texts(from, TO, CLEAR)
  for (const each of words) {
    await asha().say('Tell me more.')
    await door.text(from, TO, each)
  }
  await asha().click(/You have/, 'hand-back-close')
  await asha().click(/Write up/, 'wrap-up', wrap(more))
  return from
}

/** At so many minutes after eight. */
const at = (minutes: number) =>
  door.clock(new Date(Date.parse(`${DAY}T08:00:00Z`) + minutes * 60_000).toISOString())

it('a shift from eight to eight ends with no promise unowned', async () => {
  await asha().start()
  const seen: string[] = []
  for (let n = 0; n < CONTACTS; n += 1) {
    await at(n * 17)
    await callBacks()
    if (n === 14) await theBreak()
    if (n === 20) seen.push(await disclosure())
    else if (n === 26) seen.push(await abuse())
    else if (n % 3 === 0)
      seen.push(
        await text(['She is not eating.'], {
          outcome: 'passed-on',
          owner: 'cluster',
          nextStep: 'Visit',
        })
      )
    else if (n % 7 === 1)
      seen.push(await call({ outcome: 'call-back', owner: 'asha', nextStep: 'Ring again' }))
    else seen.push(await call({ outcome: 'helped' }))
  }
  expect(new Set(seen).size).toBe(CONTACTS)
  await at(12 * 60)
  const end: StaffAct = { do: 'shift', to: 'end' }
  const refused = await door.act('asha', end)
  expect(refused).toEqual({ ok: false, words: expect.stringMatching(/You still own promises/) })
  const mine = await door.views.promises('southwark', 'asha')
  expect(mine.length).toBeGreaterThan(3)
  for (const { contact, code } of mine)
    expect(await door.act('dele', { do: 'own', contact, code, owner: 'navigators' })).toMatchObject(
      { ok: true }
    )
  await door.settled()
  expect(await door.act('asha', end)).toMatchObject({ ok: true })
  await door.settled()
  const open = await door.views.promises('southwark')
  expect(open.length).toBeGreaterThan(10)
  const staffed = new Set(
    (await door.views.staff('southwark'))
      .filter(({ shift }) => shift !== 'off')
      .map(({ staff }) => staff)
  )
  const people = new Set((await door.views.staff('southwark')).map(({ staff }) => staff))
  for (const { owner } of open) {
    expect(owner).not.toBe('')
    if (people.has(owner)) expect(staffed).toContain(owner)
  }
  // Nobody is left in the queue, and nobody's contact is half written.
  expect(await door.views.queue('southwark')).toEqual([])
}, 180_000)

/** Whoever is owed a call is rung: the first call to each of them does not go through, the next one does. */
const failed = new Set<string>()
async function callBacks() {
  const due = (await door.views.queue('southwark')).filter(({ value }) => value === 'offered')
  for (const { contact } of due) {
    const number = (await door.views.story('southwark', contact))?.number ?? ''
    expect(await door.act('asha', { do: 'accept', contact })).toMatchObject({ ok: true })
    await door.settled()
    await handset(door, ASHA).answer()
    if (!failed.has(number)) {
      failed.add(number)
      await door.simulator(`phones/${encodeURIComponent(number)}`, { fail: true })
      continue
    }
    const call = await handset(door, number).answer()
    await door.go(call, ['hang up'])
    await asha().click(/Write up/, 'wrap-up', wrap({ outcome: 'helped' }))
  }
}

async function theBreak() {
  expect(await door.act('asha', { do: 'shift', to: 'break' })).toMatchObject({ ok: true })
  const { call, ringing } = await door.ring(landline(), TO, ['1'])
  expect(ringing).toEqual(['+442079460210'])
  await door.go(call, ['hang up'])
  expect(await door.act('asha', { do: 'shift', to: 'available' })).toMatchObject({ ok: true })
}

/** She writes that her son hits her: nothing may reach him, and only some may read it from now on. */
async function disclosure() {
  const son = '+447700900555'
  const from = mobile()
  await door.text(from, TO, 'I need to talk to someone')
  await asha().click(/Can you take/, 'accept')
  await door.texts(from, TO, CLEAR)
  await door.text(from, TO, `My son hits me. His number is ${son}`)
  const { contact } = (await door.views.queue('southwark'))[0] ?? { contact: '' }
  expect(await door.act('efua', { do: 'shift', to: 'start' })).toMatchObject({ ok: true })
  expect(await door.act('efua', { do: 'not-these', contact, numbers: [son] })).toMatchObject({
    ok: true,
  })
  await asha().click(/You have/, 'hand-back-close')
  const next = {
    outcome: 'passed-on',
    owner: 'efua',
    nextStep: 'Ring her from another number',
  } as const
  const written = { do: 'wrap-up', contact, ...next } as unknown as StaffAct
  expect(await door.act('asha', written)).toMatchObject({ ok: true })
  await door.settled()
  expect(await door.act('ben', { do: 'near-miss', contact, note: 'x' })).toMatchObject({
    ok: false,
  })
  expect((await door.phone(son)).texts).toEqual([])
  return from
}

/** Somebody shouts; danger is asked all the same, and the call is ended and kept. */
async function abuse() {
  const from = landline()
  const { call, all } = await door.ring(from, TO, ['you fucking bastards', 'fuck off'])
  expect(all).toMatch(/I want to help|hard to wake/)
  await door.go(call, ['hang up']).catch(() => undefined)
  await door.settled()
  for (const { contact } of await door.views.queue('southwark'))
    await door.act('asha', { do: 'decline', contact, reason: 'other' })
  return from
}
