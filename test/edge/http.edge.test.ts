import { afterAll, describe, vi } from 'vitest'
import type * as Opened from '../app/opened.ts'
import { openWorker } from './worker.ts'

/**
 * The HTTP tests of the Node door, as they stand, with the Worker behind them: what they open is workerd's instead.
 */
const worker = openWorker()
afterAll(async () => (await worker).close())

vi.mock('../app/opened.ts', async (original) => ({
  ...(await original<typeof Opened>()),
  openApp: () => ({
    send: async (path: string, init: RequestInit) => heard(path, init),
    raw: async (path: string, body: string, headers?: Opened.Form) =>
      (await worker).raw(path, body, headers),
    post: async (path: string, form: Opened.Form) => (await worker).post(path, form),
    contacts: async () => (await (await worker).contacts('limit=200')).contacts,
    close: async () => undefined,
  }),
}))

/** workerd answers a body that is too large and hangs up; the client may still be sending, and then hears nothing. */
async function heard(path: string, init: RequestInit): Promise<Opened.Answer> {
  const { send } = await worker
  for (let tries = 1; ; tries++)
    try {
      return await send(path, init)
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      if (tries === 10 || !/^(EPIPE|ECONNRESET|UND_ERR_SOCKET)$/.test(code ?? '')) throw error
    }
}

// Refusals first: they see that nothing was kept.
describe('in workerd, refused', () => import('../app/refused.test.ts').then(() => undefined))
describe('in workerd, signed', () => import('../app/signed.test.ts').then(() => undefined))
