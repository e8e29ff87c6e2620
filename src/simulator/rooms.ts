import { type Exchange, inBackground, ringApp } from './exchange.ts'
import { newSid } from './keys.ts'
import type { CallStatus, Line } from './line.ts'
import type { Verb } from './twiml.ts'

/** An address that Twilio asks, and how. */
interface Link {
  url: string
  method: string
}

/** Somebody in a conference. */
export interface Member {
  room: Room
  line: Line
  label: string
  muted: boolean
  /** What they hear while they are held. */
  held: { music: Link | null } | null
  /** What they hear before it starts: a document of the app, Twilio's own music (undefined) or nothing (null). */
  wait: Link | null | undefined
  starts: boolean
  ends: boolean
  joinedAt: string
  /** The document that is being played to them, as far as it has come; none while they hear the others. */
  playing: { at: string; todo: readonly Verb[]; seconds: number } | null
}

/** One conference. Its callback is that of whoever came first; Twilio ignores the later ones. */
export interface Room {
  sid: string
  name: string
  status: 'init' | 'in-progress' | 'completed'
  members: Member[]
  callback: (Link & { events: ReadonlySet<string> }) | null
  told: number
  startedAt: string
  changedAt: string
  endedBecause: string | null
  endedBy: string | null
}

const MOST_ROOMS = 2000

/** The conference of this name that is not over. */
export const liveRoom = ({ rooms }: Exchange, name: string): Room | undefined =>
  [...rooms.values()].find((room) => room.name === name && room.status !== 'completed')

/** A line comes into a conference. Null where somebody has its label already: Twilio then goes on as if it had failed (16025). */
export function enterRoom(exchange: Exchange, line: Line, noun: Verb): Member | null {
  const room = liveRoom(exchange, noun.text) ?? openRoom(exchange, line, noun)
  const { participantLabel, muted, startConferenceOnEnter, endConferenceOnExit } = noun.attributes
  const label = participantLabel ?? ''
  if (label !== '' && room.members.some((each) => each.label === label)) return null
  const member: Member = {
    room,
    line,
    label,
    muted: muted === 'true',
    held: null,
    wait: waitOf(line, noun),
    starts: startConferenceOnEnter !== 'false',
    ends: endConferenceOnExit === 'true',
    joinedAt: exchange.controls.clock.now(),
    playing: null,
  }
  room.members.push(member)
  tellRoom(exchange, room, 'participant-join', memberFields(member))
  if (
    room.status === 'init' &&
    room.members.length > 1 &&
    room.members.some(({ starts }) => starts)
  )
    start(exchange, room)
  return member
}

function start(exchange: Exchange, room: Room): void {
  room.status = 'in-progress'
  for (const each of room.members) if (!each.held) each.playing = null
  for (const { line } of room.members) line.joined = true
  tellRoom(exchange, room, 'conference-start')
}

function openRoom(exchange: Exchange, line: Line, { text, attributes }: Verb): Room {
  const { statusCallback, statusCallbackEvent = '', statusCallbackMethod = 'POST' } = attributes
  const now = exchange.controls.clock.now()
  const room: Room = {
    sid: newSid('CF'),
    name: text,
    status: 'init',
    members: [],
    callback: statusCallback
      ? {
          url: new URL(statusCallback, line.at).href,
          method: statusCallbackMethod.toUpperCase(),
          events: new Set(statusCallbackEvent.split(' ')),
        }
      : null,
    told: 0,
    startedAt: now,
    changedAt: now,
    endedBecause: null,
    endedBy: null,
  }
  exchange.rooms.set(room.sid, room)
  forget(exchange)
  return room
}

function forget({ rooms }: Exchange): void {
  const [oldest] = [...rooms.values()].filter(({ status }) => status === 'completed')
  if (rooms.size > MOST_ROOMS && oldest) rooms.delete(oldest.sid)
}

function waitOf(line: Line, { attributes }: Verb): Member['wait'] {
  const { waitUrl, waitMethod = 'POST' } = attributes
  if (waitUrl === undefined) return undefined
  if (waitUrl === '') return null
  return { url: new URL(waitUrl, line.at).href, method: waitMethod.toUpperCase() }
}

/** Why somebody left, in Twilio's words. */
export type Left =
  | 'participant_hung_up'
  | 'participant_updated_via_api'
  | 'conference_ended_via_api'
  | 'moderator_ended_conference'

/** A member leaves. Gives those who are put out with them, because the conference ends. */
export function leaveRoom(
  exchange: Exchange,
  member: Member,
  why: Left,
  call?: CallStatus
): readonly Member[] {
  const { room, line } = member
  if (!room.members.includes(member)) return []
  takeOut(exchange, member, why, call)
  const kicked = why === 'participant_updated_via_api'
  if (member.ends) {
    const reason = `participant-with-end-conference-on-exit-${kicked ? 'kicked' : 'left'}`
    return endRoom(exchange, room, reason, 'moderator_ended_conference', member)
  }
  if (room.members.length === 0)
    endRoom(exchange, room, `last-participant-${kicked ? 'kicked' : 'left'}`, why, member)
  line.joined = false
  return []
}

/** The conference is over for whoever is still in it. */
export function endRoom(
  exchange: Exchange,
  room: Room,
  reason: string,
  why: Left,
  by?: Member
): readonly Member[] {
  if (room.status === 'completed') return []
  const others = [...room.members]
  for (const other of others) takeOut(exchange, other, why)
  room.status = 'completed'
  room.endedBecause = reason
  room.endedBy = by?.line.sid ?? null
  tellRoom(exchange, room, 'conference-end', {
    ReasonConferenceEnded: reason,
    ...(by && { CallSidEndingConference: by.line.sid }),
    ...(by?.label && { ParticipantLabelEndingConference: by.label }),
  })
  return others
}

function takeOut(exchange: Exchange, member: Member, why: Left, call?: CallStatus): void {
  const { room, line } = member
  room.members = room.members.filter((each) => each !== member)
  line.joined = false
  member.playing = null
  tellRoom(exchange, room, 'participant-leave', {
    ...memberFields(member),
    ReasonParticipantLeft: why,
    ParticipantCallStatus: call ?? (why === 'participant_hung_up' ? 'completed' : 'in-progress'),
  })
}

/** What Twilio says of a member with each event. */
export const memberFields = ({ line, label, muted, held, starts, ends }: Member) => ({
  CallSid: line.sid,
  Muted: String(muted),
  Hold: String(held !== null),
  Coaching: 'false',
  StartConferenceOnEnter: String(starts),
  EndConferenceOnExit: String(ends),
  ...(label !== '' && { ParticipantLabel: label }),
})

/** What each event is asked for by. */
const ASKED_BY: Record<string, string> = {
  'conference-start': 'start',
  'conference-end': 'end',
  'participant-join': 'join',
  'participant-leave': 'leave',
  'participant-mute': 'mute',
  'participant-unmute': 'mute',
  'participant-hold': 'hold',
  'participant-unhold': 'hold',
}

/** Tells the app what happened in a conference, where it asked to hear of it. */
export function tellRoom(
  exchange: Exchange,
  room: Room,
  event: string,
  more: Record<string, string> = {}
): void {
  room.changedAt = exchange.controls.clock.now()
  const { callback } = room
  room.told += 1
  if (!callback?.events.has(ASKED_BY[event] ?? '')) return
  const fields = {
    AccountSid: exchange.keys.twilio.accountSid,
    ConferenceSid: room.sid,
    FriendlyName: room.name,
    SequenceNumber: String(room.told),
    StatusCallbackEvent: event,
    Timestamp: new Date(room.changedAt).toUTCString(),
    ...more,
  }
  inBackground(exchange, () => ringApp(exchange, callback.url, callback.method, fields))
}

/** Everybody in a conference besides this member. */
export const othersOf = ({ room, line }: Member): readonly Member[] =>
  room.members.filter((each) => each.line !== line)

/** The conference a line is in. */
export function memberOf({ wait }: Line): Member | null {
  return wait?.kind === 'conference' ? wait.member : null
}

/** Seconds of what they hear that is no person: a document's pause, or the silence of one who was left alone. */
export function quietSeconds(member: Member): number {
  if (hearsMusic(member)) return member.playing?.seconds ?? A_WHILE
  return othersOf(member).length === 0 ? A_WHILE : 0
}

/** Where nothing says how long the music or the silence lasts. */
export const A_WHILE = 60

/**
 * Whether they hear a document, and nobody else: they are held, or it has not started. Nothing is played
 * to one whom the others have left: Twilio's wait is for what comes before the start.
 */
export const hearsMusic = ({ room, held }: Member): boolean =>
  held !== null || room.status === 'init'
