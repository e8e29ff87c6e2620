import { note } from '../effects/note.ts'
import { hourNamed } from '../handoff/slots.ts'
import type { Place } from '../places/shape.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { clockTimers } from '../turn/settle.ts'
import { isSoon, perHour, type Slotted, slotted } from '../turn/slotted.ts'
import { standingOf } from '../turn/standing.ts'
import { tellRow } from '../turn/tell-row.ts'
import { thinking } from '../turn/think.ts'
import type { Parts } from '../turn.ts'

const TRIES = 8
const DAY_MS = 24 * 3_600_000

/** Who has a slot of an hour: the reference and code of each promise. */
const takers = ({ body }: DeskRow): readonly string[] => (body.taken as readonly string[]) ?? []

const nameOf = ({ ref }: Contact, { code }: Clock) => `${ref}:${code}`

/** How many promises each hour of each team holds. */
export const countsOf = (rows: readonly DeskRow[]): ReadonlyMap<string, number> =>
  new Map(rows.map((row) => [row.id, takers(row).length]))

/**
 * Takes the slots that a contact's promises were given, and gives back those that they need no more. Where another was faster
 * the promise moves to the next honest time, in the log and with its owner told.
 */
export async function keepSlots(parts: Parts, desk: Desk, contact: Contact): Promise<void> {
  const place = parts.content().places.get(contact.place)?.place
  const wanted = contact.clocks.filter(({ slot, state }) => slot && state === 'running')
  const rows = await desk.list(contact.place, 'slot')
  if (!place) return
  const old = hourNamed(new Date(Date.parse(parts.now()) - DAY_MS).toISOString())
  for (const row of rows) {
    const mine = takers(row).filter((name) => name.startsWith(`${contact.ref}:`))
    const spare = mine.filter(
      (name) => !wanted.some((clock) => clock.slot === row.id && nameOf(contact, clock) === name)
    )
    if (row.rank < old) await desk.remove(row)
    else if (spare.length > 0)
      await change(desk, row, (names) => names.filter((name) => !spare.includes(name)))
  }
  for (const clock of wanted)
    if (
      !(await take(
        desk,
        place,
        nameOf(contact, clock),
        clock.slot ?? '',
        isSoon(clock.due, parts.now())
      ))
    )
      await moved(parts, contact, clock)
}

/** Takes one; false where the hour is full, which what is due soon does not ask. */
async function take(
  desk: Desk,
  place: Place,
  name: string,
  id: string,
  soon: boolean
): Promise<boolean> {
  const [team = '', hour = ''] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)]
  const most = soon ? Number.POSITIVE_INFINITY : (perHour(place, team) ?? Number.POSITIVE_INFINITY)
  const row = { place: place.place, kind: 'slot', id, rank: hour, owner: team } as const
  let has = false
  await change(desk, { ...row, turn: 0, body: { taken: [] } }, (names) => {
    has = names.includes(name) || names.length < most
    return names.includes(name) || !has ? names : [...names, name]
  })
  return has
}

/** Changes who has a slot of an hour, whoever else changes it at the same time. Throws when others kept being first. */
async function change(
  desk: Desk,
  of: DeskRow,
  to: (names: readonly string[]) => readonly string[]
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = (await desk.get(of.place, 'slot', of.id)) ?? { ...of, turn: 0 }
    const before = takers(row)
    const taken = to(before)
    if (taken === before || taken.length === before.length) return
    const put = await desk.put({ ...row, turn: row.turn + 1, body: { taken } }, row.turn)
    if (put === 'saved') return
  }
  throw new Error(`the slots of ${of.id}: others were saved first`)
}

/** Another promise has the last slot of that hour. They were told that time: its owner is told of the other. */
async function moved(parts: Parts, contact: Contact, clock: Clock): Promise<void> {
  const { full: _, ...given } = anotherTime(parts, contact, clock)
  const isIt = ({ slot, code }: Clock) => slot === clock.slot && code === clock.code
  const { slot: __, ...rest } = clock
  const clocks = (now: Contact) =>
    now.clocks.map((one): Clock => (isIt(one) ? { ...rest, ...given } : one))
  const told = { what: 'moved', owner: clock.owner, due: given.due, tries: 0 }
  await note(parts, {
    contact: contact.id,
    same: `slot-moved:${contact.id}:${clock.code}:${clock.slot}`,
    entry: { kind: 'slot-moved', detail: { code: clock.code, from: clock.due, to: given.due } },
    task: false,
    change: (now) => ({ ...now, clocks: clocks(now) }),
    timers: (after) => clockTimers(contact, after),
    outbox: (after, now) => [
      { ...tellRow(after, told, now), id: `${after.id}:${after.turn}:${TELL_ROW}` },
    ],
  })
}

/** Beside the rows of call backs. */
const TELL_ROW = 58

/** The next honest time but for the hour that proved full: by a day after what they were told. */
function anotherTime(parts: Parts, contact: Contact, { slot = '', due }: Clock): Slotted {
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const { slots } = t.content
  const taken = (place: string, id: string) =>
    id === slot ? Number.POSITIVE_INFINITY : (slots?.taken(place, id) ?? 0)
  const content = { ...t.content, ...(slots && { slots: { ...slots, taken } }) }
  const by = new Date(Date.parse(due) + DAY_MS).toISOString()
  return slotted({ ...t, content }, slot.slice(0, slot.indexOf(':')), by)
}
