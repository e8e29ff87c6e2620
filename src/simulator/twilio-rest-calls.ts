import { partWays } from './conference.ts'
import { addLine, type Exchange, inBackground } from './exchange.ts'
import { goTo, runDocument } from './interpret.ts'
import { newSid } from './keys.ts'
import { ended, inTurn, type Line, legsOf, newLine, seconds } from './line.ts'
import { endLine, tell } from './status.ts'
import { RestRefusal } from './twilio-rest-refusal.ts'

/** Rings a phone, or a browser's (`client:<id>`), for the app. Whoever answers it hears the document at Url, or the one in Twiml. */
export function makeCall(exchange: Exchange, form: URLSearchParams) {
  const [to, from, url, twiml] = ['To', 'From', 'Url', 'Twiml'].map((name) => form.get(name))
  if (!to || !/^(\+[1-9]\d{6,14}|client:[\w.@-]{1,100})$/.test(to))
    throw new RestRefusal(
      400,
      21211,
      `The phone number you are attempting to call, ${to}, is not valid.`
    )
  if (!from) throw new RestRefusal(400, 21213, "No 'From' number is specified")
  if (!url && !twiml) throw new RestRefusal(400, 21205, 'Url parameter is required.')
  const callback = form.get('StatusCallback')
  const events = form.getAll('StatusCallbackEvent').flatMap((event) => event.split(' '))
  const line = newLine({
    sid: newSid('CA'),
    from,
    to,
    direction: 'outbound-api',
    startedAt: exchange.controls.clock.now(),
    at: exchange.origin(),
    ringSeconds: Number(form.get('Timeout') ?? 60),
    script: twiml ? { twiml } : { url: url ?? '', method: form.get('Method') ?? 'POST' },
    ...(callback && {
      callback: {
        url: callback,
        method: form.get('StatusCallbackMethod') ?? 'POST',
        events: new Set(events.length > 0 ? events : ['completed']),
        told: 0,
      },
    }),
  })
  addLine(exchange, line)
  tell(exchange, line, 'initiated')
  tell(exchange, line, 'ringing')
  return resource(exchange, line)
}

/** Ends a live call or sends it to another document. It happens after this answer, as at Twilio. */
export function updateCall(exchange: Exchange, sid: string, form: URLSearchParams) {
  const line = lineOf(exchange, sid)
  if (ended(line)) throw new RestRefusal(400, 21220, 'Call is not in-progress. Cannot redirect.')
  inBackground(exchange, () => inTurn(line, () => redirect(exchange, line, form)), exchange.orders)
  return resource(exchange, line)
}

async function redirect(exchange: Exchange, line: Line, form: URLSearchParams): Promise<void> {
  if (ended(line)) return
  const [status, url, twiml] = ['Status', 'Url', 'Twiml'].map((name) => form.get(name))
  const stopped = (each: Line) => (each.answeredAt === null ? 'canceled' : 'completed')
  partWays(exchange, line, 'participant_updated_via_api', status ? 'completed' : undefined)
  for (const leg of legsOf(line)) endLine(exchange, leg, stopped(leg))
  line.wait = null
  line.todo = []
  if (status) endLine(exchange, line, stopped(line))
  else if (url) await goTo(exchange, line, { url, method: form.get('Method') ?? 'POST' })
  else if (twiml) await runDocument(exchange, line, twiml)
}

/** Calls by caller, called and parent, newest first. */
export function listCalls(exchange: Exchange, query: URLSearchParams) {
  const wanted = (line: Line) =>
    matches(query.get('To'), line.to) &&
    matches(query.get('From'), line.from) &&
    matches(query.get('Status'), line.status) &&
    matches(query.get('ParentCallSid'), line.parent?.sid) &&
    line.startedAt >= (query.get('StartTime>') ?? '')
  const found = [...exchange.lines.values()].filter(wanted).reverse()
  const size = Number(query.get('PageSize') ?? 50)
  const calls = found.slice(0, size).map((line) => resource(exchange, line))
  return { calls, page: 0, page_size: size, next_page_uri: null }
}

/** One call as Twilio describes it. */
export function callResource(exchange: Exchange, sid: string) {
  return resource(exchange, lineOf(exchange, sid))
}

function lineOf(exchange: Exchange, sid: string): Line {
  const line = exchange.lines.get(sid)
  if (line) return line
  throw new RestRefusal(404, 20404, `The requested resource /Calls/${sid}.json was not found`)
}

function resource(exchange: Exchange, line: Line) {
  const { accountSid } = exchange.keys.twilio
  const uri = `/2010-04-01/Accounts/${accountSid}/Calls/${line.sid}`
  const date = (at: string | null) => at && new Date(at).toUTCString().replace('GMT', '+0000')
  return {
    account_sid: accountSid,
    answered_by: null,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: date(line.startedAt),
    date_updated: date(line.endedAt ?? line.startedAt),
    direction: line.direction,
    duration: line.endedAt && seconds(line.answeredAt, line.endedAt),
    end_time: date(line.endedAt),
    forwarded_from: null,
    from: line.from,
    from_formatted: line.from,
    group_sid: null,
    parent_call_sid: line.parent?.sid ?? null,
    phone_number_sid: null,
    price: null,
    price_unit: 'GBP',
    queue_time: '0',
    sid: line.sid,
    start_time: date(line.answeredAt),
    status: line.status,
    subresource_uris: { recordings: `${uri}/Recordings.json` },
    to: line.to,
    to_formatted: line.to,
    trunk_sid: null,
    uri: `${uri}.json`,
  }
}

function matches(wanted: string | null, is: string | undefined): boolean {
  return wanted === null || wanted === is
}
