import { addText, type Exchange, parties, ringApp, type Text } from './exchange.ts'
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
  const text = keepText(exchange, from, to, body, 'received')
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
    for (const verb of replies) deliver(exchange, text, verb)
    if (!redirect) return
    const method = redirect.attributes.method ?? 'POST'
    link = { url: new URL(redirect.text, link.url).href, method: method.toUpperCase() }
  }
  throw new SimulatorProblem(422, 'The answer to this text redirects without end.')
}

/** Puts a text on both ends' record. */
export function keepText(
  exchange: Exchange,
  from: string,
  to: string,
  body: string,
  status: string
): Text {
  const at = exchange.controls.clock.now()
  const text = { sid: newSid('SM'), from, to, body, at, status }
  addText(exchange, text)
  return text
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

function deliver(exchange: Exchange, to: Text, message: Verb): void {
  const { text: body, attributes } = message
  if (body.trim() === '' || body.length > LONGEST_TEXT)
    throw new SimulatorProblem(
      422,
      `The app answered with a text of ${body.length} characters. Twilio sends 1 to ${LONGEST_TEXT}.`
    )
  keepText(exchange, attributes.from ?? to.to, attributes.to ?? to.from, body, 'delivered')
}
