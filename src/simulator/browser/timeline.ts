import type { Line } from './api.ts'
import { el } from './elements.ts'
import { capital, dueTime, KINDS, onTheCall, phone, plain, timeOf } from './words.ts'

/** What is worth showing of an entry's own facts, in this order; ids and hashes are left to the staff pages. */
const SHOWN = [
  'to',
  'who',
  'show',
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
      ` ${happened(kind, detail)}`,
      step && el('code', {}, step)
    ),
    heard !== undefined && el('p', { class: 'heard-line' }, answered(heard, channel ?? first)),
    said !== undefined && el('p', { class: 'said-line' }, words(said)),
    facts !== '' && el('p', { class: 'detail-line' }, facts)
  )
}

/** What became of a line in a joined call is told of whoever's it is. */
function happened(kind: string, detail: Line['detail']): string {
  const line = /^line (.+)$/.exec(kind)?.[1]
  const who = typeof detail?.label === 'string' ? capital(onTheCall(detail.label)) : 'A line'
  if (line) return `${who}: ${LINES[line] ?? line}`
  return KINDS[kind] ?? plain(kind)
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

function details(detail: Record<string, unknown>, now: string): string {
  return SHOWN.filter((name) => isShown(detail[name]))
    .map((name) => `${plain(name)}: ${detailed(name, listed(detail[name]), now)}`)
    .join(' · ')
}

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
