import type { Actor, ActResult, StaffAct } from '../handoff/acts.ts'
import { ACTS } from '../handoff/doers.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Contact } from '../record/contact.ts'
import { calling } from './act-calling.ts'
import { dying } from './act-died.ts'
import { keeping } from './act-keeping.ts'
import { people } from './act-people.ts'
import { ringing } from './act-ringing.ts'
import { endingFor, shifting } from './act-shift.ts'
import { standing } from './act-status.ts'
import { taking } from './act-taking.ts'
import { writing } from './act-writing.ts'
import { no } from './answers.ts'
import type { Acting, Doing, DoingOn } from './doing.ts'
import { SAID } from './words.ts'

type Of<K extends StaffAct['do']> = Extract<StaffAct, { do: K }>
type Plain = Exclude<StaffAct, { contact: string }>
type Does = {
  [K in StaffAct['do']]: (
    doing: Of<K> extends Plain ? Doing<Of<K>> : DoingOn<Of<K>>
  ) => Promise<ActResult>
}

/** Everything staff do, whatever the surface. */
const DOES: Does = {
  ...taking,
  ...calling,
  ...writing,
  ...shifting,
  ...endingFor,
  ...keeping,
  ...people,
  ...dying,
  ...ringing,
  ...standing,
}

/**
 * Carries out what staff do: the one way in for cards, console and phone. Whoever is not on the roster of the place, or has
 * not the role for it, does nothing; a contact of another place, or one they may not see, is as one that is not there.
 */
export function openActs(acting: Acting): (actor: Actor, act: StaffAct) => Promise<ActResult> {
  return async function act(actor, given) {
    const place = acting.parts.content().places.get(actor.place)?.place
    const staff = place && staffOf(place, actor.staff)
    if (!place || !staff) return no(SAID.notFound)
    if (!holds(staff, ...ACTS[given.do])) return no(SAID.notYourRole)
    const doing = { ...acting, actor, staff, place, act: given }
    const does = DOES[given.do] as (doing: Doing) => Promise<ActResult>
    if (!('contact' in given)) return does(doing)
    const contact = await acting.parts.store.load(given.contact)
    if (!contact || contact.place !== place.place) return no(SAID.notFound)
    if (contact.restricted && !holds(staff, 'safeguarding') && !isWith(contact, staff.id))
      return no(SAID.restricted)
    return does({ ...doing, contact } as Doing)
  }
}

/** Whoever heard it from them may finish with them, and write it up. */
function isWith({ handoff }: Contact, staff: string): boolean {
  const { by, was } = handoff?.context ?? {}
  return handoff?.done === false && (by?.staff === staff || was?.staff === staff)
}
