import type { Exchange, Text } from './exchange.ts'
import { deliverTo, keepText, LONGEST_TEXT, segments } from './texts.ts'
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
  const kept = { from, to, body, status: 'queued', direction: 'outbound-api' } as const
  const text = keepText(exchange, kept)
  const queued = resource(exchange, text)
  const url = form.get('StatusCallback')
  deliverTo(exchange, text, url)
  return queued
}

/** Texts by sender, receiver and time, newest first: how an app finds out whether a send it lost track of went out. */
export function listTexts(exchange: Exchange, query: URLSearchParams) {
  const wanted = (text: Text) =>
    !text.deleted &&
    matches(query.get('To'), text.to) &&
    matches(query.get('From'), text.from) &&
    text.at >= (query.get('DateSent>') ?? '') &&
    text.at <= (query.get('DateSent<') ?? '9999')
  const found = exchange.texts.filter(wanted).reverse()
  const [size, page] = [Number(query.get('PageSize') ?? 50), Number(query.get('Page') ?? 0)]
  const shown = found.slice(page * size, (page + 1) * size)
  const messages = shown.map((text) => resource(exchange, text))
  const more = found.length > (page + 1) * size
  return {
    messages,
    page,
    page_size: size,
    next_page_uri: more ? nextPage(exchange, query, page) : null,
  }
}

function nextPage({ keys }: Exchange, query: URLSearchParams, page: number): string {
  const next = new URLSearchParams(query)
  next.set('Page', String(page + 1))
  return `/2010-04-01/Accounts/${keys.twilio.accountSid}/Messages.json?${next}`
}

/** One text as Twilio describes it. */
export function textResource(exchange: Exchange, sid: string) {
  return resource(exchange, textOf(exchange, sid))
}

/** Deletes Twilio's copy of a text; one that is still on its way is refused, as at Twilio. */
export function deleteText(exchange: Exchange, sid: string): void {
  const text = textOf(exchange, sid)
  if (['queued', 'sending', 'sent'].includes(text.status))
    throw new RestRefusal(409, 20009, 'Cannot delete this resource before it is complete')
  text.deleted = true
}

function textOf(exchange: Exchange, sid: string): Text {
  const text = exchange.texts.find((each) => each.sid === sid && !each.deleted)
  if (text) return text
  throw new RestRefusal(404, 20404, `The requested resource /Messages/${sid} was not found`)
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
    direction: text.direction,
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

function matches(wanted: string | null, is: string): boolean {
  return wanted === null || wanted === is
}
