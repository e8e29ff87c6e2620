import { html } from 'hono/html'
import type { LogEntry } from '../../record/contact.ts'
import { writtenNumber } from '../../words/numbers.ts'
import type { Me } from '../parts.ts'
import { CHANNEL, clockTime, meaning, ownerName, wholeDay } from '../words.ts'
import { type Html, nothing } from './layout.ts'

/** What a line of the log is, in words; a kind nobody has put into words yet is shown by its name. */
const KIND: Record<string, string> = {
  begin: 'They reached us',
  answer: 'They answered',
  person: 'They asked for a person',
  outcome: 'Decided',
  promise: 'Promised',
  ringing: 'The cover is rung',
  unanswered: 'Nobody answered',
  joined: 'A person joined',
  'no-cover': 'Nobody is on duty at this hour',
  gone: 'They rang off',
  sent: 'Text sent',
  delivered: 'Text delivered',
  queued: 'Waits for a navigator',
  offered: 'Navigators are asked',
  lapsed: 'Not taken in time',
  declined: 'Passed on',
  raised: 'More urgent now',
  accepted: 'Taken',
  connected: 'With the person',
  alone: 'Somebody waits alone in the call',
  parted: 'The others have hung up, and the person has not',
  'promise-joined': 'One promise stands for two',
  'no longer alone': 'Nobody waits alone any more',
  nobody: 'Nobody is left to ask',
  covered: 'The cover answered',
  'brings in': 'Somebody is brought in',
  drops: 'Somebody is taken out',
  left: 'The navigator left: the others go on',
  'left without the person': 'Given back before they were joined',
  lost: 'The navigator was lost',
  'given back': 'Given back',
  'rings elsewhere': 'Another phone is rung',
  'said-by-staff': 'The navigator wrote',
  relayed: 'They wrote',
  danger: 'Danger words',
  'danger-asked': 'Danger asked by a person',
  'hands back': 'Handed back to the questions',
  'handed-back': 'The questions go on',
  'wrapped up': 'The navigator is free again',
  'wrapped-up': 'Written up',
  'person gone': 'They left',
  owner: 'Another owner',
  'promise-closed': 'A promise was closed',
  'ring-out': 'Somebody was rung about this',
  'not-these': 'Numbers that must hear nothing',
  'near-miss': 'Something nearly went wrong',
}
const LINE: Record<string, string> = {
  ringing: 'is rung',
  ready: 'answered',
  in: 'is in the call',
  held: 'is on hold',
  back: 'is off hold',
  left: 'has left the call',
  failed: 'could not be reached',
}
const CARD: Record<string, string> = {
  offer: 'is shown the offer',
  taken: 'is shown that it is taken',
  lapsed: 'is shown that the offer is over',
  gone: 'is shown that they left',
  yours: 'is shown that it is theirs',
  'wrap-up': 'is shown what to write up',
  empty: 'is shown that it is closed',
}
/** Said to who checks, and to nobody at work. */
const FOR_AUDIT = new Set(['release', 'placeFile'])

/** Every step of a contact, first to last. */
export function timeline(entries: readonly LogEntry[], me: Me): Html {
  if (entries.length === 0) return nothing('Nothing is written yet.')
  return html`<ol class="timeline">${entries.map((one) => step(one, me))}</ol>`
}

const step = (
  one: LogEntry,
  me: Me
): Html => html`<li><time datetime="${one.at}">${clockTime(one.at, me.place.timeZone)}</time>
    <div><strong>${happened(one, me)}</strong>${one.channel ? html` <span class="since">${CHANNEL[one.channel]}</span>` : ''}
      ${one.heard ? html`<p class="line-heard">${heardWords(one)}</p>` : ''}
      ${one.said ? html`<p class="line-said">${one.said}</p>` : ''}
      ${one.detail ? html`<p class="since">${details(one, me)}</p>` : ''}
    </div></li>`

function happened({ kind, detail }: LogEntry, me: Me): string {
  const of = /^line (.+)$/.exec(kind)?.[1]
  if (of) return `${participant(String(detail?.label ?? ''), me)} ${LINE[of] ?? of}`
  if (kind === 'card')
    return `${names(detail?.to, me)} ${CARD[String(detail?.show)] ?? 'has a card'}`
  return KIND[kind] ?? worded(kind)
}

/** Whoever a label of a call stands for. */
function participant(label: string, { place }: Me): string {
  const [, who = ''] = /^(?:staff|team):(.+)$/.exec(label) ?? []
  if (who) return ownerName(place, who)
  return label === 'caller' ? 'The person' : 'Somebody else'
}

const names = (to: unknown, { place }: Me): string =>
  (Array.isArray(to) ? to : [to]).map((id) => ownerName(place, String(id))).join(', ')

const heardWords = ({ channel, heard = '' }: LogEntry): string =>
  channel === 'voice' && /^[\d*#]+$/.test(heard) ? `Pressed ${heard}` : heard

function worded(kind: string): string {
  const said = kind
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase()
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** What else is known of it, but for what its own words said already. */
function details({ kind, detail = {} }: LogEntry, me: Me): string {
  const said = kind === 'card' ? ['to', 'show'] : kind.startsWith('line ') ? ['label'] : []
  return Object.entries(detail)
    .filter(([name, value]) => isShown(value) && !said.includes(name))
    .filter(([name]) => !FOR_AUDIT.has(name) || me.can('auditor'))
    .filter(([, value]) => kind !== 'wrapped-up' || !UNASKED.has(String(value)))
    .map(([name, value]) => `${worded(name)}: ${detailed(name, value, me)}`)
    .join(' · ')
}

/** What nobody asked says nothing of a person. */
const UNASKED = new Set(['not-asked', 'not-known'])
/** Choices from a closed list, kept by their short names. */
const CHOSEN = new Set([
  ...['answer', 'danger', 'reason', 'outcome', 'via', 'what', 'show', 'how', 'on', 'of', 'why'],
  ...['carer', 'livesAlone', 'admissionAvoided'],
])

const isShown = (value: unknown): boolean =>
  ['number', 'boolean'].includes(typeof value) ||
  (typeof value === 'string' && value !== '') ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))

function detailed(name: string, value: unknown, me: Me): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  if (name === 'by' || name === 'to' || name === 'owner' || name === 'asked')
    return names(value, me)
  if (name === 'code') return meaning(text)
  if (name === 'label') return participant(text, me)
  if (name === 'with' && Array.isArray(value))
    return value.map((label) => participant(String(label), me)).join(', ')
  if (CHOSEN.has(name) && /^[a-z]+(-[a-z]+)*$/.test(text)) return text.replaceAll('-', ' ')
  if (name === 'number') return writtenNumber(text)
  if (name === 'due' && !Number.isNaN(Date.parse(text)))
    return `${clockTime(text, me.place.timeZone)}, ${wholeDay(text, me.place.timeZone)}`
  return text
}
