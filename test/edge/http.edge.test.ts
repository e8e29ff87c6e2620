import { afterAll, beforeAll, describe, vi } from 'vitest'
import type * as Opened from '../app/opened.ts'
import { openInWorkerd } from './opened.ts'
import { openWorker } from './worker.ts'

/**
 * The HTTP tests of the Node door, as they stand, with the Worker behind them: what they open is a world of workerd's instead.
 */
const many = ['staff', 'failed'].map((limit) => `${limit}:1000000/60`).join()
const worker = openWorker({ LOG_LEVEL: 'trace', LIMITS: many })
afterAll(async () => (await worker).close())
process.env.FORMS ??= '100'
/** Milliseconds for which a turn is saved. */
let slow = 0

vi.mock('../app/opened.ts', async (original) => ({
  ...(await original<typeof Opened>()),
  openApp: (now?: string) => openInWorkerd(worker, { ...(now && { now }), slow }),
}))

const SUITES = {
  refused: () => import('../app/refused.test.ts'),
  signed: () => import('../app/signed.test.ts'),
  voice: () => import('../channels/voice.test.ts'),
  sms: () => import('../channels/sms.test.ts'),
  status: () => import('../channels/status.test.ts'),
  api: () => import('../channels/api.test.ts'),
  random: () => import('../app/random.test.ts'),
}
for (const [name, suite] of Object.entries(SUITES))
  describe(`in workerd, ${name}`, () => {
    // Texts sent at once must meet, as they do where all is done in one process.
    beforeAll(() => {
      slow = name === 'sms' ? 25 : 0
    })
    return suite().then(() => undefined)
  })
