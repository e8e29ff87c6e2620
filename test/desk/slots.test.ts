import { afterEach, beforeEach, expect, it } from 'vitest'
import { countsOf, keepSlots } from '../../src/desk/slots.ts'
import type { Clock, Contact } from '../../src/record/contact.ts'
import type { Parts } from '../../src/turn.ts'
import { mobile, type OpenedApp, openApp, texting } from '../app/opened.ts'

const NOW = '2026-11-24T14:20:00.000Z'
const HOUR = 'navigators:2026-11-24T14'
const DUE = '2026-11-24T15:00:00.000Z'

let app: OpenedApp
let parts: Parts
beforeEach(() => {
  app = openApp()
  const known = new Map<string, number>()
  const taken = (_: string, id: string) => known.get(id) ?? 0
  const slots = { taken, staffed: () => true, free: () => true, waiting: () => [] }
  parts = { ...app.parts, now: () => NOW, content: () => ({ ...app.parts.content(), slots }) }
})
afterEach(() => app.close())

/** A contact whose promise was given this slot, as it was saved. */
async function promisedIn(slot: string): Promise<Contact> {
  const from = mobile()
  await app.post('/twilio/sms', texting('help', { From: from }))
  const found = (await parts.store.list({ phone: from, limit: 1 })).contacts[0] as Contact
  const clock: Clock = {
    ...{ name: 'ringBack', code: 'NAV', owner: 'navigator-lead', due: DUE, state: 'running' },
    slot,
  }
  const contact = { ...found, turn: found.turn + 1, clocks: [clock] }
  const commit = { contact, expected: found.turn, log: [], outbox: [], timers: [] }
  expect(await parts.store.commit(commit)).toEqual({ result: 'saved' })
  return contact
}
const counts = async ({ place }: Contact) =>
  Object.fromEntries(countsOf(await parts.store.desk.list(place, 'slot')))
const now = async ({ id }: Contact) => (await parts.store.load(id)) as Contact

it('a slot is taken once, however often it is looked at, and given back', async () => {
  const contact = await promisedIn(HOUR)
  for (let n = 0; n < 3; n += 1) await keepSlots(parts, parts.store.desk, contact)
  expect(await counts(contact)).toEqual({ [HOUR]: 1 })
  const kept = contact.clocks.map((clock): Clock => ({ ...clock, state: 'met' }))
  await keepSlots(parts, parts.store.desk, { ...contact, clocks: kept })
  expect(await counts(contact)).toEqual({ [HOUR]: 0 })
})

it('another was faster: the promise moves, says so in the log, and its owner is told', async () => {
  const contact = await promisedIn(HOUR)
  const taken = Array.from({ length: 12 }, (_, n) => `1000000${n}:NAV`)
  const { place } = contact
  const row = { place, kind: 'slot', id: HOUR, rank: HOUR.slice(11), owner: 'navigators' } as const
  await parts.store.desk.put({ ...row, turn: 1, body: { taken } })
  await keepSlots(parts, parts.store.desk, contact)
  const next = await now(contact)
  expect(next.clocks).toMatchObject([
    { due: '2026-11-24T16:00:00.000Z', slot: 'navigators:2026-11-24T15', state: 'running' },
  ])
  const timeline = await parts.store.timeline(contact.id)
  expect(timeline.at(-1)).toMatchObject({
    kind: 'slot-moved',
    detail: { from: DUE, to: '2026-11-24T16:00:00.000Z' },
  })
  const told = await parts.store.claimOutbox('2030-01-01T00:00:00Z', 50)
  expect(told.find(({ kind }) => kind === 'tell')?.body).toMatchObject({
    what: 'moved',
    owner: 'navigator-lead',
  })
  await keepSlots(parts, parts.store.desk, next)
  expect(await counts(contact)).toEqual({ [HOUR]: 12, 'navigators:2026-11-24T15': 1 })
})

it('forty at once for one hour: twelve have it, and nobody is counted twice', async () => {
  const contacts = await Promise.all(Array.from({ length: 40 }, () => promisedIn(HOUR)))
  await Promise.allSettled(contacts.map((one) => keepSlots(parts, parts.store.desk, one)))
  for (const one of contacts) await keepSlots(parts, parts.store.desk, await now(one))
  const held = await counts(contacts[0] as Contact)
  expect(held[HOUR]).toBe(12)
  expect(Object.values(held).every((count) => count <= 12)).toBe(true)
})
