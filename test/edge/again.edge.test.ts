import { describe, vi } from 'vitest'
import type * as Door from '../journeys/door.ts'

/** Who comes again, and who is looked for in other homes, with the Worker behind the simulator. */
vi.mock('../journeys/door.ts', async (original) => {
  const { atEdge } = await import('./journey.ts')
  return atEdge(await original<typeof Door>())
})

// A Worker is built, and workerd started, where the Node door only opens.
vi.setConfig({ testTimeout: 90_000 })

const SUITES = {
  'who comes again': () => import('../journeys/again.test.ts'),
  people: () => import('../journeys/people.test.ts'),
  'danger is offered': () => import('../journeys/danger-offered.test.ts'),
}
for (const [name, suite] of Object.entries(SUITES))
  describe(`in workerd, ${name}`, () => suite().then(() => undefined))
