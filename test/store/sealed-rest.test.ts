import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import { newKeyring, withNewKey } from '../../src/security/keyring.ts'
import type { Store } from '../../src/store/contract.ts'
import { sealed } from '../../src/store/sealed.ts'
import type { Seal } from '../../src/store/sealed-contact.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { at, line, person, reply, row, timer, turn } from './sample.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-rest-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const file = () => join(folder, 'front-door.db')

/** Everything the store has put on the disk. */
const disk = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('\n')

const bytesOf = (path: string) => {
  const db = new DatabaseSync(path)
  const pragma = (name: string) =>
    Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  const bytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  db.close()
  return bytes
}

it('a contact of fifteen turns is kept sealed in three kilobytes once its replies have expired', async () => {
  const store = sealed(openSqlite(file()), newKeyring())
  const people = Array.from({ length: 500 }, (_, n) => n)
  for (let n = 1; n <= 15; n += 1)
    await Promise.all(people.map((who) => store.commit(nthTurn(who, n))))
  await store.expireReplies(at(999))
  await store.close()
  const bytes = bytesOf(file()) / people.length
  expect(bytes).toBeLessThan(3_000)
})

/** A line a turn, as turns write them, and the outcome's. */
function nthTurn(who: number, n: number) {
  const done = n === 15
  const contact = person(who, {
    turn: n,
    call: `CA${String(who).padStart(32, '0')}`,
    ...(done ? { codes: ['CSD', 'FALL'], team: 'peckham', status: 'promised' } : {}),
  })
  contact.person.inTheirWords = `I am number ${who} and I have had a fall in the kitchen`
  if (contact.conversation !== null) contact.conversation.state.done = done
  const said = `Question ${n}? ${'Press 1 for yes. '.repeat(12)}`
  const outcome = { kind: 'outcome', seq: 16, at: at(15), detail: { ...contact.route } }
  return turn(contact, {
    webhook: { id: `CA${who}:${n}`, reply: reply('<Say/>'.repeat(150)) },
    log: [line(n, { kind: 'answer', step: `visit/step-${n}`, said }), ...(done ? [outcome] : [])],
    timers: done ? [] : [timer(contact, 'silence', n + 1)],
    cleared: [`${contact.id}:silence`],
  })
}

/** Words and numbers of one person, that may lie nowhere in clear. */
const CANARY = {
  address: '+447700900742',
  ringOn: '+447700900743',
  name: 'Zebedee Canary',
  postcode: 'SE6 1ZZ',
  inTheirWords: 'my parrot quibbled and fell on the ottoman',
  codeWord: 'rhubarb',
}
const TRACES = [
  /7700 ?9007/,
  /90074[23]/,
  /Zebedee|Canary/i,
  /SE6 ?1ZZ/i,
  /S E 6/,
  /parrot|quibbled|ottoman/i,
  /rhubarb/i,
]

function canary(n: number): Contact {
  const contact = person(7, { turn: n, address: CANARY.address })
  const { conversation } = contact
  return {
    ...contact,
    consentReason: CANARY.inTheirWords,
    person: { ...contact.person, ...CANARY },
    conversation: conversation && {
      ...conversation,
      call: `+442079460100:${CANARY.address}`,
      reach: { user: CANARY.name },
      asking: 'where/postcode',
    },
  }
}

/** Everything a turn may write of a person, in each place where it may be written. */
function tellingTurn(n: number) {
  const contact = canary(n)
  const words = Object.values(CANARY).join(' ')
  return turn(contact, {
    webhook: { id: `${CANARY.name}:${n}`, reply: reply(`<Say>${words}</Say>`) },
    log: [
      line(2 * n, {
        kind: 'answer',
        heard: words,
        said: `You said ${CANARY.postcode}. S E 6, 1 Z Z`,
      }),
      line(2 * n + 1, { kind: 'outcome', detail: { number: CANARY.ringOn, name: CANARY.name } }),
    ],
    outbox: [
      row(contact, 1, { recipient: CANARY.address, body: { to: CANARY.address, body: words } }),
    ],
  })
}

it('after a whole contact nothing of a person is on the disk in clear', async () => {
  const store = sealed(openSqlite(file()), newKeyring())
  for (let n = 1; n <= 4; n += 1) await store.commit(tellingTurn(n))
  const [first] = await store.claimOutbox(at(1), 9)
  await store.settleOutbox(first!, { parked: { why: `no such number ${CANARY.address}` } })
  const wal = disk()
  expect(wal).toContain('southwark')
  for (const trace of TRACES) expect(wal).not.toMatch(trace)
  expect(first).toMatchObject({ recipient: CANARY.address, body: { to: CANARY.address } })
  expect((await store.load(canary(4).id))?.person).toMatchObject(CANARY)
  expect(JSON.stringify(await store.timeline(canary(4).id))).toContain(CANARY.name)
  await store.close()
  for (const trace of TRACES) expect(disk()).not.toMatch(trace)
})

it('a number is found however staff write it, and the number of a text by its conversation', async () => {
  const store = sealed(openSqlite(':memory:'), newKeyring())
  await store.commit(tellingTurn(1))
  for (const phone of [CANARY.address, '07700 900742', '0044 7700 900-742'])
    expect((await store.list({ phone, limit: 9 })).contacts).toHaveLength(1)
  expect((await store.byCall(`+442079460100:${CANARY.address}`))?.id).toBe(canary(1).id)
  expect(await store.replyTo(`${CANARY.name}:1`)).toMatchObject({ status: 200 })
})

describe('what was stored before there were keys', () => {
  it('is read, found beside the new, and sealed with its next turn', async () => {
    const plain = openSqlite(file())
    for (const n of [1, 2]) await plain.commit(turn(person(n, { address: CANARY.address })))
    await plain.commit(turn(person(3, { address: CANARY.address, call: 'SM:1' })))
    const store = sealed(plain, newKeyring())
    await store.commit(turn(person(4, { address: CANARY.address })))
    const ids = (all: readonly Contact[]) => all.map(({ ref }) => Number(ref) - 20_000_000)
    expect(ids(await store.recent('southwark', CANARY.address, at(0)))).toEqual([4, 3, 2, 1])
    expect((await store.byCall('SM:1'))?.ref).toBe(person(3).ref)
    expect(await store.timeline(person(1).id)).toEqual([line(1)])
    const again = person(1, { address: CANARY.address, turn: 2 })
    expect(await store.commit(turn(again))).toEqual({ result: 'saved' })
    expect(await store.load(again.id)).toEqual(again)
    expect(await store.timeline(again.id)).toEqual([line(1), line(2)])
    const pages: number[] = []
    let after: string | null = null
    do {
      const page = await store.list({ phone: CANARY.address, limit: 1, ...(after && { after }) })
      pages.push(...ids(page.contacts))
      after = page.next
    } while (after !== null)
    expect(pages.sort()).toEqual([1, 2, 3, 4])
    expect((await plain.load(again.id))?.person.address).not.toBe(CANARY.address)
    await store.close()
  })
})

describe('a key is rotated while people talk', () => {
  it('old and new are read at once, and each turn brings its contact under the new key', async () => {
    const inner = openSqlite(file())
    const ring = { ...newKeyring() }
    const store: Store = sealed(inner, ring)
    const people = Array.from({ length: 50 }, (_, n) => n)
    await Promise.all(people.map((n) => store.commit(turn(person(n)))))
    const { keyring, id } = withNewKey(ring)
    Object.assign(ring, keyring, { current: id })
    const saved = await Promise.all(
      people.slice(0, 25).map((n) => store.commit(turn(person(n, { turn: 2 }))))
    )
    expect(new Set(saved.map(({ result }) => result))).toEqual(new Set(['saved']))
    const kept = (n: number) => inner.load(person(n).id) as Promise<{ seal?: Seal } | null>
    for (const n of people) {
      expect((await store.load(person(n).id))?.ref).toBe(person(n).ref)
      expect((await kept(n))?.seal?.key?.by).toBe(n < 25 ? 'k2' : 'k1')
    }
    await store.close()
  })

  it('without its key a contact is not opened, and does not hide the others of a list', async () => {
    const inner = openSqlite(':memory:')
    await sealed(inner, newKeyring()).commit(turn(person(1)))
    const other = sealed(inner, { ...newKeyring() })
    await other.commit(turn(person(2)))
    await expect(other.load(person(1).id)).rejects.toMatchObject({ code: 'store-down' })
    const { contacts } = await other.list({ limit: 9 })
    expect(contacts.map(({ person: { address } }) => address)).toEqual([
      person(2).person.address,
      'unreadable',
    ])
  })
})
