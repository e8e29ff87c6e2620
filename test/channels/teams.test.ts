import { serve } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { teams } from '../../src/channels/teams.ts'
import {
  APP,
  asked,
  channel,
  message,
  PERSON,
  type StandIn,
  standIn,
  TENANT,
} from './teams-stand-in.ts'

let service: StandIn
beforeAll(async () => {
  service = await standIn()
})
afterAll(() => service.close())
beforeEach(() => {
  service.state.got.length = 0
  service.state.faults.length = 0
})

interface Posted {
  text?: string
  summary?: string
  replyToId?: string
  attachments?: { content: { actions: { title: string; data: unknown }[] } }[]
}
const posted = () => service.state.got.map(({ body }) => body as Posted)

it('answers a message with a card, in reply, signed', async () => {
  const { post, inbounds } = channel(service)
  const activity = message(service, { id: 'm-1', text: 'my mum fell' })
  const answer = await post(activity)
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect(inbounds).toEqual([
    {
      channel: 'teams',
      webhook: 'a:1chat:m-1',
      to: TENANT,
      from: PERSON,
      conversation: 'a:1chat',
      reach: expect.objectContaining({ conversation: 'a:1chat', tenant: TENANT }),
      heard: { kind: 'answer', raw: { kind: 'words', text: 'my mum fell' } },
    },
  ])
  const [got] = service.state.got
  expect(got).toMatchObject({
    method: 'POST',
    path: '/service/v3/conversations/a%3A1chat/activities/m-1',
    token: expect.stringMatching(/^Bearer token-\d+$/),
    body: {
      type: 'message',
      replyToId: 'm-1',
      from: { id: `28:${APP}` },
      conversation: { id: 'a:1chat' },
      locale: 'en',
      summary: 'Are you struggling to breathe?\n1 Yes\n2 No\n0 A person',
    },
  })
  expect(posted()[0]?.attachments?.[0]?.content.actions).toEqual([
    { type: 'Action.Submit', id: 'yes', title: 'Yes', data: { choice: 'yes', turn: 3 } },
    { type: 'Action.Submit', id: 'no', title: 'No', data: { choice: 'no', turn: 3 } },
    { type: 'Action.Submit', id: 'person', title: 'A person', data: { choice: 'person', turn: 3 } },
  ])
})

const bot = { id: `28:${APP}` }
const words = (text: string) => ({ kind: 'answer', raw: { kind: 'words', text } })
const mentioned = (text: string) => ({ type: 'mention', text, mentioned: bot })
it.each([
  ['typed words', { text: '  two  ' }, words('two')],
  [
    'a pressed button',
    { text: undefined, value: { choice: 'no', turn: 3 } },
    { kind: 'answer', turn: 3, raw: { kind: 'choice', value: 'no' } },
  ],
  ['a button of another card', { text: undefined, value: { order: 7 } }, words('')],
  ['a button with a made-up turn', { text: 'x', value: { choice: 'no', turn: -1 } }, words('x')],
  [
    'the bot named',
    { text: '<at>Front door</at> help', entities: [mentioned('<at>Front door</at>')] },
    words('help'),
  ],
  ['someone else named', { text: 'ask <at>Bob</at> please' }, words('ask Bob please')],
  [
    'tags and entities',
    { text: '<p>I can&#39;t<br/>breathe &amp; it&nbsp;hurts</p>' },
    words("I can't breathe & it hurts"),
  ],
  [
    'words that look like a tag',
    { text: 'pain <3 days, <chest pain> now' },
    words('pain <3 days, <chest pain> now'),
  ],
  ['a picture', { text: '', attachments: [{ contentType: 'image/png' }] }, words('(picture)')],
  ['no words', { text: null, attachments: [{ contentType: 'text/html' }] }, words('')],
  [
    'the bot added to a chat',
    { type: 'conversationUpdate', text: null, membersAdded: [bot] },
    { kind: 'begin' },
  ],
  [
    'the person added',
    {
      type: 'conversationUpdate',
      conversation: { id: 'a:1chat', tenantId: TENANT },
      membersAdded: [bot, { id: '29:person' }],
    },
    { kind: 'begin' },
  ],
])('hears %s', async (_name, more, heard) => {
  const { post, inbounds } = channel(service)
  expect((await post(message(service, more))).status).toBe(200)
  expect(inbounds.map((inbound) => inbound.heard)).toEqual([heard])
})

it('finds the person when Teams speaks in the bot’s own name', async () => {
  const { post, inbounds } = channel(service)
  await post(
    message(service, { type: 'conversationUpdate', from: bot, membersAdded: [bot, { id: '29:p' }] })
  )
  expect(inbounds[0]?.from).toBe('29:p')
})

it.each([
  ['a like', { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] }],
  ['an edit', { type: 'messageUpdate' }],
  ['typing', { type: 'typing', text: null }],
  ['an invoke', { type: 'invoke', name: 'signin/verifyState' }],
  ['another kind', { type: 'x'.repeat(100) }],
  ['someone leaving', { type: 'conversationUpdate', membersRemoved: [{ id: '29:p' }] }],
  [
    'someone joining a group',
    {
      type: 'conversationUpdate',
      membersAdded: [{ id: '29:p' }],
      conversation: { id: '19:x', tenantId: TENANT, conversationType: 'groupChat' },
    },
  ],
  ['another bot', { from: { id: '28:other', role: 'bot' } }],
  [
    'only the bot added, in no chat',
    {
      type: 'conversationUpdate',
      membersAdded: [bot],
      conversation: { id: '19:x', tenantId: TENANT },
    },
  ],
])('answers %s with 200 and nothing', async (_name, more) => {
  const { post, inbounds } = channel(service)
  const answer = await post(message(service, more))
  expect([answer.status, await answer.text(), inbounds, service.state.got]).toEqual([
    200,
    '',
    [],
    [],
  ])
})

it.each([
  ['a type that is a number', '{"type":5}', 400],
  ['half a body', '{"type":"mess', 400],
  ['nothing', '', 400],
  ['null', 'null', 400],
  ['a list', '[{"type":"message"}]', 400],
  ['text that is a number', '{"type":"message","text":5}', 400],
  ['deep brackets', '['.repeat(60_000), 400],
  ['a prototype', '{"__proto__":{"type":"message"}}', 400],
  ['too much', `{"type":"message","text":"${'x'.repeat(70_000)}"}`, 413],
])('refuses %s', async (_name, body, status) => {
  const { post, inbounds } = channel(service)
  const answer = await post(body)
  expect([answer.status, await answer.text(), inbounds]).toEqual([status, '', []])
})

it('refuses ids that hold half a character: they could not be answered', async () => {
  const { post, inbounds } = channel(service)
  expect((await post(message(service, { id: 'm\ud800' }))).status).toBe(400)
  const from = { id: '29:\udc00' }
  expect((await post(message(service, { from }))).status).toBe(400)
  expect(inbounds).toEqual([])
})

it('refuses what is not JSON, and what is not a POST', async () => {
  const { app, post } = channel(service)
  expect((await post('type=message', null, 'application/x-www-form-urlencoded')).status).toBe(415)
  expect((await post('{}', null, '')).status).toBe(415)
  expect((await post(message(service), undefined, 'application/json; charset=utf-8')).status).toBe(
    200
  )
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await app.request('/', { method })
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST'])
  }
})

it('refuses a body that says no length and does not end in time', async () => {
  const { app } = channel(service)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((done) => server.once('listening', done))
  const { port } = server.address() as { port: number }
  const body = new ReadableStream({
    start(controller) {
      for (let part = 0; part < 20; part++) controller.enqueue(new Uint8Array(8192).fill(120))
      controller.close()
    },
  })
  const headers = { 'Content-Type': 'application/json' }
  const init = { method: 'POST', headers, body, duplex: 'half' }
  const answer = await fetch(`http://127.0.0.1:${port}/`, init as RequestInit)
  expect(answer.status).toBe(413)
  server.close()
})

describe('who is served', () => {
  it('tells a stranger’s organisation to ring 999', async () => {
    const { post, inbounds, logged } = channel(service)
    const stranger = '5f8b1c9e-0000-4000-8000-0000000000ee'
    const conversation = { id: 'a:2', tenantId: stranger, conversationType: 'personal' }
    expect((await post(message(service, { conversation }))).status).toBe(200)
    expect(posted()[0]?.text).toBe(
      'If someone is in danger now, ring 999.\n\nThis bot does not serve you.'
    )
    expect([inbounds, logged[0]]).toEqual([
      [],
      [{ part: 'teams', code: 'unknown-tenant' }, `No place has the Teams tenant ${stranger}`],
    ])
  })
  it('keeps a made-up tenant out of the log', async () => {
    const { post, logged } = channel(service)
    const conversation = { id: 'a:2', tenantId: 'Ada Smith\n07700 900123' }
    await post(message(service, { conversation }))
    expect(logged[0]?.[1]).toBe('No place has the Teams tenant (none)')
  })
  it('does not talk of anyone’s health where others read', async () => {
    const { post, inbounds } = channel(service)
    const conversation = { id: '19:team', tenantId: TENANT, conversationType: 'channel' }
    const entities = [mentioned('<at>Front door</at>')]
    await post(message(service, { conversation, entities }))
    expect([inbounds, posted()[0]?.text]).toEqual([[], 'If someone is in danger now, ring 999.'])
  })
  it('answers nothing in a channel to words that are not for it', async () => {
    const conversation = { id: '19:team', tenantId: TENANT, conversationType: 'channel' }
    const { post, inbounds } = channel(service)
    expect((await post(message(service, { conversation }))).status).toBe(200)
    expect([inbounds, posted()]).toEqual([[], []])
  })
  it('remembers everyone’s address', async () => {
    const met: unknown[] = []
    const { post } = channel(service, { met: (sender) => void met.push(sender.reference) })
    await post(message(service, { id: 'm-9' }))
    const { serviceUrl } = service
    const reference = { serviceUrl, tenant: TENANT, conversation: 'a:1chat', person: '29:person' }
    expect(met).toEqual([{ ...reference, replyTo: 'm-9' }])
  })
  it('answers although the address could not be kept', async () => {
    const met = () => Promise.reject(new Error('store'))
    const { post, logged } = channel(service, { met })
    expect((await post(message(service))).status).toBe(200)
    expect([posted().length, logged[0]?.[0].fault]).toEqual([1, 'unknown'])
  })
})

describe('a message that comes twice', () => {
  it('is answered once, with the same bytes', async () => {
    const { post, inbounds, replies } = channel(service)
    const activity = message(service)
    expect((await post(activity)).status).toBe(200)
    expect((await post(activity)).status).toBe(200)
    expect([inbounds.length, replies.size, posted().length]).toEqual([2, 1, 1])
  })
  it('is answered once when both come together, also without an id', async () => {
    const { post } = channel(service)
    const activity = message(service, { id: undefined })
    await Promise.all([post(activity), post(activity), post(activity)])
    expect(posted().length).toBe(1)
  })
  it('is answered at last when the first answer was not delivered', async () => {
    const { post } = channel(service)
    const activity = message(service)
    service.state.faults.push({ status: 400 })
    expect((await post(activity)).status).toBe(500)
    expect((await post(activity)).status).toBe(200)
    expect(posted().length).toBe(2)
  })
})

it('says nothing when there is nothing to say', async () => {
  const { app } = teams(async (_inbound, render) => render({ ...asked, silent: true }), {
    appId: APP,
    appPassword: 'x',
    openIdUrl: service.openIdUrl,
    loginUrl: service.loginUrl,
    tenants: () => 'southwark',
    unknownTenant: () => '',
    log: { info() {}, warn() {}, error() {} },
  })
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${await service.token()}`,
  }
  const body = JSON.stringify(message(service))
  expect((await app.request('/', { method: 'POST', headers, body })).status).toBe(200)
  expect(service.state.got).toEqual([])
})

it('hides a failure of ours', async () => {
  const { app } = teams(() => Promise.reject(new Error('select * from contacts')), {
    appId: APP,
    appPassword: 'x',
    openIdUrl: service.openIdUrl,
    loginUrl: service.loginUrl,
    tenants: () => 'southwark',
    unknownTenant: () => '',
    log: { info() {}, warn() {}, error() {} },
  })
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${await service.token()}`,
  }
  const body = JSON.stringify(message(service))
  const answer = await app.request('/', { method: 'POST', headers, body })
  expect([answer.status, await answer.text()]).toEqual([500, ''])
})

it.each([
  ['no app id', { appId: '' }],
  ['an app id of spaces', { appId: '  ' }],
  ['no password', { appPassword: '' }],
  ['keys over plain http', { openIdUrl: 'http://login.example.org/openid' }],
  ['sign-in over plain http', { loginUrl: 'http://login.example.org' }],
  ['keys from a file', { openIdUrl: 'file:///etc/passwd' }],
])('refuses to start with %s', (_name, more) => {
  expect(() => channel(service, more)).toThrow(expect.objectContaining({ code: 'bad-config' }))
})
