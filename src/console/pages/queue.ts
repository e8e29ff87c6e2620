import { html } from 'hono/html'
import type { StaffView, WaitingView } from '../../record/views.ts'
import { mayDo, maySee } from '../access.ts'
import type { Me } from '../parts.ts'
import {
  CHANNEL,
  clockTime,
  DANGER,
  HANDOFF,
  LEVEL,
  languageName,
  lasted,
  ownerName,
  SHIFT,
  spacedRef,
  UNSORTED,
} from '../words.ts'
import { actForm, button, input, more } from './fields.ts'
import { type Html, nothing, tag } from './layout.ts'

/** What the queue page is made of. */
export interface QueuePage {
  me: Me
  now: string
  queue: readonly WaitingView[]
  staff: readonly StaffView[]
}

/** Everyone who waits for a navigator, in the order they will be taken, and who is there to take them. */
export function queuePage({ me, now, queue, staff }: QueuePage): Html {
  const zone = me.place.timeZone
  const waits = queue.filter(({ value }) => value === 'waiting' || value === 'offered')
  const longest = waits.map(({ since }) => since).sort()[0]
  const free = staff.filter(({ shift }) => shift === 'available')
  return html`<h1 class="nhsuk-heading-l">Queue</h1>
  <div id="queue-figures" data-live>
    <dl class="figures">
      ${figure('Waiting', String(waits.length))}
      ${figure('Longest wait', longest ? lasted(longest, now) : 'None')}
      ${figure('Danger, or not asked', String(waits.filter(({ danger }) => danger !== 'cleared').length))}
      ${figure('Navigators free', `${free.length} of ${staff.filter(({ shift }) => shift !== 'off').length}`)}
    </dl>
  </div>
  <section id="queue" data-live aria-labelledby="who-waits">
    <h2 class="nhsuk-heading-m" id="who-waits">Who waits, first to last</h2>
    ${queue.length === 0 ? nothing('Nobody waits.') : queueTable(queue, me, now, zone)}
  </section>
  <section id="staff" data-live aria-labelledby="who-is-here">
    <h2 class="nhsuk-heading-m" id="who-is-here">Who is here</h2>
    ${staff.length === 0 ? nothing('Nobody is on the roster of this place.') : staffTable(staff, me, now)}
  </section>`
}

const figure = (name: string, value: string) =>
  html`<div class="figure"><dt>${name}</dt><dd>${value}</dd></div>`

const queueTable = (
  queue: readonly WaitingView[],
  me: Me,
  now: string,
  zone: string
) => html`<table class="nhsuk-table-responsive queue">
    <caption class="nhsuk-u-visually-hidden">Contacts that wait</caption>
    <thead class="nhsuk-table__head"><tr>
      ${['Reference', 'Urgency', 'Danger', 'By', 'Language', 'Waits', 'Now'].map((name) => html`<th scope="col">${name}</th>`)}
    </tr></thead>
    <tbody class="nhsuk-table__body">${queue.map((one) => waiting(one, me, now, zone))}</tbody>
  </table>`

const cell = (name: string, value: Html | string) =>
  html`<td class="nhsuk-table__cell"><span class="nhsuk-table-responsive__heading" aria-hidden="true">${name} </span>${value}</td>`

function waiting(one: WaitingView, me: Me, now: string, zone: string): Html {
  if (!maySee(me.staff.roles, one))
    return html`<tr class="nhsuk-table__row">${cell('Reference', spacedRef(one.ref))}<td class="nhsuk-table__cell" colspan="6">Restricted. Safeguarding has it.</td></tr>`
  const pressing = one.danger !== 'cleared'
  return html`<tr class="nhsuk-table__row ${pressing ? 'pressing' : ''}">
    ${cell('Reference', html`<a href="/console/contacts/${one.ref}">${spacedRef(one.ref)}</a>`)}
    ${cell('Urgency', html`${tag(one.unsorted ? UNSORTED : LEVEL[one.level])} ${one.unsorted && one.priority === 'P4' ? '' : html`<span class="priority">${one.priority}</span>`}`)}
    ${cell('Danger', tag(DANGER[one.danger]))}
    ${cell('By', CHANNEL[one.channel])}
    ${cell('Language', languageName(one.language))}
    ${cell('Waits', html`${lasted(one.since, now)} <span class="since">since ${clockTime(one.since, zone)}</span>`)}
    ${cell('Now', standing(one, me))}
  </tr>`
}

function standing({ value, by, asked, wants }: WaitingView, { place }: Me): Html {
  const names = (ids: readonly string[]) => ids.map((id) => ownerName(place, id)).join(', ')
  if (by) return html`${HANDOFF[value]}: ${ownerName(place, by)}`
  if (asked.length > 0) return html`Asked: ${names(asked)}`
  if (value === 'wrapping') return html`In a call with those who were brought in`
  return html`${HANDOFF[value]}${wants ? '' : ', still answering questions'}`
}

function staffTable(staff: readonly StaffView[], me: Me, now: string): Html {
  const leads = mayDo(me.staff.roles, 'end-shift')
  const heads = ['Name', 'Now', 'Since', 'Phone', ...(leads ? ['Do'] : [])]
  return html`<table class="nhsuk-table-responsive">
    <caption class="nhsuk-u-visually-hidden">Staff and what they do now</caption>
    <thead class="nhsuk-table__head"><tr>
      ${heads.map((name) => html`<th scope="col">${name}</th>`)}
    </tr></thead>
    <tbody class="nhsuk-table__body">${staff.map(
      (one) => html`<tr class="nhsuk-table__row">
      ${cell('Name', one.name)}
      ${cell('Now', tag(SHIFT[one.shift]))}
      ${cell('Since', one.shift === 'off' ? '' : html`${clockTime(one.since, me.place.timeZone)} <span class="since">${lasted(one.since, now)}</span>`)}
      ${cell('Phone', PHONE[one.phone])}
      ${leads ? cell('Do', one.shift === 'off' ? '' : endShift(one)) : ''}
    </tr>`
    )}</tbody>
  </table>`
}

/** For whoever went without ending it: a supervisor does, and says why. */
const endShift = ({ staff, name }: StaffView) =>
  more(
    `end-shift-${staff}`,
    html`End their shift<span class="nhsuk-u-visually-hidden">: ${name}</span>`,
    actForm(
      'end-shift',
      { staff },
      '/queue',
      html`<p class="nhsuk-hint">Who they speak with is asked of others. Their promises go back to the team.</p>
      ${input({ id: `end-why-${staff}`, name: 'why', label: `Why ${name} cannot end it`, required: true })}${button(`end-go-${staff}`, 'End their shift', 'warning')}`
    )
  )

const PHONE = {
  softphone: 'On this computer',
  number: 'Their own number',
  none: 'None: not rung',
}
