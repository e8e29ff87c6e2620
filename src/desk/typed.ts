import { NOT_DONE, type StaffAnswer, type StaffDid } from '../channels/teams-staff.ts'
import type { Act, Actor } from '../handoff/acts.ts'
import { staffOf } from '../places/roster.ts'
import type { Contact } from '../record/contact.ts'
import type { Desk } from '../store/desk.ts'
import { roomOf } from '../turn/thread-end.ts'
import type { Parts } from '../turn.ts'
import { type Unsure, whichCard } from '../words/staff-card-thread.ts'
import { SAID, WENT_NOWHERE } from './words.ts'
import { writing, writingWith } from './writing-with.ts'

interface Typing {
  parts: Parts
  desk: Desk
  act: Act
}
type Typed = Extract<StaffDid, { kind: 'typed' }>
/** Which message it is, and when it was written: null where Teams did not say. */
interface Sent {
  webhook: string
  sentAt: string | null
}

/**
 * What was typed goes to one person, and only where it is sure to whom: the one they write with in this chat, or the one
 * whose thread it is. Else they are asked, and nothing is sent. Null where they write with nobody.
 */
export function typed(
  typing: Typing,
  actor: Actor,
  did: Typed,
  sent: Sent
): Promise<StaffAnswer | null> {
  return did.shared ? inRoom(typing, actor, did, sent) : inChat(typing, actor, did, sent)
}

async function inChat(
  typing: Typing,
  actor: Actor,
  { text, quotes }: Typed,
  sent: Sent
): Promise<StaffAnswer | null> {
  const { parts, desk } = typing
  const { all, since } = await writing(parts, desk, actor)
  const here = all.filter((contact) => !roomOf(contact))
  const [first] = all
  if (!first) return null
  if (here.length === 0) return { words: WENT_NOWHERE.inThread(first.ref, roomName(typing, first)) }
  const quoted = quotes === undefined ? [] : here.filter((contact) => shows(contact, quotes))
  const [one] = quoted.length === 1 ? quoted : all
  const why = quoted.length === 1 ? null : unsure(all, quotes, isBefore(sent, since))
  if (one && why === null) return say(typing, actor, one, text, sent)
  const place = parts.content().places.get(actor.place)?.place
  const meant = all.map((contact) => ({
    ...{ contact: contact.id, ref: contact.ref, turn: contact.turn },
    since: contact.thread?.since ?? contact.createdAt,
  }))
  const hour = { now: parts.now(), zone: place?.timeZone ?? 'Europe/London' }
  return { card: whichCard(text, sent.webhook, meant, { ...hour, why: why ?? 'several' }) }
}

/** Why it is not sure whom a line is for. What is quoted may be of somebody who has gone. */
function unsure(all: readonly Contact[], quotes: string | undefined, late: boolean): Unsure | null {
  if (all.length > 1) return 'several'
  if (quotes !== undefined) return 'quoted'
  return late ? 'late' : null
}

const shows = ({ thread }: Contact, message: string): boolean =>
  thread?.lines?.some((line) => line.message === message) ?? false

/** Written before they were with these people: it may be meant for somebody else, and has only now come. */
const isBefore = ({ sentAt }: Sent, since: string): boolean =>
  sentAt !== null && Date.parse(sentAt) < Date.parse(since)

async function inRoom(typing: Typing, actor: Actor, did: Typed, sent: Sent): Promise<StaffAnswer> {
  const found = await threadAt(typing, actor.place, did)
  if (!found) return did.overheard ? {} : { words: NOT_DONE.inCompany }
  const { contact, held, staff } = found
  // Colleagues may talk below what is over; whoever had it must know that nobody hears them.
  if (!held) return did.overheard && staff !== actor.staff ? {} : { words: WENT_NOWHERE.notHeld }
  if (staff !== actor.staff)
    return { words: WENT_NOWHERE.theirs(nameOf(typing, actor.place, staff)) }
  return did.unfit === undefined
    ? say(typing, actor, contact, did.text, sent)
    : { words: did.unfit }
}

/** Whose conversation a thread is, or was; null for a thread that is none of ours. */
async function threadAt(
  { parts, desk }: Typing,
  place: string,
  { root }: { root: string | null }
): Promise<{ contact: Contact; held: boolean; staff: string } | null> {
  const row = root === null ? null : await desk.get(place, 'thread', root)
  const contact = row && (await parts.store.load(String(row.body.contact)))
  if (!row || !contact) return null
  const by = contact.handoff?.context.by?.staff
  const held = roomOf(contact)?.root === root && by === row.owner
  return { contact, held, staff: row.owner }
}

async function say(
  { act }: Typing,
  actor: Actor,
  contact: Contact,
  text: string,
  { webhook: once }: Sent
): Promise<StaffAnswer> {
  // Teams brings a message again that it was not answered in time: it goes out once.
  const said = await act(actor, { do: 'say', contact: contact.id, text, once })
  // How it stands is shown below it.
  return said.ok && (contact.thread || said.words === SAID.sent) ? {} : { words: said.words }
}

/** They changed or deleted what they wrote: whoever it went to has it as it was. */
export async function changed(
  typing: Typing,
  actor: Actor,
  did: Extract<StaffDid, { kind: 'changed' }>
): Promise<StaffAnswer> {
  const found = did.shared ? await threadAt(typing, actor.place, did) : null
  const theirs = did.shared
    ? found?.held && found.staff === actor.staff
    : (await writingWith(typing.parts, typing.desk, actor)).length > 0
  return theirs ? { words: NOT_DONE[did.how] } : {}
}

const nameOf = ({ parts }: Typing, place: string, staff: string): string =>
  staffOf(parts.content().places.get(place)?.place ?? { staff: [] }, staff)?.name ?? 'Someone else'

function roomName({ parts }: Typing, { place, thread }: Contact): string {
  const rooms = parts.content().places.get(place)?.place.rooms ?? []
  return rooms.find(({ id }) => id === thread?.room)?.name ?? 'the room'
}
