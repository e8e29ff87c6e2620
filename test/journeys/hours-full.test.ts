import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { staffActShape } from '../../src/handoff/acts.ts'
import { changedPlaces, landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

const ASHA = '+442079460261'
/** Four promises in an hour are all that the navigators can keep. */
const SLOTS = 4

let door: OpenedDoor
let places: ReturnType<typeof changedPlaces>
beforeEach(async () => {
  places = changedPlaces('southwark', (text) => text.replace('slots: 12', `slots: ${SLOTS}`))
  door = await open({ PLACES_DIR: places.folder })
  await door.clock('2026-11-24T14:20:00Z')
  await staff(door, 'asha').start()
})
afterEach(async () => {
  await door.close()
  places.remove()
})

/** Somebody rings, is spoken with, and what comes next is written down. */
async function wroteUp(by?: string, owner = 'asha') {
  const from = landline()
  const { call } = await door.ring(from, NUMBERS.southwark, ['2', '2', '2'])
  const asha = staff(door, 'asha')
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  const [{ contact } = { contact: '' }] = await door.views.queue('southwark')
  await door.go(call, ['hang up'])
  const act = { do: 'wrap-up', contact, outcome: 'call-back', owner, ...(by && { by }) }
  const answer = await door.act('asha', staffActShape.parse(act))
  await door.settled()
  return {
    from,
    answer,
    again: (more: object) => door.act('asha', staffActShape.parse({ ...act, ...more })),
  }
}

const owed = async (from: string) =>
  (await door.contactOf(from)).clocks.filter(
    ({ name, state }) => name === 'ringBack' && state === 'running'
  )

describe.each([1, SLOTS, SLOTS + 1, SLOTS + 3])('%i promises for one hour of four', (n) => {
  it('four are promised in it, and the rest in the hour before it', async () => {
    const dues: string[] = []
    for (let made = 0; made < n; made++) {
      const { from, answer } = await wroteUp('2026-11-24T17:00:00.000Z')
      expect(answer.ok).toBe(true)
      const [one] = await owed(from)
      dues.push(one?.due ?? '')
    }
    const inIt = dues.filter((due) => due === '2026-11-24T17:00:00.000Z')
    const before = dues.filter((due) => due === '2026-11-24T16:00:00.000Z')
    expect([inIt.length, before.length]).toEqual([Math.min(n, SLOTS), Math.max(0, n - SLOTS)])
  })
})

describe('every hour up to the one that was chosen is full', () => {
  it('another time has to be chosen, and nothing is written down before it is', async () => {
    await door.clock('2026-11-24T14:52:00Z') // nobody new is promised in what is left of this hour
    for (let made = 0; made < SLOTS; made++) await wroteUp('2026-11-24T16:00:00.000Z')
    const { from, answer, again } = await wroteUp('2026-11-24T16:00:00.000Z')
    expect(answer).toEqual({ ok: false, words: expect.stringMatching(/is full/) })
    expect(await owed(from)).toEqual([])
    expect(await again({ by: '2026-11-24T18:00:00.000Z' })).toMatchObject({ ok: true })
    await door.settled()
    expect(await owed(from)).toMatchObject([{ due: '2026-11-24T18:00:00.000Z', owner: 'asha' }])
  })

  it('where no time was agreed, it is the next with room', async () => {
    for (let made = 0; made < SLOTS; made++) await wroteUp()
    const { from } = await wroteUp()
    const [one] = await owed(from)
    expect(one?.due).toBe('2026-11-25T14:00:00.000Z')
  })
})

describe('what a hang-up owes within twenty minutes', () => {
  it('is made however full the hour is, and leaves less room for what can wait', async () => {
    for (let n = 0; n < SLOTS; n++) {
      const { call } = await door.ring(landline(), NUMBERS.southwark, ['2'])
      await door.go(call, ['hang up'])
    }
    await door.settled()
    const from = landline()
    const { call } = await door.ring(from, NUMBERS.southwark, ['2'])
    await door.go(call, ['hang up'])
    const [soon] = await owed(from)
    expect(Date.parse(soon?.due ?? '')).toBeLessThanOrEqual(Date.parse('2026-11-24T14:50:00Z'))
    const later = await wroteUp('2026-11-24T15:00:00.000Z')
    expect(later.answer.ok).toBe(false)
  })
})
