import type { Line, Names } from './api.ts'
import { el } from './elements.ts'
import { capital, dueTime, KINDS, onTheCall, phone, plain, timeOf } from './words.ts'

/** What is worth showing of an entry's own facts, in this order; ids and hashes are left to the staff pages. */
const SHOWN = [
  'to',
  'who',
  'outcome',
  'nextStep',
  'answer',
  'code',
  'team',
  'owner',
  'rule',
  'priority',
  'due',
  'number',
  'by',
  'status',
  'tried',
]

/** What an entry is read by: how the contact reached us, the time, and the names of staff. */
interface Reading {
  channel: string
  now: string
  names: Names
}

/** Everything said and decided, newest first, so that what has just happened is in sight. */
export function timeline(lines: readonly Line[], reading: Reading): HTMLElement {
  const newest = [...lines].sort((one, other) => other.seq - one.seq)
  return el(
    'section',
    { class: 'timeline' },
    el('h3', {}, 'What happened, newest first'),
    el('ol', { reversed: true }, ...newest.map((each) => entry(each, reading)))
  )
}

function entry(
  { seq, at, kind, step, heard, said, detail, channel }: Line,
  reading: Reading
): HTMLElement {
  const facts = detail && kind !== 'card' ? details(detail, reading) : ''
  return el(
    'li',
    { value: String(seq) },
    el(
      'p',
      { class: 'when' },
      el('time', { datetime: at }, timeOf(at)),
      ` ${happened(kind, detail, reading.names)}`,
      step && el('code', {}, step)
    ),
    heard !== undefined &&
      el('p', { class: 'heard-line' }, answered(heard, channel ?? reading.channel)),
    said !== undefined && el('p', { class: 'said-line' }, words(said)),
    facts !== '' && el('p', { class: 'detail-line' }, facts)
  )
}

/** What became of a line in a joined call is told of whoever's it is. */
function happened(kind: string, detail: Line['detail'], names: Names): string {
  const line = /^line (.+)$/.exec(kind)?.[1]
  const who = typeof detail?.label === 'string' ? capital(onTheCall(detail.label, names)) : 'A line'
  if (line) return `${who}: ${LINES[line] ?? line}`
  if (kind === 'card')
    return `${listed(named(detail?.to, names))} ${CARDS[String(detail?.show)] ?? 'has a card'}`
  return KINDS[kind] ?? plain(kind)
}

const CARDS: Record<string, string> = {
  offer: 'is asked to take it',
  taken: 'sees that it is taken',
  lapsed: 'is asked no more',
  gone: 'sees that they left',
  yours: 'sees that it is theirs',
  'wrap-up': 'is asked to write it up',
  empty: 'sees that it is closed',
}

const LINES: Record<string, string> = {
  ringing: 'it rings',
  ready: 'said yes',
  in: 'is in the call',
  held: 'is on hold',
  back: 'is back',
  left: 'has left the call',
  failed: 'could not be reached',
}

/** A key is told as a key; words are quoted. */
function answered(heard: unknown, channel: string): string {
  const text = words(heard)
  return channel === 'voice' && /^[\d*#]+$/.test(text) ? `Pressed ${text}` : `“${text}”`
}

function details(detail: Record<string, unknown>, { now, names }: Reading): string {
  return SHOWN.filter((name) => isShown(detail[name]))
    .map((name) => `${plain(name)}: ${detailed(name, listed(named(detail[name], names)), now)}`)
    .join(' · ')
}

/** Whoever of staff is meant, by name. */
const named = (value: unknown, names: Names): unknown =>
  Array.isArray(value)
    ? value.map((one) => named(one, names))
    : (typeof value === 'string' && names.get(value)) || value

const isShown = (value: unknown) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' || Array.isArray(value)

const listed = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value))

function detailed(name: string, value: string, now: string): string {
  if (name === 'due') return dueTime(value, now)
  if (name === 'number') return phone(value)
  return name === 'owner' ? plain(value) : capital(value)
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
