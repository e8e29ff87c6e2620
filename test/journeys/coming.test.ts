import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { landline, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, staff } from './staff.ts'

const ASHA = '+442079460261'
const DAY = '2026-11-24T14:20:00Z'
const NIGHT = '2026-11-24T23:20:00Z'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
})
afterEach(() => door.close())

/** What the navigators do while somebody rings. */
const DESKS = {
  'nobody is at work': async () => {},
  'one is free, and does nothing': async () => staff(door, 'asha').start(),
  'the only one speaks with somebody else': async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    await door.ring(landline(), NUMBERS.southwark, ['2', '2', '2', '1', '0'])
    await asha.click(/Can you take/, 'accept')
    await handset(door, ASHA).answer()
  },
  'the only one is on a break': async () => {
    const asha = staff(door, 'asha')
    await asha.start()
    await asha.say('break')
  },
}

/** What they press, and say. */
const CALLERS: Record<string, readonly string[]> = {
  'in danger': ['1'],
  'not sure': ['3'],
  'a person, at once': ['0'],
  'a person, at once, and danger then': ['0', '1'],
  'a person, once danger is cleared': ['2', '2', '2', '1', '0'],
  'they want to die': ['I want to kill myself'],
  silent: ['silence', 'silence'],
}

/** Words that say that somebody comes to the phone. */
const COMING = /person is coming|said yes|with you in a moment|nurse line now/
const ASKING = /getting a person|asking someone|still asking|Everyone is busy/

/** Who is really rung, or asked, for somebody at this moment. */
async function rung(from: string, ringing: unknown): Promise<'rung' | 'queued' | 'nobody'> {
  await door.settled()
  if (ringing) return 'rung'
  const { ref } = await door.contactOf(from)
  const row = (await door.views.queue('southwark')).find((one) => one.ref === ref)
  if (row?.value === 'waiting') return 'queued'
  return row ? 'rung' : 'nobody'
}

/** Every turn of a call up to somebody's phone ringing: what was heard, and who was rung then. */
async function turnsOf(does: readonly string[]) {
  const from = landline()
  let at = await door.ring(from, NUMBERS.southwark)
  const turns = [{ heard: at.all, is: await rung(from, at.ringing) }]
  const all = [...does, ...Array<string>(6).fill('silence')]
  for (const next of all) {
    if (at.ringing || at.ended) break
    at = await door.go(at.call, [next])
    turns.push({ heard: at.all, is: await rung(from, at.ringing) })
  }
  return turns
}

describe.each([
  ['by day', DAY],
  ['at night', NIGHT],
])('%s', (_, hour) => {
  describe.each(Object.keys(DESKS) as (keyof typeof DESKS)[])('%s', (desk) => {
    it.each(Object.keys(CALLERS))(
      '%s: nobody hears that a person comes unless one is rung',
      async (who) => {
        await door.clock(hour)
        await DESKS[desk]()
        const turns = await turnsOf(CALLERS[who] ?? [])
        const untrue = turns.filter(
          ({ heard, is }) =>
            (COMING.test(heard) && is !== 'rung') || (ASKING.test(heard) && is === 'nobody')
        )
        expect(untrue).toEqual([])
        expect(turns.some(({ heard }) => COMING.test(heard) || ASKING.test(heard))).toBe(true)
      }
    )
  })
})
