import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { takenCard } from '../../src/words/staff-card.ts'
import { channel, message, PERSON, type StandIn, standIn, TENANT } from './teams-stand-in.ts'

let service: StandIn
beforeAll(async () => {
  service = await standIn()
})
afterAll(() => service.close())
beforeEach(() => {
  service.state.got.length = 0
  service.state.faults.length = 0
})

const card = takenCard({ contact: 'c-1', ref: '12345674', turn: 7 }, 'Ben')
const ROOM = '19:room@thread.tacv2'
const asha = { tenant: TENANT, person: PERSON }
const room = { tenant: TENANT, channel: ROOM }
const tried = () =>
  service.state.got.map(({ method, path }) =>
    `${method} ${decodeURIComponent(path).replace('/service/v3/conversations', '')}`.trim()
  )

describe('a card', () => {
  it('is sent as a card, with a line for those who see none', async () => {
    expect(await channel(service).cards.sendCard(room, card)).toEqual({
      id: 'm1',
      conversation: ROOM,
    })
    expect(service.state.got[0]?.body).toMatchObject({
      summary: '12345674: taken by Ben',
      locale: 'en',
      attachments: [
        { contentType: 'application/vnd.microsoft.card.adaptive', content: { version: '1.4' } },
      ],
    })
  })
  it('begins a chat by the person’s Entra id, once', async () => {
    const { cards } = channel(service)
    expect(await cards.sendCard(asha, card)).toEqual({ id: 'm2', conversation: 'a:new' })
    await cards.sendCard({ ...asha, person: PERSON.toUpperCase() }, card)
    expect(tried()).toEqual(['POST', 'POST /a:new/activities', 'POST /a:new/activities'])
    expect(service.state.got[0]?.body).toMatchObject({ members: [{ id: PERSON }] })
  })
  it('goes to the chat somebody wrote from, with no other begun', async () => {
    const { cards, post } = channel(service)
    await post(message(service))
    service.state.got.length = 0
    await cards.sendCard(asha, card)
    expect(tried()).toEqual(['POST /a:1chat/activities'])
  })
  it('takes the place of an earlier one', async () => {
    const { cards } = channel(service)
    const reference = { serviceUrl: service.serviceUrl, tenant: TENANT, conversation: 'a:1chat' }
    expect(await cards.sendCard({ reference }, card, { replaces: 'm7' })).toEqual({
      id: 'm7',
      conversation: 'a:1chat',
    })
    expect(tried()).toEqual(['PUT /a:1chat/activities/m7'])
  })
  it('goes into a thread of a channel, also from one', async () => {
    const { cards } = channel(service)
    await cards.sendCard(room, card, { thread: '17' })
    const conversation = `${ROOM};messageid=9`
    const reference = { serviceUrl: service.serviceUrl, tenant: TENANT, conversation, replyTo: 'x' }
    await cards.sendWords({ reference }, 'They wrote: hello', { thread: '17' })
    const path = `POST /${ROOM};messageid=17/activities`
    expect(tried()).toEqual([path, path])
    expect(service.state.got[1]?.body).toMatchObject({ text: 'They wrote: hello' })
  })
})

describe('the address', () => {
  it('is the newest an organisation has written from, whatever was stored', async () => {
    const { cards, post } = channel(service)
    const newer = `${service.origin}/newer/`
    const authorization = `Bearer ${await service.token({ serviceurl: newer })}`
    await post(message(service, { serviceUrl: newer, type: 'message' }), authorization)
    service.state.got.length = 0
    const reference = { serviceUrl: service.serviceUrl, tenant: TENANT, conversation: 'a:9' }
    await cards.sendCard({ reference }, card)
    await cards.sendCard(room, card)
    await cards.sendCard({ ...room, tenant: 'other' }, card)
    expect(service.state.got.map(({ path }) => path.split('/')[1])).toEqual([
      'newer',
      'newer',
      'service',
    ])
  })
})

describe('somebody who is gone', () => {
  it.each([403, 404, 410])('is told as such after %s, and nothing is thrown', async (status) => {
    service.state.faults.push({ status })
    expect(await channel(service).cards.sendCard(room, card)).toBe('gone')
  })
  it('is written to in a new chat when the old one is no more', async () => {
    const { cards, post } = channel(service)
    await post(message(service))
    service.state.got.length = 0
    service.state.faults.push({ status: 404 })
    expect(await cards.sendCard(asha, card)).toMatchObject({ conversation: 'a:new' })
    expect(tried()).toEqual(['POST /a:1chat/activities', 'POST', 'POST /a:new/activities'])
  })
  it('who blocked the bot is asked for no second chat in circles', async () => {
    service.state.faults.push({ status: 403 }, { status: 403 })
    expect(await channel(service).cards.sendCard(asha, card)).toBe('gone')
    expect(tried()).toEqual(['POST'])
  })
  it('has the next way tried, at once', async () => {
    service.state.faults.push({ status: 403 })
    const began = Date.now()
    expect(await channel(service).cards.sendFirst([asha, room], card)).toMatchObject({
      conversation: ROOM,
    })
    expect(Date.now() - began).toBeLessThan(1000)
    expect(await channel(service).cards.sendFirst([], card)).toBe('gone')
  })
  it('is not the same as Teams being busy', async () => {
    service.state.faults.push({ status: 429, after: '30' })
    await expect(channel(service).cards.sendFirst([asha, room], card)).rejects.toMatchObject({
      code: 'neighbour-down',
      cause: { waitSeconds: 30 },
    })
    service.state.faults.push({ status: 429, after: '1' })
    const began = Date.now()
    await channel(service).cards.sendCard(room, card)
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000)
  })
})
