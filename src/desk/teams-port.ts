import { NOT_DONE, type StaffAnswer, type StaffPort } from '../channels/teams-staff.ts'
import type { Act, Actor } from '../handoff/acts.ts'
import type { Views } from '../record/views.ts'
import type { Desk } from '../store/desk.ts'
import type { Parts } from '../turn.ts'
import { helpCard, shiftCard } from '../words/staff-card-shift.ts'
import { reached } from './reaching.ts'
import { contactOf, dutyOf } from './staff.ts'
import { SAID } from './words.ts'

/** What they see change on the card itself needs no words beside it. */
const SHOWN: readonly string[] = ['accept', 'hold', 'mute', 'danger', 'say']

/** What staff do in Teams: acts by their cards, words to the person they write with, else their shift. */
export function teamsPort(parts: Parts, desk: Desk, views: Views, act: Act): StaffPort {
  return async function staffDid(actor, did): Promise<StaffAnswer> {
    await reached(desk, actor.place, actor.staff)
    if (did.kind === 'typed') {
      if (did.shared) return did.overheard ? {} : { words: NOT_DONE.inCompany }
      const contact = contactOf(await dutyOf(desk, actor.place, actor.staff))
      if (contact !== undefined) {
        const said = await act(actor, { do: 'say', contact, text: did.text })
        // That it went is seen by its not being refused; how many texts it took is worth a word.
        return said.ok && said.words === SAID.sent ? {} : { words: said.words }
      }
      return shiftOf(actor, true)
    }
    if (did.kind === 'began') return shiftOf(actor, false)
    const { ok, words } = await act(actor, did.act)
    if (did.act.do === 'shift') return { ...(await shiftOf(actor, false)), words }
    return ok && SHOWN.includes(did.act.do) ? {} : { words }
  }

  async function shiftOf({ place, staff }: Actor, help: boolean): Promise<StaffAnswer> {
    const zone = parts.content().places.get(place)?.place.timeZone ?? 'Europe/London'
    const view = (await views.staff(place)).find((one) => one.staff === staff)
    if (!view) return {}
    const hour = { now: parts.now(), zone }
    return { card: help ? helpCard(view, hour) : shiftCard(view, hour) }
  }
}
