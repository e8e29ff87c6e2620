import { type Exchange, inBackground, ringApp, type Text } from './exchange.ts'
import { keepText, LONGEST_TEXT, segments } from './texts.ts'
import { RestRefusal } from './twilio-rest-refusal.ts'

/** Takes a text for delivery: refused now, or delivered and reported by callback, as Twilio does. */
export function sendText(exchange: Exchange, form: URLSearchParams) {
  const to = form.get('To') ?? ''
  const from = form.get('From') ?? form.get('MessagingServiceSid') ?? ''
  const body = form.get('Body') ?? ''
  if (to === '') throw new RestRefusal(400, 21604, "A 'To' phone number is required.")
  if (from === '') throw new RestRefusal(400, 21603, "A 'From' phone number is required.")
  if (!/^\+[1-9]\d{6,14}$/.test(to))
    throw new RestRefusal(400, 21211, `Invalid 'To' Phone Number: ${to}`)
  if (body === '') throw new RestRefusal(400, 21602, 'Message body is required.')
  if (body.length > LONGEST_TEXT)
    throw new RestRefusal(
      400,
      21617,
      `The concatenated message body exceeds the ${LONGEST_TEXT} character limit`
    )
  const text = keepText(exchange, from, to, body, 'queued')
  const queued = resource(exchange, text)
  for (const status of ['sent', 'delivered']) report(exchange, text, status, form)
  return queued
}

/** Texts by sender, receiver and time, newest first: how an app finds out whether a send it lost track of went out. */
export function listTexts(exchange: Exchange, query: URLSearchParams) {
  const wanted = (text: Text) =>
    matches(query.get('To'), text.to) &&
    matches(query.get('From'), text.from) &&
    text.at >= (query.get('DateSent>') ?? '') &&
    text.at <= (query.get('DateSent<') ?? '9999')
  const found = exchange.texts.filter(wanted).reverse()
  const size = Number(query.get('PageSize') ?? 50)
  const messages = found.slice(0, size).map((text) => resource(exchange, text))
  return { messages, page: 0, page_size: size, next_page_uri: null }
}

/** One text as Twilio describes it. */
export function textResource(exchange: Exchange, sid: string) {
  const text = exchange.texts.find((each) => each.sid === sid)
  if (!text)
    throw new RestRefusal(404, 20404, `The requested resource /Messages/${sid} was not found`)
  return resource(exchange, text)
}

function report(exchange: Exchange, text: Text, status: string, form: URLSearchParams): void {
  const url = form.get('StatusCallback')
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
    })
  })
}

function resource(exchange: Exchange, text: Text) {
  const { accountSid } = exchange.keys.twilio
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${text.sid}`
  const date = new Date(text.at).toUTCString().replace('GMT', '+0000')
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: text.body,
    date_created: date,
    date_sent: text.status === 'queued' ? null : date,
    date_updated: date,
    direction: direction(text.status),
    error_code: null,
    error_message: null,
    from: text.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(segments(text.body)),
    price: null,
    price_unit: 'GBP',
    sid: text.sid,
    status: text.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: text.to,
    uri: `${uri}.json`,
  }
}

function direction(status: string): string {
  return status === 'received' ? 'inbound' : 'outbound-api'
}

function matches(wanted: string | null, is: string): boolean {
  return wanted === null || wanted === is
}
