import { html } from 'hono/html'
import type { LogEntry } from '../../record/contact.ts'
import { writtenNumber } from '../../words/numbers.ts'
import { OUTCOME_WORDS, RELATION_WORDS } from '../../words/staff-card-words.ts'
import type { Me } from '../parts.ts'
import { CHANNEL, clockTime, MAY_KNOW, meaning, wholeDay } from '../words.ts'
import { happened, named, participant, priorityWords, SAID_BY, worded } from './happened.ts'
import { type Html, nothing } from './layout.ts'

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

const heardWords = ({ channel, heard = '' }: LogEntry): string =>
  channel === 'voice' && /^[\d*#]+$/.test(heard) ? `Pressed ${heard}` : heard

/** What a detail is called. What has no name here is for who checks, and for nobody at work. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ priority: 'A person is needed', danger: 'Danger', reason: 'Why', why: 'Why', note: 'Note' },
  ...{ code: 'About', codes: 'About', team: 'Goes to', rule: 'Why there', number: 'Number' },
  ...{ owner: 'Owner', due: 'By', from: 'Before', to: 'Now', outcome: 'How it ended' },
  ...{ nextStep: 'What comes next', matters: 'What matters to them', needs: 'What they need' },
  ...{ carer: 'Looks after somebody', livesAlone: 'Lives alone', repeats: 'Times told before' },
  ...{ admissionAvoided: 'Kept out of hospital', nearMiss: 'Nearly went wrong', tries: 'Tries' },
  ...{ on: 'Done in', told: 'Who told us', relation: 'They are', may: 'May be told' },
  ...{ police: 'Police asked', relay: 'Relay UK', nextOfKin: 'Next of kin may be told' },
  ...{ by: 'By', with: 'Still in the call' },
  ...{ count: 'How many', score: 'Out of 5', english: 'In English', meaning: 'What it means' },
}
/** Details that are said in what happened. */
const DONE_BY: ReadonlySet<string> = new Set(['label', 'staff', 'who', 'what', 'show', 'via'])
/** Kinds in which these are a time, and not a name. */
const MOVED = 'slot-moved'

/** What else is known of it, but for what its own words said already. */
function details(entry: LogEntry, me: Me): string {
  const { kind, detail = {} } = entry
  const what = happened(entry, me)
  const said = SAID_BY[kind] ?? []
  return Object.entries(detail)
    .filter(([name, value]) => isShown(value) && !said.includes(name) && !DONE_BY.has(name))
    .filter(([name]) => kind === MOVED || (name !== 'to' && name !== 'from'))
    .filter(([name]) => name !== 'owner' || kind !== 'owner')
    .filter(([name, value]) => name !== 'by' || !what.includes(named(value, me.place)))
    .filter(([name]) => name in NAMES || me.can('auditor'))
    .filter(([, value]) => kind !== 'wrapped-up' || !UNASKED.has(String(value)))
    .map(([name, value]) => `${NAMES[name] ?? worded(name)}: ${detailed(name, value, me)}`)
    .join(' · ')
}

/** What nobody asked says nothing of a person. */
const UNASKED = new Set(['not-asked', 'not-known'])

const isShown = (value: unknown): boolean =>
  ['number', 'boolean'].includes(typeof value) ||
  (typeof value === 'string' && value !== '') ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))

/** Short names of a closed list, as one would say them. */
const CHOSEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  outcome: OUTCOME_WORDS,
  on: { teams: 'Teams', console: 'the console', phone: 'the phone' },
  relation: RELATION_WORDS,
  may: MAY_KNOW,
  why: { participant_hung_up: 'they hung up' },
  danger: { cleared: 'asked, and none' },
}
const TIMES: ReadonlySet<string> = new Set(['due', 'from', 'to'])

function detailed(name: string, value: unknown, me: Me): string {
  const { place } = me
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (name === 'owner' || name === 'by') return named(value, place)
  if (name === 'with' && Array.isArray(value))
    return value.map((label) => participant(String(label), place)).join(', ')
  if (name === 'code') return meaning(text)
  if (name === 'codes' && Array.isArray(value)) return value.map(String).map(meaning).join(', ')
  if (name === 'priority') return priorityWords(text)
  if (name === 'number') return writtenNumber(text)
  if (TIMES.has(name) && !Number.isNaN(Date.parse(text)))
    return `${clockTime(text, place.timeZone)}, ${wholeDay(text, place.timeZone)}`
  const chosen = CHOSEN[name]?.[text]
  if (chosen) return chosen
  return /^[a-z]+([-_][a-z]+)+$/.test(text) ? text.replace(/[-_]/g, ' ') : text
}
