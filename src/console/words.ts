import { Temporal } from 'temporal-polyfill'
import { isCode, OUTCOMES } from '../flows/outcomes.ts'
import type { DangerAsked, HandoffValue } from '../handoff/types.ts'
import { type Place, type Role, serviceName } from '../places/shape.ts'
import type { Agreed } from '../record/contact.ts'
import type { ShiftValue, WaitingView } from '../record/views.ts'

/** A word for staff with the colour of its tag: each says by itself what the other shows. */
export interface Tag {
  words: string
  colour: 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'grey' | 'purple' | 'white'
}

export const DANGER: Record<DangerAsked, Tag> = {
  'not-asked': { words: 'DANGER NOT ASKED', colour: 'red' },
  yes: { words: 'DANGER: YES', colour: 'red' },
  'not-sure': { words: 'Danger: not sure', colour: 'orange' },
  cleared: { words: 'Danger asked: none', colour: 'green' },
}

export const LEVEL: Record<WaitingView['level'], Tag> = {
  emergency: { words: 'Emergency', colour: 'red' },
  urgent: { words: 'Urgent', colour: 'orange' },
  soon: { words: 'Soon', colour: 'yellow' },
  routine: { words: 'Routine', colour: 'blue' },
  information: { words: 'Information', colour: 'grey' },
}

export const PRIORITY: Record<WaitingView['priority'], string> = {
  P1: 'Now',
  P2: 'Within 20 minutes',
  P3: 'Today',
  P4: 'By tomorrow',
}

export const HANDOFF: Record<HandoffValue, string> = {
  waiting: 'Waiting',
  offered: 'Being offered',
  accepted: 'Taken, joining',
  connected: 'With a person',
  wrapping: 'Being written up',
  done: 'Done',
  covered: 'Taken by the cover',
  promised: 'Promised a call back',
  withdrawn: 'They left',
}

export const SHIFT: Record<ShiftValue, Tag> = {
  off: { words: 'Off shift', colour: 'grey' },
  available: { words: 'Available', colour: 'green' },
  'on-contact': { words: 'On a contact', colour: 'blue' },
  wrapping: { words: 'Writing up', colour: 'purple' },
  break: { words: 'On a break', colour: 'yellow' },
  paused: { words: 'Paused', colour: 'orange' },
}

export const CHANNEL: Record<WaitingView['channel'], string> = {
  voice: 'Phone',
  sms: 'Text',
  teams: 'Teams',
}

export const ROLE: Record<Role, string> = {
  navigator: 'navigator',
  supervisor: 'supervisor',
  safeguarding: 'safeguarding',
  auditor: 'auditor',
  admin: 'administrator',
}

export const MAY_KNOW: Record<Agreed['may'], string> = {
  looking: 'only that we look for them',
  plans: 'what was agreed, and when',
  all: 'everything',
}

export const UNSORTED: Tag = { words: 'Not sorted yet', colour: 'grey' }

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' })

/** A language by its English name; the code as it stands when it has none. */
export function languageName(code: string): string {
  try {
    return LANGUAGES.of(code) ?? code
  } catch {
    return code
  }
}

/** Promises of the desk itself, which no question leads to. */
const OWED: Readonly<Record<string, string>> = {
  NEXT: 'What comes next',
  PERSON: 'A person gets back to them',
  WELF: 'Decide if somebody should see that they are safe',
}

/** What an outcome code stands for, in words; the code where it has none. */
export const meaning = (code: string): string =>
  isCode(code) ? OUTCOMES[code].meaning : (OWED[code] ?? code)

/** A reference as it is read out: 407 113 29. */
export const spacedRef = (ref: string) => ref.replace(/^(\d{3})(\d{3})(\d{2})$/, '$1 $2 $3')

/** Whoever owns something: a colleague by name, a service of the place, or the id as words. */
export function ownerName(place: Pick<Place, 'staff' | 'services'>, owner: string): string {
  const staff = place.staff.find(({ id }) => id === owner)?.name
  if (staff) return staff
  if (place.services[owner]) return serviceName(place, owner)
  const said = owner.replaceAll('-', ' ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

const at = (iso: string, zone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(zone)
const two = (n: number) => String(n).padStart(2, '0')

/** 14:20 */
export function clockTime(iso: string, zone: string): string {
  const { hour, minute } = at(iso, zone)
  return `${two(hour)}:${two(minute)}`
}

/** 14:20 today, 08:00 tomorrow, or Thu 26 Nov, 08:00. */
export function dayAndTime(iso: string, now: string, zone: string): string {
  const then = at(iso, zone)
  const days = at(now, zone).toPlainDate().until(then.toPlainDate(), { largestUnit: 'day' }).days
  const near = { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days]
  if (near) return `${clockTime(iso, zone)} ${near}`
  return `${then.toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })}, ${clockTime(iso, zone)}`
}

/** Tuesday 24 November 2026 */
export const wholeDay = (iso: string, zone: string): string =>
  at(iso, zone).toLocaleString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })

/** How long ago, in the words one would use: 40 s, 12 min, 3 h 20 min, 2 days. */
export function lasted(from: string, to: string): string {
  const s = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000))
  if (s < 60) return `${s} s`
  const minutes = Math.floor(s / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${minutes % 60 > 0 ? `${minutes % 60} min` : ''}`.trim()
  return hours < 48 ? '1 day' : `${Math.floor(hours / 24)} days`
}

/** What was typed in a field for day and time, as ISO 8601 UTC; undefined when it is none. */
export function instantOf(local: string, zone: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return undefined
  try {
    const whole = Temporal.PlainDateTime.from(local).toZonedDateTime(zone)
    return new Date(whole.epochMilliseconds).toISOString()
  } catch {
    return undefined
  }
}

/** An instant for a field of day and time. */
export const localOf = (iso: string, zone: string): string =>
  at(iso, zone).toPlainDateTime().toString({ smallestUnit: 'minute' })
