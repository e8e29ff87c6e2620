import { closeRoom, hold, letGo, mute } from './conference.ts'
import type { Exchange } from './exchange.ts'
import type { Member, Room } from './rooms.ts'
import { RestRefusal } from './twilio-rest-refusal.ts'

/** Conferences by name and status, newest first. */
export function listConferences(exchange: Exchange, query: URLSearchParams) {
  const wanted = (room: Room) =>
    matches(query.get('FriendlyName'), room.name) && matches(query.get('Status'), room.status)
  const found = [...exchange.rooms.values()].filter(wanted).reverse()
  const size = Number(query.get('PageSize') ?? 50)
  const conferences = found.slice(0, size).map((room) => resource(exchange, room))
  return { conferences, page: 0, page_size: size, next_page_uri: null }
}

/** One conference as Twilio describes it. */
export const conferenceResource = (exchange: Exchange, sid: string) =>
  resource(exchange, roomOf(exchange, sid))

/** Ends a conference: its people go on to what comes after their <Dial>. */
export function updateConference(exchange: Exchange, sid: string, form: URLSearchParams) {
  const room = roomOf(exchange, sid)
  onlyThese(form, ['Status'])
  if (form.get('Status') === 'completed') closeRoom(exchange, room)
  return resource(exchange, room)
}

/** Who is in a conference now, newest first. */
export function listParticipants(exchange: Exchange, sid: string, query: URLSearchParams) {
  const room = roomOf(exchange, sid)
  const wanted = (member: Member) =>
    matches(query.get('Muted'), String(member.muted)) &&
    matches(query.get('Hold'), String(member.held !== null))
  const found = room.members.filter(wanted).reverse()
  const size = Number(query.get('PageSize') ?? 50)
  const participants = found.slice(0, size).map((member) => participant(exchange, member))
  return { participants, page: 0, page_size: size, next_page_uri: null }
}

/** One participant, by the sid of their call or by their label. */
export const participantResource = (exchange: Exchange, sid: string, who: string) =>
  participant(exchange, memberAt(exchange, sid, who))

/** Holds, lets back, mutes or unmutes one. */
export function updateParticipant(
  exchange: Exchange,
  sid: string,
  who: string,
  form: URLSearchParams
) {
  const member = memberAt(exchange, sid, who)
  onlyThese(form, ['Hold', 'HoldUrl', 'HoldMethod', 'Muted', 'EndConferenceOnExit'])
  if (form.has('EndConferenceOnExit')) member.ends = form.get('EndConferenceOnExit') === 'true'
  if (form.has('Muted')) mute(exchange, member, form.get('Muted') === 'true')
  const url = form.get('HoldUrl')
  const music = url ? { url, method: form.get('HoldMethod') ?? 'GET' } : null
  if (form.has('Hold')) hold(exchange, member, form.get('Hold') === 'true' ? music : undefined)
  return participant(exchange, member)
}

/** Takes one out: their own call goes on to what comes after its <Dial>. */
export function removeParticipant(exchange: Exchange, sid: string, who: string): void {
  letGo(exchange, memberAt(exchange, sid, who), 'participant_updated_via_api')
}

function onlyThese(form: URLSearchParams, known: readonly string[]): void {
  const stranger = [...form.keys()].find((key) => !known.includes(key))
  if (stranger) throw new RestRefusal(400, 20001, `${stranger} is beyond this simulator`)
}

function roomOf(exchange: Exchange, sid: string): Room {
  const room = exchange.rooms.get(sid)
  if (room) return room
  throw new RestRefusal(404, 20404, `The requested resource /Conferences/${sid} was not found`)
}

function memberAt(exchange: Exchange, sid: string, who: string): Member {
  const found = roomOf(exchange, sid).members.find(
    ({ line, label }) => line.sid === who || label === who
  )
  if (found) return found
  throw new RestRefusal(404, 20404, `The requested resource /Participants/${who} was not found`)
}

const date = (at: string) => new Date(at).toUTCString().replace('GMT', '+0000')
const at = ({ keys }: Exchange, rest: string) =>
  `/2010-04-01/Accounts/${keys.twilio.accountSid}/Conferences/${rest}`

function resource(exchange: Exchange, room: Room) {
  return {
    account_sid: exchange.keys.twilio.accountSid,
    api_version: '2010-04-01',
    call_sid_ending_conference: room.endedBy,
    date_created: date(room.startedAt),
    date_updated: date(room.changedAt),
    friendly_name: room.name,
    region: 'ie1',
    sid: room.sid,
    status: room.status,
    subresource_uris: { participants: at(exchange, `${room.sid}/Participants.json`) },
    uri: at(exchange, `${room.sid}.json`),
    ...(room.endedBecause && { reason_conference_ended: room.endedBecause }),
  }
}

function participant(exchange: Exchange, member: Member) {
  const { room, line, label, muted, held, starts, ends, joinedAt } = member
  return {
    account_sid: exchange.keys.twilio.accountSid,
    call_sid: line.sid,
    call_sid_to_coach: null,
    coaching: false,
    conference_sid: room.sid,
    date_created: date(joinedAt),
    date_updated: date(room.changedAt),
    end_conference_on_exit: ends,
    hold: held !== null,
    label: label === '' ? null : label,
    muted,
    queue_time: '0',
    start_conference_on_enter: starts,
    status: 'connected',
    uri: at(exchange, `${room.sid}/Participants/${line.sid}.json`),
  }
}

function matches(wanted: string | null, is: string): boolean {
  return wanted === null || wanted === is
}
