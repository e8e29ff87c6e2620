import type { Actor, StaffAct } from '../handoff/acts.ts'
import type { Place, Staff } from '../places/shape.ts'
import type { Contact } from '../record/contact.ts'
import type { Desk } from '../store/desk.ts'
import type { Parts } from '../turn.ts'

/** What acts of staff stand on. `offer` looks again at who is to be asked. */
export interface Acting {
  parts: Parts
  desk: Desk
  offer: (place: string) => void
  /** Proves the flows for a place as it would be: null when they hold, else what is wrong. Absent where it cannot be done. */
  prove?: ((place: Place) => Promise<string | null>) | undefined
}

/** One act as it is carried out: who acts, at which place, on which contact where it has one. */
export interface Doing<A extends StaffAct = StaffAct> extends Acting {
  actor: Actor
  staff: Staff
  place: Place
  act: A
}
export type DoingOn<A extends StaffAct = StaffAct> = Doing<A> & { contact: Contact }
