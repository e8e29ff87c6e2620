import { CardFactory, MessageFactory } from 'botbuilder'
import { afterEach, describe, expect, it } from 'vitest'
import { type BotApp, bot, CHANNEL, NURSE, places, TENANT } from './bot.ts'
import { fakeApp } from './fake-app.ts'

let app: BotApp
afterEach(() => app.close())

const question = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [
    { type: 'TextBlock', text: 'Check one', weight: 'Bolder' },
    {
      type: 'Container',
      items: [{ type: 'TextBlock', text: 'Is anyone hard to wake?', wrap: true }],
    },
    { type: 'FactSet', facts: [{ title: 'Reference', value: '123 456 78' }] },
    { type: 'Input.Text', id: 'words', label: 'In your words' },
  ],
  actions: [
    { type: 'Action.Submit', id: 'yes', title: 'Yes', data: { answer: 'yes', effect: 'c:1:0' } },
    {
      type: 'Action.Submit',
      title: 'Say it',
      data: { msteams: { type: 'imBack', value: 'I said it' } },
    },
    { type: 'Action.OpenUrl', title: 'Read more', url: 'https://example.org' },
  ],
}

const card = () => MessageFactory.attachment(CardFactory.adaptiveCard(question))
interface View {
  messages: { id: string; from: string; text: string; value?: unknown }[]
  cards: { card: string; title: string; text: string; actions: unknown[]; raw: unknown }[]
  replies: { text: string; cards: unknown[] }[]
  error: string
}
const post = async (who: string, body: unknown) => {
  const answer = await app.post(`/teams/${who}`, body)
  return { status: answer.status, body: answer.body as unknown as View }
}
const see = async (who: string) => (await app.get(`/teams/${who}`)).body as unknown as View

describe('a resident in Teams', () => {
  it('writes to the bot as Teams would, with a token the SDK accepts', async () => {
    app = await bot((context) => context.sendActivity('Hello.'))
    const { body, status } = await post('mrs-b', { say: "mum's fallen", place: 'lewisham' })
    expect([status, body.replies.map(({ text }) => text)]).toEqual([200, ['Hello.']])
    expect(app.heard[0]).toMatchObject({
      type: 'message',
      text: "mum's fallen",
      channelId: 'msteams',
      serviceUrl: `${app.origin}/simulator/teams-service/`,
      conversation: {
        id: expect.stringMatching(/^a:1/),
        tenantId: TENANT,
        conversationType: 'personal',
      },
      from: {
        id: expect.stringMatching(/^29:1/),
        aadObjectId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'mrs-b',
      },
      recipient: { id: `28:${app.keys.teams.appId}` },
    })
  })

  it('sees a card, and presses it', async () => {
    app = await bot((context) => context.sendActivity(card()))
    const { body } = await post('mrs-b', { say: 'hello', place: 'lewisham' })
    expect(body.cards).toEqual([
      {
        card: body.messages[1]!.id,
        title: 'Check one',
        text: 'Is anyone hard to wake?\nReference: 123 456 78',
        actions: [
          { action: 'yes', title: 'Yes' },
          { action: '1', title: 'Say it' },
          { action: '2', title: 'Read more' },
        ],
        raw: question,
      },
    ])
    const click = { card: body.cards[0]!.card, action: 'yes', data: { words: 'she fell' } }
    await post('mrs-b', { click })
    expect(app.heard[1]).toMatchObject({
      type: 'message',
      value: { answer: 'yes', effect: 'c:1:0', words: 'she fell' },
      replyToId: click.card,
    })
    expect(app.heard[1]?.text).toBeUndefined()
    await post('mrs-b', { click: { card: click.card, action: '1' } })
    expect(app.heard[2]).toMatchObject({ text: 'I said it' })
  })

  it.each([
    ['no place at first', 'new', { say: 'hi' }, 400, 'Say which "place"'],
    ['a place that is none', 'new', { say: 'hi', place: 'atlantis' }, 404, 'lewisham, elsewhere'],
    ['a card that is none', 'amina', { click: { card: '1', action: 'yes' } }, 404, 'has no card'],
    ['neither word nor press', 'amina', { shout: 'hi' }, 400, 'Send { "say"'],
  ])('is refused %s', async (_name, who, body, status, words) => {
    app = await bot(async () => {})
    expect(await post(who, body)).toMatchObject({
      status,
      body: { error: expect.stringContaining(words) },
    })
  })

  it.each([
    ['an unknown button', { action: 'no' }, 'It has "yes" (Yes)'],
    ['a button that leaves Teams', { action: '2' }, 'Action.OpenUrl'],
  ])('can not press %s', async (_name, press, words) => {
    app = await bot((context) => context.sendActivity(card()))
    const { body } = await post('mrs-b', { say: 'hello', place: 'lewisham' })
    const answer = await post('mrs-b', { click: { card: body.cards[0]!.card, ...press } })
    expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining(words) } })
  })

  it('of an organisation the door does not serve has another tenant', async () => {
    app = await bot((context) => context.sendActivity('This bot does not serve you.'))
    await post('stranger', { say: 'hi', place: 'elsewhere' })
    expect(app.heard[0]?.conversation.tenantId).toBe(app.keys.teams.strangerTenantId)
  })

  it('is told when the bot refuses', async () => {
    app = Object.assign(await fakeApp({}, places), {
      adapter: null as never,
      heard: [],
      status: 0,
    })
    app.app.post('/api/messages', (c) => c.body(null, 401))
    expect(await post('mrs-b', { say: 'hi', place: 'lewisham' })).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('answered 401') },
    })
  })
})

describe('staff in Teams', () => {
  it('are those the door has on its roster', async () => {
    app = await bot(async () => {})
    expect((await app.get('/teams')).body).toEqual([
      { place: 'lewisham', who: 'amina', kind: 'navigator', name: 'Amina Okoro' },
      { place: 'lewisham', who: 'navigators', kind: 'channel', name: 'Navigators' },
    ])
    await post('amina', { say: 'hi' })
    expect(app.heard[0]?.from).toMatchObject({ aadObjectId: NURSE, name: 'Amina Okoro' })
  })

  it('are written to first, and see a card change', async () => {
    app = await bot(async (context) => {
      await context.updateActivity({
        ...MessageFactory.text('Taken'),
        id: context.activity.replyToId ?? '',
      })
    })
    const { appId } = app.keys.teams
    const service = `${app.origin}/simulator/teams-service/`
    const chat = {
      isGroup: true,
      bot: { id: `28:${appId}`, name: '' },
      tenantId: TENANT,
      channelData: { channel: { id: CHANNEL }, tenant: { id: TENANT } },
      activity: card(),
    }
    await app.adapter.createConversationAsync(
      appId,
      'msteams',
      service,
      'https://api.botframework.com',
      chat as never,
      async () => {}
    )
    const before = await see('navigators')
    expect(before.cards).toMatchObject([{ title: 'Check one' }])
    await post('navigators', { click: { card: before.cards[0]!.card, action: 'yes' }, as: 'amina' })
    expect(app.heard[0]).toMatchObject({
      from: { aadObjectId: NURSE },
      // Teams names the thread in which a card stands by its first message.
      conversation: {
        id: `${CHANNEL};messageid=${before.cards[0]!.card}`,
        conversationType: 'channel',
      },
      channelData: { channel: { id: CHANNEL } },
    })
    const after = await see('navigators')
    expect(after.cards).toEqual([])
    expect(after.messages[0]).toMatchObject({ from: 'door', text: 'Taken' })
  })
})
