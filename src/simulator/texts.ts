import { addText, type Exchange, inBackground, parties, ringApp, type Text } from './exchange.ts'
import { newSid } from './keys.ts'
import { SimulatorProblem } from './problem.ts'
import { readTwiml, type Verb } from './twiml.ts'
import { MESSAGING } from './twiml-grammar.ts'

const MOST_HOPS = 10
/** Twilio's limit for one message, in characters. */
export const LONGEST_TEXT = 1600

/** Sends a text to the app as Twilio would, and delivers what it answers. */
export async function textApp(
  exchange: Exchange,
  from: string,
  to: string,
  body: string
): Promise<void> {
  const text = keepText(exchange, { from, to, body, status: 'received', direction: 'inbound' })
  const fields = {
    ...parties(exchange, from, to),
    Body: body,
    MessageSid: text.sid,
    SmsMessageSid: text.sid,
    SmsSid: text.sid,
    SmsStatus: 'received',
    NumMedia: '0',
    NumSegments: String(segments(body)),
  }
  let link = { url: `${exchange.origin()}/twilio/sms`, method: 'POST' }
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const verbs = await document(exchange, link, fields)
    const redirect = verbs.find((verb) => verb.name === 'Redirect')
    const replies = redirect ? verbs.slice(0, verbs.indexOf(redirect)) : verbs
    for (const verb of replies) deliver(exchange, text, verb, link.url)
    if (!redirect) return
    const method = redirect.attributes.method ?? 'POST'
    link = { url: new URL(redirect.text, link.url).href, method: method.toUpperCase() }
  }
  throw new SimulatorProblem(422, 'The answer to this text redirects without end.')
}

/** Puts a text on both ends' record. */
export function keepText(exchange: Exchange, given: Omit<Text, 'sid' | 'at'>): Text {
  const text = { sid: newSid('SM'), at: exchange.controls.clock.now(), ...given }
  addText(exchange, text)
  return text
}

/** What becomes of a text, told to the app where it asked to be told. */
function report(exchange: Exchange, text: Text, status: string, url: string | null): void {
  inBackground(exchange, async () => {
    text.status = status
    if (url === null) return
    await ringApp(exchange, url, 'POST', {
      AccountSid: exchange.keys.twilio.accountSid,
      ApiVersion: '2010-04-01',
      From: text.from,
      To: text.to,
      MessageSid: text.sid,
      SmsSid: text.sid,
      MessageStatus: status,
      SmsStatus: status,
      // Twilio, error 30003: unreachable destination handset.
      ...(status === 'undelivered' && { ErrorCode: '30003' }),
    })
  })
}

/** A text on its way: it arrives, unless the phone is off. */
export function deliverTo(exchange: Exchange, text: Text, url: string | null): void {
  const fate = exchange.off.has(text.to) ? 'undelivered' : 'delivered'
  for (const status of ['sent', fate]) report(exchange, text, status, url)
}

/** How many parts a text is sent in: 160 plain characters or 70 of any kind, a little less when joined. */
export function segments(body: string): number {
  const plain = /^[\w\s@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[~\]|€]*$/
  const [one, joined] = plain.test(body) ? [160, 153] : [70, 67]
  return body.length <= one ? 1 : Math.ceil(body.length / joined)
}

async function document(
  exchange: Exchange,
  link: { url: string; method: string },
  fields: Record<string, string>
): Promise<readonly Verb[]> {
  const { body, type } = await ringApp(exchange, link.url, link.method, fields)
  if (/^text\/plain\b/.test(type) && body !== '')
    throw new SimulatorProblem(422, 'The app answered a text with text/plain. Answer with TwiML.')
  return body === '' ? [] : readTwiml(body, MESSAGING)
}

function deliver(exchange: Exchange, heard: Text, message: Verb, base: string): void {
  const { text: body, attributes } = message
  if (body.trim() === '' || body.length > LONGEST_TEXT)
    throw new SimulatorProblem(
      422,
      `The app answered with a text of ${body.length} characters. Twilio sends 1 to ${LONGEST_TEXT}.`
    )
  const { from = heard.to, to = heard.from, statusCallback } = attributes
  const kept = { from, to, body, status: 'queued', direction: 'outbound-reply' } as const
  const text = keepText(exchange, kept)
  const told = statusCallback === undefined ? null : new URL(statusCallback, base).href
  deliverTo(exchange, text, told)
}
