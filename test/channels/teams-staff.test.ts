import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  NOT_DONE,
  type StaffAnswer,
  type StaffDid,
  type StaffPort,
} from '../../src/channels/teams-staff.ts'
import type { Actor } from '../../src/handoff/acts.ts'
import { takenCard } from '../../src/words/staff-card.ts'
import { APP, channel, message, PERSON, type StandIn, standIn, TENANT } from './teams-stand-in.ts'

let service: StandIn
beforeAll(async () => {
  service = await standIn()
})
afterAll(() => service.close())
beforeEach(() => {
  service.state.got.length = 0
  service.state.faults.length = 0
})

const CARD = 'application/vnd.microsoft.card.adaptive'
const MESSAGE = 'application/vnd.microsoft.activity.message'
const accept = { act: { do: 'accept', contact: 'c-1' }, card: 'c-1:7' }
const sent = () =>
  service.state.got.map(({ method, path, body }) => [
    `${method} ${path.split('/').slice(-2).join('/')}`,
    (body as { text?: string }).text ?? 'a card',
  ])

/** The channel with one person on the roster, and a desk that answers as told. */
function desk(answer: StaffAnswer | (() => Promise<StaffAnswer>) = {}) {
  const done: [Actor, StaffDid, string][] = []
  const staffDid: StaffPort = async (actor, did, sender) => {
    done.push([actor, did, sender.webhook])
    return typeof answer === 'function' ? answer() : answer
  }
  const staff = (place: string, entra: string) =>
    place === 'southwark' && entra === PERSON ? 'asha' : undefined
  const made = channel(service, { staff, staffDid })
  const press = (data: unknown, more: Record<string, unknown> = {}) =>
    made.post(message(service, { text: null, value: data, replyToId: 'm-1', ...more }))
  const invoke = async (data: unknown, more: Record<string, unknown> = {}) => {
    const value = { action: { type: 'Action.Execute', verb: 'staff', data }, trigger: 'manual' }
    const name = 'adaptiveCard/action'
    const given = { type: 'invoke', name, text: null, value, replyToId: 'm-1', ...more }
    const response = await made.post(message(service, given))
    const body = (await response.json().catch(() => ({}))) as { type?: string; value?: unknown }
    return { status: response.status, body }
  }
  return { ...made, done, press, invoke }
}

const asha: Actor = { place: 'southwark', staff: 'asha', surface: 'teams' }

describe('a pressed button', () => {
  it('of a message is an act, and its card takes the place of the one that was pressed', async () => {
    const { press, done } = desk({ card: takenCard({ contact: 'c-1', ref: '1', turn: 7 }, 'Ben') })
    expect((await press(accept)).status).toBe(200)
    const did = { kind: 'act', act: accept.act, turn: 7, message: 'm-1' }
    expect(done.map(([actor, what]) => [actor, what])).toEqual([[asha, did]])
    expect(sent()).toEqual([['PUT activities/m-1', 'a card']])
  })
  it('of a message is told words by a message', async () => {
    const { press } = desk({ words: 'It was taken.' })
    await press(accept)
    expect(sent()[0]?.[1]).toBe('It was taken.')
  })
  it('of an invoke is answered in the same breath, by a card or by words', async () => {
    const card = takenCard({ contact: 'c-1', ref: '1', turn: 7 }, 'Ben')
    const shown = await desk({ card }).invoke(accept)
    expect(shown).toEqual({ status: 200, body: { statusCode: 200, type: CARD, value: card.card } })
    const told = await desk({ words: 'It was taken.' }).invoke(accept)
    expect(told.body).toEqual({ statusCode: 200, type: MESSAGE, value: 'It was taken.' })
    expect(sent()).toEqual([])
    expect((await desk({ card, words: 'Ring them.' }).invoke(accept)).body.type).toBe(CARD)
    expect(sent().map(([, words]) => words)).toEqual(['Ring them.'])
  })
  it.each([
    [
      'decline with a reason',
      { act: { do: 'decline', contact: 'c-1' }, card: 'c-1:7', 'decline.reason': 'busy' },
      { do: 'decline', contact: 'c-1', reason: 'busy' },
    ],
    [
      'a typed number',
      {
        act: { do: 'bring', contact: 'c-1' },
        card: 'c-1:7',
        'bring.number': ' 020 7946 0100 ',
        'bring.name': '',
        'bring.reason': 'her carer',
        'ring-out.reason': 'of another button',
      },
      { do: 'bring', contact: 'c-1', number: '+442079460100', reason: 'her carer' },
    ],
    [
      'a wrap-up',
      {
        act: { do: 'wrap-up', contact: 'c-1' },
        card: 'c-1:7',
        'wrap-up.outcome': 'passed-on',
        'wrap-up.owner': 'ucr',
        'wrap-up.nextStep': 'Ring her at 5',
        'wrap-up.by': '2026-11-24T17:00:00Z',
        'wrap-up.needs': 'Hearing,Memory',
        'wrap-up.repeats': '3',
        'wrap-up.matters': '',
      },
      {
        do: 'wrap-up',
        contact: 'c-1',
        outcome: 'passed-on',
        owner: 'ucr',
        nextStep: 'Ring her at 5',
        by: '2026-11-24T17:00:00Z',
        needs: ['Hearing', 'Memory'],
        repeats: 3,
        matters: '',
        nearMiss: '',
        carer: 'not-asked',
        livesAlone: 'not-asked',
        admissionAvoided: 'not-known',
      },
    ],
    [
      'a prototype, which is no field',
      JSON.parse(
        '{"act":{"do":"accept","contact":"c-1","__proto__":{"via":"phone"}},"card":"c-1:7"}'
      ),
      { do: 'accept', contact: 'c-1' },
    ],
    [
      'a shift',
      { act: { do: 'shift', to: 'start' }, card: 'shift:asha' },
      { do: 'shift', to: 'start' },
    ],
  ])('carries what was filled in: %s', async (_name, data, act) => {
    const { invoke, done } = desk()
    expect((await invoke(data)).body.value).toBe('Done.')
    expect(done.map(([, did]) => did.kind === 'act' && did.act)).toEqual([act])
  })
  it('that comes twice is done once, and gets the same answer', async () => {
    const { invoke, done } = desk({ words: 'It is yours.' })
    const both = await Promise.all([invoke(accept, { id: 'x' }), invoke(accept, { id: 'x' })])
    const third = await invoke(accept, { id: 'x' })
    expect([done.length, both[0], third]).toEqual([1, both[1], both[0]])
  })
  it('that fails here says so, and may be pressed again', async () => {
    let failed = false
    const { invoke, done, logged } = desk(async () => {
      if (failed) return { words: 'It is yours.' }
      failed = true
      throw new Error('select * from contacts')
    })
    expect((await invoke(accept, { id: 'x' })).body.value).toBe(NOT_DONE.failed)
    expect((await invoke(accept, { id: 'x' })).body.value).toBe('It is yours.')
    expect([done.length, JSON.stringify(logged)]).toEqual([
      2,
      expect.not.stringContaining('select'),
    ])
  })
})

it('a desk that hangs is answered for before Teams gives up, and is asked once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { invoke, done } = desk(() => new Promise(() => {}))
  const pressed = Promise.all([invoke(accept, { id: 'x' }), invoke(accept, { id: 'x' })])
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThanOrEqual(2))
  await vi.advanceTimersByTimeAsync(8_000)
  expect((await pressed).map(({ body }) => body.value)).toEqual([NOT_DONE.slow, NOT_DONE.slow])
  expect(done.length).toBe(1)
  vi.useRealTimers()
})

describe('nothing is done, and they are told why, for', () => {
  const other = '5f8b1c9e-0000-4000-8000-0000000000cc'
  const stranger = '5f8b1c9e-0000-4000-8000-0000000000ee'
  const tenant = {
    conversation: { id: 'a:2', tenantId: stranger, conversationType: 'personal' },
  }
  const nobody = { from: { id: '29:other', name: 'Ada', aadObjectId: other } }
  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['a card from another tenant', accept, tenant, NOT_DONE.elsewhere],
    ['someone who is not on the roster', accept, nobody, NOT_DONE.stranger],
    ['someone without an Entra id', accept, { from: { id: '29:person' } }, NOT_DONE.stranger],
    ['an act we do not know', { ...accept, act: { do: 'delete' } }, {}, NOT_DONE.notOurs],
    [
      'an act that no card has',
      { act: { do: 'status', service: 'ucr', now: 'red' }, card: 'c-1:7' },
      {},
      NOT_DONE.notOurs,
    ],
    ['the card of another contact', { ...accept, card: 'c-2:7' }, {}, NOT_DONE.notOurs],
    ['a card with no turn', { ...accept, card: 'c-1:x' }, {}, NOT_DONE.notOurs],
    [
      'another’s shift',
      { act: { do: 'shift', to: 'end' }, card: 'shift:ben' },
      {},
      NOT_DONE.notYours,
    ],
    ['a resident’s card', { choice: 'yes', turn: 3 }, {}, NOT_DONE.notOurs],
    ['no data', null, {}, NOT_DONE.notOurs],
    ['a text for data', 'accept', {}, NOT_DONE.notOurs],
    [
      'a decline without a reason',
      { act: { do: 'decline', contact: 'c-1' }, card: 'c-1:7' },
      {},
      NOT_DONE.missing,
    ],
    [
      'a number that is none of ours',
      { act: { do: 'bring', contact: 'c-1' }, card: 'c-1:7', 'bring.number': '+33 1 23 45 67 89' },
      {},
      NOT_DONE.number,
    ],
    [
      '999',
      {
        act: { do: 'ring-out', contact: 'c-1', to: 'number' },
        card: 'c-1:7',
        'ring-out.number': '999',
      },
      {},
      NOT_DONE.emergency,
    ],
    [
      'an input that would change who it is about',
      { ...accept, card: 'c-2:7', 'accept.contact': 'c-2' },
      {},
      NOT_DONE.notOurs,
    ],
  ])('%s', async (_name, data, more, words) => {
    const { invoke, press, done, inbounds } = desk()
    expect((await invoke(data, more)).body).toMatchObject({ type: MESSAGE, value: words })
    if (data !== null && typeof data === 'object' && !('conversation' in more)) {
      await press(data, more)
      expect(sent()[0]?.[1]).toBe(words)
    }
    expect([done, inbounds]).toEqual([[], []])
  })
  it('a press on an invoke that is not of a card', async () => {
    const { done, post } = desk()
    const name = 'composeExtension/query'
    expect((await post(message(service, { type: 'invoke', name, value: accept }))).status).toBe(200)
    expect(done).toEqual([])
  })
  it('10,000 characters, in words that say how many are taken', async () => {
    const { post, done } = desk()
    await post(message(service, { text: 'x'.repeat(10_000) }))
    expect([done, sent()[0]?.[1]]).toEqual([[], NOT_DONE.tooLong(1600)])
    await post(message(service, { text: '😀'.repeat(1_600) }))
    expect(done.length).toBe(1)
  })
})

describe('what staff type', () => {
  const thread = '19:room@thread.tacv2;messageid=1700000000001'
  const inThread = { id: thread, tenantId: TENANT, conversationType: 'channel' }
  const bot = { id: `28:${APP}` }
  const named = [{ type: 'mention', text: '<at>Front door</at>', mentioned: bot }]
  it.each([
    [
      'in their own chat',
      {},
      { text: 'hello', conversation: 'a:1chat', root: null, shared: false, overheard: false },
    ],
    [
      'in a thread of a channel',
      { conversation: inThread },
      {
        text: 'hello',
        conversation: '19:room@thread.tacv2',
        root: '1700000000001',
        shared: true,
        overheard: true,
      },
    ],
    [
      'to the bot by name',
      { conversation: inThread, entities: named, text: '<at>Front door</at> hello' },
      {
        text: 'hello',
        conversation: '19:room@thread.tacv2',
        root: '1700000000001',
        shared: true,
        overheard: false,
      },
    ],
  ])('%s goes to the desk with where it was typed', async (_name, more, did) => {
    const { post, done, inbounds } = desk()
    await post(message(service, more))
    expect([done.map(([, what]) => what), inbounds, sent()]).toEqual([
      [{ kind: 'typed', ...did }],
      [],
      [],
    ])
  })
  it('is not taken for a resident’s words when they open the bot', async () => {
    const { post, done } = desk({ words: 'Hello Asha.' })
    await post(message(service, { type: 'conversationUpdate', membersAdded: [bot], text: null }))
    expect([done.map(([, did]) => did), sent()[0]?.[1]]).toEqual([
      [{ kind: 'began' }],
      'Hello Asha.',
    ])
  })
})
