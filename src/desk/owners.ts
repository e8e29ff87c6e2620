import { note } from '../effects/note.ts'
import { TAKES } from '../handoff/doers.ts'
import { beginOwned, type Owned, type OwnedHeard, stepOwned } from '../handoff/promises.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { PromiseView } from '../record/views.ts'
import type { Desk } from '../store/desk.ts'
import { dutyPromise } from '../turn/duty.ts'
import { frontDoor } from '../turn/owed.ts'
import type { Parts } from '../turn.ts'
import { dutyOf, standsAt } from './staff.ts'

/** Who has a promise whenever nobody else does: the navigators of the place, who are always somebody. */
const teamOf = (parts: Parts, place: Place): string =>
  frontDoor(place)?.[1].owner ??
  dutyPromise(place, parts.content().calendar, parts.now(), 'P2').owner

/**
 * Whether somebody may own a promise: a service, or somebody at work. Whoever takes no contacts has no shift here, and is
 * reached by their own service.
 */
export async function mayOwn(desk: Desk, place: Place, owner: string): Promise<boolean> {
  const staff = staffOf(place, owner)
  if (!staff || !holds(staff, ...TAKES)) return true
  return standsAt(await dutyOf(desk, place.place, owner)) !== 'off'
}

/** Gives every promise of somebody who is gone from work back to the team, each in its contact's log. Answers how many. */
export async function backToTeam(
  parts: Parts,
  desk: Desk,
  place: Place,
  { staff, why }: { staff: string; why: string }
): Promise<number> {
  const mine = await desk.list(place.place, 'promise', { owner: staff })
  const team = teamOf(parts, place)
  const gone = { type: 'OWNER_GONE', staff, why } as const
  for (const { turn, body } of mine) {
    const { contact, code } = body as unknown as PromiseView
    await note(parts, {
      contact,
      same: `owner-gone:${contact}:${code}:${staff}:${turn}`,
      entry: { kind: 'owner', detail: { code, owner: team, from: staff, why } },
      task: false,
      change: (now) => changed(now, team, (clock) => clock.code === code, gone, parts.now()),
    })
  }
  return mine.length
}

/** The clocks of a contact, each with the owner that its promise has after it heard this. */
function changed(
  contact: Contact,
  team: string,
  which: (clock: Clock) => boolean,
  heard: OwnedHeard,
  now: string
): Contact {
  const after = (clock: Clock): Clock => {
    const { owner } = stepOwned(promiseOf(clock, team, now), heard, { now, atWork: [] }).state
      .context
    return { ...clock, owner: owner.id }
  }
  return { ...contact, clocks: contact.clocks.map((one) => (which(one) ? after(one) : one)) }
}

/** A clock as the machine of promises has it. */
function promiseOf({ owner, due }: Clock, team: string, now: string): Owned {
  const given = { owner: { kind: 'staff', id: owner }, team, due } as const
  return beginOwned(given, { now, atWork: [owner] }).state
}
