import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NOT_DONE } from '../../src/channels/teams-staff.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

interface Told {
  answered?: string
  error?: string
  replies?: { text: string }[]
}
const texts = async (phone: string) => {
  const { thread } = await door.simulator<{ thread: { from: string; body: string }[] }>(
    `phones/${encodeURIComponent(phone)}`
  )
  return thread.filter(({ from }) => from !== phone).map(({ body }) => body)
}
const inTeams = (who: string, does: Record<string, unknown>) =>
  door.simulator<Told>(`teams/${who}`, does)

/** Asha is with someone who texts, danger being cleared by her on the card. */
async function writing() {
  const asha = staff(door, 'asha')
  await asha.start()
  const phone = mobile()
  await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body: 'A person please' })
  await asha.click(/Can you take/, 'accept')
  await asha.click(/You have/, 'danger-no')
  return { asha, phone }
}

describe('a text conversation in Teams', () => {
  it('goes both ways in the chat of whoever took it', async () => {
    const { asha, phone } = await writing()
    await asha.say('Hello, I am Asha.')
    expect(await texts(phone)).toContain('Hello, I am Asha.')
    await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body: 'Thank you' })
    expect((await asha.words()).join()).toContain('Thank you')
  })

  it('carries to the person nothing that is written where others read along', async () => {
    const { phone } = await writing()
    const channel = (
      await door.simulator<{ who: string; kind: string; place: string }[]>('teams')
    ).find(({ kind, place }) => kind === 'channel' && place === 'southwark')
    const before = await texts(phone)
    await inTeams(channel?.who ?? '', { say: 'This one is hard work', as: 'asha' })
    expect(await texts(phone)).toEqual(before)
  })

  it('says what is too long, and sends none of it', async () => {
    const { asha, phone } = await writing()
    const before = await texts(phone)
    await asha.say('x'.repeat(10_000))
    expect(await asha.words()).toContain(NOT_DONE.tooLong(1600))
    expect(await texts(phone)).toEqual(before)
  })

  it('raises danger words on a card of their own, with the check as buttons', async () => {
    const { asha, phone } = await writing()
    const body = 'she has chest pain'
    await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body })
    const card = await asha.card(/this may be danger/)
    expect(card?.actions.map(({ action }) => action)).toContain('danger-yes')
    expect(card?.text).not.toContain('chest pain')
    expect((await asha.words()).join()).toContain(body)
    const story = async () => {
      const [one] = await door.views.queue('southwark')
      return door.views.story('southwark', one?.contact ?? '')
    }
    expect((await story())?.danger).toBe('not-sure')
    const rung = (await asha.click(/this may be danger/, 'ring-person')) as Told
    expect(rung.answered).toMatch(/Ring them from your own phone/)
    await asha.click(/this may be danger/, 'danger-no')
    expect((await story())?.danger).toBe('cleared')
    // The alert stands beside the card of the contact, and not in its place; it asks nothing any more.
    expect(await asha.card(/You have/)).toBeDefined()
    expect(await asha.card(/this may be danger/)).toBeUndefined()
    const settled = await asha.card(/seen to/)
    expect(settled).toMatchObject({ actions: [], text: expect.stringContaining('The answer: No.') })
  })

  it('takes the buttons off every alert, wherever it was asked, and as they are with somebody else', async () => {
    const { asha, phone } = await writing()
    const alerts = async () => (await asha.titles()).map((title) => title.replace(/^\d+/, ''))
    for (const body of ['she has chest pain', 'she can not breathe'])
      await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body })
    const open = ': this may be danger'
    expect((await alerts()).filter((title) => title === open)).toHaveLength(2)
    const [one] = await door.views.queue('southwark')
    const contact = one?.contact ?? ''
    await door.act('asha', { do: 'danger', contact, answer: 'not-sure' })
    await door.settled()
    expect(await alerts()).not.toContain(open)
    await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body: 'chest pain again' })
    expect(await alerts()).toContain(open)
    await door.act('dele', { do: 'end-shift', staff: 'asha', why: 'gone home ill' })
    await door.settled()
    expect(await alerts()).not.toContain(open)
  })

  it('is not closed as helped while words of danger stand that nobody asked about', async () => {
    const { asha, phone } = await writing()
    const body = 'she has chest pain'
    await door.simulator('texts', { from: phone, to: NUMBERS.southwark, body })
    await asha.click(/You have/, 'hand-back-close')
    const close = () => asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    expect(((await close()) as Told).answered).toMatch(/First say if someone is in danger/)
    expect((await asha.card(/Write up/))?.text).toContain('THEY WROTE WORDS OF DANGER')
    await asha.click(/Write up/, 'danger-no')
    expect((await asha.card(/Write up/))?.text).not.toContain('THEY WROTE WORDS OF DANGER')
    await close()
    expect(await asha.card(/: closed$/)).toBeDefined()
    expect(await asha.card(/Write up|this may be danger/)).toBeUndefined()
  })

  it('says that a text did not arrive, until they write again', async () => {
    const { asha, phone } = await writing()
    const off = (off: boolean) => door.simulator(`phones/${encodeURIComponent(phone)}/off`, { off })
    await off(true)
    await asha.say('Hello, I am Asha.')
    // Twilio tells of it in its own time.
    const told = async () => expect(await asha.card(/a message did not arrive/)).toBeDefined()
    await vi.waitFor(told, 10_000)
    await off(false)
    await asha.say('Hello again.')
    expect(await asha.card(/a message did not arrive/)).toBeUndefined()
    expect((await asha.card(/seen to/))?.actions).toEqual([])
  })

  it('is written up, and the card keeps nothing of it', async () => {
    const { asha } = await writing()
    await asha.click(/You have/, 'hand-back-close')
    await asha.click(/Write up/, 'wrap-up', { 'wrap-up.outcome': 'helped' })
    const card = await asha.card(/: closed$/)
    expect([card?.text, card?.actions]).toEqual(['', []])
  })
})

it('words to nobody get a short help with the shift below it', async () => {
  const asha = staff(door, 'asha')
  await asha.start()
  await asha.say('what now?')
  const card = await asha.card(/went to no one/)
  expect(card?.text).toContain('You are on shift')
  expect(card?.actions.map(({ action }) => action)).toContain('shift-break')
})

it('someone on the roster of another place does nothing with a card of this one', async () => {
  const { asha } = await writing()
  const card = await asha.card(/You have/)
  const click = { card: card?.card ?? '', action: 'hand-back-close' }
  const { answered } = await inTeams('asha', { click, as: 'gwen' })
  expect(answered).toBe(NOT_DONE.stranger)
  expect(await asha.card(/You have/)).toEqual(card)
})
