import { type Cover, coverAt } from '../places/cover.ts'
import type { Calendar } from '../places/hours.ts'
import { openCodes } from '../places/opening.ts'
import { lineTo } from '../places/route.ts'
import type { Place } from '../places/shape.ts'

/** What is open in a place at one minute. */
export interface OpenNow {
  cover: Cover
  /** Outcome codes whose own service takes work. */
  codes: readonly string[]
  /** Services whose direct line is answered. */
  lines: readonly string[]
}

// Hours are written in minutes, so all turns of one minute share the answer; asking anew cost a fifth of a turn.
const known = new WeakMap<Place, { minute: string; open: OpenNow }>()

/** What is open now. The same place and minute give the same answer. */
export function openNow(place: Place, calendar: Calendar, now: string): OpenNow {
  const minute = now.slice(0, 16)
  const last = known.get(place)
  if (last?.minute === minute) return last.open
  const lines = Object.keys(place.services).filter((key) => {
    const line = lineTo(place, calendar, key, {}, now)
    return line?.open === true && line.number !== undefined
  })
  const open = {
    cover: coverAt(place, calendar, now),
    codes: openCodes(place, calendar, now),
    lines,
  }
  known.set(place, { minute, open })
  return open
}
