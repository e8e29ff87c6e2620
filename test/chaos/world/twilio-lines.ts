import { postSigned } from './callbacks.ts'
import type { Ledger } from './ledger.ts'
import type { Answer, Asked } from './server.ts'
import type { Serve, State } from './twilio.ts'
import { found, hex, refusal } from './twilio-answers.ts'
import { callOf, conferenceOf, listed, participantOf } from './twilio-resources.ts'

/** A call that we placed. */
export interface Call {
  sid: string
  to: string
  from: string
  status: string
  at: number
  /** The document for whoever answers. */
  url: string
  callback: string | null
  /** What of it is told: initiated, ringing, answered, completed. */
  events: readonly string[]
  /** How often it was told of. */
  told: number
  /** outbound-api, unless a <Dial> of another call rang it. */
  direction?: 'outbound-dial'
}

export interface Participant {
  conference: string
  call: string
  label: string
  hold: boolean
  muted: boolean
  at: number
  /** connected, unless it is said otherwise. */
  status?: 'complete' | 'failed'
}

export interface Conference {
  sid: string
  name: string
  status: 'init' | 'in-progress' | 'completed'
  at: number
  participants: Map<string, Participant>
}

/** The calls we placed and the conferences there are. Nothing answers by itself: a run says who does. */
export interface Lines {
  calls: Map<string, Call>
  conferences: Map<string, Conference>
  /** What is told of a call after the reply to its making; nothing, unless it is said otherwise. */
  ringing: { of: (call: Call) => readonly string[] }
  /** People come into a conference, as if they had run our TwiML. */
  confer: (name: string, people: readonly { label: string; call: string }[]) => Conference
}

export function newLines(): Lines {
  const conferences: Lines['conferences'] = new Map()
  return {
    calls: new Map(),
    conferences,
    ringing: { of: () => [] },
    confer(name, people) {
      const live = [...conferences.values()].find(
        (each) => each.name === name && each.status !== 'completed'
      )
      const sid = live?.sid ?? `CF${hex(16)}`
      const participants: Conference['participants'] = live?.participants ?? new Map()
      const joined = { conference: sid, hold: false, muted: false, at: Date.now() }
      for (const one of people) participants.set(one.call, { ...joined, ...one })
      const status = participants.size > 1 ? 'in-progress' : 'init'
      const conference: Conference = { sid, name, status, at: Date.now(), participants }
      conferences.set(sid, conference)
      return conference
    },
  }
}

const OVER = ['completed', 'busy', 'no-answer', 'failed', 'canceled']
const EVENTS: Record<string, string> = { 'in-progress': 'answered' }

/** What a call's status is told by; what is over is `completed`, however it ended. */
const eventOf = (status: string) =>
  OVER.includes(status) ? 'completed' : (EVENTS[status] ?? status)

/** Tells the app how a call stands now, signed, where it asked to be told. Gives the status of the answer. */
export async function tellCall(
  { accountSid, authToken }: Pick<State, 'accountSid' | 'authToken'>,
  call: Call,
  status: string
): Promise<number> {
  call.status = status === 'initiated' ? 'queued' : status
  if (call.callback === null || !call.events.includes(eventOf(status))) return 0
  return postSigned(authToken, call.callback, {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: status,
    CallbackSource: 'call-progress-events',
    Direction: 'outbound-api',
    From: call.from,
    To: call.to,
    SequenceNumber: String(call.told++),
    Timestamp: new Date(call.at).toUTCString(),
  })
}

/** What each operation on calls and conferences does; its method and path are those of Twilio's own file. */
export const LINE_SERVES: Record<string, Serve> = {
  CreateCall: createCall,
  ListCall: ({ lines, accountSid }, { query }) =>
    list(accountSid, 'Calls', query, [...lines.calls.values()].filter(wantedCall(query)), callOf),
  FetchCall: ({ lines, accountSid }, { path: { Sid = '' } }) => ({
    status: 200,
    // One that we did not place reached us, and is going on.
    body: callOf(accountSid, lines.calls.get(Sid) ?? { sid: Sid }),
  }),
  UpdateCall: updateCall,
  ListConference: ({ lines, accountSid }, { query }) => {
    const is = (name: string, value: string) => [null, value].includes(query.get(name))
    const wanted = [...lines.conferences.values()].filter(
      ({ name, status }) => is('FriendlyName', name) && is('Status', status)
    )
    return list(accountSid, 'Conferences', query, wanted, conferenceOf)
  },
  FetchConference: ({ lines, accountSid }, { path }) =>
    found(lines.conferences.get(path.Sid ?? ''), (conference) => ({
      status: 200,
      body: conferenceOf(accountSid, conference),
    })),
  UpdateConference: ({ lines, accountSid, ledger }, { path }, form) =>
    found(lines.conferences.get(path.Sid ?? ''), (conference) => {
      if (form.get('Status') === 'completed') {
        conference.status = 'completed'
        conference.participants.clear()
      }
      note(ledger, 'conference-changed', conference.sid, form)
      return { status: 200, body: conferenceOf(accountSid, conference) }
    }),
  ListParticipant: ({ lines, accountSid }, { path, query }) =>
    found(lines.conferences.get(path.ConferenceSid ?? ''), ({ sid, participants }) =>
      list(
        accountSid,
        `Conferences/${sid}/Participants`,
        query,
        [...participants.values()],
        participantOf
      )
    ),
  FetchParticipant: (state, { path }) =>
    found(participantAt(state, path), (one) => ({
      status: 200,
      body: participantOf(state.accountSid, one),
    })),
  UpdateParticipant: (state, { path }, form) =>
    found(participantAt(state, path), (one) => {
      if (form.has('Hold')) one.hold = form.get('Hold') === 'true'
      if (form.has('Muted')) one.muted = form.get('Muted') === 'true'
      note(state.ledger, 'participant-changed', one.call, form)
      return { status: 200, body: participantOf(state.accountSid, one) }
    }),
  DeleteParticipant: (state, { path }) =>
    found(participantAt(state, path), (one) => {
      state.lines.conferences.get(one.conference)?.participants.delete(one.call)
      note(state.ledger, 'participant-removed', one.call)
      return { status: 204 }
    }),
}

const participantAt = ({ lines }: State, { ConferenceSid = '', CallSid = '' }: Asked['path']) =>
  lines.conferences.get(ConferenceSid)?.participants.get(CallSid)

function note(
  ledger: Ledger,
  kind: 'call-changed' | 'conference-changed' | 'participant-changed' | 'participant-removed',
  sid: string,
  form?: URLSearchParams
) {
  ledger.note({ neighbour: 'twilio', kind, sid, ...(form && { body: form.toString() }) })
}

/** Newest first, as Twilio lists. */
function list<T>(
  account: string,
  rest: string,
  query: URLSearchParams,
  things: readonly T[],
  describe: (account: string, thing: T) => object
): Answer {
  return { status: 200, body: listed(account, rest, query, things.toReversed(), describe) }
}

function wantedCall(query: URLSearchParams) {
  const is = (name: string, value: string) => [null, value].includes(query.get(name))
  return ({ to, from, status }: Call) =>
    is('To', to) && is('From', from) && is('Status', status) && !query.has('ParentCallSid')
}

function createCall(state: State, _: Asked, form: URLSearchParams): Answer {
  const [to, from, url] = ['To', 'From', 'Url'].map((name) => form.get(name) ?? '')
  if (!to || !/^(\+[1-9]\d{6,14}|client:.+)$/.test(to))
    return refusal(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`)
  if (!from) return refusal(400, 21213, "No 'From' number is specified")
  if (!url) return refusal(400, 21205, 'Url parameter is required.')
  const events = form.getAll('StatusCallbackEvent')
  const call: Call = {
    sid: `CA${hex(16)}`,
    to,
    from,
    url,
    status: 'queued',
    at: Date.now(),
    callback: form.get('StatusCallback'),
    events: events.length > 0 ? events : ['completed'],
    told: 0,
  }
  state.lines.calls.set(call.sid, call)
  state.ledger.note({ neighbour: 'twilio', kind: 'call', sid: call.sid, to, from, body: url })
  return {
    status: 201,
    body: callOf(state.accountSid, call),
    later: () => {
      const telling = tellAll(state, call).finally(() => state.running.delete(telling))
      state.running.add(telling)
    },
  }
}

async function tellAll(state: State, call: Call) {
  for (const status of state.lines.ringing.of(call)) await tellCall(state, call, status)
}

function updateCall(state: State, { path: { Sid = '' } }: Asked, form: URLSearchParams): Answer {
  const call = state.lines.calls.get(Sid)
  if (call && OVER.includes(call.status))
    return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.')
  note(state.ledger, 'call-changed', Sid, form)
  const status = form.get('Status')
  if (call && status) call.status = status
  return { status: 200, body: callOf(state.accountSid, call ?? { sid: Sid }) }
}
