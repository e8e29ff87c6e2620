import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { changedPlaces, mobile, NUMBERS, type OpenedDoor, open, TAKES_FILES_ANEW } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
let places: ReturnType<typeof changedPlaces>
beforeEach(async () => {
  places = changedPlaces('southwark', (text) => text)
  door = await open({ PLACES_DIR: places.folder })
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(async () => {
  await door.close()
  places.remove()
})

/** Asha writes with somebody, and says that she will ring them. */
async function owedByAsha() {
  const asha = staff(door, 'asha')
  await asha.start()
  const from = mobile()
  await door.text(from, NUMBERS.southwark, 'hello')
  await asha.click(/Can you take/, 'accept')
  await door.texts(from, NUMBERS.southwark, ['2', '2', '2'])
  await asha.click(/You have/, 'hand-back-close')
  const wrapUp = { 'wrap-up.outcome': 'call-back', 'wrap-up.owner': 'asha' }
  await asha.click(/Write up/, 'wrap-up', wrapUp)
  expect(await owners()).toEqual(['asha'])
  return from
}
const owners = async () => (await door.views.promises('southwark')).map(({ owner }) => owner)
const why = async (from: string) =>
  (await door.contactOf(from)).timeline.findLast(({ kind }) => kind === 'owner')?.detail

describe('a promise has a living owner at every minute', () => {
  it('a shift is not ended while promises are left', async () => {
    await owedByAsha()
    expect(await door.act('asha', { do: 'shift', to: 'end' })).toMatchObject({ ok: false })
    expect(await owners()).toEqual(['asha'])
  })

  it('a supervisor ends the shift of somebody who went: back to the team, in the log', async () => {
    const from = await owedByAsha()
    const end = { do: 'end-shift', staff: 'asha', why: 'Gone home ill' } as const
    expect(await door.act('ben', end)).toMatchObject({ ok: false })
    expect(await owners()).toEqual(['asha'])
    expect(await door.act('dele', end)).toMatchObject({ ok: true })
    await door.settled()
    expect(await owners()).toEqual(['navigator-lead'])
    expect(await why(from)).toMatchObject({ from: 'asha', owner: 'navigator-lead' })
    const { shift } = (await door.views.staff('southwark')).find(({ staff }) => staff === 'asha')!
    expect(shift).toBe('off')
  })

  it.runIf(TAKES_FILES_ANEW)(
    'somebody is taken off the roster as the place file is taken anew',
    async () => {
      const from = await owedByAsha()
      const text = readFileSync(places.file, 'utf8')
      writeFileSync(places.file, text.replace(/ {2}- \{ id: asha,.*\n/, ''))
      await vi.waitFor(async () => expect(await owners()).toEqual(['navigator-lead']), 10_000)
      expect(await why(from)).toMatchObject({ from: 'asha', why: 'off the roster' })
    }
  )

  it.runIf(TAKES_FILES_ANEW)(
    'a role that is taken away: an old card of theirs does nothing',
    async () => {
      const asha = staff(door, 'asha')
      await asha.start()
      await asha.click(/on shift/, 'shift-end')
      const text = readFileSync(places.file, 'utf8')
      const as = (role: string) => (line: string) => line.replace('[navigator]', `[${role}]`)
      writeFileSync(places.file, text.replace(/ {2}- \{ id: asha,.*\n/, as('auditor')))
      await door.text(mobile(), NUMBERS.southwark, 'hello')
      await staff(door, 'ben').start()
      await door.text(mobile(), NUMBERS.southwark, 'hello')
      const [{ contact } = { contact: '' }] = await door.views.queue('southwark')
      await vi.waitFor(async () => {
        const seen = await door.views.staff('southwark')
        expect(seen.map((one) => one.staff)).not.toContain('asha')
      }, 10_000)
      expect(await asha.click(/shift/, 'shift-start')).toMatchObject({
        answered: expect.stringMatching(/role/),
      })
      expect(await door.act('asha', { do: 'accept', contact })).toMatchObject({ ok: false })
      expect(await door.views.queue('southwark')).not.toContainEqual(
        expect.objectContaining({ by: 'asha' })
      )
    }
  )

  it('nobody who is not at work is given one', async () => {
    await owedByAsha()
    const [one] = await door.views.promises('southwark')
    const own = { do: 'own', contact: one?.contact ?? '', code: one?.code ?? '' } as const
    expect(await door.act('dele', { ...own, owner: 'ben' })).toMatchObject({ ok: false })
    await staff(door, 'ben').start()
    expect(await door.act('dele', { ...own, owner: 'ben' })).toMatchObject({ ok: true })
    await door.settled()
    expect(await owners()).toEqual(['ben'])
  })

  it('is late in the log, and its owner is told, once its time has passed', async () => {
    const from = await owedByAsha()
    await staff(door, 'asha').click(/on shift/i, 'shift-break')
    await door.advance('P1D')
    await door.advance('PT1M')
    expect((await door.contactOf(from)).clocks).toContainEqual(
      expect.objectContaining({ code: 'NEXT', state: 'missed' })
    )
    expect(await staff(door, 'asha').words()).toContainEqual(expect.stringMatching(/is late/))
  })

  it('the call that was promised is still made, whoever owns it', async () => {
    const from = await owedByAsha()
    await door.act('dele', { do: 'end-shift', staff: 'asha', why: 'Gone home ill' })
    await door.settled()
    const ben = staff(door, 'ben')
    await ben.start()
    await door.advance('PT23H')
    await door.advance('PT2M')
    expect((await ben.card(/Can you take/))?.text).toMatch(/Call back: we ring them/)
    expect((await door.contactOf(from)).clocks.at(-1)).toMatchObject({ owner: 'navigator-lead' })
  })
})
