import { note } from '../effects/note.ts'
import type { StaffAct } from '../handoff/acts.ts'
import { holds } from '../places/roster.ts'
import { isOpen } from '../record/clocks.ts'
import type { Clock, Contact } from '../record/contact.ts'
import { takeHandoff } from '../turn/handed.ts'
import { liveHandoff } from '../turn/handing.ts'
import { clockTimers } from '../turn/settle.ts'
import { no, ok } from './answers.ts'
import type { DoingOn } from './doing.ts'
import { writeDown } from './note.ts'
import { SAID } from './words.ts'

type Of<K extends StaffAct['do']> = DoingOn<Extract<StaffAct, { do: K }>>

/** Death and bereavement stop (domain.md 6.7): one mark ends all contact. */
export const dying = {
  async died(doing: Of<'died'>) {
    const { contact, act, parts } = doing
    if (contact.died) return no(SAID.already)
    if (isWriting(contact)) return no(SAID.endFirst)
    await stopAsking(doing)
    const note = act.told
    await writeDown(doing, {
      kind: 'died',
      detail: { ...(note && { note }) },
      change: (now, at) => marked(now, doing.staff.id, at),
    })
    const { same, others } = await ofTheirNumber(doing)
    for (const other of same) await markToo(doing, other)
    parts.committed()
    return ok(SAID.died(others.map(({ ref }) => ref)))
  },
  async 'not-died'(doing: Of<'not-died'>) {
    const { contact, staff, act } = doing
    const leads = holds(staff, 'supervisor') || contact.restricted === true
    if (!leads) return no(SAID.notYourRole)
    if (!contact.died) return no(SAID.already)
    await writeDown(doing, {
      kind: 'not-died',
      detail: { why: act.why },
      change: unmarked,
      timers: clockTimers,
    })
    return ok(SAID.notDied)
  },
}

/** Somebody of ours writes with whoever has their phone: first that is ended, with words. */
const isWriting = ({ handoff }: Contact): boolean =>
  handoff?.done === false &&
  ['accepted', 'connected'].includes(handoff.value) &&
  handoff.context.channel !== 'voice'

/** Nobody is asked any more to write with them. Whoever waits on the line is somebody, and is not sent away. */
async function stopAsking({ parts, contact }: DoingOn): Promise<void> {
  const live = liveHandoff(contact)
  const asked = live?.value === 'waiting' || live?.value === 'offered'
  if (live && asked && live.context.channel !== 'voice')
    await takeHandoff(parts, contact.id, { type: 'GONE' })
}

/** Every promise ends, and which ones is remembered: the mark may be a mistake. */
function marked(contact: Contact, by: string, at: string): Contact {
  const open = contact.clocks.map(isOpen)
  const stopped = open.flatMap((is, n) => (is ? [n] : []))
  const clocks = contact.clocks.map(
    (clock, n): Clock => (open[n] ? { ...clock, state: 'stopped' } : clock)
  )
  const status = contact.status === 'promised' ? 'closed' : contact.status
  return { ...contact, clocks, status, died: { by, at, stopped } }
}

/** The promises that ended with the mark are owed again; what fell due meanwhile is late. */
function unmarked({ died, ...contact }: Contact, now: string): Contact {
  const clocks = contact.clocks.map((clock, n): Clock => {
    if (!died?.stopped.includes(n) || clock.state !== 'stopped') return clock
    return { ...clock, state: clock.due < now ? 'missed' : 'running' }
  })
  const owed = clocks.some(isOpen)
  return {
    ...contact,
    clocks,
    status: owed && contact.status === 'closed' ? 'promised' : contact.status,
  }
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000
const nameOf = ({ person }: Contact) => person.name?.trim().toLowerCase()

/**
 * Other contacts of the same number: those under the same name are of the same person; of the others, those that are open
 * are for a person to look at, since a number may be of a household.
 */
async function ofTheirNumber({ parts, contact }: DoingOn) {
  const { address } = contact.person
  if (address === 'withheld') return { same: [], others: [] }
  const since = new Date(Date.parse(parts.now()) - YEAR_MS).toISOString()
  const all = (await parts.store.recent(contact.place, address, since)).filter(
    ({ id, died }) => id !== contact.id && !died
  )
  const name = nameOf(contact)
  const same = all.filter((other) => name !== undefined && nameOf(other) === name)
  const others = all.filter(
    (other) => !same.includes(other) && !other.restricted && other.clocks.some(isOpen)
  )
  return { same, others }
}

/** The same mark on another contact of theirs. */
const markToo = ({ parts, contact, staff, actor }: DoingOn, other: Contact): Promise<void> =>
  note(parts, {
    contact: other.id,
    same: `died:${contact.id}:${other.id}:${contact.turn}`,
    entry: { kind: 'died', detail: { as: contact.ref, by: staff.id, on: actor.surface } },
    task: false,
    change: (now, at) => marked(now, staff.id, at),
  })
