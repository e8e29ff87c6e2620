import type { Names } from './api.ts'

const ZONE = 'Europe/London'

/** How levels of urgency are said. */
export const LEVELS: Record<string, string> = {
  emergency: 'Emergency',
  urgent: 'Urgent',
  soon: 'Soon',
  routine: 'Routine',
  information: 'Information',
}
export const STATUS: Record<string, string> = {
  open: 'Open',
  promised: 'Promised',
  'handed-over': 'Handed over',
  closed: 'Closed',
  incomplete: 'Incomplete',
}
export const CHANNELS: Record<string, string> = { voice: 'Phone', sms: 'Text', teams: 'Teams' }
export const CLOCKS: Record<string, string> = {
  ringBack: 'Ring back',
  standard: 'Standard to meet',
  check: 'Check they are safe',
}
export const CLOCK_STATES: Record<string, string> = {
  running: 'Running',
  met: 'Met',
  missed: 'Missed',
  stopped: 'Stopped',
}
export const CONSENT: Record<string, string> = {
  yes: 'Agreed to share',
  no: 'Did not agree to share',
  cannot: 'Could not be asked',
  'opted-out': 'Opted out',
}

/** What the entries of a contact's log are called. */
export const KINDS: Record<string, string> = {
  begin: 'Contact began',
  person: 'Asked for a person',
  outcome: 'Decided',
  ringing: 'Ringing for a person',
  unanswered: 'No one answered',
  joined: 'A person joined',
  'no-cover': 'No one on duty at this hour',
  promise: 'Promise made',
  gone: 'Rang off',
  sent: 'Text sent',
  delivered: 'Text delivered',
  queued: 'Navigators are looked for',
  offered: 'Asked to take it, in Teams and in the console',
  lapsed: 'Did not answer in time',
  declined: 'Cannot take it',
  raised: 'More urgent now',
  accepted: 'Taken',
  card: 'Card in Teams',
  connected: 'Joined the person',
  waiting: 'Waits on the line',
  nobody: 'Nobody is left to ask: the cover is rung',
  covered: 'The cover answered',
  'brings in': 'Brings somebody in',
  left: 'Left the call: the others go on',
  'said-by-staff': 'The navigator wrote',
  relayed: 'The person wrote',
  danger: 'Danger words',
  'hands back': 'Handed back',
  'handed-back': 'The questions go on',
  'wrapped-up': 'Written up',
  'wrapped up': 'The navigator is free again',
  'person gone': 'The person has left',
  done: 'Over',
  owner: 'Another owner',
  'promise-closed': 'Promise closed',
  'ring-out': 'Rung from the contact',
  'danger-asked': 'Danger asked by a person',
}

/** Words with a capital, otherwise as they are. */
export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** A key of ours as words, where no better ones are known: "handed-over" is "Handed over". */
export function plain(key: string): string {
  const words = key
    .replace(/[-_/]/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return capital(words)
}

/** A number as people write it: 020 7946 0100, 07700 900123. */
export function phone(number: string): string {
  if (number === 'anonymous' || number === '+266696687') return 'Number withheld'
  const uk = /^\+44(\d+)$/.exec(number)?.[1]
  if (!uk) return number
  if (uk.startsWith('20')) return `0${uk.slice(0, 2)} ${uk.slice(2, 6)} ${uk.slice(6)}`
  return `0${uk.slice(0, 4)} ${uk.slice(4)}`
}

/** Somebody on the same call: by their number, or by the label they have in a conference. */
export function onTheCall(who: string, names: Names): string {
  const [, kind, id = ''] = /^(staff|team|other):(.+)$/.exec(who) ?? []
  if (kind === 'staff') return `${names.get(id) ?? id}, care navigator`
  if (kind) return id.replaceAll('-', ' ')
  return who === 'caller' ? 'the caller' : phone(who)
}

/** A reference as it is spoken: 3, 3 and 2 digits. */
export function reference(ref: string): string {
  return /^\d{8}$/.test(ref) ? `${ref.slice(0, 3)} ${ref.slice(3, 6)} ${ref.slice(6)}` : ref
}

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, ...options })
const FULL = format({
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const TIME = format({ hour: '2-digit', minute: '2-digit' })
const DAY = format({ weekday: 'short', day: 'numeric', month: 'short' })

/** An instant in full, as in "Tuesday 24 November 2026 at 14:20". */
export const fullTime = (at: string) => FULL.format(new Date(at))
/** The time of day. */
export const timeOf = (at: string) => TIME.format(new Date(at))

/** When something falls due, told from now: "15:00", or "Wed 25 Nov, 08:00" on another day. */
export function dueTime(due: string, now: string): string {
  const same = DAY.format(new Date(due)) === DAY.format(new Date(now))
  return same ? timeOf(due) : `${DAY.format(new Date(due))}, ${timeOf(due)}`
}

/** How far off an instant is: "in 2 hours", "30 minutes ago". */
export function howFar(due: string, now: string): string {
  const minutes = Math.round((Date.parse(due) - Date.parse(now)) / 60_000)
  const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' })
  const size = Math.abs(minutes)
  if (size < 1) return 'now'
  if (size < 120) return relative.format(minutes, 'minute')
  if (size < 48 * 60) return relative.format(Math.round(minutes / 60), 'hour')
  return relative.format(Math.round(minutes / 1440), 'day')
}
