import type { StaffAct } from '../handoff/acts.ts'
import type { DangerAsked } from '../handoff/types.ts'
import { holds, staffOf } from '../places/roster.ts'
import { apply } from '../record/apply.ts'
import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact } from '../record/contact.ts'
import type { OutboxRow } from '../store/contract.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import { clockTimers, deciding } from '../turn/settle.ts'
import { standingOf } from '../turn/standing.ts'
import { thinking } from '../turn/think.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { writeDown } from './note.ts'
import { mayOwn } from './owners.ts'
import { movedOut, outOfRoom } from './rooms.ts'
import { SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>

const ASKED: Readonly<Record<'yes' | 'no' | 'not-sure', DangerAsked>> = {
  yes: 'yes',
  no: 'cleared',
  'not-sure': 'not-sure',
}

/** What staff keep in order: danger asked by a person, promises and their owners, who may not be reached, services. */
export const keeping = {
  async danger(doing: Of<'danger'>) {
    const { parts, contact, act } = doing
    const danger = ASKED[act.answer]
    await writeDown(doing, {
      kind: 'danger-asked',
      detail: { answer: act.answer },
      ...(act.answer === 'yes' && {
        change: (now: Contact) => emergency(doing, now),
        timers: clockTimers,
      }),
      outbox: (next, at) => wrapUpAnew(next, at),
    })
    const live = liveHandoff(contact)
    if (live) {
      const { priority, level, wants } = live.context
      const urgent = danger === 'cleared' ? priority : ('P1' as const)
      const changed = {
        priority: urgent,
        level: danger === 'yes' ? 'emergency' : level,
        wants,
      } as const
      await takeHandoff(parts, contact.id, { type: 'CHANGED', ...changed, danger })
    }
    return ok(SAID.done)
  },
  async own(doing: Of<'own'>) {
    const { act, place, contact } = doing
    if (!staffOf(place, act.owner) && !place.services[act.owner]) return no(SAID.noOwner)
    if (!(await mayOwn(doing.desk, place, act.owner))) return no(SAID.notAtWork)
    if (!contact.clocks.some(owedFor(act))) return no(SAID.noPromise)
    const given = (clock: Clock) => ({ ...clock, owner: act.owner })
    await writeDown(doing, {
      kind: 'owner',
      detail: { code: act.code, owner: act.owner },
      change: (now) => withClocks(now, owedFor(act), given),
    })
    return ok(SAID.done)
  },
  async 'close-promise'(doing: Of<'close-promise'>) {
    const { act, contact } = doing
    const owed = owedFor(act)
    if (!contact.clocks.some(owed)) return no(SAID.noPromise)
    await writeDown(doing, {
      kind: 'promise-closed',
      detail: { code: act.code, how: act.how, ...(act.note && { note: act.note }) },
      change: (now) => closed(withClocks(now, owed, (clock) => ({ ...clock, state: act.how }))),
    })
    return ok(SAID.closed)
  },
  async decide(doing: Of<'decide'>) {
    const { contact, act, staff } = doing
    if (contact.callback?.value !== 'deciding') return no(SAID.over)
    const detail = { by: staff.id, police: act.police, why: act.why }
    await writeDown(doing, { kind: 'welfare-decided', detail })
    return ok(SAID.closed)
  },
  async 'ring-by'(doing: Of<'ring-by'>) {
    const { relay, nextOfKin } = doing.act
    await writeDown(doing, {
      kind: 'ring-by',
      detail: {
        ...(relay !== undefined && { relay }),
        ...(nextOfKin !== undefined && { nextOfKin }),
      },
      change: (now) => ({ ...now, person: rungBy(now.person, { relay, nextOfKin }) }),
    })
    return ok(SAID.done)
  },
  async 'not-these'(doing: Of<'not-these'>) {
    const { parts, act, contact, offer, place } = doing
    const all = ({ notThese = [] }: Contact) => [...new Set([...notThese, ...act.numbers])]
    let before = contact
    await writeDown(doing, {
      kind: 'not-these',
      // Whose numbers they are stands in the sealed contact alone.
      detail: { count: all(contact).length },
      change(now) {
        before = now
        const kept: Contact = { ...without(now, all(now)), notThese: all(now), restricted: true }
        return outOfRoom(safeguarded(doing, kept))
      },
      outbox: (next, at) => movedOut(before, next, at),
    })
    const live = liveHandoff(contact)?.context
    if (live) {
      const { priority, level, danger, wants } = live
      const known = { priority, level, danger, wants, restricted: true } as const
      await takeHandoff(parts, contact.id, { type: 'CHANGED', ...known })
      offer(place.place)
    }
    return ok(SAID.done)
  },
}

/** The card of whoever writes it up asks about danger no more. */
function wrapUpAnew({ id, place, turn, handoff, cards }: Contact, now: string): OutboxRow[] {
  const staff = handoff?.context.by?.staff
  if (handoff?.value !== 'wrapping' || staff === undefined || !cards?.[staff]) return []
  return [
    {
      ...{ id: `${id}:${turn}:1`, contact: id, kind: 'card' },
      ...{ recipient: `card:${place}:${staff}:${id}`, body: { staff, show: 'wrap-up' } },
      ...{ due: now, tries: 0, state: 'waiting' },
    },
  ]
}

/** Whoever is the danger speaks for nobody, whatever was agreed before. */
function without(contact: Contact, numbers: readonly string[]): Contact {
  const { people } = contact
  if (!people?.agreed) return contact
  const agreed = people.agreed.filter(({ number }) => !numbers.includes(number))
  return { ...contact, people: { ...people, agreed } }
}

/** Whoever may not see it any more can not keep a promise of it: it goes to whoever safeguards here. */
function safeguarded({ place }: DoingOn, contact: Contact): Contact {
  const team = Object.values(place.services).find(({ codes }) => codes.includes('SAFE'))?.owner
  const leaves = (clock: Clock) => {
    const staff = staffOf(place, clock.owner)
    return isOpen(clock) && staff !== undefined && !holds(staff, 'safeguarding')
  }
  return withClocks(contact, leaves, (clock) => ({ ...clock, owner: team ?? clock.owner }))
}

type How = { relay: boolean | undefined; nextOfKin: boolean | undefined }

/** How they are rung, with what is said anew. */
function rungBy({ relay, nextOfKin, ...person }: Contact['person'], how: How): Contact['person'] {
  return {
    ...person,
    ...((how.relay ?? relay) && { relay: true }),
    ...((how.nextOfKin ?? nextOfKin) && { nextOfKin: true }),
  }
}

/** A promise that is still open: for the matter itself, or a call that is owed. */
const owedFor =
  ({ code, due }: { code: string; due?: string | undefined }) =>
  (clock: Clock) =>
    clock.code === code && (due === undefined || clock.due === due) && isOpen(clock)

function withClocks(
  contact: Contact,
  which: (clock: Clock) => boolean,
  change: (clock: Clock) => Clock
) {
  return {
    ...contact,
    clocks: contact.clocks.map((clock) => (which(clock) ? change(clock) : clock)),
  }
}

/** A contact with nothing left to do is closed. */
function closed(contact: Contact): Contact {
  const open = contact.clocks.some(isOpen)
  return open || contact.status === 'open' ? contact : { ...contact, status: 'closed' }
}

/** A person asked, and the answer was yes: it is an emergency from now on. */
function emergency({ parts }: DoingOn, contact: Contact): Contact {
  const channel = contact.conversation?.channel ?? contact.channel
  const t = thinking(parts.content(), standingOf(parts, contact), { channel }, parts.now())
  const effects = [{ kind: 'outcome', step: 'danger-asked', codes: ['E999'] }] as const
  return apply(contact, effects, deciding(t)).contact
}
