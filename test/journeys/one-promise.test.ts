import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
  await staff(door, 'asha').start()
})
afterEach(() => door.close())

/** The promises to ring somebody that stand, and what the desk shows of them. */
async function owed(from: string) {
  await door.settled()
  const { clocks, ref, timeline } = await door.contactOf(from)
  const running = clocks.filter(({ name, state }) => name === 'ringBack' && state === 'running')
  const shown = (await door.views.promises('southwark')).filter(
    (one) => one.ref === ref && one.code !== 'E999'
  )
  return { running, shown, log: kinds(timeline) }
}

/** How far they came before they hung up, and by when somebody rings. */
const CALLS: [string, string[], string][] = [
  ['at the greeting', [], '14:25'],
  ['after one check', ['2'], '14:25'],
  ['once danger was cleared', ['2', '2', '2'], '14:40'],
  ['after 0', ['0'], '14:25'],
  ['after 0, once danger was cleared', ['2', '2', '2', '0'], '14:40'],
  ['after yes to danger', ['1'], '14:25'],
  ['after not sure', ['3'], '14:25'],
  ['after 0 and a no', ['0', '2'], '14:25'],
  ['as another language is looked for', ['9'], '14:25'],
]
const TEXTS: [string, string[], string][] = [
  ['CALL ME', ['CALL ME'], '14:25'],
  ['CALL ME, once danger was cleared', ['hello', '2', '2', '2', 'CALL ME'], '14:40'],
  ['CALL ME, then STOP', ['CALL ME', 'STOP'], '14:25'],
  ['STOP', ['hello', 'STOP'], '14:25'],
  ['yes to danger', ['hello', '1'], '14:25'],
  ['not sure', ['hello', '3'], '14:25'],
]

describe('one matter, one promise with one owner', () => {
  it.each(CALLS)('they hang up %s', async (_, keys, by) => {
    const from = landline()
    await door.ring(from, NUMBERS.southwark, [...keys, 'hang up'])
    const { running, shown } = await owed(from)
    expect(running.map(({ due }) => due.slice(11, 16))).toEqual([by])
    expect(shown.map(({ owner }) => owner)).toEqual([running[0]?.owner])
  })

  it.each(TEXTS)('they write %s', async (_, bodies, by) => {
    const from = mobile()
    await door.texts(from, NUMBERS.southwark, bodies)
    const { running, shown } = await owed(from)
    expect(running.map(({ due }) => due.slice(11, 16))).toEqual([by])
    expect(shown).toHaveLength(1)
  })

  it('the log says which stands for which, and the words still name its time', async () => {
    const from = mobile()
    const last = await door.texts(from, NUMBERS.southwark, ['hello', '2', '2', '2', 'CALL ME'])
    expect(last).toMatch(/We will ring you by 2:40pm today/)
    expect((await owed(from)).log).toContain('promise-joined')
  })
})
