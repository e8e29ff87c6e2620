import { describe, expect, it } from 'vitest'
import { NOT_DONE } from '../../src/channels/teams-staff.ts'
import {
  door,
  expectEmptied,
  here,
  opensRoom,
  own,
  PLACE,
  room,
  seen,
  taken,
  texts,
  threads,
  write,
} from './room.ts'
import { staff } from './staff.ts'

opensRoom()

describe('a text conversation in a room', () => {
  it('is one thread: the reference and how urgent first, then what both write, in order', async () => {
    const { member, from, ref, root } = await taken()
    await here({ say: 'Hello, I am Kofi.', thread: root })
    expect((await texts(from)).at(-1)).toBe('Hello, I am Kofi.')
    for (const words of ['my mum fell', 'she is 82', 'please come']) await write(from, words)
    await here({ say: '@Front door I will ring you.', thread: root })
    expect((await texts(from)).at(-1)).toBe('I will ring you.')
    const [thread, ...others] = await threads()
    expect(others).toEqual([])
    expect(thread?.card?.title).toBe(`${ref}: Kofi has this one`)
    expect(thread?.card?.text).toContain('Now: within 5 minutes')
    expect(thread?.card?.text).not.toContain('A person please')
    expect(thread?.lines).toEqual([
      'kofi: Hello, I am Kofi.',
      'door: Delivered as 1 text.',
      ...['my mum fell', 'she is 82', 'please come'].map((words) => `door: ${words}`),
      'kofi: @Front door I will ring you.',
      'door: Delivered as 1 text.',
    ])
    expect(await member.card(new RegExp(`^${ref}: write with them in Navigators`))).toMatchObject({
      actions: [{ title: 'Go to the thread' }],
    })
  })

  it('is each a thread of its own, and no line goes to the wrong one', async () => {
    const one = await taken('kofi')
    const two = await taken('lena')
    await here({ say: 'To the first', thread: one.root })
    await here({ say: 'To the second', thread: two.root }, 'lena')
    await write(two.from, 'from the second')
    await write(one.from, 'from the first')
    expect((await texts(one.from)).at(-1)).toBe('To the first')
    expect((await texts(two.from)).at(-1)).toBe('To the second')
    const [first, second] = await threads()
    expect(first?.lines.at(-1)).toBe('door: from the first')
    expect(second?.lines.at(-1)).toBe('door: from the second')
  })

  it.each([
    ['a colleague', 'lena', 'I know her', 'Kofi has this one. Your message went to no one.'],
    ['whoever has it, to a colleague', 'kofi', '@Lena what do you think?', NOT_DONE.colleague],
    ['10,000 characters', 'kofi', 'x'.repeat(10_000), NOT_DONE.tooLong(1_600)],
  ])('takes nothing to the person from %s, and says so there', async (_name, as, say, words) => {
    const { from, root } = await taken()
    const before = await texts(from)
    await here({ say, thread: root }, as)
    expect(await texts(from)).toEqual(before)
    expect((await threads())[0]?.lines.at(-1)).toBe(`door: ${words}`)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a picture', { say: 'Look', attach: ['image/png'] }, NOT_DONE.pictures],
    ['a bare name', { say: '@Front door' }, NOT_DONE.noWords],
  ])('takes no %s', async (_name, does, words) => {
    const { from, root } = await taken()
    const before = await texts(from)
    await here({ ...does, thread: root })
    expect(await texts(from)).toEqual(before)
    expect((await threads())[0]?.lines.at(-1)).toBe(`door: ${words}`)
  })

  it('takes nothing from beside the thread, or from their own chat', async () => {
    const { member, from, ref } = await taken()
    const before = await texts(from)
    await here({ say: 'Good morning all' })
    await here({ say: '@Front door are you there?' })
    await member.say('Hello?')
    expect(await texts(from)).toEqual(before)
    expect((await threads()).at(-1)?.lines).toEqual([`door: ${NOT_DONE.inCompany}`])
    expect((await own('kofi')).at(-1)).toBe(
      `Write with ${ref} in their thread in Navigators. Your message went to no one.`
    )
  })

  it('hears only what names it where Teams lets it hear no more', async () => {
    const { from, root } = await taken()
    await here({ bot: { hears: 'named' } })
    const before = await texts(from)
    await here({ say: 'Between us', thread: root })
    expect(await texts(from)).toEqual(before)
    await here({ say: '@Front door Hello.', thread: root })
    expect((await texts(from)).at(-1)).toBe('Hello.')
  })

  it('alerts them to danger words, in their own chat', async () => {
    const { member, from } = await taken()
    await write(from, 'now she has chest pain')
    expect(await member.card(/this may be danger/)).toBeDefined()
    expect((await threads())[0]?.lines.at(-1)).toBe('door: DANGER WORDS. now she has chest pain')
  })

  it('says below a line that it did not arrive', async () => {
    const { member, from, root } = await taken()
    await door.simulator(`phones/${encodeURIComponent(from)}/off`, { off: true })
    await here({ say: 'Hello?', thread: root })
    expect((await threads())[0]?.lines.at(-1)).toMatch(/^door: Not delivered as 1 text/)
    expect(await member.card(/a message did not arrive/)).toBeDefined()
  })

  it('tells them that an edit or a delete reaches nobody', async () => {
    const { from, root } = await taken()
    await here({ say: 'Take two', thread: root })
    const message = (await seen(room)).find(({ text }) => text === 'Take two')?.id ?? ''
    await here({ edit: { message, say: 'Take one' } })
    expect((await threads())[0]?.lines.at(-1)).toBe(`door: ${NOT_DONE.edited}`)
    await here({ delete: message })
    expect((await threads())[0]?.lines.at(-1)).toBe(`door: ${NOT_DONE.deleted}`)
    expect((await texts(from)).filter((body) => /^Take/.test(body))).toEqual(['Take two'])
  })
})

describe('its end', () => {
  it.each(['questions', 'feedback', 'close'])('by handing back (%s) empties it', async (what) => {
    const { from, root, ref } = await taken()
    await write(from, 'my mum fell')
    await here({ say: 'Hello.', thread: root })
    const card = (await threads())[0]?.card
    await here({ click: { card: card?.card ?? '', action: `hand-back-${what}` } })
    await expectEmptied(root, new RegExp(`^${ref}: closed$`))
    const before = await texts(from)
    await here({ say: 'One more thing', thread: root })
    expect(await texts(from)).toEqual(before)
    expect((await threads())[0]?.lines.at(-1)).toMatch(/not held here now/)
  })

  it('a colleague who presses its button ends nothing', async () => {
    const { ref } = await taken()
    const card = (await threads())[0]?.card
    const answer = await door.simulator<{ answered?: string }>(`teams/${room}`, {
      click: { card: card?.card ?? '', action: 'hand-back-close' },
      as: 'lena',
    })
    expect(answer.answered).toBe('This contact is with someone else.')
    expect((await threads())[0]?.card?.title).toBe(`${ref}: Kofi has this one`)
  })

  it('as somebody else takes it over begins another thread', async () => {
    const { from, contact, root } = await taken()
    await write(from, 'my mum fell')
    await door.act('noor', { do: 'end-shift', staff: 'kofi', why: 'ill' }, PLACE)
    await door.settled()
    await expectEmptied(root, /: closed$/)
    const lena = staff(door, 'lena')
    await lena.start()
    await door.act('lena', { do: 'accept', contact }, PLACE)
    await door.settled()
    const next = (await threads()).at(-1)?.root ?? ''
    expect(next).not.toBe(root)
    const before = await texts(from)
    await here({ say: 'I am still here', thread: root })
    await here({ say: 'And here', thread: next })
    expect(await texts(from)).toEqual(before)
    await here({ say: 'I am Lena.', thread: next }, 'lena')
    expect((await texts(from)).at(-1)).toBe('I am Lena.')
  })

  it('as the person writes STOP empties it', async () => {
    const { from, root } = await taken()
    await write(from, 'my mum fell')
    await write(from, 'STOP')
    await expectEmptied(root, /: closed$/)
  })
})

describe('a room that is gone in mid-conversation', () => {
  const removals: [string, Record<string, unknown>][] = [
    ['and Teams says so', { bot: { in: false } }],
    ['and Teams says nothing', { bot: { in: false, told: false } }],
  ]
  it.each(removals)(
    '%s: it goes on in their own chat, and nothing is lost',
    async (_name, gone) => {
      const { member, from, ref, root } = await taken()
      await write(from, 'one')
      await here({ say: 'Two.', thread: root })
      const began = Date.now()
      await here(gone)
      await write(from, 'three')
      await write(from, 'four')
      expect(Date.now() - began).toBeLessThan(10_000)
      const told = await own('kofi')
      expect(
        told.filter((words) => /three|four/.test(words)).map((words) => words.slice(-5))
      ).toEqual(['three', ' four'].map((words) => expect.stringContaining(words.trim())))
      expect(told.some((words) => words.startsWith(`${ref}: I can not write in Navigators.`))).toBe(
        true
      )
      await member.say('Five.')
      expect((await texts(from)).at(-1)).toBe('Five.')
      const before = await texts(from)
      await here({ bot: { in: true } })
      await here({ say: 'Six, in the old thread', thread: root })
      expect(await texts(from)).toEqual(before)
    }
  )

  it('tells them before anybody writes, so that no line of theirs is typed to no one', async () => {
    const { ref } = await taken()
    await here({ bot: { in: false } })
    expect((await own('kofi')).at(-1)).toContain(
      `${ref}: I can not write in Navigators. Go on here`
    )
  })

  it('is not waited for as a conversation begins', async () => {
    await here({ bot: { in: false } })
    const { member, from } = await taken()
    await member.say('Hello.')
    expect((await texts(from)).at(-1)).toBe('Hello.')
    await write(from, 'hello you')
    expect((await own('kofi')).at(-1)).toContain('hello you')
    expect(await threads()).toEqual([])
  })
})
