import type { StaffAct } from '../handoff/acts.ts'
import type { ShiftEffect, ShiftHeard } from '../handoff/shift.ts'
import { holds, staffOf } from '../places/roster.ts'
import { goneFromWork } from './absent.ts'
import { no, ok } from './answers.ts'
import type { Doing } from './doing.ts'
import { owned } from './promises.ts'
import { followShift } from './shift-effects.ts'
import { dutyOf, standsAt, startShift, tellShift } from './staff.ts'
import { SAID } from './words.ts'

type Shifting = Doing<Extract<StaffAct, { do: 'shift' }>>

const HEARS = { available: 'BACK', break: 'BREAK', paused: 'PAUSE' } as const
const TOLD = { available: SAID.available, break: SAID.onBreak, paused: SAID.paused } as const

/** A shift: begun, paused, a break that is kept free, ended once nothing is left that only this person answers for. */
export const shifting = {
  async shift(doing: Shifting) {
    const { parts, desk, place, staff, act, offer } = doing
    const duty = await dutyOf(desk, place.place, staff.id)
    const off = standsAt(duty) === 'off'
    if (act.to === 'start' || (act.to === 'available' && off)) {
      await startShift(desk, place.place, staff.id, parts.now())
      offer(place.place)
      return ok(SAID.available)
    }
    if (off) return no(SAID.startFirst)
    if (act.to === 'end') return goHome(doing)
    await tell(doing, { type: HEARS[act.to] })
    const now = standsAt(await dutyOf(desk, place.place, staff.id))
    const later = act.to !== 'available' && (now === 'on-contact' || now === 'wrapping')
    return ok(later ? SAID.breakNext : TOLD[act.to])
  },
}

/** The shift of somebody who went without ending it. */
export const endingFor = {
  async 'end-shift'({ parts, desk, place, staff, act, offer }: EndingFor) {
    if (!holds(staff, 'supervisor')) return no(SAID.notYours)
    const { staff: who, why } = act
    if (!staffOf(place, who)) return no(SAID.notFound)
    await goneFromWork({ parts, desk }, place, who, `ended by ${staff.id}: ${why}`)
    offer(place.place)
    return ok(SAID.endedFor(staffOf(place, who)?.name ?? who))
  },
}
type EndingFor = Doing<Extract<StaffAct, { do: 'end-shift' }>>

async function goHome(doing: Shifting) {
  const mine = await owned(doing.desk, doing.place.place, doing.staff.id)
  const effects = await tell(doing, { type: 'END', promises: mine.map(({ ref }) => ref) })
  const refused = effects.find(({ kind }) => kind === 'refused')
  if (refused?.kind !== 'refused') return ok(SAID.ended)
  return no(refused.why === 'contact' ? SAID.onContact : SAID.openPromises(refused.what))
}

async function tell(doing: Shifting, heard: ShiftHeard): Promise<readonly ShiftEffect[]> {
  const { parts, desk, place, staff, offer } = doing
  const effects = await tellShift(desk, place.place, staff.id, heard, parts.now())
  await followShift({ parts, desk, place: place.place, staff: staff.id }, effects)
  offer(place.place)
  return effects
}
