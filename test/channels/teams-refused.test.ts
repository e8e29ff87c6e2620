import { afterEach, beforeEach, expect, it } from 'vitest'
import { openNeighbours } from '../../src/channels/breaker.ts'
import { teams } from '../../src/channels/teams.ts'
import { wordsToTeams } from '../../src/door/neighbours.ts'
import { randomBy } from '../chaos/judge.ts'
import { TENANT } from '../chaos/world/teams.ts'
import { openWorld, type World } from '../chaos/world/world.ts'

let world: World
const told: string[] = []
beforeEach(async () => {
  world = await openWorld(randomBy(1))
  told.length = 0
})
afterEach(() => world.close())

function opened() {
  const { appId, appPassword, openIdUrl, loginUrl } = world.teams
  const neighbours = openNeighbours((name, code) => told.push(`${name} ${code}`))
  const channel = teams(() => Promise.reject(new Error('nobody speaks')), {
    ...{ appId, appPassword, openIdUrl, loginUrl, tenantId: TENANT },
    tenants: () => 'lewisham',
    unknownTenant: () => '',
    log: { info() {}, warn() {}, error() {} },
    guard: neighbours.guard('teams'),
  })
  const send = wordsToTeams(channel)
  const serviceUrl = `${world.teams.origin}/service/`
  const reach = { serviceUrl, conversation: 'a:ada', person: '29:ada', tenant: TENANT }
  return { say: () => send?.(reach, 'hello'), neighbours }
}

it('a sign-in that is refused is said to be ours to mend, and is tried again', async () => {
  world.teams.faults.set('login', { kind: 'status', status: 401 })
  const { say } = opened()
  expect(await say()).toMatchObject({
    retry: true,
    ours: expect.stringContaining('MICROSOFT_APP_PASSWORD'),
  })
  world.teams.faults.clear()
  expect(await say()).toMatchObject({ sid: expect.any(String) })
})

it('Teams that is down is shut after a few tries, and then answers at once that it is', async () => {
  await world.teams.down()
  const { say, neighbours } = opened()
  for (let n = 0; n < 5; n++) expect(await say()).toMatchObject({ retry: true })
  expect(told).toEqual(['teams neighbour-shut'])
  expect(neighbours.well()).toEqual({ teams: false })
  const began = performance.now()
  expect(await say()).toMatchObject({ retry: true })
  expect(performance.now() - began).toBeLessThan(100)
  await world.teams.up()
}, 60_000)
