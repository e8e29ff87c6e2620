import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Inbound } from '../../src/channels/inbound.ts'
import { teams } from '../../src/channels/teams.ts'
import { type FakeApp, fakeApp } from '../simulator/fake-app.ts'
import { asked } from './teams-stand-in.ts'

const TENANT = '22222222-2222-4222-8222-222222222222'
const NURSE = '11111111-1111-4111-8111-111111111111'
const CHANNEL = '19:navigators@thread.tacv2'
const people = [
  { who: 'amina', name: 'Amina Okoro', kind: 'navigator', id: NURSE },
  { who: 'navigators', name: 'Navigators', kind: 'channel', id: CHANNEL },
]
const places = [{ place: 'lewisham', teams: { tenant: TENANT, people } }]

let app: FakeApp
let channel: ReturnType<typeof teams>
const heard: Inbound[] = []
beforeAll(async () => {
  app = await fakeApp({}, places)
  const service = `${app.origin}/simulator/teams-service`
  channel = teams(
    async (inbound, render) => {
      heard.push(inbound)
      return render({ ...asked, turn: heard.length })
    },
    {
      ...app.keys.teams,
      openIdUrl: `${service}/v1/.well-known/openidconfiguration`,
      loginUrl: `${service}/login/${TENANT}`,
      tenants: (tenant) => (tenant === TENANT ? 'lewisham' : undefined),
      unknownTenant: () => 'Ring 999 if someone is in danger.',
      log: { info() {}, warn() {}, error() {} },
    }
  )
  app.app.route('/api/messages', channel.app)
})
afterAll(() => app.close())

interface View {
  cards: { card: string; title: string; actions: unknown[] }[]
  replies: { text: string }[]
}
const post = async (who: string, body: unknown) =>
  (await app.post(`/teams/${who}`, body)).body as unknown as View
const see = async (who: string) => (await app.get(`/teams/${who}`)).body as unknown as View
const reference = () => ({
  serviceUrl: `${app.origin}/simulator/teams-service/`,
  tenant: TENANT,
})

it('carries a conversation through the simulator', async () => {
  const first = await post('mrs-b', { say: 'she fell', place: 'lewisham' })
  expect(first.cards).toMatchObject([
    {
      title: 'Are you struggling to breathe?',
      actions: [
        { action: 'yes', title: 'Yes' },
        { action: 'no', title: 'No' },
        { action: 'person', title: 'A person' },
      ],
    },
  ])
  const second = await post('mrs-b', { click: { card: first.cards[0]?.card, action: 'no' } })
  expect(second.cards.length).toBe(2)
  expect(heard.map((inbound) => inbound.heard)).toEqual([
    { kind: 'answer', raw: { kind: 'words', text: 'she fell' } },
    { kind: 'answer', turn: 1, raw: { kind: 'choice', value: 'no' } },
  ])
})

it('tells a stranger to ring 999', async () => {
  const { replies } = await post('stranger', { say: 'hello', place: 'elsewhere' })
  expect(replies[0]?.text).toContain('Ring 999')
})

it('writes to staff and to a channel first, and changes what it wrote', async () => {
  const hello = { type: 'message', text: 'Hello' } as const
  const sent = await channel.send({ ...reference(), person: NURSE }, hello)
  const again = { ...reference(), conversation: sent.conversation }
  await channel.send(again, { ...hello, id: sent.id, text: 'Taken' })
  await channel.send({ ...reference(), conversation: CHANNEL }, hello)
  const messages = async (who: string) => (await see(who)) as View & { messages: unknown[] }
  expect((await messages('amina')).messages).toMatchObject([{ from: 'door', text: 'Taken' }])
  expect((await messages('navigators')).messages).toMatchObject([{ from: 'door', text: 'Hello' }])
})
