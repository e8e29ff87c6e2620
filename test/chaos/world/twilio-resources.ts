import type { Message } from './twilio.ts'
import type { Call, Conference, Participant } from './twilio-lines.ts'

const date = (at: number) => new Date(at).toUTCString().replace('GMT', '+0000')
const at = (account: string, rest: string) => `/2010-04-01/Accounts/${account}/${rest}.json`

/** A text as Twilio's REST API describes it. */
export const messageOf = (account: string, message: Message) => ({
  account_sid: account,
  api_version: '2010-04-01',
  body: message.body,
  date_created: date(message.at),
  date_sent: message.status === 'queued' ? null : date(message.at),
  date_updated: date(message.at),
  direction: 'outbound-api',
  error_code: message.error,
  error_message: null,
  from: message.from,
  messaging_service_sid: null,
  num_media: '0',
  num_segments: '1',
  price: null,
  price_unit: 'GBP',
  sid: message.sid,
  status: message.status,
  subresource_uris: { media: at(account, `Messages/${message.sid}/Media`) },
  to: message.to,
  uri: at(account, `Messages/${message.sid}`),
})

/** A call: one of ours, or one that reached us and is going on. */
export const callOf = (account: string, call: Pick<Call, 'sid'> & Partial<Call>) => ({
  account_sid: account,
  annotation: null,
  answered_by: null,
  api_version: '2010-04-01',
  caller_name: null,
  date_created: date(call.at ?? Date.now()),
  date_updated: date(Date.now()),
  direction: call.direction ?? (call.to === undefined ? 'inbound' : 'outbound-api'),
  duration: null,
  end_time: null,
  forwarded_from: null,
  from: call.from ?? null,
  from_formatted: call.from ?? null,
  group_sid: null,
  parent_call_sid: null,
  phone_number_sid: null,
  price: null,
  price_unit: 'GBP',
  queue_time: '0',
  sid: call.sid,
  start_time: call.status === 'ringing' || call.status === 'queued' ? null : date(Date.now()),
  status: call.status ?? 'in-progress',
  subresource_uris: { recordings: at(account, `Calls/${call.sid}/Recordings`) },
  to: call.to ?? null,
  to_formatted: call.to ?? null,
  trunk_sid: null,
  uri: at(account, `Calls/${call.sid}`),
})

/** A conference. Twilio says why it ended only once it has. */
export const conferenceOf = (account: string, { sid, name, status, at: made }: Conference) => ({
  account_sid: account,
  api_version: '2010-04-01',
  call_sid_ending_conference: null,
  date_created: date(made),
  date_updated: date(Date.now()),
  friendly_name: name,
  region: 'ie1',
  sid,
  status,
  subresource_uris: { participants: at(account, `Conferences/${sid}/Participants`) },
  uri: at(account, `Conferences/${sid}`),
  ...(status === 'completed' && { reason_conference_ended: 'conference-ended-via-api' }),
})

/** Somebody who is in a conference. */
export const participantOf = (account: string, one: Participant) => ({
  account_sid: account,
  call_sid: one.call,
  call_sid_to_coach: null,
  coaching: false,
  conference_sid: one.conference,
  date_created: date(one.at),
  date_updated: date(Date.now()),
  end_conference_on_exit: false,
  hold: one.hold,
  label: one.label,
  muted: one.muted,
  queue_time: null,
  start_conference_on_enter: true,
  status: one.status ?? 'connected',
  uri: at(account, `Conferences/${one.conference}/Participants/${one.call}`),
})

/** A recording that is complete. */
export const recordingOf = (account: string, sid: string) => ({
  account_sid: account,
  api_version: '2010-04-01',
  channels: 1,
  duration: '1',
  price: null,
  price_unit: 'GBP',
  sid,
  status: 'completed',
  uri: at(account, `Recordings/${sid}`),
})

/** One page of a list, and where the next one is. `rest` is its path: Messages, Calls, Conferences/CF…/Participants. */
export function listed<T>(
  account: string,
  rest: string,
  query: URLSearchParams,
  found: readonly T[],
  describe: (account: string, thing: T) => object
) {
  const size = Math.min(1000, Number(query.get('PageSize') ?? 50))
  const page = Number(query.get('Page') ?? 0)
  const start = page * size
  const name = rest.slice(rest.lastIndexOf('/') + 1).toLowerCase()
  const uri = (to: number) =>
    `${at(account, rest)}?${new URLSearchParams([...[...query].filter(([key]) => key !== 'Page'), ['Page', String(to)]])}`
  const things = found.slice(start, start + size)
  return {
    [name]: things.map((thing) => describe(account, thing)),
    start,
    end: Math.max(start, start + things.length - 1),
    page,
    page_size: size,
    uri: uri(page),
    first_page_uri: uri(0),
    next_page_uri: start + size < found.length ? uri(page + 1) : null,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
  }
}
