import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { twilioTokens } from '../../src/door/neighbours.ts'
import type { Log } from '../../src/observe.ts'
import { type OpenedApp, openApp, signature, texting } from './opened.ts'

let app: OpenedApp
beforeAll(() => {
  app = openApp()
})
afterAll(() => app.close())

const OLD = 'the-token-that-was'
const NEW = 'the-token-that-will-be'

/** Forty texts at once, each signed with one of these tokens: how many were answered, and the alerts there were. */
async function answered(settings: Parameters<typeof twilioTokens>[0], signedBy: readonly string[]) {
  const alerts: unknown[] = []
  const log: Log = { ...app.parts.log, error: ({ code }) => alerts.push(code) }
  const door = createApp({ ...app.parts, log, twilioTokens: twilioTokens(settings) })
  const all = Array.from({ length: 40 }, async (_, n) => {
    const form = texting('hello')
    const { status } = await door.request('/twilio/sms', {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Twilio-Signature': signature('/twilio/sms', form, signedBy[n % signedBy.length]),
      },
    })
    return status
  })
  const served = (await Promise.all(all)).filter((status) => status === 200).length
  return { served, alerts }
}

it.each([
  ['before', { TWILIO_AUTH_TOKEN: OLD }, [OLD], 40],
  ['both set, Twilio still signs with the old', both(OLD, NEW), [OLD], 40],
  ['both set, while Twilio changes over', both(OLD, NEW), [OLD, NEW], 40],
  ['both set, in the other order', both(NEW, OLD), [OLD, NEW], 40],
  ['after', { TWILIO_AUTH_TOKEN: NEW }, [NEW], 40],
  ['after, signed with the old', { TWILIO_AUTH_TOKEN: NEW }, [OLD], 0],
  ['signed with neither', both(OLD, NEW), ['another'], 0],
])('%s: %o signed with %o: %i of 40 answered', async (_when, settings, signedBy, wanted) => {
  const alerts = wanted === 40 ? [] : ['not-allowed']
  expect(await answered(settings, signedBy)).toEqual({ served: wanted, alerts })
})

function both(TWILIO_AUTH_TOKEN: string, TWILIO_AUTH_TOKEN_NEXT: string) {
  return { TWILIO_AUTH_TOKEN, TWILIO_AUTH_TOKEN_NEXT }
}
