import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

const NIGHT_DESK = '+442079460212'
const SECOND = '+442079460213'
const ASHA = '+442079460261'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T23:20:00Z')
})
afterEach(() => door.close())

/** They ring at night, and ring off before danger is asked to its end: the night desk owes them a call within minutes. */
async function ringsOff() {
  const from = landline()
  await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
  await door.settled()
  return from
}
const owed = async (from: string) =>
  (await door.contactOf(from)).clocks.filter(({ name }) => name === 'ringBack')
const rings = (number: string) => handset(door, number).rings()
/** A telephone that nobody takes: it may be rung twice. */
async function declines(number: string) {
  for (let times = 0; times < 3 && (await rings(number)); times++) {
    await handset(door, number).decline()
    await door.settled()
  }
}

describe('a call that the cover of the night owes', () => {
  it('is told to nobody but the cover, whose telephone rings at once; it is put through, and the promise is kept', async () => {
    const from = await ringsOff()
    expect(await owed(from)).toMatchObject([{ owner: 'Night desk', state: 'running' }])
    expect(await rings(NIGHT_DESK)).toBe(true)
    await handset(door, NIGHT_DESK).answer()
    await door.settled()
    expect(await rings(from)).toBe(true)
    await handset(door, from).answer()
    await door.settled()
    expect(await owed(from)).toMatchObject([{ state: 'met' }])
  })

  it('nobody takes it there: the second number, then both again every ten minutes', async () => {
    const from = await ringsOff()
    await declines(NIGHT_DESK)
    expect([await rings(NIGHT_DESK), await rings(SECOND)]).toEqual([false, true])
    await declines(SECOND)
    expect([await rings(NIGHT_DESK), await rings(SECOND)]).toEqual([false, false])
    await door.advance('PT11M')
    await door.settled()
    expect(await rings(NIGHT_DESK)).toBe(true)
    expect(await owed(from)).toMatchObject([{ state: 'missed' }])
  })

  it('nobody takes it all night: the first navigator of the morning is asked', async () => {
    const from = await ringsOff()
    for (const number of [NIGHT_DESK, SECOND]) await declines(number)
    await door.clock('2026-11-25T08:01:00Z')
    const asha = staff(door, 'asha')
    await asha.start()
    await door.settled()
    await asha.click(/Can you/, 'accept')
    await handset(door, ASHA).answer()
    await door.settled()
    expect(await rings(from)).toBe(true)
  })

  it('they do not answer the cover: they are tried again, and the promise stands', async () => {
    const from = await ringsOff()
    await handset(door, NIGHT_DESK).answer()
    await door.settled()
    await handset(door, from).decline()
    await door.settled()
    expect(await owed(from)).toMatchObject([{ state: 'running' }])
    await door.advance('PT16M')
    await door.settled()
    expect((await rings(NIGHT_DESK)) || (await rings(SECOND))).toBe(true)
  })

  it('two are owed a call: one telephone rings for each, and none for two', async () => {
    await ringsOff()
    await ringsOff()
    const calls = async (number: string) =>
      (await door.simulator<{ ringing: unknown[] }>(`phones/${encodeURIComponent(number)}`)).ringing
        .length
    expect([await calls(NIGHT_DESK), await calls(SECOND)]).toEqual([1, 1])
    await ringsOff()
    expect([await calls(NIGHT_DESK), await calls(SECOND)]).toEqual([1, 1])
    // Free again, it is rung for the next.
    await declines(NIGHT_DESK)
    expect(await calls(NIGHT_DESK)).toBe(1)
  })

  it('whoever answers hears whose call it is, and neither a name nor a number', async () => {
    await ringsOff()
    const { heard } = await door.simulator<{ heard: string[] }>(
      `phones/${encodeURIComponent(NIGHT_DESK)}`,
      { answer: true }
    )
    expect(heard.join(' ')).toMatch(/A call back that we promised.*To take this call, press 1/)
  })
})

/** Ways to leave at night with a promise, whatever was said before. */
const LEAVES: Record<string, readonly string[]> = {
  'in the first check': ['hang up'],
  'in the second check': ['2', 'hang up'],
  'once danger is cleared': ['2', '2', '2', 'hang up'],
  'in the middle of what it is about': ['2', '2', '2', '1', '2', 'hang up'],
  'a person, and the line is not taken': ['0', '2', ...Array<string>(4).fill('silence'), 'hang up'],
  'too much to go on caring': ['2', '2', '2', '1', '6', '1', '1'],
}

describe('whoever leaves at night is promised what somebody does', () => {
  it.each(Object.keys(LEAVES))('%s', async (how) => {
    const from = landline()
    const at = await door.ring(from, NUMBERS.southwark, LEAVES[how])
    await door.settled()
    const promised = (await owed(from)).filter(({ state }) => state === 'running')
    expect(promised).toHaveLength(1)
    const [{ owner, due } = { owner: '', due: '' }] = promised
    const isNow = due < '2026-11-25T08:00:00.000Z'
    expect(owner).toBe(isNow ? 'Night desk' : 'navigator-lead')
    expect(await rings(NIGHT_DESK)).toBe(isNow)
    expect(/We will ring you/.test(at.all)).toBe(!isNow)
  })
})
