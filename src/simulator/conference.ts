import { type Exchange, inBackground } from './exchange.ts'
import { afterConference } from './interpret.ts'
import { type CallStatus, ended, inTurn, type Line } from './line.ts'
import {
  endRoom,
  hearsMusic,
  type Left,
  leaveRoom,
  type Member,
  memberFields,
  memberOf,
  othersOf,
  type Room,
  tellRoom,
} from './rooms.ts'
import { playWait } from './wait-document.ts'

/** Takes a line out of its conference. Their own call goes on by whoever asked; the others', if it ended, by themselves. */
export function partWays(exchange: Exchange, line: Line, why: Left, call?: CallStatus): void {
  const member = memberOf(line)
  if (!member) return
  for (const other of leaveRoom(exchange, member, why, call)) goOnAlone(exchange, other)
}

/** Takes one out whose own call goes on, to what comes after its <Dial>. */
export function letGo(exchange: Exchange, member: Member, why: Left): void {
  for (const other of [member, ...leaveRoom(exchange, member, why)]) goOnAlone(exchange, other)
}

/** Ends a conference by the API. */
export function closeRoom(exchange: Exchange, room: Room): void {
  const put = endRoom(exchange, room, 'conference-ended-via-api', 'conference_ended_via_api')
  for (const other of put) goOnAlone(exchange, other)
}

function goOnAlone(exchange: Exchange, { line }: Member): void {
  const { wait } = line
  inBackground(
    exchange,
    () =>
      inTurn(line, async () => {
        if (!ended(line) && line.wait === wait) await afterConference(exchange, line)
      }),
    exchange.orders
  )
}

/** Holds somebody, or lets them back to the others. */
export function hold(
  exchange: Exchange,
  member: Member,
  music: { url: string; method: string } | null | undefined
): void {
  const was = member.held !== null
  member.held = music === undefined ? null : { music }
  if (was === (member.held !== null)) return
  tellRoom(
    exchange,
    member.room,
    member.held ? 'participant-hold' : 'participant-unhold',
    memberFields(member)
  )
  member.playing = null
  inBackground(
    exchange,
    () => inTurn(member.line, () => playWait(exchange, member)),
    exchange.orders
  )
}

/** Lets somebody speak to the others, or only hear them. */
export function mute(exchange: Exchange, member: Member, muted: boolean): void {
  if (member.muted === muted) return
  member.muted = muted
  const event = muted ? 'participant-mute' : 'participant-unmute'
  tellRoom(exchange, member.room, event, memberFields(member))
}

/** What somebody says in a conference is heard by all who are not held. False where nobody could hear it. */
export function sayTo(exchange: Exchange, member: Member, words: string): boolean {
  if (hearsMusic(member) || member.muted) return false
  const others = othersOf(member).filter((each) => !hearsMusic(each))
  const said = { who: 'other', by: labelOf(member), text: words } as const
  for (const { line } of others) {
    line.unread.push(words)
    line.transcript.push({ ...said, at: exchange.controls.clock.now() })
  }
  return others.length > 0
}

/** What somebody is called: by their label, else by their number. */
export const labelOf = ({ label, line }: Member): string =>
  label || (line.direction === 'inbound' ? line.from : line.to)
