import { Temporal } from 'temporal-polyfill'
import { isCode, OUTCOMES } from '../flows/outcomes.ts'
import type { Place } from '../places/shape.ts'
import type { Clock, Contact, LogEntry } from '../record/contact.ts'

/** What is recorded of a contact, and where it goes, in lines for a reader. */
export function recordTold(
  { codes, level, status, consent, ref, routes, clocks, person }: Contact,
  timeline: readonly LogEntry[],
  place: Place
): string[] {
  const kept = Object.entries(person).filter(([field]) => !['address', 'phone'].includes(field))
  return [
    row('reference', ref),
    ...codes.map((code) =>
      row('outcome', `${code}: ${isCode(code) ? OUTCOMES[code].meaning : code}`)
    ),
    ...(codes.length === 0 ? [row('outcome', 'none')] : []),
    row('level', `${level}, ${status}`),
    ...routes.flatMap(({ code, team, owner, number, rule }) => [
      row(`${code} goes to`, `${team}, owner ${owner}${number ? `, ${number}` : ''}`),
      row('because', rule),
    ]),
    ...timeline.flatMap(({ detail }) => moved(detail)),
    ...clocks.map((clock) => row(...clockTold(clock, place))),
    row('consent', consent ?? 'not asked'),
    ...kept.map(([field, value]) => row(field, String(value))),
  ]
}

const moved = (detail: LogEntry['detail']) =>
  Array.isArray(detail?.moved) ? detail.moved.map((why) => row('moved', String(why))) : []

const WHAT: Record<Clock['name'], string> = {
  ringBack: 'rung back by',
  standard: 'standard met by',
  check: 'checked on at',
}

function clockTold(
  { name, code, owner, due, state }: Clock,
  { timeZone }: Place
): [string, string] {
  const at = Temporal.Instant.from(due).toZonedDateTimeISO(timeZone)
  const when = at.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
  return [`${code} ${WHAT[name]}`, `${when}, ${owner}${state === 'running' ? '' : `, ${state}`}`]
}

const row = (name: string, value: string) => `  ${name.padEnd(22)} ${value}`
