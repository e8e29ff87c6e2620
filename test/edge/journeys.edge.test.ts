import { describe, vi } from 'vitest'
import type * as Door from '../journeys/door.ts'

/** The journeys of the Node door, as they stand, with the Worker behind the simulator. */
vi.mock('../journeys/door.ts', async (original) => {
  const { atEdge } = await import('./journey.ts')
  return atEdge(await original<typeof Door>())
})

// A Worker is built, and workerd started, where the Node door only opens.
vi.setConfig({ testTimeout: 90_000 })

const SUITES = {
  handoff: () => import('../journeys/handoff.test.ts'),
  'who is on the line': () => import('../journeys/lines.test.ts'),
  'how a service stands': () => import('../journeys/status.test.ts'),
  'staff in Teams': () => import('../journeys/teams-staff.test.ts'),
  'nothing in a room that may not be': () => import('../journeys/teams-private.test.ts'),
}
for (const [name, suite] of Object.entries(SUITES))
  describe(`in workerd, ${name}`, () => suite().then(() => undefined))
