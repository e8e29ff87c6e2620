import { createRequire } from 'node:module'

/** Twilio's own signature, so that the door's is not measured against itself. */
const { getExpectedTwilioSignature } = createRequire(import.meta.url)(
  'twilio/lib/webhooks/webhooks'
) as { getExpectedTwilioSignature: (token: string, url: string, form: object) => string }

export type Form = Record<string, string>

/** What Twilio puts in X-Twilio-Signature for a form sent to this address. */
export const signature = (token: string, url: string, form: Form) =>
  getExpectedTwilioSignature(token, url, form)

/** Twilio waits so long for an answer. */
const WAIT_MS = 15_000

/** A signed form, sent once, as Twilio sends status callbacks. Gives the status of the answer, 0 where there was none. */
export async function postSigned(token: string, url: string, form: Form): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'X-Twilio-Signature': signature(token, url, form) },
      signal: AbortSignal.timeout(WAIT_MS),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
