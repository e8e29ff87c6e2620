import type { StaffAnswer, StaffPort } from '../channels/teams-staff.ts'
import type { Act, Actor } from '../handoff/acts.ts'
import type { Views } from '../record/views.ts'
import type { Desk } from '../store/desk.ts'
import type { Parts } from '../turn.ts'
import { helpCard, shiftCard } from '../words/staff-card-shift.ts'
import { sentCard } from '../words/staff-card-thread.ts'
import { reached } from './reaching.ts'
import { dutyOf } from './staff.ts'
import { changed, typed } from './typed.ts'
import { SAID } from './words.ts'

/** What they see change on the card itself needs no words beside it. */
const SHOWN: readonly string[] = ['accept', 'hold', 'mute', 'danger', 'say']

/** What staff do in Teams: acts by their cards, words to the person they write with, else their shift. */
export function teamsPort(parts: Parts, desk: Desk, views: Views, act: Act): StaffPort {
  const typing = { parts, desk, act }
  return async function staffDid(actor, did, sender): Promise<StaffAnswer> {
    if (!('shared' in did) || !did.shared) await reached(desk, actor.place, actor.staff)
    if (did.kind === 'changed') return changed(typing, actor, did)
    if (did.kind === 'typed') {
      const answer = await typed(typing, actor, did, sender)
      return answer ?? (await toCaller(actor)) ?? shiftOf(actor, true)
    }
    if (did.kind === 'began') return shiftOf(actor, false)
    const { ok, words } = await act(actor, did.act)
    if (ok && did.act.do === 'say') return { card: sentCard(await refOf(did.act.contact)) }
    if (did.act.do === 'shift') return { ...(await shiftOf(actor, false)), words }
    return ok && SHOWN.includes(did.act.do) ? {} : { words }
  }

  /** Whoever speaks with somebody by phone, or writes up, writes to nobody here. */
  async function toCaller(actor: Actor): Promise<StaffAnswer | null> {
    const duty = await dutyOf(desk, actor.place, actor.staff)
    const on = duty.shift?.context.contacts.find(({ now }) => now === 'on')
    const contact = on && (await parts.store.load(on.contact))
    return contact?.handoff?.context.channel === 'voice' ? { words: SAID.inCallWith } : null
  }

  async function refOf(contact: string): Promise<string> {
    return (await parts.store.load(contact))?.ref ?? 'them'
  }

  async function shiftOf({ place, staff }: Actor, help: boolean): Promise<StaffAnswer> {
    const zone = parts.content().places.get(place)?.place.timeZone ?? 'Europe/London'
    const view = (await views.staff(place)).find((one) => one.staff === staff)
    if (!view) return {}
    const hour = { now: parts.now(), zone }
    return { card: help ? helpCard(view, hour) : shiftCard(view, hour) }
  }
}
