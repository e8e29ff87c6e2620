import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedPlaces, landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

const ASHA = '+442079460261'
const COVER = '+442079460210'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

/** They ring, danger is cleared, and they ask for a person. */
const asks = (from = landline()) => door.ring(from, NUMBERS.southwark, ['2', '2', '2', '1', '0'])

/** Asha speaks with somebody else. */
async function busy() {
  const asha = staff(door, 'asha')
  await asha.start()
  const { call } = await asks()
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
  return { asha, call }
}

/** Turns of the wait, until so many seconds are over. */
async function waits(call: string, seconds: number) {
  const { now } = await door.simulator<{ now: string }>('clock')
  const until = Date.parse(now) + seconds * 1000
  const heard: string[] = []
  for (;;) {
    const at = await door.go(call, ['silence'])
    heard.push(at.all)
    const { now: then } = await door.simulator<{ now: string }>('clock')
    if (Date.parse(then) >= until || at.ringing || at.ended) return { ...at, heard }
  }
}

describe('somebody who waits while everyone is busy', () => {
  it('goes on waiting, is told how it stands, and is never left in silence', async () => {
    await busy()
    const { call } = await asks()
    const { heard, ringing } = await waits(call, 170)
    expect(ringing).toBeUndefined()
    for (const words of heard) expect(words).not.toBe('')
    expect(heard.join(' ')).toMatch(/do not know yet how long/)
    expect(heard.join(' ')).toMatch(/Everyone is busy just now/)
    expect(heard.join(' ')).toMatch(/If it gets worse, hang up, and ring 9 9 9/)
    expect(heard.join(' ')).not.toMatch(/coming|said yes|place in|number \d+ in/)
    expect(heard.filter((words) => /how long/.test(words)).length).toBeLessThan(heard.length / 2)
  })

  it('has whoever comes free', async () => {
    const { asha, call: other } = await busy()
    const { call } = await asks()
    await waits(call, 120)
    await door.go(other, ['hang up'])
    await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const { with: there } = await door.simulator<{ with?: string[] }>(`calls/${call}`)
    expect(there).toEqual(['staff:asha'])
  })

  it('is put through to the cover once the longest wait of the place is over', async () => {
    await busy()
    const { call } = await asks()
    const { ringing } = await waits(call, 700)
    expect(ringing).toEqual([COVER])
    expect(await door.simulator('clock')).toMatchObject({ now: expect.stringMatching(/T14:3[01]/) })
  })

  it('a place that does not wish it rings the cover after a minute at most', async () => {
    await door.close()
    const places = changedPlaces('southwark', (text) => text.replace('longest: PT10M, ', ''))
    door = await open({ PLACES_DIR: places.folder })
    await door.clock('2026-11-24T14:20:00Z')
    await busy()
    const { call } = await asks()
    const { ringing, heard } = await waits(call, 70)
    places.remove()
    expect(ringing).toEqual([COVER])
    expect(heard.length).toBeLessThan(6)
  })

  it('who may be in danger does not wait at all', async () => {
    await busy()
    const { ringing } = await door.ring(landline(), NUMBERS.southwark, ['1'])
    expect(ringing).toEqual([COVER])
  })
})

describe('how long it takes is said', () => {
  it('by what was measured: never a place in the queue', async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    for (let n = 0; n < 5; n++) {
      const { call } = await asks()
      await waits(call, 15)
      await asha.click(/Can you take/, 'accept')
      await handset(door, ASHA).answer()
      await door.go(call, ['hang up'])
      await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    }
    const { call: first } = await asks()
    expect((await waits(first, 15)).heard.join(' ')).toMatch(/get someone in the next minute/)
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
    const { call } = await asks()
    const { heard } = await waits(call, 100)
    expect(heard.join(' ')).toMatch(/may take more than 10 minutes/)
  })
})

describe('from three minutes on', () => {
  const chooses = async () => {
    await busy()
    const from = landline()
    const { call } = await asks(from)
    const { heard } = await waits(call, 185)
    return { from, call, heard }
  }

  it('they are asked when is best, and the time they choose is the one that is promised', async () => {
    const { from, call, heard } = await chooses()
    expect(heard.slice(0, 6).join(' ')).not.toMatch(/keep your place\. For that/)
    expect((await waits(call, 30)).heard.join(' ')).toMatch(/keep your place\. For that, press 1/)
    const asked = await door.go(call, ['1'])
    expect(asked.all).toMatch(
      /When is best\? By quarter to 3 this afternoon, press 1\. By 3 o'clock this afternoon, 2\. By 4 o'clock this afternoon, 3\./
    )
    const told = await door.go(call, ['3'])
    expect(told.all).toMatch(/We will ring you by 4 o'clock this afternoon/)
    await door.settled()
    const running = (await door.contactOf(from)).clocks.filter(
      ({ name, state }) => name === 'ringBack' && state === 'running'
    )
    expect(running).toMatchObject([{ code: 'CALL', due: '2026-11-24T16:00:00.000Z' }])
  })

  it('who says nothing to it goes on waiting', async () => {
    const { call } = await chooses()
    await waits(call, 30)
    await door.go(call, ['1'])
    const at = await door.go(call, ['silence'])
    expect(at.ended).toBe(false)
    expect(at.all).toMatch(/Everyone is busy|how long|right place/)
  })

  it('rung back, they have the place in the queue that they had', async () => {
    const { from, call } = await chooses()
    await waits(call, 30)
    await door.go(call, ['1', '1'])
    await door.advance('PT15M')
    await door.settled()
    const { ref } = await door.contactOf(from)
    const row = (await door.views.queue('southwark')).find((one) => one.ref === ref)
    expect(row?.since).toMatch(/T14:2\d/)
  })

  it('no hour with room: the next honest time is promised as to anybody', async () => {
    await door.close()
    const places = changedPlaces('southwark', (text) => text.replace('slots: 12', 'slots: 0'))
    door = await open({ PLACES_DIR: places.folder })
    await door.clock('2026-11-24T14:20:00Z')
    const { call } = await chooses()
    const told = await door.go(call, ['1'])
    places.remove()
    expect(told.all).toMatch(/We will ring you by/)
  })
})
