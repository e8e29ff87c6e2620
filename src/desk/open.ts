import type { LegsPort } from '../channels/legs.ts'
import type { StaffPort } from '../channels/teams-staff.ts'
import type { Act } from '../handoff/acts.ts'
import type { Views } from '../record/views.ts'
import type { Desk } from '../store/desk.ts'
import { alert } from '../turn/alert.ts'
import type { Parts } from '../turn.ts'
import { openActs } from './act.ts'
import { type Dispatch, openDispatch } from './dispatch.ts'
import type { Acting } from './doing.ts'
import { type DeskWork, type DeskWorld, deskWork } from './effects.ts'
import { deskLegs } from './legs.ts'
import { openViews } from './read.ts'
import { lookAtRooms } from './rooms.ts'
import { changeDuty, standsAt } from './staff.ts'
import type { DeskStatuses } from './statuses.ts'
import { teamsPort } from './teams-port.ts'

/** The desk of every place: what staff do and read, who is asked, and the work that follows. */
export interface OpenDesk {
  act: Act
  views: Views
  dispatch: Dispatch
  legs: LegsPort
  staffDid: StaffPort
  work: (world: DeskWorld) => DeskWork
  /** The bot was taken out of a team of this place. */
  outOfTeam: (place: string) => Promise<void>
  phoneAlive: (place: string, staff: string) => Promise<void>
}

/** What a door may give besides. */
export interface More {
  statuses?: DeskStatuses
  prove?: Acting['prove']
  /** Where the desk is looked at by another: it is told there. */
  dispatch?: Dispatch
}

/** Opens the desk over a store's rows and contacts. */
export function openDesk(parts: Parts, desk: Desk, more: More = {}): OpenDesk {
  const { statuses, prove } = more
  const fault = (error: unknown) => alert(parts, 'desk', error)
  const dispatch = more.dispatch ?? openDispatch(parts, desk, fault, statuses)
  const views = openViews(parts, desk)
  const act = openActs({ parts, desk, offer: dispatch.offer, prove })
  return {
    act,
    views,
    dispatch,
    legs: deskLegs(parts, views),
    staffDid: teamsPort(parts, desk, views, act),
    outOfTeam: (place) => lookAtRooms(parts, desk, place),
    work: (world) => deskWork({ ...world, parts, desk, offer: dispatch.offer }),
    async phoneAlive(place, staff) {
      await changeDuty(desk, place, staff, (duty) =>
        standsAt(duty) === 'off' ? null : { ...duty, seen: parts.now() }
      )
      dispatch.offer(place)
    },
  }
}
