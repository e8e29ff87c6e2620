import { afterEach, beforeEach, expect } from 'vitest'
import { mobile, NUMBERS, type OpenedDoor, open } from './door.ts'
import { staff } from './staff.ts'

// Southampton holds its text conversations as threads in its navigators' room.
export const PLACE = 'southampton'
/** Of each test: the door, and how its simulator calls the room. */
export let door: OpenedDoor
export let room: string

/** Opens a door for each test. */
export function opensRoom() {
  beforeEach(() => openRoom())
  afterEach(() => door.close())
}

/** Opens a door, in place of any before it. */
export async function openRoom(env: Record<string, string> = {}): Promise<void> {
  door = await open(env)
  await door.clock('2026-11-24T14:20:00Z')
  const all = await door.simulator<{ who: string; kind: string; place: string }[]>('teams')
  room = all.find(({ kind, place }) => kind === 'channel' && place === PLACE)?.who ?? ''
}

interface Message {
  id: string
  from: string
  text: string
  thread?: string
  cards: { card: string; title: string; text: string; actions: { action: string }[] }[]
}
export const seen = async (who: string) =>
  (await door.simulator<{ messages: Message[] }>(`teams/${who}`)).messages
export const here = (does: Record<string, unknown>, as = 'kofi') =>
  door.simulator(`teams/${room}`, { ...does, as })
export const texts = async (phone: string) => {
  const { thread } = await door.simulator<{ thread: { from: string; body: string }[] }>(
    `phones/${encodeURIComponent(phone)}`
  )
  return thread.filter(({ from }) => from !== phone).map(({ body }) => body)
}
export const write = (from: string, body: string) => door.text(from, NUMBERS[PLACE], body)
/** The roots of all threads of the room, oldest first, with what stands below each. */
export async function threads() {
  const all = await seen(room)
  const roots = all.filter(({ thread }) => thread === undefined)
  return roots.map(({ id, cards }) => ({
    root: id,
    card: cards[0],
    lines: all.filter(({ thread }) => thread === id).map(({ from, text }) => `${from}: ${text}`),
  }))
}
export const own = async (who: string) =>
  (await seen(who)).filter(({ from, text }) => from === 'door' && text).map(({ text }) => text)

/** Somebody has taken a person who texts; danger was asked by text. */
export async function taken(who = 'kofi', from = mobile()) {
  const member = staff(door, who)
  await member.start()
  await write(from, 'A person please')
  await member.click(/Can you take/, 'accept')
  for (const key of ['2', '2', '2']) await write(from, key)
  const { ref } = await door.contactOf(from)
  const contact = (await door.views.queue(PLACE)).find((one) => one.ref === ref)?.contact ?? ''
  return { member, from, ref, contact, root: (await threads()).at(-1)?.root ?? '' }
}

/** A thread that is over: nothing of it is left but that it was, and what staff wrote themselves. */
export async function expectEmptied(root: string, title: RegExp) {
  const thread = (await threads()).find((one) => one.root === root)
  expect([thread?.card?.title, thread?.card?.text, thread?.card?.actions]).toEqual([
    expect.stringMatching(title),
    '',
    [],
  ])
  const ours = thread?.lines.filter((line) => line.startsWith('door: ')) ?? []
  expect(ours.filter((line) => line !== 'door: Emptied.' && !/went to no one/.test(line))).toEqual(
    []
  )
}
