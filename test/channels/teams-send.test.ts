import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { channel, message, type StandIn, standIn, TENANT } from './teams-stand-in.ts'

let service: StandIn
beforeAll(async () => {
  service = await standIn()
})
afterAll(() => service.close())
beforeEach(() => {
  service.state.got.length = 0
  service.state.faults.length = 0
})

const hello = { type: 'message', text: 'Hello' } as const
const reference = () => ({
  serviceUrl: service.serviceUrl,
  tenant: TENANT,
  conversation: '19:team@thread.tacv2',
})
const tried = () => service.state.got.map(({ method, path }) => `${method} ${path}`)

it('writes to a channel, of its own accord', async () => {
  const sent = await channel(service).send(reference(), hello)
  expect(sent).toEqual({ id: 'm1', conversation: '19:team@thread.tacv2' })
  expect(tried()).toEqual(['POST /service/v3/conversations/19%3Ateam%40thread.tacv2/activities'])
  expect(service.state.got[0]?.body).not.toHaveProperty('replyToId')
})

it('changes a card it sent before', async () => {
  const sent = await channel(service).send(reference(), { ...hello, id: 'm7' })
  expect(sent.id).toBe('m7')
  expect(tried()).toEqual(['PUT /service/v3/conversations/19%3Ateam%40thread.tacv2/activities/m7'])
})

it('begins a chat with someone it has no chat with', async () => {
  const { serviceUrl } = service
  const sent = await channel(service).send({ serviceUrl, tenant: TENANT, person: 'ada' }, hello)
  expect(sent).toEqual({ id: 'm2', conversation: 'a:new' })
  expect(tried()).toEqual([
    'POST /service/v3/conversations',
    'POST /service/v3/conversations/a%3Anew/activities',
  ])
  expect(service.state.got[0]?.body).toMatchObject({ members: [{ id: 'ada' }], tenantId: TENANT })
})

it('keeps a strange conversation id in its place in the address', async () => {
  await channel(service).send({ ...reference(), conversation: '../../login?x=' }, hello)
  expect(tried()).toEqual(['POST /service/v3/conversations/..%2F..%2Flogin%3Fx%3D/activities'])
})

it.each([
  ['429, told to wait a second', [{ status: 429, after: '1' }], 2, 1000],
  ['429, told until when', [{ status: 429, after: 'date' }], 2, 0],
  ['429, not told', [{ status: 429 }], 2, 1000],
  ['412', [{ status: 412 }], 2, 100],
  ['500', [{ status: 500 }], 2, 100],
  ['502 twice', [{ status: 502 }, { status: 502 }], 3, 400],
  ['504', [{ status: 504 }], 2, 100],
  ['a reset', ['reset' as const], 2, 100],
  ['401: another token', [{ status: 401 }], 2, 0],
])('goes on after %s', async (_name, faults, tries, least) => {
  const { send } = channel(service)
  const dated = faults.map((fault) =>
    typeof fault === 'object' && 'after' in fault && fault.after === 'date'
      ? { status: 429, after: new Date(Date.now() + 1000).toUTCString() }
      : fault
  )
  service.state.faults.push(...dated)
  const began = Date.now()
  await send(reference(), hello)
  expect(service.state.got.length).toBe(tries)
  expect(Date.now() - began).toBeGreaterThanOrEqual(least)
  expect(Date.now() - began).toBeLessThan(5000)
})

it('asks for another token once when the first is refused', async () => {
  const { send } = channel(service)
  service.state.faults.push({ status: 401 }, { status: 401 })
  await expect(send(reference(), hello)).rejects.toMatchObject({
    code: 'neighbour-down',
    retry: true,
  })
  const [first, second] = service.state.got.map(({ token }) => token)
  expect(service.state.got.length).toBe(2)
  expect(first).not.toBe(second)
})

it.each([
  ['403', 403, 'not-found', false],
  ['404', 404, 'not-found', false],
  ['410', 410, 'not-found', false],
  ['400', 400, 'neighbour-refused', false],
  ['413', 413, 'neighbour-refused', false],
  ['a redirect', 307, 'neighbour-refused', false],
])('does not try again after %s', async (_name, status, code, retry) => {
  service.state.faults.push({ status })
  const sent = channel(service).send(reference(), hello)
  await expect(sent).rejects.toMatchObject({ code, retry, cause: { status } })
  expect(service.state.got.length).toBe(1)
})

it('leaves a long wait to whoever sends again, and says how long', async () => {
  service.state.faults.push({ status: 429, after: '30' })
  const sent = channel(service).send(reference(), hello)
  await expect(sent).rejects.toMatchObject({
    code: 'neighbour-down',
    retry: true,
    cause: { status: 429, waitSeconds: 30 },
  })
  expect(service.state.got.length).toBe(1)
})

it('gives up after four tries, without what Teams said inside', async () => {
  service.state.faults.push(...Array.from({ length: 9 }, () => ({ status: 503 })))
  const error = await channel(service)
    .send(reference(), hello)
    .catch((caught) => caught)
  expect(error).toMatchObject({ code: 'neighbour-down', message: 'Teams said 503', retry: true })
  expect(service.state.got.length).toBe(4)
})

it('gives up on a hang after ten seconds', { timeout: 15_000 }, async () => {
  service.state.faults.push('hang')
  const began = Date.now()
  const sent = channel(service).send(reference(), hello)
  await expect(sent).rejects.toMatchObject({ code: 'neighbour-down', retry: true })
  expect(Date.now() - began).toBeGreaterThan(9_000)
  expect(Date.now() - began).toBeLessThan(11_000)
  expect(service.state.got.length).toBe(1)
})

it('answers whatever Teams answers with', async () => {
  service.state.faults.push({ status: 200, body: '<html>' }, { status: 202, body: '{"id":{}}' })
  const { send } = channel(service)
  expect((await send(reference(), hello)).id).toBe('')
  expect((await send(reference(), hello)).id).toBe('')
})

it.each([
  'http://169.254.169.254/',
  'http://localhost:1/',
  'http://[::1]/',
  'http://0x7f.1/',
  'https://smba.trafficmanager.net/uk/',
  'https://evil.botframework.com.x/',
])('sends nothing to %s, not even from a stored reference', async (serviceUrl) => {
  const fetched = vi.spyOn(globalThis, 'fetch')
  const sent = channel(service).send({ ...reference(), serviceUrl }, hello)
  await expect(sent).rejects.toMatchObject({ code: 'not-allowed', retry: false })
  expect(fetched).not.toHaveBeenCalled()
  fetched.mockRestore()
})

it('does not follow a redirect with our token', async () => {
  const { send } = channel(service)
  service.state.faults.push({ status: 302 })
  await expect(send(reference(), hello)).rejects.toMatchObject({ code: 'neighbour-refused' })
})

it('reports a reply that finds no one as served, and one not taken as ours to repeat', async () => {
  const gone = channel(service)
  service.state.faults.push({ status: 403, body: '{"error":{"code":"MessageWritesBlocked"}}' })
  expect((await gone.post(message(service))).status).toBe(200)
  expect(gone.logged[0]?.[0]).toMatchObject({ part: 'teams', code: 'not-found' })

  const down = channel(service)
  service.state.faults.push({ status: 429, after: '60' })
  const answer = await down.post(message(service))
  expect([answer.status, await answer.text()]).toEqual([503, ''])
})

it('hands a reply that was not taken to whoever sends later', async () => {
  const kept: unknown[] = []
  const undelivered = async (...given: unknown[]) => void kept.push(given)
  service.state.faults.push({ status: 429, after: '60' })
  const { post } = channel(service, { undelivered })
  expect((await post(message(service, { id: 'm-2' }))).status).toBe(200)
  expect(kept).toMatchObject([[{ replyTo: 'm-2' }, [{ type: 'message' }]]])
})

it('says when sign-in is refused, and keeps the message for later', async () => {
  const sent = channel(service, { appPassword: 'wrong' }).send(reference(), hello)
  await expect(sent).rejects.toMatchObject({ code: 'neighbour-refused', retry: true })
  expect(service.state.got).toEqual([])
})

it('signs in once for many messages', async () => {
  const before = service.state.fetched.tokens
  const { send } = channel(service)
  await Promise.all(Array.from({ length: 20 }, () => send(reference(), hello)))
  expect(service.state.fetched.tokens - before).toBe(1)
})
