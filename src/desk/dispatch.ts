import { type Asking, offers, rowsNeeded, type Waiting } from '../handoff/offers.ts'
import type { Place } from '../places/shape.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { takeHandoff } from '../turn/handed.ts'
import type { Parts } from '../turn.ts'
import { seeAbsent } from './absent.ts'
import { ringCover } from './cover.ts'
import { waitingOf, waitsNow } from './queue.ts'
import { isReached } from './reaching.ts'
import { onDuty, rostered } from './staff.ts'
import { standsNow } from './stands.ts'
import type { DeskStatuses } from './statuses.ts'

/** Looks who is to be asked for whom. */
export interface Dispatch {
  /** Something has changed at this place's desk. */
  offer: (place: string) => void
  /** Whether somebody of this place is on shift, as last looked at. */
  staffed: (place: string) => boolean
  /** Resolves when nothing is being looked at. */
  idle: () => Promise<void>
}

/** Asks the right people for the next in the queue: one look at a place at a time, and one more if something came meanwhile. */
export function openDispatch(
  parts: Parts,
  desk: Desk,
  fault: (error: unknown) => void,
  statuses?: DeskStatuses
): Dispatch {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const onShift = new Set<string>()
  const asked: Asked = new Map()
  async function go(name: string): Promise<void> {
    do {
      again.delete(name)
      const place = parts.content().places.get(name)?.place
      if (place) await look({ parts, desk, asked, onShift, statuses }, place).catch(fault)
    } while (again.has(name))
    running.delete(name)
  }
  return {
    offer(name) {
      if (running.has(name)) again.add(name)
      else running.set(name, go(name))
    },
    staffed: (name) => onShift.has(name),
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}

interface Looking {
  parts: Parts
  desk: Desk
  asked: Asked
  onShift: Set<string>
  statuses: DeskStatuses | undefined
}

/** However long the queue is, a look at it is no longer than this. */
const MOST_PAGES = 5

async function look(looking: Looking, place: Place): Promise<void> {
  const { parts, desk, asked, onShift, statuses } = looking
  const stands = await standsNow(desk, place, parts.now())
  statuses?.set(place.place, stands.statuses)
  statuses?.setSlots(place.place, stands)
  if (stands.staffed) onShift.add(place.place)
  else onShift.delete(place.place)
  await seeAbsent({ parts, desk }, place, stands.known)
  const all = rostered(place, stands.known)
  const staff = all.filter(({ duty }) => isReached(duty, parts.now())).map(onDuty)
  const waiting: Waiting[] = []
  const queue: ReturnType<typeof waitsNow> = []
  const taken: string[] = []
  const limit = rowsNeeded(staff.length)
  let asking: Asking = { ask: [], none: [], idle: 0 }
  let last: DeskRow | undefined
  let pages = 0
  // One page is enough, unless it is full of people whom nobody here can take.
  do {
    const rows = await desk.list(place.place, 'queue', { limit, ...(last && { after: last }) })
    queue.push(...rows.flatMap(waitsNow))
    taken.push(...rows.flatMap((row) => waitingOf(row).by ?? []))
    const fresh = rows.filter((row) => isAskable(row) && isFresh(row, asked))
    waiting.push(...fresh.map((row) => ({ ...waitingOf(row), rank: row.rank })))
    asking = offers(waiting, staff, parts.now())
    last = rows.length === limit ? rows.at(-1) : undefined
    pages += 1
  } while (last && asking.idle > 0 && isAskable(last) && pages < MOST_PAGES)
  statuses?.setWaiting(place.place, queue)
  if (!stands.staffed) await ringCover(parts, place, waiting, taken)
  const { ask, none } = asking
  for (const contact of none) await takeHandoff(parts, contact, { type: 'NONE' })
  for (const { contact, to } of ask) {
    const handed = await takeHandoff(parts, contact, { type: 'OFFERED', to })
    if (handed) asked.set(contact, handed.contact.turn)
  }
}

/** A contact's turn at which it was last offered: a row from before that is older than what was done. */
type Asked = Map<string, number>

function isFresh({ id, turn }: DeskRow, asked: Asked): boolean {
  if (turn < (asked.get(id) ?? 0)) return false
  asked.delete(id)
  return true
}

const isAskable = (row: DeskRow) => {
  const { value } = waitingOf(row)
  return value === 'waiting' || value === 'offered'
}
