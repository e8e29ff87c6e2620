import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openNeighbours } from '../../src/channels/breaker.ts'
import { DoorError } from '../../src/errors.ts'

let told: string[]
let asked: number
const open = () => openNeighbours((name, code) => told.push(`${name} ${code}`))
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  told = []
  asked = 0
})
afterEach(() => void vi.useRealTimers())

const down = () => Promise.reject(new DoorError('neighbour-down', 'no answer', true))
const ill = async () => {
  asked++
  return down()
}
const well = async () => {
  asked++
  return 'well'
}

it.each<[string, () => Promise<unknown>]>([
  ['does not answer', down],
  ['answers that it is to be tried again', async () => ({ retry: true })],
  ['does what nobody foresaw', () => Promise.reject(new TypeError('x'))],
])(
  'a neighbour that %s five times in a row is shut, and the sixth is not asked',
  async (_how, work) => {
    const neighbours = open()
    const guard = neighbours.guard('twilio')
    for (let n = 0; n < 5; n++) await guard(work).catch(() => undefined)
    await expect(guard(well)).rejects.toMatchObject({ code: 'neighbour-down', retry: true })
    expect(asked).toBe(0)
    expect(told).toEqual(['twilio neighbour-shut'])
    expect(neighbours.well()).toEqual({ twilio: false })
  }
)

it('a refusal is an answer: it shuts nobody', async () => {
  const guard = open().guard('teams')
  for (let n = 0; n < 20; n++)
    await guard(() => Promise.reject(new DoorError('not-found', 'gone', false))).catch(
      () => undefined
    )
  expect(await guard(well)).toBe('well')
})

it('after five seconds one request tries; well, it is open again, and that is told', async () => {
  const neighbours = open()
  const guard = neighbours.guard('twilio')
  for (let n = 0; n < 5; n++) await guard(ill).catch(() => undefined)
  vi.advanceTimersByTime(5_001)
  await guard(ill).catch(() => undefined)
  expect(asked).toBe(6)
  await guard(well).catch(() => undefined)
  expect(asked).toBe(6)
  vi.advanceTimersByTime(5_001)
  expect(await guard(well)).toBe('well')
  expect(told).toEqual(['twilio neighbour-shut', 'twilio neighbour-back'])
  expect(neighbours.well()).toEqual({ twilio: true })
})

it('one that fails every other time is shut within five seconds', async () => {
  const guard = open().guard('translate')
  let shutAt = 0
  for (let ms = 0; ms < 10_000 && shutAt === 0; ms += 250) {
    await guard(ms % 500 === 0 ? ill : well).catch(() => undefined)
    if (told.length > 0) shutAt = ms
    vi.advanceTimersByTime(250)
  }
  expect(told).toEqual(['translate neighbour-shut'])
  expect(shutAt).toBeGreaterThan(0)
  expect(shutAt).toBeLessThanOrEqual(5_000)
})

describe('neighbours are apart', () => {
  it('one that is shut does not shut another; the same name is the same breaker', async () => {
    const neighbours = open()
    for (let n = 0; n < 5; n++)
      await neighbours
        .guard('teams')(ill)
        .catch(() => undefined)
    expect(await neighbours.guard('twilio')(well)).toBe('well')
    await expect(neighbours.guard('teams')(well)).rejects.toMatchObject({ code: 'neighbour-down' })
    expect(neighbours.well()).toEqual({ teams: false, twilio: true })
  })
})
