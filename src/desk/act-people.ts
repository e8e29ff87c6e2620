import type { StaffAct } from '../handoff/acts.ts'
import { TAKES } from '../handoff/doers.ts'
import { holds, staffOf } from '../places/roster.ts'
import type { Agreed, Contact, People } from '../record/contact.ts'
import { mayRing } from '../record/outbound.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { writeDown } from './note.ts'
import { SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>

/** Who looks after somebody and who may speak for them: written down by a person who asked, and dated. */
export const people = {
  async 'key-worker'(doing: Of<'key-worker'>) {
    const { act, contact, place, staff } = doing
    if (isHint(contact)) return no(SAID.whoFirst)
    const { staff: named } = act
    const worker = named === undefined ? undefined : staffOf(place, named)
    if (named !== undefined && !holds(worker, ...TAKES)) return no(SAID.noKeyWorker)
    await writeDown(doing, {
      kind: 'key-worker',
      detail: { to: named ?? '' },
      change: (now, at) =>
        withPeople(now, ({ keyWorker: _, ...others }) => ({
          ...others,
          ...(named !== undefined && { keyWorker: { staff: named, by: staff.id, at } }),
        })),
    })
    return ok(worker ? SAID.keyWorker(worker.name) : SAID.noMoreKeyWorker)
  },
  async agree(doing: Of<'agree'>) {
    const { act, contact, staff, place } = doing
    if (isHint(contact)) return no(SAID.whoFirst)
    if (!mayRing(contact, act.number, place)) return no(SAID.mayNot)
    const { relation, name, number, may } = act
    await writeDown(doing, {
      kind: 'agreed',
      // Who it is and their number stand in the sealed contact alone.
      detail: { relation, may },
      change: (now, at) =>
        withAgreed(now, (agreed) => [
          ...agreed,
          { id: nextId(agreed), relation, name, number, may, by: staff.id, at },
        ]),
    })
    return ok(SAID.agreed)
  },
  async 'agree-no-more'(doing: Of<'agree-no-more'>) {
    const { act, contact } = doing
    const one = contact.people?.agreed?.find(({ id }) => id === act.agreed)
    if (!one) return no(SAID.notAgreed)
    await writeDown(doing, {
      kind: 'agreed-no-more',
      detail: { relation: one.relation },
      change: (now) => withAgreed(now, (agreed) => agreed.filter(({ id }) => id !== act.agreed)),
    })
    return ok(SAID.agreedNoMore)
  },
  async 'same-person'(doing: Of<'same-person'>) {
    const { act, contact } = doing
    if (!isHint(contact)) return no(SAID.already)
    await writeDown(doing, {
      kind: 'same-person',
      detail: { same: act.same, as: contact.people?.from ?? '' },
      change: (now) =>
        withPeople(now, ({ from: _, keyWorker, agreed, ...others }) =>
          act.same
            ? { ...others, ...(keyWorker && { keyWorker }), ...(agreed && { agreed }) }
            : others
        ),
    })
    return ok(act.same ? SAID.samePerson : SAID.otherPerson)
  },
}

/** Found by the number alone: nobody has asked yet who rings. */
export const isHint = ({ people }: Pick<Contact, 'people'>): boolean => people?.from !== undefined

const withPeople = (contact: Contact, change: (people: People) => People): Contact => ({
  ...contact,
  people: change(contact.people ?? {}),
})

const withAgreed = (
  contact: Contact,
  change: (agreed: readonly Agreed[]) => readonly Agreed[]
): Contact => withPeople(contact, (now) => ({ ...now, agreed: change(now.agreed ?? []) }))

/** Never one that stands there. */
const nextId = (agreed: readonly Agreed[]) =>
  `a${1 + Math.max(0, ...agreed.map(({ id }) => Number(id.slice(1))))}`
