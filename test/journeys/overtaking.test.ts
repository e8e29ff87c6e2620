import { afterAll, beforeAll, expect, it } from 'vitest'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
beforeAll(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterAll(() => door.close())

const ROUTINE = 300

it(`someone in danger is asked of everybody at once, past ${ROUTINE} who wait`, async () => {
  const [asha, ben] = [staff(door, 'asha'), staff(door, 'ben')]
  await asha.start()
  await ben.start()
  const froms = Array.from({ length: ROUTINE }, (_, n) => `+4477009${String(20_000 + n)}`)
  for (let at = 0; at < ROUTINE; at += 20)
    await Promise.all(
      froms.slice(at, at + 20).map((from) => door.text(from, NUMBERS.southwark, 'hello'))
    )
  const before = await Promise.all([asha.titles(), ben.titles()])
  const from = landline()
  const { all } = await door.ring(from, NUMBERS.southwark, ['0'])
  expect(all).toMatch(/chest pain/)
  for (const [who, titles] of [
    [asha, before[0]],
    [ben, before[1]],
  ] as const) {
    expect(await who.titles()).toHaveLength((titles?.length ?? 0) + 1)
    expect((await who.card(/Can you take/))?.text).toMatch(/DANGER NOT ASKED/)
  }
  const { timeline } = await door.contactOf(from)
  const [rang] = timeline
  const asked = timeline.find(({ kind }) => kind === 'offered')
  expect(Date.parse(asked?.at ?? '') - Date.parse(rang?.at ?? '')).toBeLessThan(1_000)
}, 120_000)
