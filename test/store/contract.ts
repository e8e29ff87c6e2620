import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import type { Committed, ContactQuery, Sought, Store } from '../../src/store/contract.ts'
import { jobsContract } from './contract-jobs.ts'
import { closedDeskContract, deskContract } from './desk.ts'
import { at, line, person, reply, row, timer, turn } from './sample.ts'

export interface Made {
  store: Store
  /** Closes the store and opens it again on what it kept, as after a restart. Absent where nothing is kept. */
  reopen?: () => Promise<Store>
}

/** Every store must pass this. */
export function storeContract(name: string, make: () => Promise<Made>) {
  let store: Store
  let reopen: Made['reopen']
  beforeEach(async () => {
    const made = await make()
    store = made.store
    reopen = made.reopen
  })
  afterEach(() => store.close())

  describe(`${name}: turns`, () => turnsContract(() => store))
  describe(`${name}: finding`, () => findingContract(() => store))
  describe(`${name}: words`, () => wordsContract(() => store))
  const reopened = async () => {
    if (reopen === undefined) return false
    store = await reopen()
    return true
  }
  describe(`${name}: jobs`, () => jobsContract(() => store, reopened))
  describe(`${name}: desk`, () => deskContract(() => store, reopened))
  describe(`${name}: desk`, () => closedDeskContract(() => store))
  it(`${name}: what a person said is still there after a restart`, async ({ skip }) => {
    if (reopen === undefined) return skip()
    const ann = person(1)
    await store.commit(turn(ann, { webhook: { id: 'SM1', reply: reply('<a/>') } }))
    store = await reopen()
    expect(await store.load(ann.id)).toEqual(ann)
    expect(await store.timeline(ann.id)).toEqual([line(1)])
    expect(await store.replyTo('SM1')).toEqual(reply('<a/>'))
  })
}

const results = (all: readonly Committed[]) => all.map(({ result }) => result).sort()

function turnsContract(store: () => Store) {
  it('keeps what it is given', async () => {
    const ann = person(1, { call: 'CA1' })
    const webhook = { id: 'SM1', reply: reply('<Response/>') }
    expect(await store().commit(turn(ann, { webhook }))).toEqual({ result: 'saved' })
    expect(await store().load(ann.id)).toEqual(ann)
    expect(await store().byRef(ann.ref)).toEqual(ann)
    expect(await store().replyTo('SM1')).toEqual(webhook.reply)
    expect(await store().timeline(ann.id)).toEqual([line(1)])
  })

  it('knows nothing of a person who never reached us', async () => {
    expect(await store().load('nobody')).toBeNull()
    expect(await store().byRef('00000000')).toBeNull()
    expect(await store().byCall('CA0')).toBeNull()
    expect(await store().replyTo('SM0')).toBeNull()
    expect(await store().timeline('nobody')).toEqual([])
    expect(await store().nextDue()).toBeNull()
  })

  it('follows a person from talking to finished and back again', async () => {
    const ann = person(1)
    const finished: Contact = { ...ann, turn: 2, status: 'closed', conversation: null }
    const again: Contact = { ...ann, turn: 3, level: 'soon', codes: ['CSD'] }
    for (const contact of [ann, finished, again]) {
      expect(await store().commit(turn(contact))).toEqual({ result: 'saved' })
      expect(await store().load(ann.id)).toEqual(contact)
    }
    expect(await store().timeline(ann.id)).toEqual([line(1), line(2), line(3)])
  })

  it('a webhook that comes twice is answered with the same bytes, whatever the second turn says', async () => {
    const ann = person(1)
    const first = reply('<Response>é\u0000😀</Response>')
    await store().commit(turn(ann, { webhook: { id: 'SM1', reply: first } }))
    const other = turn(person(2, { turn: 7 }), { webhook: { id: 'SM1', reply: reply('other') } })
    expect(await store().commit(other)).toEqual({ result: 'seen', reply: first })
    expect(await store().load(person(2).id)).toBeNull()
  })

  it('a webhook that comes twenty times at once is one turn', async () => {
    const webhook = { id: 'SM1', reply: reply('<once/>') }
    const all = await Promise.all(
      Array.from({ length: 20 }, () => store().commit(turn(person(1), { webhook })))
    )
    expect(results(all)).toEqual(['saved', ...Array(19).fill('seen')])
    for (const one of all) if (one.result === 'seen') expect(one.reply).toEqual(webhook.reply)
  })

  it('a key press and a hang-up race: one is saved and the other thinks again', async () => {
    await store().commit(turn(person(1)))
    const press = turn(person(1, { turn: 2, status: 'open' }), {
      webhook: { id: 'a', reply: reply('a') },
    })
    const hangUp = turn(person(1, { turn: 2, status: 'incomplete' }), {
      webhook: { id: 'b', reply: reply('b') },
    })
    const both = await Promise.all([store().commit(press), store().commit(hangUp)])
    expect(results(both)).toEqual(['overtaken', 'saved'])
    const kept = both[0]?.result === 'saved' ? 'open' : 'incomplete'
    expect((await store().load(person(1).id))?.status).toBe(kept)
  })

  it.each([
    ['a turn behind the stored one', turn(person(1, { turn: 2 }), { expected: 0 })],
    ['a turn that skips one', turn(person(1, { turn: 4 }), { expected: 3 })],
    ['a new contact where one is stored', turn(person(1), { expected: 0 })],
    ['a later turn of a contact never stored', turn(person(2, { turn: 2 }))],
    ['a log line already written', turn(person(1, { turn: 2 }), { log: [line(2), line(1)] })],
    ["another person's reference", turn({ ...person(3), ref: person(1).ref })],
  ])('%s is overtaken, and nothing of it is kept', async (_what, commit) => {
    const ann = person(1)
    await store().commit(turn(ann, { timers: [timer(ann, 'silence', 5)] }))
    const { contact } = commit
    const all = {
      ...commit,
      webhook: { id: 'SM9', reply: reply('never') },
      outbox: [row(contact, 1)],
      timers: [timer(contact, 'late', 1)],
      cleared: [`${ann.id}:silence`],
    }
    expect(await store().commit(all)).toEqual({ result: 'overtaken' })
    expect(await store().load(ann.id)).toEqual(ann)
    expect(await store().load(contact.id)).toEqual(contact.id === ann.id ? ann : null)
    expect(await store().timeline(ann.id)).toEqual([line(1)])
    expect(await store().replyTo('SM9')).toBeNull()
    expect(await store().claimOutbox(at(59), 9)).toEqual([])
    expect(await store().claimTimers(at(59), 9)).toEqual([timer(ann, 'silence', 5)])
  })

  it('replies expire, and what the person said does not', async () => {
    for (const n of [1, 2, 3]) {
      await store().commit(turn(person(n), { webhook: { id: `SM${n}`, reply: reply(`<r${n}/>`) } }))
    }
    expect(await store().expireReplies(at(3))).toBe(2)
    expect(await store().replyTo('SM2')).toBeNull()
    expect(await store().replyTo('SM3')).toEqual(reply('<r3/>'))
    expect(await store().timeline(person(1).id)).toEqual([line(1)])
    expect(await store().expireReplies(at(3))).toBe(0)
  })

  it('a closed store says so', async () => {
    await store().close()
    const down = expect.objectContaining({ code: 'store-down', retry: true })
    await expect(store().commit(turn(person(1)))).rejects.toEqual(down)
    await expect(store().load(person(1).id)).rejects.toEqual(down)
    await expect(store().claimOutbox(at(1), 1)).rejects.toEqual(down)
  })
}

const PEOPLE: Contact[] = [
  person(1, { codes: ['CSD'], team: 'peckham', status: 'promised' }),
  person(2, { codes: ['CSD', 'FALL'], team: 'dulwich', status: 'closed', conversation: null }),
  person(3, { place: 'lewisham', codes: ['UCR2'], team: 'rapid', status: 'promised' }),
  person(4, { codes: ['CSD'], team: 'peckham', status: 'closed', conversation: null }),
  person(5, { address: '+447700901001', status: 'open' }), // the first person again, by another contact
]

function findingContract(store: () => Store) {
  beforeEach(async () => {
    // One after another, because newest first is the order in which they reached us.
    for (const contact of PEOPLE) await store().commit(turn(contact))
  })
  const numbers = (contacts: readonly Contact[]) =>
    contacts.map(({ ref }) => Number(ref) - 20_000_000)

  it.each<[string, Partial<ContactQuery>, number[]]>([
    ['everyone', {}, [5, 4, 3, 2, 1]],
    ['one place', { place: 'southwark' }, [5, 4, 2, 1]],
    ['a status', { status: 'closed' }, [4, 2]],
    ['a code, though it is not the first', { code: 'FALL' }, [2]],
    ['a code in any place', { code: 'CSD' }, [4, 2, 1]],
    ['a team', { team: 'peckham' }, [4, 1]],
    ['a code and a team', { code: 'CSD', team: 'peckham' }, [4, 1]],
    ['a code and a team of different people', { code: 'FALL', team: 'peckham' }, []],
    ['a team and a status', { team: 'peckham', status: 'promised' }, [1]],
    ['since an instant', { from: at(3) }, [5, 4, 3]],
    ['since an instant, in a place', { from: at(3), place: 'lewisham' }, [3]],
    ['a number', { phone: '+447700901001' }, [5, 1]],
    ['a number and a status', { phone: '+447700901001', status: 'open' }, [5]],
    ['a number we never heard from', { phone: '+440' }, []],
    [
      'everything at once',
      { place: 'southwark', status: 'closed', code: 'CSD', team: 'dulwich', from: at(1) },
      [2],
    ],
  ])('lists %s', async (_what, query, found) => {
    const { contacts, next } = await store().list({ ...query, limit: 50 })
    expect(numbers(contacts)).toEqual(found)
    expect(next).toBeNull()
  })

  it.each<[string, Partial<ContactQuery>]>([
    ['everyone', {}],
    ['since an instant', { from: at(0) }],
    ['a code', { code: 'CSD' }],
  ])('pages through %s without missing or repeating a person', async (_what, query) => {
    const all = numbers((await store().list({ ...query, limit: 50 })).contacts)
    const seen: number[] = []
    let after: string | null = null
    do {
      const page = await store().list({ ...query, limit: 2, ...(after === null ? {} : { after }) })
      expect(page.contacts.length).toBeLessThanOrEqual(2)
      seen.push(...numbers(page.contacts))
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(all)
  })

  it('a turn saved between two pages moves nobody', async () => {
    const first = await store().list({ limit: 2 })
    await store().commit(turn({ ...PEOPLE[0]!, turn: 2, updatedAt: at(30) }))
    const second = await store().list({ limit: 9, after: first.next! })
    expect(numbers([...first.contacts, ...second.contacts])).toEqual([5, 4, 3, 2, 1])
  })

  it('lists a person under what they are now, and no longer under what they were', async () => {
    const moved = {
      ...person(1, { turn: 2, codes: ['UCR2'], team: 'rapid', status: 'handed-over' }),
    }
    await store().commit(turn(moved))
    expect(numbers((await store().list({ code: 'CSD', limit: 9 })).contacts)).toEqual([4, 2])
    expect(numbers((await store().list({ team: 'rapid', limit: 9 })).contacts)).toEqual([3, 1])
    expect(numbers((await store().list({ status: 'promised', limit: 9 })).contacts)).toEqual([3])
  })

  it('finds the contacts of a number that rang before, newest first', async () => {
    const found = async (place: string, since: string) =>
      numbers(await store().recent(place, '+447700901001', since))
    expect(await found('southwark', at(0))).toEqual([5, 1])
    expect(await found('southwark', at(2))).toEqual([5])
    expect(await found('southwark', at(6))).toEqual([])
    expect(await found('lewisham', at(0))).toEqual([])
  })

  it('finds in one go what a turn begins with', async () => {
    await store().commit(turn(person(6, { call: 'CA7' })))
    const find = async (change: Partial<Sought> = {}) => {
      const asked = { webhook: 'SM77', place: 'southwark', since: at(0), ...change }
      const { reply, live, recent } = await store().find({
        addresses: ['+447700901001', '+447700901006'],
        ...asked,
      })
      return [reply?.body, live?.id, numbers(recent)]
    }
    expect(await find()).toEqual([undefined, undefined, [6, 5, 1]])
    expect(await find({ call: 'CA7' })).toEqual([undefined, person(6).id, [6, 5, 1]])
    expect(await find({ call: 'CA8', addresses: [] })).toEqual([undefined, undefined, []])
    expect(await find({ call: 'CA7', place: 'lewisham' })).toEqual([undefined, person(6).id, []])
    expect(await find({ since: at(2) })).toEqual([undefined, undefined, [6, 5]])
    const webhook = { id: 'SM77', reply: reply('<a/>') }
    await store().commit(turn(person(6, { call: 'CA7', turn: 2 }), { webhook }))
    expect(await find({ call: 'CA7' })).toEqual(['<a/>', undefined, []])
    expect(await find({ webhook: 'SM78', call: 'CA7' })).toEqual([
      undefined,
      person(6).id,
      [6, 5, 1],
    ])
  })

  it('finds the newest contact of a call or a Teams conversation', async () => {
    await store().commit(turn(person(6, { call: 'CA7' })))
    await store().commit(turn(person(7, { call: 'CA7' })))
    expect((await store().byCall('CA7'))?.id).toBe(person(7).id)
    await store().commit(turn(person(7, { turn: 2, conversation: null })))
    expect((await store().byCall('CA7'))?.id).toBe(person(6).id)
  })
}

function wordsContract(store: () => Store) {
  it.each([
    ['an emoji', 'help 🚑 me'],
    ['half an emoji, cut by a phone', 'help \ud83d me'],
    ['a NUL', 'be\u0000fore and after'],
    ['nothing', ''],
    ['quotes and marks of JSON', '"}],\\u0000\n\u2028'],
    ['Arabic and Polish', 'ألم في الصدر, ból w klatce'],
    ['a very long text', 'ą'.repeat(20_000)],
  ])('keeps %s as it was said', async (_what, words) => {
    const ann = person(1)
    ann.person.inTheirWords = words
    const entry = line(1, { heard: words, said: words, detail: { words } })
    const send = row(ann, 1, { body: { words } })
    await store().commit(turn(ann, { log: [entry], outbox: [send] }))
    expect(await store().load(ann.id)).toEqual(ann)
    expect(await store().timeline(ann.id)).toEqual([entry])
    const [claimed] = await store().claimOutbox(at(1), 1)
    expect(claimed?.body).toEqual({ words })
    const finished = { ...ann, turn: 2, conversation: null }
    await store().commit(turn(finished))
    expect(await store().load(ann.id)).toEqual(finished)
  })

  it('keeps a log line of which only the kind is known, and its time to the letter', async () => {
    const ann = person(1)
    const log = [
      { seq: 1, at: '2026-11-22T09:00:00Z', kind: 'begun' },
      { seq: 2, at: '2026-11-22T09:00:00.123Z', kind: 'begun' },
    ]
    await store().commit(turn(ann, { log }))
    expect(await store().timeline(ann.id)).toEqual(log)
  })
}
