import type { StaffAct } from '../handoff/acts.ts'
import type { HandoffHeard, Leg, Refusal } from '../handoff/types.ts'
import { holds, staffOf } from '../places/roster.ts'
import { lineTo } from '../places/route.ts'
import { serviceName } from '../places/shape.ts'
import { mayRing } from '../record/outbound.ts'
import { takeHandoff } from '../turn/handed.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { dutyOf, phoneOf, standsAt } from './staff.ts'
import { REFUSED, SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>
type Brought = Pick<Leg, 'label' | 'kind' | 'who' | 'number'>

/** What is done in a joined call: who comes in, who waits, who leaves. */
export const calling = {
  async bring(doing: Of<'bring'>) {
    const leg = await whom(doing)
    if (typeof leg === 'string') return no(leg)
    const said = await tell(doing, { type: 'BRING', by: doing.staff.id, leg })
    return said ?? ok(SAID.ringing(leg.who))
  },
  hold: (doing: Of<'hold'>) =>
    done(doing, { type: 'HOLD', by: doing.staff.id, label: doing.act.label, on: doing.act.on }),
  mute: (doing: Of<'mute'>) =>
    done(doing, { type: 'MUTE', by: doing.staff.id, label: doing.act.label, on: doing.act.on }),
  drop: (doing: Of<'drop'>) =>
    done(doing, { type: 'DROP', by: doing.staff.id, label: doing.act.label }),
  leave: (doing: Of<'leave'>) => done(doing, { type: 'LEAVE', by: doing.staff.id }),
}

async function done(doing: DoingOn, heard: HandoffHeard) {
  return (await tell(doing, heard)) ?? ok(SAID.done)
}

/** Tells the handoff; the words where it came to nothing. */
async function tell({ parts, contact, staff }: DoingOn, heard: HandoffHeard) {
  const handed = await takeHandoff(parts, contact.id, heard)
  if (!handed || handed.said === 'over') return no(SAID.over)
  const refused = handed.told.find(({ to }) => to === staff.id)
  return refused ? no(REFUSED[refused.what as Refusal]) : undefined
}

const FREE: readonly string[] = ['available', 'wrapping']

/** Whom to ring: a service's line, a colleague, or a typed number with its reason. Words where that is not possible. */
async function whom(doing: Of<'bring'>): Promise<Brought | string> {
  const { act, place, parts, contact, desk } = doing
  if (act.service !== undefined) {
    const { practice, postcode } = contact.person
    const at = { ...(practice && { practice }), ...(postcode && { postcode }) }
    const line =
      place.services[act.service] &&
      lineTo(place, parts.content().calendar, act.service, at, parts.now())
    if (!line?.number) return SAID.noService
    const who = serviceName(place, act.service)
    return { label: `team:${act.service}`, kind: 'team', who, number: line.number }
  }
  if (act.staff !== undefined) {
    const colleague = staffOf(place, act.staff)
    if (!colleague) return SAID.noService
    const duty = await dutyOf(desk, place.place, colleague.id)
    if (contact.restricted && !holds(colleague, 'safeguarding')) return SAID.restrictedToo
    // A break is kept free, and whoever is with somebody else is not rung away from them.
    if (!FREE.includes(standsAt(duty))) return SAID.notFree
    const phone = phoneOf(duty, colleague, parts.now())
    if (phone === 'none') return SAID.noService
    const number = phone === 'number' ? colleague.number : undefined
    return {
      label: `staff:${colleague.id}`,
      kind: 'staff',
      who: colleague.id,
      ...(number && { number }),
    }
  }
  if (act.number === undefined || !act.reason) return SAID.noNumber
  if (!mayRing(contact, act.number, place)) return SAID.mayNot
  const others = contact.handoff?.context.legs.filter(({ kind }) => kind === 'other') ?? []
  const last = Math.max(0, ...others.map(({ label }) => Number(label.slice('other:'.length))))
  const who = act.name ?? 'someone'
  return { label: `other:${last + 1}`, kind: 'other', who, number: act.number }
}
