import { teams } from '../../src/channels/teams.ts'
import type { StaffAnswer, StaffDid } from '../../src/channels/teams-staff.ts'
import type { Actor } from '../../src/handoff/acts.ts'
import { fakeApp } from '../simulator/fake-app.ts'
import { asked } from './teams-stand-in.ts'

export const TENANT = '22222222-2222-4222-8222-222222222222'
export const NURSE = '11111111-1111-4111-8111-111111111111'
export const CHANNEL = '19:navigators@thread.tacv2'
const people = [
  { who: 'amina', name: 'Amina', kind: 'navigator', id: NURSE },
  { who: 'ben', name: 'Ben', kind: 'navigator', id: '11111111-1111-4111-8111-111111111112' },
  { who: 'navigators', name: 'Navigators', kind: 'channel', id: CHANNEL },
]

/** The simulator's Teams before our channel, with one of its staff on the roster and a desk that answers as told. */
export async function deskInTeams() {
  const teamsOf = { tenant: TENANT, people }
  const numbers = [{ number: '+442079460100', use: 'residents', channels: ['voice', 'sms'] }]
  const app = await fakeApp({}, [{ place: 'lewisham', name: 'Lewisham', numbers, teams: teamsOf }])
  const service = `${app.origin}/simulator/teams-service`
  const roster: Record<string, string> = { [NURSE]: 'amina' }
  const state = { answer: {} as StaffAnswer, done: [] as [Actor, StaffDid][] }
  const channel = teams(async (_inbound, render) => render(asked), {
    ...app.keys.teams,
    openIdUrl: `${service}/v1/.well-known/openidconfiguration`,
    loginUrl: `${service}/login/${TENANT}`,
    serviceUrl: `${service}/`,
    tenants: (tenant) => (tenant === TENANT ? 'lewisham' : undefined),
    unknownTenant: () => 'Ring 999 if someone is in danger.',
    staff: (_place, entra) => roster[entra],
    staffDid: async (actor, did) => {
      state.done.push([actor, did])
      return state.answer
    },
    log: { info() {}, warn() {}, error() {} },
  })
  app.app.route('/api/messages', channel.app)
  return { app, channel, state }
}
