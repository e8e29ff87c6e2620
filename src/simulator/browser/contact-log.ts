import { type Contact, namesOf, staff } from './api.ts'
import { contactCard } from './contact-card.ts'
import { byId, el, fill } from './elements.ts'
import { emptyCard } from './empty-card.ts'
import type { PageState } from './page-state.ts'
import { CHANNELS, LEVELS, plain, reference, STATUS, timeOf } from './words.ts'

const MOST_ROWS = 20

/** The contact log: the newest contact in full, and the ones before it. Gives back how to read it again. */
export function contactLog(page: PageState): () => Promise<void> {
  let chosen: string | null = null
  let newest: string | null = null
  const read = async () => {
    if (!page.place) return
    const place = encodeURIComponent(page.place.place)
    const { contacts } = await staff<{ contacts: Contact[] }>(`/contacts?place=${place}`)
    const [first] = contacts
    // A new contact takes the page over: it is the one being made now.
    if (first?.ref !== newest) chosen = null
    newest = first?.ref ?? null
    const ref = contacts.some((each) => each.ref === chosen) ? chosen : newest
    const whole = ref === null ? null : await staff<Contact>(`/contacts/${ref}`)
    fill(byId('contact'), JSON.stringify([whole, page.now.slice(0, 16)]), () =>
      whole ? contactCard(whole, page.now, namesOf(page.place)) : emptyCard()
    )
    fill(byId('contacts'), JSON.stringify([contacts, ref]), () =>
      contacts.length > 1 ? list(contacts, ref, choose) : []
    )
  }
  const choose = (ref: string) => {
    chosen = ref
    read().catch(page.fault)
  }
  return read
}

function list(
  contacts: readonly Contact[],
  shown: string | null,
  choose: (ref: string) => void
): HTMLElement[] {
  const rows = contacts
    .slice(0, MOST_ROWS)
    .map((contact) => row(contact, contact.ref === shown, () => choose(contact.ref)))
  return [el('h3', {}, 'All contacts, newest first'), el('ul', { class: 'rows' }, ...rows)]
}

function row(contact: Contact, shown: boolean, onclick: () => void): HTMLElement {
  const { ref, level, codes, meanings, channel, status, createdAt } = contact
  const meta = [
    CHANNELS[channel] ?? channel,
    STATUS[status] ?? plain(status),
    ...(createdAt ? [timeOf(createdAt)] : []),
  ]
  return el(
    'li',
    {},
    el(
      'button',
      {
        type: 'button',
        id: `contact-${ref}`,
        class: `row ${level}`,
        'aria-current': shown && 'true',
        onclick,
      },
      el('span', { class: 'ref' }, reference(ref)),
      el('span', { class: 'what' }, meanings?.[0] ?? codes[0] ?? 'Nothing decided'),
      el('span', { class: 'level' }, codes.length > 0 ? (LEVELS[level] ?? plain(level)) : ''),
      el('span', { class: 'meta' }, meta.join(', '))
    )
  )
}
