import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'

let door: OpenedDoor
beforeAll(async () => {
  door = await open()
  await door.clock('2026-11-24T10:20:00Z')
})
afterAll(() => door.close())

const RED = {
  do: 'status',
  service: 'falls',
  now: 'red',
  reason: 'Half the team is ill',
  until: '2026-11-24T16:00:00.000Z',
  replacement: 'cluster',
} as const

/** Somebody who fell and is sore: same day, and the falls service. */
async function fell() {
  const from = landline()
  await door.ring(from, NUMBERS.southwark, ['2', '2', '2', '1', '1', '2', '2', '2', 'hang up'])
  return door.contactOf(from)
}
const teamOf = async (code: string) =>
  (await fell()).routes.find((route) => route.code === code)?.service

describe('a service that is not as usual', () => {
  it.each([
    ['by a navigator', 'asha', RED, /with someone else|not/],
    ['without a reason', 'dele', { ...RED, reason: '' }, /Say why, and until when/],
    ['without an end', 'dele', { ...RED, until: undefined }, /Say why, and until when/],
    ['that ended already', 'dele', { ...RED, until: '2026-11-24T10:00:00.000Z' }, /until when/],
    [
      'replaced by no service, where its people would wait',
      'dele',
      { ...RED, replacement: undefined },
      /Name the service/,
    ],
    ['replaced by nobody', 'dele', { ...RED, replacement: 'nobody' }, /no such service/],
    ['replaced by itself', 'dele', { ...RED, replacement: 'falls' }, /no such service/],
  ])('%s is refused', async (_, who, act, words) => {
    const { ok, words: told } = await door.act(who, act as never)
    expect({ ok, told }).toEqual({ ok: false, told: expect.stringMatching(words) })
  })

  it('is proved, then takes nothing; its open work has a new owner; and it ends by itself', async () => {
    const before = await fell()
    expect(await teamOf('FALL')).toBe('falls')
    const falls = (await door.views.statuses('southwark')).find(
      ({ service }) => service === 'falls'
    )
    expect(falls).toMatchObject({ now: 'green', lastWeek: { red: 2, amber: 2 } })
    const { ok, words } = await door.act('dele', RED)
    expect({ ok, words }).toEqual({ ok: true, words: expect.stringMatching(/new owner/) })
    await door.settled()
    expect(await teamOf('FALL')).toBe('cluster')
    const moved = (await door.api<{ clocks: { code: string; owner: string }[] }>(
      `contacts/${before.ref}`
    )) as { clocks: { code: string; owner: string }[] }
    expect(moved.clocks.find(({ code }) => code === 'FALL')?.owner).toBe('duty-lead')
    expect(
      (await door.views.statuses('southwark')).find(({ service }) => service === 'falls')
    ).toMatchObject({
      now: 'red',
      reason: 'Half the team is ill',
    })
    await door.clock('2026-11-24T16:00:01Z')
    await door.simulator('clock', { now: '2026-11-24T16:00:03Z' })
    await door.settled()
    expect(
      (await door.views.statuses('southwark')).find(({ service }) => service === 'falls')?.now
    ).toBe('green')
  }, 60_000)

  it('that would break a promise is not saved', async () => {
    const { ok, words } = await door.act('dele', {
      ...RED,
      service: 'crisis',
      until: '2026-11-25T16:00:00.000Z',
      replacement: 'falls',
    })
    expect({ ok, words }).toEqual({
      ok: false,
      words: expect.stringMatching(/would break a promise/),
    })
  }, 60_000)
})
