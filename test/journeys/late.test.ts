import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { randomBy } from '../chaos/judge.ts'
import type { Rig } from '../chaos/rig.ts'
import { openStaffed, type Staffed } from '../chaos/staffed.ts'
import { changedPlaces, landline, NUMBERS, open } from './door.ts'
import { handset, staff } from './staff.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work()
})

/** A live door with its neighbours on this machine. */
function live(): Promise<Staffed> {
  const folder = mkdtempSync(join(tmpdir(), 'front-door-late-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  const after: Rig['after'] = (work) => void undo.push(work)
  const of: Rig['of'] = (small) => small
  return openStaffed({ size: 'small', of, seed: 1, random: randomBy(1), folder, after })
}

const FARAH = '+442079460271'
const act = (house: Staffed, given: object) =>
  house.door.desk.act(
    { place: 'lewisham', staff: 'farah', surface: 'console' },
    given as Parameters<Staffed['door']['desk']['act']>[1]
  )

/** What people see of it: the contact, what each handset, chat and line was asked, and where staff stand. */
async function noticed(house: Staffed, from: string) {
  await house.door.settled()
  const { ledger } = house.world
  const { timeline, status, clocks } = await house.contactOf(from)
  const kinds = ['text', 'call', 'call-changed', 'participant-changed', 'participant-removed']
  return {
    ...{ status, clocks, log: timeline.map(({ kind }) => kind) },
    told: ledger.effects
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, to }) => [kind, to]),
    cards: house
      .staff('farah')
      .cards()
      .map(({ text }) => text),
    staff: (await house.door.desk.views.staff('lewisham')).map(({ staff, shift }) => [
      staff,
      shift,
    ]),
    queue: (await house.door.desk.views.queue('lewisham')).length,
  }
}

/** A whole handoff of a call: taken, joined, held, left by the caller, written up. Each step is looked at by `at`. */
async function whole(house: Staffed, at: (from: string) => Promise<void>) {
  await house.staff('farah').start()
  const caller = await house.rings()
  for (const key of ['2', '2', '2', '0']) await caller.keys(key)
  const { id } = await house.contactOf(caller.from)
  const offer = () =>
    house
      .staff('farah')
      .cards()
      .findLast(({ presses }) => presses.accept)
  await house.until(() => offer() !== undefined)
  await at(caller.from)
  await house.staff('farah').press(offer() as never, 'accept')
  const legs = () => [...house.world.twilio.lines.calls.values()].filter(({ to }) => to === FARAH)
  await house.until(() => legs().length > 0)
  await at(caller.from)
  const [leg] = legs()
  if (!leg) throw new Error('Farah was not rung')
  await house.answers(leg)
  await caller.goto(`/twilio/voice/join?h=${id}`)
  await house.tells(id, 'join', 'caller', caller.call)
  await house.tells(id, 'join', 'staff:farah', leg.sid)
  await at(caller.from)
  await act(house, { do: 'hold', contact: id, label: 'caller', on: true })
  await at(caller.from)
  await caller.hangUp()
  await house.tells(id, 'leave', 'caller', caller.call)
  await house.tells(id, 'leave', 'staff:farah', leg.sid)
  await at(caller.from)
  const written = { carer: 'not-asked', livesAlone: 'not-asked', admissionAvoided: 'not-known' }
  const rest = { nextStep: '', matters: '', needs: [], nearMiss: '', ...written }
  await act(house, { do: 'wrap-up', contact: id, outcome: 'helped', ...rest })
  await at(caller.from)
  return caller.from
}

describe('what is sent again', () => {
  it.each([['in its order'], ['from last to first']])(
    'changes nothing that anybody sees, %s, after each step of a handoff',
    async (order) => {
      const house = await live()
      let steps = 0
      await whole(house, async (from) => {
        const before = await noticed(house, from)
        const statuses = await house.again(order === 'in its order' ? undefined : 'backwards')
        expect(statuses.filter((status) => status >= 300)).toEqual([])
        expect(await noticed(house, from)).toEqual(before)
        steps += 1
      })
      expect(steps).toBe(6)
    },
    60_000
  )
})

describe('what comes late', () => {
  it('presses on a card of what is over are answered, and do nothing', async () => {
    const house = await live()
    const farah = house.staff('farah')
    let old = farah.cards().at(-1)
    const from = await whole(house, async () => {
      old ??= farah.cards().findLast(({ presses }) => presses.accept)
    })
    const before = await noticed(house, from)
    const { id } = await house.contactOf(from)
    for (const press of ['accept', 'later'])
      expect(await farah.press(old as never, press)).toMatch(/over|closed|someone else|ten minutes/)
    for (const given of [
      { do: 'accept' },
      { do: 'hold', label: 'caller', on: true },
      { do: 'leave' },
      { do: 'bring', staff: 'gwen' },
      { do: 'say', text: 'Hello?' },
    ])
      expect(await act(house, { ...given, contact: id })).toMatchObject({
        ok: false,
        words: expect.stringMatching(/\w/),
      })
    expect(await noticed(house, from)).toEqual(before)
  }, 30_000)

  it('an accept once the caller has left rings nobody but whoever owes them a call', async () => {
    const house = await live()
    const farah = house.staff('farah')
    await farah.start()
    const caller = await house.rings()
    for (const key of ['2', '2', '2', '0']) await caller.keys(key)
    await house.until(() => farah.cards().some(({ presses }) => presses.accept))
    const old = farah.cards().findLast(({ presses }) => presses.accept)
    await caller.hangUp()
    await house.door.settled()
    await farah.press(old as never, 'accept')
    await farah.press(old as never, 'accept')
    await house.door.settled()
    const rung = house.world.ledger.of('call').map(({ to }) => to)
    expect(rung.filter((to) => to !== FARAH)).toEqual([])
    expect(rung.length).toBeLessThan(2)
    const { clocks } = await house.contactOf(caller.from)
    expect(clocks.some(({ state, owner }) => state === 'running' && owner !== '')).toBe(true)
  }, 30_000)

  it('ten thousand characters are not sent, and that is said', async () => {
    const house = await live()
    const farah = house.staff('farah')
    await farah.start()
    const from = '+447700900777'
    await house.writes(from, 'hello')
    await house.until(() => farah.cards().some(({ presses }) => presses.accept))
    const offer = farah.cards().findLast(({ presses }) => presses.accept)
    await farah.press(offer as never, 'accept')
    for (const key of ['2', '2', '2']) await house.writes(from, key)
    await house.door.settled()
    const texts = house.world.ledger.of('text').length
    expect(await farah.say('x'.repeat(10_000))).toBe(200)
    await house.door.settled()
    expect(house.world.ledger.of('text')).toHaveLength(texts)
    const said = house.world.ledger.of('message').filter(({ to }) => to === farah.chat)
    expect(said.at(-1)?.body).toMatch(/too long/)
  }, 30_000)
})

it('a navigator taken off the roster in mid-call: the caller has a sure end', async () => {
  const places = changedPlaces('southwark', (text) => text)
  undo.push(places.remove)
  const door = await open({ PLACES_DIR: places.folder })
  undo.push(door.close)
  await door.clock('2026-11-24T14:20:00Z')
  const asha = staff(door, 'asha')
  await asha.start()
  const from = landline()
  const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
  await asha.click(/Can you take/, 'accept')
  await handset(door, '+442079460261').answer()
  const without = readFileSync(places.file, 'utf8').replace(/^ *- \{ id: asha,.*\n/m, '')
  writeFileSync(places.file, without)
  const seen = async () => (await door.contactOf(from)).timeline.map(({ kind }) => kind)
  await expect.poll(seen, { timeout: 15_000 }).toContain('lost')
  await door.advance('PT2M')
  await door.settled()
  const { clocks } = await door.contactOf(from)
  expect(clocks.filter(({ state }) => state === 'running' || state === 'missed')).not.toEqual([])
  for (const { owner } of clocks) expect(owner).not.toBe('asha')
  expect(await door.simulator(`calls/${call}`)).toMatchObject({ ended: true })
}, 60_000)
