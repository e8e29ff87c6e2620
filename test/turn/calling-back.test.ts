import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock, Contact } from '../../src/record/contact.ts'
import type { Commit } from '../../src/store/contract.ts'
import { withCallback } from '../../src/turn/calling-back.ts'
import { mobile, type OpenedApp, openApp, texting } from '../app/opened.ts'

const NOW = '2026-11-24T14:20:00.000Z'
const promise: Clock = {
  ...{ name: 'ringBack', code: 'CALL', owner: 'navigator-lead', state: 'running' },
  due: '2026-11-24T18:00:00.000Z',
}

let app: OpenedApp
let contact: Contact
beforeEach(async () => {
  app = openApp()
  const from = mobile()
  await app.post('/twilio/sms', texting('help', { From: from }))
  const found = (await app.parts.store.list({ phone: from, limit: 1 })).contacts[0] as Contact
  contact = { ...found, clocks: [promise] }
})
afterEach(() => app.close())

const commit = (of: Contact): Commit => ({
  contact: { ...of, turn: of.turn + 1 },
  ...{ expected: of.turn, log: [], outbox: [], timers: [] },
})
const saved = (of: Contact) => withCallback({ ...app.parts, now: () => NOW }, commit(of))
const timerOf = ({ timers }: Commit) => timers.find(({ id }) => id.endsWith(':callback'))

describe('whatever turn changes what is owed', () => {
  it('a promise begins its call: a text two minutes before the last hour, and a line of the log', () => {
    const begun = saved(contact)
    expect(begun.contact.callback).toMatchObject({ value: 'waiting', done: false })
    expect(timerOf(begun)).toMatchObject({ due: '2026-11-24T16:58:00.000Z' })
    expect(begun.log.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['call-back', contact.entries + 1],
    ])
    expect(begun.contact.entries).toBe(contact.entries + 1)
  })

  it.each<[string, (of: Contact) => Contact, string]>([
    ['not safe to ring', (of) => ({ ...of, person: { ...of.person, unsafe: true } }), 'withdrawn'],
    ['may not be reached', (of) => ({ ...of, notThese: [of.person.address] }), 'withdrawn'],
    [
      'rung through Relay UK',
      (of) => ({ ...of, person: { ...of.person, relay: true } }),
      'withdrawn',
    ],
    ['kept', (of) => ({ ...of, clocks: [{ ...promise, state: 'met' }] }), 'reached'],
    ['stopped', (of) => ({ ...of, clocks: [{ ...promise, state: 'stopped' }] }), 'withdrawn'],
    ['of another team', (of) => ({ ...of, clocks: [{ ...promise, owner: 'x' }] }), 'withdrawn'],
  ])('%s later: the call ends in that commit, and its wait with it', (_, later, end) => {
    const begun = saved(contact).contact
    const ended = saved(later(begun))
    expect(ended.contact.callback).toMatchObject({ value: end, done: true })
    expect(timerOf(ended)).toBeUndefined()
    expect(ended.cleared).toContain(`${contact.id}:callback`)
  })

  it('a sooner promise takes the place of a later one', () => {
    const begun = saved(contact).contact
    const sooner: Clock = { ...promise, code: 'PERSON', due: '2026-11-24T14:25:00.000Z' }
    const now = saved({ ...begun, priority: 'P1', clocks: [promise, sooner] })
    expect(now.contact.callback?.context).toMatchObject({ priority: 'P1' })
    expect(timerOf(now)).toMatchObject({ due: NOW })
  })

  it('a turn that owes nobody a call is saved as it was', () => {
    const plain = commit({ ...contact, clocks: [] })
    expect(withCallback({ ...app.parts, now: () => NOW }, plain)).toBe(plain)
  })
})
