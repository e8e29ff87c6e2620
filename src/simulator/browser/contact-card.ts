import type { Contact, Names } from './api.ts'
import { el } from './elements.ts'
import { timeline } from './timeline.ts'
import {
  CHANNELS,
  CLOCK_STATES,
  CLOCKS,
  CONSENT,
  capital,
  dueTime,
  howFar,
  LEVELS,
  plain,
  reference,
  STATUS,
} from './words.ts'

/** One contact in full: what was decided, who has it, by when, why, and everything said. */
export function contactCard(contact: Contact, now: string, names: Names): HTMLElement[] {
  const decided = contact.codes.length > 0
  const meanings = contact.meanings ?? contact.codes
  return [
    el(
      'article',
      { class: `contact ${decided ? contact.level : 'undecided'}`, 'aria-label': 'Contact' },
      el(
        'p',
        { class: 'tags' },
        el('span', { class: 'ref' }, `Contact ${reference(contact.ref)}`),
        el('span', { class: 'tag' }, STATUS[contact.status] ?? plain(contact.status)),
        el('span', { class: 'tag' }, CHANNELS[contact.channel] ?? contact.channel),
        decided && el('span', { class: `tag level ${contact.level}` }, LEVELS[contact.level] ?? '')
      ),
      el('p', { class: 'headline' }, decided ? meanings.join(' + ') : 'Finding out what is needed'),
      facts(contact, now),
      contact.clocks.length > 0 && promises(contact, now, names),
      contact.person && story(contact.person),
      timeline(contact.timeline ?? [], { channel: contact.channel, now, names })
    ),
  ]
}

function facts(contact: Contact, now: string): HTMLElement {
  const { route } = contact
  const fact = (name: string, value: string, more = '', none = 'Not decided yet') =>
    el(
      'div',
      { class: 'fact' },
      el('dt', {}, name),
      el('dd', value ? {} : { class: 'none' }, value || none, more && el('small', {}, more))
    )
  const first = contact.clocks
    .filter(({ state }) => state === 'running')
    .sort((one, other) => one.due.localeCompare(other.due))[0]
  const due = first ? dueTime(first.due, now) : ''
  const flow =
    typeof contact.flow === 'object'
      ? `${contact.flow.flow} v${contact.flow.version}`
      : contact.flow
  return el(
    'dl',
    { class: 'facts' },
    fact('Who has it', route?.team ?? '', route ? plain(route.owner) : ''),
    fact(
      'By when',
      due,
      first ? `${CLOCKS[first.name] ?? plain(first.name)}, ${howFar(first.due, now)}` : ''
    ),
    fact('Why them', capital(route?.rule ?? '')),
    fact(
      'Consent',
      CONSENT[contact.consent ?? ''] ?? '',
      flow ? `Flow: ${flow}` : '',
      'Not asked yet'
    )
  )
}

/** What the person told us, so that no one asks it again. Their number is left out: a hint, never proof. */
function story(person: Record<string, unknown>): HTMLElement | false {
  const told = Object.entries(person).filter(
    ([name, value]) => !['address', 'phone'].includes(name) && value !== '' && value !== null
  )
  if (told.length === 0) return false
  return el(
    'section',
    { class: 'story' },
    el('h3', {}, 'Told once, kept for whoever helps'),
    el(
      'dl',
      {},
      ...told.map(([name, value]) =>
        el('div', {}, el('dt', {}, plain(name)), el('dd', {}, yesNo(value)))
      )
    )
  )
}

function yesNo(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const text = String(value)
  return /^[a-z-]+$/.test(text) ? plain(text) : text
}

function promises({ clocks, codes, meanings }: Contact, now: string, names: Names): HTMLElement {
  const late = (due: string, state: string) => state === 'running' && due < now
  return el(
    'table',
    { class: 'promises' },
    el('caption', {}, 'Promises'),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        ...['What', 'Owner', 'Due', 'State'].map((name) => el('th', { scope: 'col' }, name))
      )
    ),
    el(
      'tbody',
      {},
      ...clocks.map(({ name, code, owner, due, state }) =>
        el(
          'tr',
          { class: late(due, state) ? 'late' : state },
          el(
            'th',
            { scope: 'row' },
            CLOCKS[name] ?? plain(name),
            code && el('small', {}, meanings?.[codes.indexOf(code)] ?? '')
          ),
          el('td', {}, names.get(owner) ?? plain(owner)),
          el('td', {}, dueTime(due, now), el('small', {}, howFar(due, now))),
          el('td', {}, late(due, state) ? 'Overdue' : (CLOCK_STATES[state] ?? plain(state)))
        )
      )
    )
  )
}
