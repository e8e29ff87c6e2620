import { Hono } from 'hono'
import * as z from 'zod'
import { mayAnswer, mayReach } from '../record/numbers.ts'
import type { StoredReply } from '../store/contract.ts'
import { writeText } from '../words/text.ts'
import type { Reply, TakeTurn } from './inbound.ts'
import { digest, type FormEnv, messageSid, number } from './twilio-form.ts'
import { cut, element, escapeXml, response } from './xml.ts'

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

/**
 * Text messages over Twilio. Translates only: it knows Twilio's words and ours, and no triage. `reused` hears of an id
 * that came again with another text: it gets the first one's reply, and nothing is made of it.
 */
export function sms(takeTurn: TakeTurn, reused: () => void) {
  return new Hono<FormEnv>().post('/', async (c) => {
    const form = webhook.parse(c.get('form'))
    const text = form.Body.trim() === '' && form.NumMedia > 0 ? '(picture)' : form.Body
    const mark = `<!--${await digest(JSON.stringify([form.From, form.To, text]))}-->`
    const write = answering(form.From)
    const marked = (given: Reply) => {
      const written = write(given)
      return { ...written, body: written.body + mark }
    }
    const reply = await takeTurn(
      {
        channel: 'sms',
        webhook: form.MessageSid,
        to: form.To,
        from: form.From,
        conversation: `${form.To}:${form.From}`,
        heard: { kind: 'answer', raw: { kind: 'words', text } },
      },
      marked
    )
    if (!reply.body.endsWith(mark)) reused()
    return new Response(reply.body, {
      status: reply.status,
      headers: { 'Content-Type': reply.type },
    })
  })
}

/**
 * How this sender is answered. A short code, a name or nobody cannot be sent to, and what is sold by the text or is of
 * another country is not: the contact is kept, and becomes a person's task. The 999 words go to whoever can be reached.
 */
const answering = (from: string) => (reply: Reply) => {
  const may = mayAnswer(from) || (reply.ended === 'emergency' && mayReach(from))
  return may ? message(reply) : unanswered()
}
const unanswered = () => message({ parts: [], choices: [], silent: true, contact: '', turn: 0 })

type Written = Pick<Reply, 'parts' | 'choices' | 'silent' | 'contact' | 'turn'>

/** A reply as the TwiML of one text message; a silent one is an empty document. */
export function message(reply: Written): StoredReply {
  const text = short(reply)
  const { contact, turn, silent } = reply
  // A reply that is lost on its way must not be lost on us: Twilio says so there.
  const statusCallback = contact ? `/twilio/status?o=${contact}:${turn}:0` : undefined
  const body =
    silent || text === ''
      ? response()
      : response(element('Message', { statusCallback }, escapeXml(text)))
  return { status: 200, type: 'text/xml; charset=utf-8', body }
}

/** Longer than this Twilio sends nothing at all: https://www.twilio.com/docs/api/errors/21617 */
const MOST_SIGNS = 1600

/** A text that can be sent. Flows write none so long; where something from outside makes it so, the answers stay. */
function short({ parts, choices }: Pick<Reply, 'parts' | 'choices'>): string {
  const text = writeText({ parts, choices })
  if (text.length <= MOST_SIGNS) return text
  const answers = writeText({ parts: [], choices })
  const words = writeText({ parts, choices: [] })
  const room = Math.max(0, MOST_SIGNS - answers.length - 1)
  return cut(`${cut(words, room)}\n${answers}`.trim(), MOST_SIGNS)
}
