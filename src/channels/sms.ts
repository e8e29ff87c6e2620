import { Hono } from 'hono'
import { z } from 'zod'
import type { StoredReply } from '../store/contract.ts'
import { writeText } from '../words/text.ts'
import type { Reply, TakeTurn } from './inbound.ts'
import { type FormEnv, isNumber, messageSid, number } from './twilio-form.ts'
import { element, escapeXml, response } from './xml.ts'

const webhook = z.object({
  MessageSid: messageSid,
  From: number,
  To: number,
  // Twilio sends at most 1,600 characters; a longer body is kept, cut where Twilio would have.
  Body: z
    .string()
    .default('')
    .transform((text) => text.slice(0, 1600)),
  NumMedia: z.coerce.number().int().nonnegative().default(0).catch(0),
})

/** Text messages over Twilio. Translates only: it knows Twilio's words and ours, and no triage. */
export function sms(takeTurn: TakeTurn) {
  return new Hono<FormEnv>().post('/', async (c) => {
    const form = webhook.parse(c.get('form'))
    const text = form.Body.trim() === '' && form.NumMedia > 0 ? '(picture)' : form.Body
    const reply = await takeTurn(
      {
        channel: 'sms',
        webhook: form.MessageSid,
        to: form.To,
        from: form.From,
        conversation: `${form.To}:${form.From}`,
        heard: { kind: 'answer', raw: { kind: 'words', text } },
      },
      isNumber(form.From) ? message : unanswered
    )
    return new Response(reply.body, {
      status: reply.status,
      headers: { 'Content-Type': reply.type },
    })
  })
}

/** A short code, a name, or nobody: whatever it is cannot be sent to. The contact is kept, and becomes a person's task. */
const unanswered = () => message({ parts: [], choices: [], silent: true })

/** A reply as the TwiML of one text message; a silent one is an empty document. */
export function message(reply: Pick<Reply, 'parts' | 'choices' | 'silent'>): StoredReply {
  const text = writeText(reply)
  const body =
    reply.silent || text === '' ? response() : response(element('Message', {}, escapeXml(text)))
  return { status: 200, type: 'text/xml; charset=utf-8', body }
}
