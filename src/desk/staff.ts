import { DoorError } from '../errors.ts'
import type { OnDuty } from '../handoff/offers.ts'
import {
  beginShift,
  type Shift,
  type ShiftHeard,
  type ShiftTurn,
  stepShift,
} from '../handoff/shift.ts'
import type { Place, Staff } from '../places/shape.ts'
import type { ShiftValue, StaffView } from '../record/views.ts'
import type { Desk, DeskRow } from '../store/desk.ts'

/** What the desk keeps of one member of staff. */
export interface Duty {
  /** Null where they have never been at work here. */
  shift: Shift | null
  /** ISO 8601 UTC: since when it stands so. */
  since: string
  /** When their softphone was last heard of, ISO 8601 UTC. */
  seen?: string
  /** They want their own number rung. */
  ownNumber?: true
  /** Until when nothing is shown to them in Teams, ISO 8601 UTC: their chat is gone, or Teams does not answer. */
  unreached?: string
  /** Until when their offers go into a room, ISO 8601 UTC: they can not be written to, and it takes them. */
  roomed?: string
  /** When they were last with one person fewer, ISO 8601 UTC: what they typed before may have been for that one. */
  left?: string
  /** Contacts they asked not to be offered before a moment, ISO 8601 UTC. */
  later?: Readonly<Record<string, string>>
}

const NEVER: Duty = { shift: null, since: '1970-01-01T00:00:00.000Z' }
/** A softphone that was not heard of for so long is not there. */
export const PHONE_ALIVE_MS = 15_000
const TRIES = 8

const known = (body: unknown): Duty => body as Duty

/** One member of staff as the desk has them; off where it knows nothing of them. */
export async function dutyOf(desk: Desk, place: string, staff: string): Promise<Duty> {
  const row = await desk.get(place, 'staff', staff)
  return row ? known(row.body) : NEVER
}

/**
 * Changes what is kept of somebody; `change` gives the new, or null to leave it. Another change that came first is seen by
 * a second look. Throws 'overtaken' when there was no end of them.
 */
export async function changeDuty(
  desk: Desk,
  place: string,
  staff: string,
  change: (now: Duty) => Duty | null
): Promise<Duty> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await desk.get(place, 'staff', staff)
    const before = row ? known(row.body) : NEVER
    const after = change(before)
    if (!after) return before
    const turn = row?.turn ?? 0
    const next = { place, kind: 'staff', id: staff, rank: staff, owner: staff } as const
    const put = await desk.put({ ...next, turn: turn + 1, body: { ...after } }, turn)
    if (put === 'saved') return after
  }
  throw new DoorError('overtaken', `${staff}: others changed it first`, true)
}

/** A shift hears something; whoever is not at work hears nothing. Answers what follows from it. */
export async function tellShift(
  desk: Desk,
  place: string,
  staff: string,
  heard: ShiftHeard,
  now: string
): Promise<ShiftTurn['effects']> {
  let effects: ShiftTurn['effects'] = []
  await changeDuty(desk, place, staff, (duty) => {
    effects = []
    if (!duty.shift || duty.shift.done) return null
    const turned = stepShift(duty.shift, heard)
    effects = turned.effects
    const since = turned.state.value === duty.shift.value ? duty.since : now
    const left = isLeft(duty.shift, heard) && { left: now }
    return { ...duty, shift: turned.state, since, ...left }
  })
  return effects
}

const isLeft = ({ context }: Shift, heard: ShiftHeard): boolean =>
  (heard.type === 'WRAPPING' || heard.type === 'FREE') &&
  context.contacts.some(({ contact, now }) => contact === heard.contact && now === 'on')

/** Somebody comes to work. Who is at work already stays as they are. */
export const startShift = (desk: Desk, place: string, staff: string, now: string): Promise<Duty> =>
  changeDuty(desk, place, staff, (duty) =>
    duty.shift && !duty.shift.done ? null : { ...duty, shift: beginShift().state, since: now }
  )

export const standsAt = ({ shift }: Duty): ShiftValue => shift?.value ?? 'off'

/** The contact they are on, or write up. */
export const contactOf = ({ shift }: Duty): string | undefined =>
  (shift?.context.contacts.find(({ now }) => now === 'on') ?? shift?.context.contacts[0])?.contact

/** Whether a softphone of theirs, and so a page that shows offers, was heard of lately. */
export const isAlive = ({ seen }: Duty, now: string): boolean =>
  seen !== undefined && Date.parse(now) - Date.parse(seen) <= PHONE_ALIVE_MS

/** By what they can be rung now: a live softphone, else a number of their own. */
export function phoneOf(duty: Duty, staff: Pick<Staff, 'number'>, now: string): StaffView['phone'] {
  const alive = isAlive(duty, now)
  if (alive && !duty.ownNumber) return 'softphone'
  return staff.number ? 'number' : alive ? 'softphone' : 'none'
}

/** Everybody of a place's roster, as the desk has them. */
export async function everybody(desk: Desk, place: Place): Promise<{ duty: Duty; staff: Staff }[]> {
  return rostered(place, await desk.list(place.place, 'staff'))
}

/** The same by rows that were read already. */
export function rostered(place: Place, rows: readonly DeskRow[]): { duty: Duty; staff: Staff }[] {
  const duties = new Map(rows.map(({ id, body }) => [id, known(body)]))
  return place.staff.map((staff) => ({ duty: duties.get(staff.id) ?? NEVER, staff }))
}

/** Somebody as the table of offers reads them. */
export function onDuty({ duty, staff }: { duty: Duty; staff: Staff }): OnDuty {
  const { roles, languages, disciplines, id } = staff
  return {
    ...{ staff: id, roles, languages, disciplines, shift: standsAt(duty), since: duty.since },
    phone: staff.number ? { own: true } : { own: false, heard: duty.seen ?? null },
    offers: duty.shift?.context.offers ?? [],
    later: duty.later ?? {},
  }
}
