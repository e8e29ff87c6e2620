import { describe, expect, it } from 'vitest'
import { mobile, TEAMS_FALLS_ILL } from './door.ts'
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

describe('a restricted contact', () => {
  it('is moved out of the room at once, and goes on in their own chat', async () => {
    const { member, from, ref, contact, root } = await taken()
    await write(from, 'he hit me')
    await here({ say: 'Are you safe?', thread: root })
    await door.act('otis', { do: 'not-these', contact, numbers: ['+447700900111'] }, PLACE)
    await door.settled()
    await expectEmptied(root, /^Closed$/)
    expect((await own('kofi')).at(-1)).toContain('only some people may see this one now')
    const room = JSON.stringify(await threads())
    await write(from, 'he is coming back')
    expect(JSON.stringify(await threads())).toBe(room)
    expect((await own('kofi')).at(-1)).toContain('he is coming back')
    await member.say('Go to a neighbour')
    expect((await texts(from)).at(-1)).toBe('Go to a neighbour')
    const before = await texts(from)
    await here({ say: 'In the room', thread: root })
    expect(await texts(from)).toEqual(before)
    expect(JSON.stringify((await threads())[0])).not.toContain(ref)
  })
})

/** All that stands in the room. */
const roomSays = async () => JSON.stringify(await seen(room))

describe('is never begun in the room', () => {
  it('for a contact that was restricted before somebody took it', async () => {
    const from = mobile()
    await staff(door, 'kofi').start()
    await write(from, 'my son hits me')
    const [{ contact, ref } = { contact: '', ref: '' }] = await door.views.queue(PLACE)
    await door.act('otis', { do: 'shift', to: 'start' }, PLACE)
    await door.act('otis', { do: 'not-these', contact, numbers: ['+447700900111'] }, PLACE)
    await door.settled()
    expect(await door.act('otis', { do: 'accept', contact }, PLACE)).toMatchObject({ ok: true })
    for (const key of ['2', '2', '2', 'he is in the next room']) await write(from, key)
    await staff(door, 'otis').say('Stay on this line')
    expect((await texts(from)).at(-1)).toBe('Stay on this line')
    expect((await own('otis')).join()).toContain('he is in the next room')
    for (const secret of [ref, 'my son', 'next room', 'Stay on'])
      expect(await roomSays()).not.toContain(secret)
  })

  it.each([
    ['somebody who is not safe', ['1', '5', '2']],
    ['a child', ['3', '2']],
  ])('for %s', async (_name, answers) => {
    const from = mobile()
    const kofi = staff(door, 'kofi')
    await kofi.start()
    await write(from, 'I need help')
    for (const key of ['2', '2', '2', ...answers]) await write(from, key)
    const [{ contact } = { contact: '' }] = await door.views.queue(PLACE)
    expect(await door.act('kofi', { do: 'accept', contact }, PLACE)).toMatchObject({ ok: true })
    await door.settled()
    await write(from, 'please hurry')
    await kofi.say('I am here')
    expect((await texts(from)).at(-1)).toBe('I am here')
    expect((await own('kofi')).join()).toContain('please hurry')
    expect(await threads()).toEqual([])
  })
})

it.runIf(TEAMS_FALLS_ILL)(
  'nothing that waited for Teams goes into a room that its contact has left',
  async () => {
    const { from, contact, ref, root } = await taken()
    await write(from, 'my mum fell')
    await door.simulator('faults', { service: 'teams', fault: 'gone', for: 'PT10M' })
    await write(from, 'he pushed her')
    await door.act('otis', { do: 'not-these', contact, numbers: ['+447700900111'] }, PLACE)
    await door.settled()
    await door.advance('PT11M')
    await door.settled()
    await expectEmptied(root, /^Closed$/)
    for (const secret of [ref, 'my mum fell', 'he pushed her'])
      expect(await roomSays()).not.toContain(secret)
    expect((await own('kofi')).join()).toContain('he pushed her')
  }
)

it.each([
  ['somebody who must be quiet', ['1', '5', '2'], false],
  ['anybody else', ['1', '6'], true],
])(
  'an offer in the room, as a chat is gone, shows the words of %s: %s, %s',
  async (_name, answers, shown) => {
    const from = mobile()
    await staff(door, 'noor').start()
    await write(from, 'I have bruises again')
    for (const key of ['2', '2', '2', ...answers]) await write(from, key)
    await staff(door, 'kofi').start()
    await door.act('noor', { do: 'shift', to: 'end' }, PLACE)
    await door.simulator('teams/kofi', { bot: { in: false } })
    await write(from, 'A person please')
    await door.advance('PT21S')
    await door.settled()
    const { ref } = await door.contactOf(from)
    expect(await roomSays()).toContain(`Can you take ${ref}`)
    expect((await roomSays()).includes('bruises')).toBe(shown)
  }
)

it('what can not be emptied is told to the operator', async () => {
  const { contact } = await taken()
  const faults = async () =>
    /door_faults_total\{part="teams",code="not-found"\} (\d+)/.exec(
      await (await fetch(`${door.url}/metrics`)).text()
    )?.[1] ?? '0'
  const before = await faults()
  await here({ bot: { in: false, told: false } })
  await door.act('otis', { do: 'not-these', contact, numbers: ['+447700900111'] }, PLACE)
  await door.settled()
  expect(Number(await faults())).toBeGreaterThan(Number(before))
})

it('what was written while nobody was there stands in the thread, and is emptied with it', async () => {
  const { from, contact } = await taken()
  await door.act('noor', { do: 'end-shift', staff: 'kofi', why: 'ill' }, PLACE)
  await door.settled()
  await write(from, 'hello? she is weak')
  const lena = staff(door, 'lena')
  await lena.start()
  await door.act('lena', { do: 'accept', contact }, PLACE)
  await door.settled()
  const { root = '', lines } = (await threads()).at(-1) ?? {}
  expect(lines).toEqual(['door: hello? she is weak'])
  await door.act('lena', { do: 'hand-back', contact, what: 'close' }, PLACE)
  await door.settled()
  await expectEmptied(root, /: closed$/)
  expect(await roomSays()).not.toContain('she is weak')
})
