import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDesk } from '../../src/desk/open.ts'
import { outboundOf, performer, type World } from '../../src/effects.ts'
import type { Contact } from '../../src/record/contact.ts'
import type { OutboxRow } from '../../src/store/contract.ts'
import { mobile, type OpenedApp, openApp, texting } from '../app/opened.ts'

/** Whoever is the danger: nothing of this contact may reach them. */
const ABUSER = '+447700900666'
const KIN = '+447700900667'

let app: OpenedApp
let contact: Contact
let theirs: string
/** Everything that left, as it was asked for. */
let left: string[]
beforeEach(async () => {
  app = openApp()
  left = []
  const from = mobile()
  await app.post('/twilio/sms', texting('help', { From: from }))
  const [found] = (await app.parts.store.list({ limit: 1 })).contacts
  contact = {
    ...(found as Contact),
    turn: (found?.turn ?? 0) + 1,
    notThese: [ABUSER],
    restricted: true,
  }
  theirs = contact.person.address
  // It is their own chat that the person wrote from.
  contact.person = { ...contact.person, address: ABUSER, ringOn: ABUSER }
  contact.out = { number: ABUSER, who: 'the person' }
  const same = { expected: contact.turn - 1, log: [], outbox: [], timers: [] }
  expect(await app.parts.store.commit({ contact, ...same })).toEqual({ result: 'saved' })
})
afterEach(() => app.close())

/** A world that keeps every call of every neighbour, and does none. */
function everything(): World {
  const kept = (name: string): unknown =>
    new Proxy(() => undefined, {
      get: (_, part) => (part === 'then' ? undefined : kept(`${name}.${String(part)}`)),
      apply: (_, __, asked: unknown[]) => {
        const [work] = asked
        if (/guard/i.test(name) && typeof work === 'function') return work()
        // An address of our own pages reaches nobody.
        if (!name.endsWith('.link')) left.push(`${name} ${JSON.stringify(asked)}`)
        return Promise.resolve(
          /list|find/.test(name) ? [] : { sid: 'SM00000000000000000000000000000000' }
        )
      },
    })
  const world = kept('world') as World
  const desk = openDesk(app.parts, app.parts.store.desk).work({
    calling: {
      calls: kept('calls') as never,
      guard: (work) => work(),
      publicUrl: 'https://door.example',
    },
    chatting: kept('chatting') as never,
  })
  return {
    ...world,
    texts: world.texts,
    guardTexts: world.guardTexts,
    publicUrl: 'https://door.example',
    outbound: outboundOf({ CAPS: '', APPROVED: `${ABUSER},${theirs}` }),
    desk,
  } as World
}

/** Saves the contact as it now is to be. */
async function become(change: (contact: Contact) => Contact): Promise<void> {
  const now = await app.parts.store.load(contact.id)
  contact = { ...change(now as Contact), turn: (now?.turn ?? 0) + 1 }
  const same = { expected: contact.turn - 1, log: [], outbox: [], timers: [] }
  expect(await app.parts.store.commit({ contact, ...same })).toEqual({ result: 'saved' })
}

const row = (kind: string, body: Record<string, unknown>): OutboxRow => ({
  ...{ id: `${contact.id}:9:1`, contact: contact.id, recipient: ABUSER, kind, body },
  ...{ due: '2026-11-24T10:00:00Z', tries: 1, state: 'claimed' },
})

/** Everything that can leave for a number. */
const EFFECTS: [string, Record<string, unknown>][] = [
  ['text', { to: ABUSER, from: '+442079460100', body: 'hello' }],
  ['ring', { label: 'other:1', to: ABUSER }],
  ['ring', { label: 'caller', to: ABUSER }],
  ['join', { call: '' }],
  ['teams', { conversation: 'a', reach: {}, text: 'hello' }],
  ['card', { staff: 'nobody', show: 'offer' }],
  ['thread', { do: 'relay', seq: 1 }],
  ['queue', {}],
  ['promises', {}],
  ['shift', { staff: 'nobody', now: 'free' }],
  ['participant', { label: '*', do: 'remove' }],
]

describe('the number of whoever is the danger gets nothing', () => {
  it.each(EFFECTS)('%s %o', async (kind, body) => {
    await performer(everything(), app.parts)(row(kind, body))
    expect(left.filter((asked) => asked.includes(ABUSER))).toEqual([])
  })

  it.each(EFFECTS)('though they were agreed to as their carer: %s %o', async (kind, body) => {
    const agreed = {
      id: 'a1',
      relation: 'carer',
      name: 'Them',
      number: ABUSER,
      may: 'all',
    } as const
    const people = { agreed: [{ ...agreed, by: 'efua', at: '2026-11-24T10:00:00Z' }] }
    await become((now) => ({ ...now, people, out: { number: ABUSER, who: 'their carer' } }))
    await performer(everything(), app.parts)(row(kind, body))
    expect(left.filter((asked) => asked.includes(ABUSER))).toEqual([])
  })

  it('and the same text to another number goes', async () => {
    const to = theirs
    await performer(everything(), app.parts)(row('text', { to, from: '+442079460100', body: 'hi' }))
    expect(left.filter((asked) => asked.includes(to))).not.toEqual([])
  })
})

describe('the numbers of somebody who has died get nothing', () => {
  const died = { by: 'asha', at: '2026-11-24T10:00:00Z', stopped: [] }
  const theirOwn = (now: Contact) => ({
    ...now,
    notThese: [],
    person: { ...now.person, address: theirs, ringOn: ABUSER },
    out: { number: theirs, who: 'the person' },
  })
  const both = () => left.filter((asked) => asked.includes(ABUSER) || asked.includes(theirs))

  it.each(EFFECTS)('%s %o', async (kind, body) => {
    await become((now) => ({ ...theirOwn(now), died }))
    for (const to of [theirs, ABUSER]) {
      const named = 'to' in body ? { to } : {}
      await performer(everything(), app.parts)(row(kind, { ...body, ...named }))
    }
    expect(both()).toEqual([])
  })

  it('and without the mark they are reached', async () => {
    await become(theirOwn)
    for (const [kind, body] of EFFECTS) {
      const named = 'to' in body ? { to: theirs } : {}
      await performer(everything(), app.parts)(row(kind, { ...body, ...named }))
    }
    expect(both()).not.toEqual([])
  })

  it('while whoever they agreed to can still be rung by one of ours', async () => {
    await become((now) => ({ ...theirOwn(now), died, out: { number: KIN, who: 'their carer' } }))
    await performer(everything(), app.parts)(row('ring', { label: 'caller', to: KIN }))
    expect(left.filter((asked) => asked.includes(KIN))).not.toEqual([])
  })
})

it('a restricted contact shows the staff API that it is there, and no more', async () => {
  const { body } = await app.api(`contacts/${contact.ref}`)
  for (const shown of [body, (await app.api('contacts')).body]) {
    expect(JSON.stringify(JSON.parse(shown))).not.toContain(theirs)
    expect(shown).not.toContain(ABUSER)
    expect(shown).toContain('"restricted":true')
  }
  expect(JSON.parse(body)).toMatchObject({ ref: contact.ref, codes: [], timeline: [], route: null })
})
