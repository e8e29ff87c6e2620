import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { emptiedCard, offerCard, takenCard } from '../../src/words/staff-card.ts'
import { wrapUpCard } from '../../src/words/staff-card-wrap.ts'
import { told, wrapping } from '../words/staff-told.ts'
import { CHANNEL, deskInTeams, NURSE, TENANT } from './teams-desk.ts'

type Desk = Awaited<ReturnType<typeof deskInTeams>>
let app: Desk['app']
let channel: Desk['channel']
let state: Desk['state']
beforeAll(async () => {
  const desk = await deskInTeams()
  app = desk.app
  channel = desk.channel
  state = desk.state
})
afterAll(() => app.close())
beforeEach(() => {
  state.done.length = 0
  state.answer = {}
})

interface View {
  cards: { card: string; title: string; text: string; actions: { action: string }[] }[]
  messages: { id: string; text: string; thread?: string; notice?: string }[]
  answered?: string
  error?: string
}
const post = async (who: string, body: unknown) =>
  (await app.post(`/teams/${who}`, body)).body as unknown as View
const see = async (who: string) => (await app.get(`/teams/${who}`)).body as unknown as View
const amina = { tenant: TENANT, person: NURSE }
const of = { contact: 'c-1', ref: '12345674', turn: 7 }
const last = <T>(all: readonly T[]) => all.at(-1) as T
const sentTo = async (
  to: Parameters<Desk['channel']['cards']['sendCard']>[0],
  card = offerCard(told())
) => {
  const sent = await channel.cards.sendCard(to, card)
  if (sent === 'gone') throw new Error('gone')
  return sent
}

it('shows an offer, and puts in its place what the bot answers to a press', async () => {
  const sent = await sentTo(amina)
  const card = last((await see('amina')).cards)
  expect(card).toMatchObject({
    card: sent.id,
    title: 'Can you take 12345674?',
    text: expect.stringContaining('Since: 14:20'),
  })
  expect(card.actions.map(({ action }) => action)).toEqual(['accept', 'decline', 'later', 'open'])
  state.answer = { card: takenCard(of, 'Ben') }
  const after = await post('amina', { click: { card: card.card, action: 'accept' } })
  expect(state.done).toEqual([
    [
      { place: 'lewisham', staff: 'amina', surface: 'teams' },
      { kind: 'act', act: { do: 'accept', contact: 'c-1' }, turn: 7, message: sent.id },
    ],
  ])
  expect(last(after.cards)).toMatchObject({ card: sent.id, title: '12345674: taken by Ben' })
})

it('shows words below the card, until the card changes', async () => {
  const { id: card, ...chat } = await sentTo(amina)
  state.answer = { words: 'The person has gone.' }
  const after = await post('amina', { click: { card, action: 'accept' } })
  expect([after.answered, last(after.messages).notice]).toEqual([
    'The person has gone.',
    'The person has gone.',
  ])
  const reference = {
    serviceUrl: `${app.origin}/simulator/teams-service/`,
    tenant: TENANT,
    ...chat,
  }
  await channel.cards.sendCard({ reference }, emptiedCard(of), { replaces: card })
  const { cards, messages } = await see('amina')
  expect(last(cards)).toMatchObject({ card, title: '12345674: closed', text: '', actions: [] })
  expect(last(messages).notice).toBeUndefined()
})

it('asks for what a card needs, and takes what was filled in', async () => {
  const { id: card } = await sentTo(amina)
  const refused = await post('amina', { click: { card, action: 'decline' } })
  expect(refused.error).toBe('Fill in decline.reason first, in "data".')
  const data = { 'decline.reason': 'busy' }
  await post('amina', { click: { card, action: 'decline', data } })
  expect(state.done.map(([, did]) => did.kind === 'act' && did.act)).toEqual([
    { do: 'decline', contact: 'c-1', reason: 'busy' },
  ])
})

it('writes up in two presses and a line', async () => {
  const { id: card } = await sentTo(amina, wrapUpCard(wrapping))
  state.answer = { card: emptiedCard(of) }
  const data = { 'wrap-up.outcome': 'helped', 'wrap-up.nextStep': 'None' }
  const after = await post('amina', { click: { card, action: 'wrap-up', data } })
  expect(state.done.map(([, did]) => did.kind === 'act' && did.act)).toEqual([
    {
      do: 'wrap-up',
      contact: 'c-1',
      outcome: 'helped',
      nextStep: 'None',
      matters: '',
      carer: 'not-asked',
      livesAlone: 'not-asked',
      needs: [],
      admissionAvoided: 'not-known',
      nearMiss: '',
    },
  ])
  expect(last(after.cards).title).toBe('12345674: closed')
})

it('does nothing for someone in the channel who is not on the roster', async () => {
  const { id: card } = await sentTo({ tenant: TENANT, channel: CHANNEL })
  const after = await post('navigators', { click: { card, action: 'accept' }, as: 'ben' })
  expect([after.answered, state.done]).toEqual([expect.stringContaining('not on its list'), []])
})

it('carries what is typed in the thread of a contact, and what comes back to it', async () => {
  const { id: root } = await sentTo({ tenant: TENANT, channel: CHANNEL })
  await post('navigators', { say: 'Can you get up?', thread: root, as: 'amina' })
  const room = { tenant: TENANT, channel: CHANNEL }
  await channel.cards.sendWords(room, 'They wrote: no', { thread: root })
  expect(state.done.map(([, did]) => did)).toEqual([
    {
      kind: 'typed',
      text: 'Can you get up?',
      conversation: CHANNEL,
      root,
      shared: true,
      overheard: true,
    },
  ])
  const { messages } = await see('navigators')
  expect(messages.slice(-2)).toMatchObject([
    { text: 'Can you get up?', thread: root },
    { text: 'They wrote: no', thread: root },
  ])
  expect((await post('navigators', { say: 'x', thread: '9', as: 'amina' })).error).toContain(
    'no message "9"'
  )
})

it('tells a thread of its own from one of a contact', async () => {
  await post('navigators', { say: 'Good morning', as: 'amina' })
  const { messages } = await see('navigators')
  expect(state.done.map(([, did]) => did)).toMatchObject([{ root: last(messages).id }])
})
