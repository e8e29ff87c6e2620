import { createHash } from 'node:crypto'
import * as z from 'zod'

/** A verified Twilio form, put there by the signature check. */
export interface FormEnv {
  Variables: { form: Record<string, string> }
}

export const callSid = z.string().regex(/^CA[0-9a-f]{32}$/i)
export const messageSid = z.string().regex(/^(SM|MM)[0-9a-f]{32}$/i)

/** Numbers a caller may show that are no number: withheld, restricted, or the digits that spell "anonymous". */
const NO_NUMBER =
  /^(anonymous|restricted|unavailable|unknown|private|withheld|\+?266696687|\+?7378742833|\+?2562533|\+?8656696|\+?86282452253|)$/i

/** A number as Twilio shows it; whatever is no telephone number becomes `withheld`, so that the contact is kept. */
export const number = z
  .string()
  .default('')
  .transform((text) => text.trim())
  .transform((text) =>
    NO_NUMBER.test(text) || !/^\+[1-9]\d{3,14}$/.test(text) ? withheld(text) : text
  )

// Short codes and alphanumeric senders are kept apart from each other, but none can be rung.
const withheld = (text: string) =>
  /^[\w .-]{3,15}$/.test(text) && !NO_NUMBER.test(text) ? `sender:${text}` : 'withheld'

/** A short name for what was heard, so that a webhook sent twice is known without keeping its words. */
export const digest = async (text: string) =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16)
