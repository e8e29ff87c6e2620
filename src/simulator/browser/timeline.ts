import type { Line } from './api.ts'
import { el } from './elements.ts'
import { capital, dueTime, KINDS, phone, plain, timeOf } from './words.ts'

/** What is worth showing of an entry's own facts, in this order; ids and hashes are left to the staff pages. */
const SHOWN = [
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

/** Everything said and decided, newest first, so that what has just happened is in sight. */
export function timeline(lines: readonly Line[], channel: string, now: string): HTMLElement {
  const newest = [...lines].sort((one, other) => other.seq - one.seq)
  return el(
    'section',
    { class: 'timeline' },
    el('h3', {}, 'What happened, newest first'),
    el('ol', { reversed: true }, ...newest.map((each) => entry(each, channel, now)))
  )
}

function entry(
  { seq, at, kind, step, heard, said, detail, channel }: Line,
  first: string,
  now: string
): HTMLElement {
  const facts = detail ? details(detail, now) : ''
  return el(
    'li',
    { value: String(seq) },
    el(
      'p',
      { class: 'when' },
      el('time', { datetime: at }, timeOf(at)),
      ` ${KINDS[kind] ?? plain(kind)}`,
      step && el('code', {}, step)
    ),
    heard !== undefined && el('p', { class: 'heard-line' }, answered(heard, channel ?? first)),
    said !== undefined && el('p', { class: 'said-line' }, words(said)),
    facts !== '' && el('p', { class: 'detail-line' }, facts)
  )
}

/** A key is told as a key; words are quoted. */
function answered(heard: unknown, channel: string): string {
  const text = words(heard)
  return channel === 'voice' && /^[\d*#]+$/.test(text) ? `Pressed ${text}` : `“${text}”`
}

function details(detail: Record<string, unknown>, now: string): string {
  return SHOWN.filter((name) => ['string', 'number'].includes(typeof detail[name]))
    .map((name) => `${plain(name)}: ${detailed(name, String(detail[name]), now)}`)
    .join(' · ')
}

function detailed(name: string, value: string, now: string): string {
  if (name === 'due') return dueTime(value, now)
  if (name === 'number') return phone(value)
  return name === 'owner' ? plain(value) : capital(value)
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
