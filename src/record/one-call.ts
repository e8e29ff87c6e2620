import type { Noted } from './apply.ts'
import type { Clock, Contact } from './contact.ts'

/** Promises to ring somebody that say nothing of the matter, the one that stands first where two end in one minute. */
const BARE: readonly string[] = ['PERSON', 'CALL', 'HOLD']

const runs = ({ name, code, state }: Clock): boolean =>
  name === 'ringBack' && state === 'running' && BARE.includes(code)
const minuteOf = ({ due }: Clock): string => new Date(due).toISOString().slice(0, 16)

/**
 * One matter has one promise with one owner. Where somebody is owed a second call that says nothing of the matter, the
 * sooner one stands for both, and the log says so. What names its matter stays beside it.
 */
export function oneCall(contact: Contact, noted: Noted[]): Contact {
  const bare = contact.clocks.filter(runs)
  const [first, ...others] = bare.sort(
    (a, b) => Number(minuteOf(a) > minuteOf(b)) - Number(minuteOf(a) < minuteOf(b)) || order(a, b)
  )
  if (!first || others.length === 0) return contact
  const due = bare.map((clock) => clock.due).sort((a, b) => Date.parse(a) - Date.parse(b))[0]
  const stands: Clock = { ...first, due: due ?? first.due }
  const joined = (clock: Clock): Clock => ({ ...clock, state: 'stopped', into: first.code })
  const clocks = contact.clocks.map((clock) =>
    clock === first ? stands : others.includes(clock) ? joined(clock) : clock
  )
  const codes = others.map(({ code }) => code)
  noted.push({ kind: 'promise-joined', detail: { codes, into: first.code, due: stands.due } })
  return { ...contact, clocks }
}

const order = (a: Clock, b: Clock) => BARE.indexOf(a.code) - BARE.indexOf(b.code)

/** When a promise is due, and that of one which stands for it too. */
export function dueOf({ clocks }: Pick<Contact, 'clocks'>, clock: Clock): string | undefined {
  if (clock.state === 'running') return clock.due
  if (clock.into === undefined) return undefined
  return clocks.find(({ code, state }) => code === clock.into && state === 'running')?.due
}
