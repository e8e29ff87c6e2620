import { expect, it } from 'vitest'
import type { Contact } from '../../src/record/contact.ts'
import { newKeyring } from '../../src/security/keyring.ts'
import { newDataKey } from '../../src/security/seal.ts'
import { genesis } from '../../src/store/sealed-chain.ts'
import { openContact, sealContact, shut } from '../../src/store/sealed-contact.ts'
import { VERSIONS, written } from './written.ts'

const keyring = newKeyring()
const key = newDataKey()
const [live, over] = written(VERSIONS[1], 'sqlite').read.calls.map(({ contact }) => contact) as [
  Contact,
  Contact,
]
const stored = (contact: Contact) =>
  sealContact(keyring, key, contact, { v: 1, ...genesis(contact.id) })

it('while it is talked with, nothing in clear says where a contact goes or what was promised', () => {
  const { seal, ...clear } = stored(live)
  const text = JSON.stringify(clear)
  for (const { owner, rule, service } of live.routes) {
    expect(text).not.toContain(owner)
    expect(text).not.toContain(rule)
    expect(text).not.toContain(`"service":"${service}"`)
  }
  for (const { due } of live.clocks) expect(text).not.toContain(due)
  // What it is listed by is there.
  expect(clear.routes.map(({ team }) => team)).toEqual(live.routes.map(({ team }) => team))
  expect(openContact(key, stored(live))).toEqual(live)
})

it('once it rests, what is counted outlives its key', () => {
  const { seal, ...clear } = stored(over)
  expect(clear).toMatchObject({ routes: over.routes, clocks: over.clocks, flow: over.flow })
  expect(openContact(key, stored(over))).toEqual(over)
})

it('a live one that cannot be opened is still shown in a list', () => {
  expect(shut(stored(live))).toMatchObject({
    ...{ id: live.id, ref: live.ref, clocks: [], routes: [], priority: null },
    person: { address: 'unreadable' },
  })
})

it('a live one with two promises is stored in fifteen hundred letters', () => {
  expect(live.clocks).toHaveLength(4)
  expect(JSON.stringify(stored(live)).length).toBeLessThan(1_500)
})
