import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedPlaces, landline, mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { handset, kinds, staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const ASHA = '+442079460261'
const PLACE = 'southwark'

/** Somebody rings, says no to the first check, and is cut off: they are owed a call within five minutes. */
async function cutOff(from: string) {
  const { call } = await door.ring(from, NUMBERS.southwark, ['2', 'hang up'])
  return call
}
const atWork = async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  return asha
}
/** Asha takes the call back and is on the line; the person's phone rings. */
async function taken(asha: ReturnType<typeof staff>) {
  await asha.click(/Can you take/, 'accept')
  await handset(door, ASHA).answer()
}
const textsTo = async (from: string) => (await door.phone(from)).texts.map(({ body }) => body)
const owedOf = async (from: string) =>
  (await door.contactOf(from)).clocks.filter(({ name }) => name === 'ringBack')
const states = async (from: string) => [...new Set((await owedOf(from)).map(({ state }) => state))]
/** One of the two was kept; the other it stood for. */
const MET = ['met', 'stopped']
const told = async (from: string, kind: RegExp) =>
  kinds((await door.contactOf(from)).timeline).filter((one) => kind.test(one))

/** Nobody answers: the phone rings as long as Twilio lets it. */
async function ringsOut(from: string) {
  expect(await handset(door, from).rings()).toBe(true)
  await door.advance('PT21S')
  expect(await handset(door, from).rings()).toBe(false)
  await door.settled()
}

describe('somebody is rung back', () => {
  it('a mobile: a text that says when and from where, then a navigator and the person', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    expect(await textsTo(from)).toEqual([
      expect.stringMatching(/We will try to ring you soon, from 020 7946 0200/),
    ])
    expect(await asha.card(/Can you take/)).toBeUndefined()
    await door.advance('PT2M')
    expect((await asha.card(/Can you take/))?.text).toMatch(
      /Call back: we ring them, by 14:25\. Try 1 of 4/
    )
    expect(await handset(door, from).rings()).toBe(false)
    await taken(asha)
    expect(await handset(door, from).rings()).toBe(true)
    const call = await handset(door, from).answer()
    const { with: others, ...heard } = await door.simulator<{
      with: string[]
      from: string
      transcript: { who: string; text: string }[]
    }>(`calls/${call}`)
    expect(others).toEqual(['staff:asha'])
    expect(heard.from).toBe(NUMBERS.southwark)
    expect(heard.transcript.filter(({ who }) => who === 'door').map(({ text }) => text)).toEqual([
      'This is Southwark Health and Care. Someone is here for you. To speak with them, press 1.',
    ])
    expect(await states(from)).toEqual(MET)
    expect(await told(from, /^call-back reached/)).toHaveLength(1)
  })

  it('a landline: no text, and a call at once', async () => {
    const asha = await atWork()
    const from = landline()
    await cutOff(from)
    expect((await asha.card(/Can you take/))?.text).toMatch(/Call back: we ring them, by 14:25/)
    await taken(asha)
    await handset(door, from).answer()
    expect(await states(from)).toEqual(MET)
    expect(await textsTo(from)).toEqual([])
  })
})

describe('they do not answer', () => {
  it('P1: four calls over three hours, then a person decides what is done', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    const { id } = await idOf(from)
    await door.act('asha', { do: 'ring-by', contact: id, nextOfKin: true })
    const at: string[] = []
    for (const [n, wait] of ['PT2M', 'PT14M39S', 'PT44M39S', 'PT1H59M39S'].entries()) {
      await door.advance(wait)
      const card = await asha.card(/Can you take/)
      expect(card?.text).toMatch(new RegExp(`Try ${n + 1} of 4`))
      await taken(asha)
      await ringsOut(from)
      at.push((await asha.words()).at(-1) ?? '')
      const { shift } = await shiftOf('asha')
      expect(shift).toBe('available')
    }
    expect(await told(from, /^call-back unanswered/)).toHaveLength(4)
    expect(at[0]).toMatch(/did not answer|urgent call back/)
    const kin = (await asha.words()).filter((words) => /next of kin/.test(words))
    expect(kin).toHaveLength(1)
    expect((await textsTo(from)).at(-1)).toMatch(/We tried to ring you/)
    const waits = (await door.contactOf(from)).clocks.filter(({ code }) => code === 'WELF')
    expect(waits).toMatchObject([{ state: 'running' }])
    expect(waits[0]?.owner).not.toBe('')
    expect(await owedOf(from)).toContainEqual(expect.objectContaining({ state: 'missed' }))
    await asha.click(/are they safe/, 'decide-police', {
      'decide.why': 'Their daughter has no key.',
    })
    const contact = await door.contactOf(from)
    expect(contact.clocks.filter(({ state }) => state === 'running' || state === 'missed')).toEqual(
      contact.clocks.filter(({ name, state }) => name === 'standard' && state !== 'met')
    )
    expect(contact.timeline.find(({ kind }) => kind === 'welfare-decided')?.detail).toMatchObject({
      by: 'asha',
      police: true,
    })
  })

  it('busy twice is no failed try; answered then', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    for (const wait of ['PT2M', 'PT5M']) {
      await door.advance(wait)
      await taken(asha)
      await handset(door, from).decline()
    }
    expect(await told(from, /^call-back busy/)).toHaveLength(2)
    await door.advance('PT5M')
    expect((await asha.card(/Can you take/))?.text).toMatch(/Try 1 of 4/)
    await taken(asha)
    await handset(door, from).answer()
    expect(await states(from)).toEqual(MET)
  })

  it('a voicemail is told nothing of it, and the second try is answered', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    await door.advance('PT2M')
    await taken(asha)
    const phone = `phones/${encodeURIComponent(from)}`
    const { speaking } = await door.simulator<{ speaking: { call: string }[] }>(phone, {
      answer: true,
    })
    const heard = await door.go(speaking[0]?.call ?? '', ['silence', 'silence'])
    expect(heard.ended).toBe(true)
    expect(heard.all).not.toMatch(/taken|contact|care navigator|check/i)
    expect(await told(from, /^call-back unanswered/)).toHaveLength(1)
    await door.advance('PT15M')
    expect((await asha.card(/Can you take/))?.text).toMatch(/Try 2 of 4/)
    await taken(asha)
    await handset(door, from).answer()
    expect(await states(from)).toEqual(MET)
  })
})

describe('the call is not needed, or may not be made', () => {
  it('they ring us first and speak with somebody', async () => {
    const asha = await atWork()
    const from = landline()
    await staff(door, 'ben').start()
    await asha.click(/on shift/i, 'shift-break')
    await staff(door, 'ben').click(/on shift/i, 'shift-break')
    await cutOff(from)
    const first = (await door.contactOf(from)).ref
    await asha.click(/break/i, 'shift-available')
    await door.go((await door.ring(from, NUMBERS.southwark)).call, ['1'])
    const second = await door.contactOf(from)
    expect(second.ref).not.toBe(first)
    await asha.click(new RegExp(`Can you take ${second.ref}`), 'accept')
    await handset(door, ASHA).answer()
    const contact = await door.api<{ timeline: { kind: string }[]; clocks: { state: string }[] }>(
      `contacts/${first}`
    )
    expect(kinds(contact.timeline)).toContain('came')
    expect(kinds(contact.timeline)).toContain('call-back reached')
  })

  it('a number that nothing may reach is not rung, and nobody is asked to', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    const { id, ref } = await idOf(from)
    await door.act('efua', { do: 'not-these', contact: id, numbers: [from] })
    const before = await asha.titles()
    await door.advance('PT10M')
    expect(await asha.titles()).toEqual(before)
    const seen = (await door.views.contact(PLACE, ref))?.timeline ?? []
    expect(kinds(seen)).toContain('call-back withdrawn')
    expect(await textsTo(from)).toHaveLength(1)
  })

  it('a premium number is never rung', async () => {
    await atWork()
    await cutOff('+449011234567')
    expect(await told('+449011234567', /^call-back$/)).toEqual([])
  })

  it('our own number, which somebody shows to us, is not rung', async () => {
    const asha = await atWork()
    await cutOff(NUMBERS.southwark)
    expect(await told(NUMBERS.southwark, /^call-back$/)).toEqual([])
    expect(await asha.card(/Can you take/)).toBeUndefined()
    expect(await owedOf(NUMBERS.southwark)).not.toEqual([])
  })

  it('a promise that staff close early ends it', async () => {
    const asha = await atWork()
    const from = mobile()
    await cutOff(from)
    const { id } = await idOf(from)
    await door.act('asha', {
      ...{ do: 'close-promise', contact: id, code: 'HOLD' },
      ...{ how: 'stopped', note: '' },
    })
    const before = await asha.titles()
    await door.advance('PT10M')
    expect(await asha.titles()).toEqual(before)
  })
})

describe('nobody is there to ring', () => {
  it('nobody takes it: it is late, its owner is told, and it stays until somebody does', async () => {
    const asha = await atWork()
    const from = landline()
    await cutOff(from)
    for (let n = 0; n < 6; n += 1) await door.advance('PT1M')
    expect(await asha.words()).toContainEqual(expect.stringMatching(/promised by 14:25 is late/))
    for (let n = 0; n < 3; n += 1) await door.advance('PT10M')
    expect(await told(from, /^call-back waits/)).not.toEqual([])
    await taken(asha)
    await handset(door, from).answer()
    expect(await told(from, /^call-back reached/)).toHaveLength(1)
  })

  it('Twilio rings nobody: it counts as a try, and the navigator is free', async () => {
    const asha = await atWork()
    const from = landline()
    await cutOff(from)
    await asha.click(/Can you take/, 'accept')
    await door.simulator('faults', { service: 'twilio', fault: 'refusing', for: 'PT10M' })
    await handset(door, ASHA).answer()
    for (let n = 0; n < 8; n += 1) await door.advance('PT20S')
    expect(await told(from, /^call-back (unanswered|waits)/)).not.toEqual([])
    expect(await states(from)).not.toContain('met')
    expect((await door.contactOf(from)).clocks.map(({ owner }) => owner)).not.toContain('')
  })

  it('it waits in the queue, is late, and is rung by whoever comes to work', async () => {
    const from = mobile()
    await cutOff(from)
    expect(await textsTo(from)).toEqual([])
    await door.advance('PT30M')
    expect(await states(from)).toContain('missed')
    const asha = await atWork()
    expect((await asha.card(/Can you take/))?.text).toMatch(/Call back: we ring them, by 14:25/)
    await taken(asha)
    await handset(door, from).answer()
    expect((await owedOf(from)).filter(({ state }) => state !== 'met')).toEqual([])
  })
})

const idOf = async (from: string) => {
  const { ref } = await door.contactOf(from)
  const views = await door.views.contact(PLACE, ref)
  return { id: views?.contact ?? '', ref }
}
const shiftOf = async (who: string) => {
  const one = (await door.views.staff(PLACE)).find((each) => each.staff === who)
  return { shift: one?.shift }
}

/** Asks for help with loneliness and the like, which the navigators ring about by tomorrow. */
const NAV = ['2', '2', '2', '1', '6', '3', '1', '1', '1', 'Ann']
async function promised() {
  const from = landline()
  const { call, all } = await door.ring(from, NUMBERS.southwark, NAV)
  await door.go(call, ['hang up'])
  const { clocks } = await door.contactOf(from)
  const due = clocks.find(({ name, code }) => name === 'ringBack' && code === 'NAV')?.due
  const said = /will ring you by ([^.]*)\./.exec(all)?.[1]
  return { from, said, due }
}
/** A door of the same hour whose navigators keep other hours, or so many slots. */
async function changed(change: (text: string) => string, now: string) {
  await door.close()
  const places = changedPlaces(PLACE, change)
  door = await open({ PLACES_DIR: places.folder })
  await door.clock(now)
  return places.remove
}

describe('promises of one hour', () => {
  it('twelve, and the next one gets the next time, said aloud; one that is closed is free again', async () => {
    await atWork()
    const made: Awaited<ReturnType<typeof promised>>[] = []
    for (let n = 0; n < 13; n += 1) made.push(await promised())
    const by = (due: string) => made.filter((one) => one.due === due)
    expect(by('2026-11-24T15:00:00.000Z')).toHaveLength(12)
    expect(new Set(by('2026-11-24T15:00:00.000Z').map(({ said }) => said))).toEqual(
      new Set(["3 o'clock this afternoon"])
    )
    expect(made.at(-1)).toMatchObject({
      due: '2026-11-24T16:00:00.000Z',
      said: "4 o'clock this afternoon",
    })
    const { id } = await idOf(made[0]?.from ?? '')
    await door.act('asha', { do: 'close-promise', contact: id, code: 'NAV', how: 'met', note: '' })
    await door.settled()
    expect((await promised()).due).toBe('2026-11-24T15:00:00.000Z')
    expect((await promised()).due).toBe('2026-11-24T16:00:00.000Z')
  }, 60_000)

  it('none in any hour: a person within twenty minutes', async () => {
    const remove = await changed(
      (text) => text.replace('cards: reference, slots: 12', 'cards: reference, slots: 0'),
      '2026-11-24T14:20:00Z'
    )
    await atWork()
    const { due, said } = await promised()
    expect(due?.slice(0, 16)).toBe('2026-11-24T14:40')
    expect(said).toMatch(/20 to 3/)
    remove()
  })

  it('two at once for the last one: one of them moves, with its owner told', async () => {
    const remove = await changed(
      (text) => text.replace('cards: reference, slots: 12', 'cards: reference, slots: 1'),
      '2026-11-24T14:20:00Z'
    )
    const asha = await atWork()
    const both = await Promise.all([promised(), promised(), promised()])
    await door.settled()
    const owed = await Promise.all(
      both.map(async ({ from }) => (await owedOf(from)).find(({ code }) => code === 'NAV')?.due)
    )
    expect(owed.sort()).toEqual([
      '2026-11-24T15:00:00.000Z',
      '2026-11-24T16:00:00.000Z',
      '2026-11-24T17:00:00.000Z',
    ])
    const spoken = both.map(({ due }) => due).sort()
    for (const { from, due } of both) {
      const contact = await door.contactOf(from)
      const now = contact.clocks.find(
        ({ name, code }) => name === 'ringBack' && code === 'NAV'
      )?.due
      const moved = contact.timeline.some(({ kind }) => kind === 'slot-moved')
      if (now !== due) expect(moved).toBe(true)
      if (moved) expect(await asha.words()).toContainEqual(expect.stringContaining(contact.ref))
    }
    expect(spoken).toHaveLength(3)
    remove()
  })

  it('on a bank holiday nobody is rung: the first hour that the team is there again', async () => {
    const remove = await changed(
      (text) =>
        text.replace(
          /(number: "\+442079460210"\n {4}hours: )\{ daily: 08:00-20:00 \}/,
          '$1{ weekdays: 08:00-20:00 }'
        ),
      '2026-12-24T19:55:00Z'
    )
    await atWork()
    const { from, due } = await promised()
    expect(due).toBe('2026-12-29T09:00:00.000Z')
    await door.clock('2026-12-28T12:00:00Z')
    expect(await told(from, /^queued/)).toHaveLength(1)
    await door.clock('2026-12-29T08:00:00Z')
    expect(await told(from, /^queued/)).toHaveLength(2)
    remove()
  })
})
