import { describe, vi } from 'vitest'
import type * as Door from '../journeys/door.ts'

/** The journeys of the Node door, as they stand, with the Worker behind the simulator. */
vi.mock('../journeys/door.ts', async (original) => {
  const door = await original<typeof Door>()
  const { openAtEdge } = await import('./journey.ts')
  return {
    ...door,
    open: async (env?: Record<string, string>) => door.driven(await openAtEdge(env)),
  }
})

const SUITES = {
  handoff: () => import('../journeys/handoff.test.ts'),
}
for (const [name, suite] of Object.entries(SUITES))
  describe(`in workerd, ${name}`, () => suite().then(() => undefined))
