import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOT_DONE } from '../../src/channels/teams-staff.ts'
import { staffActShape } from '../../src/handoff/acts.ts'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

let door: OpenedDoor
beforeEach(async () => {
  door = await open()
  await door.clock('2026-11-24T14:20:00Z')
})
afterEach(() => door.close())

const texts = async (phone: string) => {
  const { thread } = await door.simulator<{ thread: { from: string; body: string }[] }>(
    `phones/${encodeURIComponent(phone)}`
  )
  return thread.filter(({ from }) => from !== phone).map(({ body }) => body)
}
const write = (from: string, body: string) =>
  door.simulator('texts', { from, to: NUMBERS.southwark, body })
const inTeams = (does: Record<string, unknown>) => door.simulator<Chat>('teams/asha', does)
interface Chat {
  messages: { id: string; from: string; text: string }[]
}
const line = async (text: RegExp) =>
  (await door.simulator<Chat>('teams/asha')).messages.findLast((one) => text.test(one.text))?.id
const refOf = async (phone: string) => (await door.contactOf(phone)).ref

/** Asha writes with these people, all taken in one moment: the second from the queue, though she had said no to it. */
async function withPeople(count: number) {
  const asha = staff(door, 'asha')
  await asha.start()
  if (count > 1) await staff(door, 'ben').start()
  const phones = Array.from({ length: count }, mobile)
  for (const phone of phones) {
    await write(phone, 'A person please')
    for (const key of ['2', '2', '2']) await write(phone, key)
  }
  const queue = await door.views.queue('southwark')
  for (const { contact } of queue.slice(1))
    await door.act('asha', { do: 'decline', contact, reason: 'busy' })
  await door.settled()
  await Promise.all(queue.map(({ contact }) => door.act('asha', { do: 'accept', contact })))
  await door.settled()
  const refs = await Promise.all(phones.map(refOf))
  return { asha, phones: phones as [string, string], refs: refs as [string, string] }
}

describe('one navigator, two people who text', () => {
  it('is asked whom a line is for, and it goes to nobody else, once', async () => {
    const { asha, phones, refs } = await withPeople(2)
    const before = await Promise.all(phones.map(texts))
    await asha.say('Take two tablets')
    expect(await Promise.all(phones.map(texts))).toEqual(before)
    const card = await asha.card(/Who is this for/)
    expect(card?.actions.map(({ title }) => title)).toEqual(
      expect.arrayContaining(refs.map((ref) => expect.stringContaining(ref)))
    )
    const second = card?.actions.find(({ title }) => title.includes(refs[1]))?.action ?? ''
    const click = { card: card?.card ?? '', action: second }
    await Promise.all([1, 2].map(() => inTeams({ click }).catch(() => undefined)))
    expect(await texts(phones[0])).toEqual(before[0])
    expect((await texts(phones[1])).filter((body) => body === 'Take two tablets')).toHaveLength(1)
    expect(await asha.card(/Who is this for/)).toBeUndefined()
    expect(await asha.card(new RegExp(`Sent to ${refs[1]}`))).toBeDefined()
  })

  it('reads whose words are whose', async () => {
    const { asha, phones, refs } = await withPeople(2)
    await write(phones[0], 'my leg')
    await write(phones[1], 'my arm')
    expect((await asha.words()).slice(-2)).toEqual([`${refs[0]}: my leg`, `${refs[1]}: my arm`])
  })

  it('answers one by quoting them, and what is quoted stays here', async () => {
    const { phones } = await withPeople(2)
    await write(phones[0], 'my leg')
    await write(phones[1], 'my arm')
    const before = await texts(phones[1])
    await inTeams({ say: 'Can you stand on it?', quote: await line(/my leg/) })
    expect((await texts(phones[0])).at(-1)).toBe('Can you stand on it?')
    expect(await texts(phones[1])).toEqual(before)
  })

  it('is asked no more once one of them is written up', async () => {
    const { asha, phones, refs } = await withPeople(2)
    const contact = (await door.views.queue('southwark')).find(({ ref }) => ref === refs[0])
    await door.act('asha', { do: 'hand-back', contact: contact?.contact ?? '', what: 'close' })
    await door.settled()
    const before = await texts(phones[0])
    await asha.say('And how are you?')
    expect((await texts(phones[1])).at(-1)).toBe('And how are you?')
    expect(await texts(phones[0])).toEqual(before)
  })
})

/** Of two people the first is written up and gone: her navigator is with the second alone. */
async function oneGone() {
  const { asha, phones, refs } = await withPeople(2)
  await write(phones[0], 'my leg')
  await write(phones[1], 'my arm')
  const quote = await line(/my leg/)
  await door.clock('2026-11-24T14:25:00Z')
  const gone = (await door.views.queue('southwark')).find(({ ref }) => ref === refs[0])
  const contact = gone?.contact ?? ''
  await door.act('asha', { do: 'hand-back', contact, what: 'close' })
  const wrap = staffActShape.parse({ do: 'wrap-up', contact, outcome: 'helped' })
  expect(await door.act('asha', wrap)).toMatchObject({ ok: true })
  await door.settled()
  return { asha, phones, refs, quote }
}

describe('of two people the one that is left gets nothing that may be for the other', () => {
  it.each<[string, (quote: string | undefined) => Record<string, unknown>]>([
    ['typed before the other was gone', () => ({ written: '2026-11-24T14:24:59Z' })],
    ['with words of the other quoted', (quote) => ({ quote })],
  ])('%s', async (_name, how) => {
    const { asha, phones, refs, quote } = await oneGone()
    const before = await Promise.all(phones.map(texts))
    await inTeams({ say: 'Keep it up high', ...how(quote) })
    expect(await Promise.all(phones.map(texts))).toEqual(before)
    const card = await asha.card(/Who is this for/)
    expect(card?.actions.map(({ title }) => title)).toEqual([
      expect.stringContaining(`To ${refs[1]}`),
    ])
  })

  it('typed since then it goes to them', async () => {
    const { asha, phones } = await oneGone()
    const before = await texts(phones[0])
    await asha.say('Keep it up high')
    expect((await texts(phones[1])).at(-1)).toBe('Keep it up high')
    expect(await texts(phones[0])).toEqual(before)
  })
})

describe('a line goes to nobody, and they are told, when', () => {
  it('it was written before they had this person, and comes late', async () => {
    const { asha, phones } = await withPeople(1)
    const before = await texts(phones[0])
    await inTeams({ say: 'See you, Mrs Brown', written: '2026-11-24T14:19:59Z' })
    expect(await texts(phones[0])).toEqual(before)
    const card = await asha.card(/Who is this for/)
    expect(card?.text).toContain('before you had this person')
    await asha.click(/Who is this for/, 'say-1')
    expect((await texts(phones[0])).at(-1)).toBe('See you, Mrs Brown')
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['there is a picture', { say: 'Look', attach: ['image/png'] }, NOT_DONE.pictures],
    ['there is a file', { say: 'Look', attach: ['application/pdf'] }, NOT_DONE.pictures],
    ['it has 10,000 characters', { say: 'x'.repeat(10_000) }, NOT_DONE.tooLong(1_600)],
  ])('%s', async (_name, does, words) => {
    const { asha, phones } = await withPeople(1)
    const before = await texts(phones[0])
    await inTeams(does)
    expect(await texts(phones[0])).toEqual(before)
    expect((await asha.words()).at(-1)).toBe(words)
  })

  it('they are in nobody’s conversation any more', async () => {
    const { asha, phones } = await withPeople(1)
    await asha.click(/You have/, 'hand-back-close')
    const before = await texts(phones[0])
    await asha.say('One more thing')
    expect(await texts(phones[0])).toEqual(before)
    expect(await asha.card(/went to no one/)).toBeDefined()
  })

  it('only what they quote has words', async () => {
    const { asha, phones } = await withPeople(1)
    await write(phones[0], 'my leg')
    const before = await texts(phones[0])
    await inTeams({ say: '‎ ', quote: await line(/my leg/) })
    expect((await texts(phones[0])).join()).not.toContain('my leg')
    expect((await texts(phones[0])).length - before.length).toBeLessThanOrEqual(1)
    expect(await asha.card(/You have/)).toBeDefined()
  })
})

describe('what was sent is sent', () => {
  it.each([
    ['edit', (message: string) => ({ edit: { message, say: 'Take one' } }), NOT_DONE.edited],
    ['delete', (message: string) => ({ delete: message }), NOT_DONE.deleted],
  ])('an %s changes nothing for them, and says so', async (_name, does, words) => {
    const { asha, phones } = await withPeople(1)
    await asha.say('Take two')
    const before = await texts(phones[0])
    expect(before.at(-1)).toBe('Take two')
    await inTeams(does((await line(/^Take two$/)) ?? ''))
    expect(await texts(phones[0])).toEqual(before)
    expect((await asha.words()).at(-1)).toBe(words)
  })

  it('shows below each line how many texts it took, and whether it arrived', async () => {
    const { asha, phones } = await withPeople(1)
    await asha.say('Hello')
    expect((await asha.words()).at(-1)).toBe('Delivered as 1 text.')
    await asha.say('step by step '.repeat(20))
    expect((await asha.words()).at(-1)).toBe('Delivered as 2 texts.')
    await door.simulator(`phones/${encodeURIComponent(phones[0])}/off`, { off: true })
    await asha.say('Are you there?')
    expect((await asha.words()).at(-1)).toBe('Not delivered as 1 text. Ring them, or write again.')
    expect(await asha.card(/a message did not arrive/)).toBeDefined()
  })
})
