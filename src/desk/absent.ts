import { TAKES } from '../handoff/doers.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Place, Staff } from '../places/shape.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import type { Parts } from '../turn.ts'
import { backToTeam, mayOwn } from './owners.ts'
import { owned } from './promises.ts'
import { followShift } from './shift-effects.ts'
import { type Duty, tellShift } from './staff.ts'

/** A phone that rings, or is about to, and was not heard of for so long is gone: its page tells of it every five seconds. */
const RINGS_ALIVE_MS = 8_500

interface Looking {
  parts: Parts
  desk: Desk
}

/** Sees who of a place's desk is not there any more: off the roster, or with a browser that died while it rang. */
export async function seeAbsent(
  looking: Looking,
  place: Place,
  rows: readonly DeskRow[]
): Promise<void> {
  for (const { id, body } of rows) {
    const duty = body as unknown as Duty
    const staff = staffOf(place, id)
    if (!duty.shift || duty.shift.done) {
      await ownsNothing(looking, place, id)
      continue
    }
    if (!staff || !holds(staff, ...TAKES)) await goneFromWork(looking, place, id, 'off the roster')
    else if (isSilent(duty, looking.parts.now())) await phoneGone(looking, staff, duty)
  }
}

/** Whoever is not at work owns no promise, also where it was made as they left. */
async function ownsNothing({ parts, desk }: Looking, place: Place, staff: string): Promise<void> {
  if ((await mayOwn(desk, place, staff)) && staffOf(place, staff)) return
  const [one] = await desk.list(place.place, 'promise', { owner: staff, limit: 1 })
  if (one) await backToTeam(parts, desk, place, { staff, why: 'not at work' })
}

/** They are gone from work: their contacts are looked after, and their promises go back to the team. */
export async function goneFromWork(
  { parts, desk }: Looking,
  place: Place,
  staff: string,
  why: string
): Promise<void> {
  const name = place.place
  const promises = (await owned(desk, name, staff)).map(({ ref }) => ref)
  const heard = { type: 'REMOVED', promises, why } as const
  const effects = await tellShift(desk, name, staff, heard, parts.now())
  await followShift({ parts, desk, place: name, staff }, effects)
  await backToTeam(parts, desk, place, { staff, why })
}

const isSilent = ({ seen }: Duty, now: string): boolean =>
  seen !== undefined && Date.parse(now) - Date.parse(seen) > RINGS_ALIVE_MS

/**
 * A browser's phone that is gone keeps no call that still rings there; whoever has no other is asked no more until it is
 * back.
 */
async function phoneGone(
  { parts }: Looking,
  { id: staff, number }: Staff,
  { shift }: Duty
): Promise<void> {
  const why = 'phone is gone'
  for (const id of number ? [] : (shift?.context.offers ?? [])) {
    const contact = await parts.store.load(id)
    if (contact && liveHandoff(contact)?.context.channel === 'voice')
      await takeHandoff(parts, id, { type: 'DECLINED', by: staff, reason: why })
  }
  for (const { contact: id, now } of shift?.context.contacts ?? []) {
    const contact = now === 'on' ? await parts.store.load(id) : null
    const live = contact && liveHandoff(contact)
    const leg = live?.context.legs.find(({ label }) => label === `staff:${staff}`)
    const there = live?.context.by?.via === 'softphone' && leg?.is === 'ringing'
    if (live?.value === 'accepted' && there)
      await takeHandoff(parts, id, { type: 'LOST', staff, why })
  }
}
