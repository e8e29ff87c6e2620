import { randomBytes } from 'node:crypto'
import type { Answer } from './server.ts'

export const hex = (bytes: number) => randomBytes(bytes).toString('hex')

/** What is said of a thing where there is one. */
export const found = <T>(thing: T | undefined | false, answer: (thing: T) => Answer): Answer =>
  thing ? answer(thing) : refusal(404, 20404, 'The requested resource was not found')

/** How Twilio refuses. */
export function refusal(status: number, code: number, message: string): Answer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  return { status, body: { code, message, more_info, status } }
}
