import { note } from '../effects/note.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Place } from '../places/shape.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { Desk, DeskRow } from '../store/desk.ts'
import { dutyPromise } from '../turn/duty.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import type { Parts } from '../turn.ts'
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
    if (!duty.shift || duty.shift.done) continue
    const staff = staffOf(place, id)
    if (!staff || !holds(staff, 'navigator', 'safeguarding')) await leftRoster(looking, place, id)
    else if (!staff.number && isSilent(duty, looking.parts.now()))
      await phoneGone(looking, id, duty)
  }
}

/** They are on the list no more, or without the role: their contacts are looked after, and their promises have owners. */
async function leftRoster({ parts, desk }: Looking, place: Place, staff: string): Promise<void> {
  const why = 'off the roster'
  const name = place.place
  const promises = await owned(desk, name, staff)
  const refs = promises.map(({ ref }) => ref)
  const effects = await tellShift(
    desk,
    name,
    staff,
    { type: 'REMOVED', promises: refs, why },
    parts.now()
  )
  await followShift({ parts, desk, place: name, staff }, effects)
  const { owner } = dutyPromise(place, parts.content().calendar, parts.now(), 'P2')
  for (const { contact, code, due } of promises)
    await note(parts, {
      contact,
      same: `owner-gone:${contact}:${code}:${staff}:${due}`,
      entry: { kind: 'owner', detail: { code, owner, from: staff, why } },
      task: false,
      change: (now) => givenTo(now, staff, code, owner),
    })
}

function givenTo(contact: Contact, from: string, code: string, owner: string): Contact {
  const its = (clock: Clock) =>
    clock.owner === from && clock.code === code ? { ...clock, owner } : clock
  return { ...contact, clocks: contact.clocks.map(its) }
}

const isSilent = ({ seen }: Duty, now: string): boolean =>
  seen !== undefined && Date.parse(now) - Date.parse(seen) > RINGS_ALIVE_MS

/** Whoever has only the browser's phone is asked no more once it is gone, and does not keep a call that still rings. */
async function phoneGone({ parts }: Looking, staff: string, { shift }: Duty): Promise<void> {
  const why = 'phone is gone'
  for (const id of shift?.context.offers ?? []) {
    const contact = await parts.store.load(id)
    if (contact?.channel === 'voice')
      await takeHandoff(parts, id, { type: 'DECLINED', by: staff, reason: why })
  }
  for (const { contact: id, now } of shift?.context.contacts ?? []) {
    const contact = now === 'on' ? await parts.store.load(id) : null
    const live = contact && liveHandoff(contact)
    const leg = live?.context.legs.find(({ label }) => label === `staff:${staff}`)
    if (live?.value === 'accepted' && leg?.is === 'ringing' && leg.number === undefined)
      await takeHandoff(parts, id, { type: 'LOST', staff, why })
  }
}
