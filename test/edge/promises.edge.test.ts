import { describe, vi } from 'vitest'
import type * as Door from '../journeys/door.ts'

/** What is promised, by the journeys of the Node door as they stand, with the Worker behind the simulator. */
vi.mock('../journeys/door.ts', async (original) => {
  const { atEdge } = await import('./journey.ts')
  return atEdge(await original<typeof Door>())
})

// A Worker is built, and workerd started, where the Node door only opens.
vi.setConfig({ testTimeout: 90_000 })

const SUITES = {
  'call back': () => import('../journeys/callback.test.ts'),
  'what the cover owes': () => import('../journeys/cover-rings.test.ts'),
  owners: () => import('../journeys/owners.test.ts'),
}
for (const [name, suite] of Object.entries(SUITES))
  describe(`in workerd, ${name}`, () => suite().then(() => undefined))
