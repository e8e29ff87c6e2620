import { html } from 'hono/html'
import type { PromiseView, StatusView } from '../../record/views.ts'
import { maySee } from '../access.ts'
import type { Desk } from '../shown.ts'
import {
  clockTime,
  DANGER,
  dayAndTime,
  HANDOFF,
  lasted,
  meaning,
  ownerName,
  SHIFT,
  spacedRef,
  wholeDay,
} from '../words.ts'
import { type Html, nothing } from './layout.ts'

/** What the handover sheet says besides the desk. */
export interface Sheet {
  promises: readonly PromiseView[]
  statuses: readonly StatusView[]
}

/**
 * One sheet of paper from one shift to the next (domain.md 6.7). It says no names of people, and nothing they said; what comes next
 * stands as its navigator wrote it.
 */
export function sheetPage(desk: Desk, { promises, statuses }: Sheet): Html {
  const { me, now } = desk
  const { place } = me
  const ill = statuses.filter(({ now: light }) => light !== 'green')
  const late = promises.filter((one) => one.late)
  return html`<div class="sheet">
  <h1 class="nhsuk-heading-l">Handover sheet</h1>
  <p class="standing"><strong>${place.name}</strong>, ${wholeDay(now, place.timeZone)}, ${clockTime(now, place.timeZone)}. Written for ${me.staff.name}. ${desk.queue.length} in hand or waiting, ${promises.length} ${promises.length === 1 ? 'promise' : 'promises'} open, ${late.length} late.</p>
  <p class="not-printed"><button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="print" data-print hidden>Print this sheet</button></p>
  <h2 class="nhsuk-heading-m">Late, and due next</h2>
  ${promises.length === 0 ? nothing('No promise is open.') : promiseLines(promises, desk)}
  <h2 class="nhsuk-heading-m">Waiting, and in hand</h2>
  ${desk.queue.length === 0 ? nothing('Nobody waits.') : queueLines(desk)}
  <h2 class="nhsuk-heading-m">Services that are not as usual</h2>
  ${ill.length === 0 ? nothing('Every service is as usual.') : html`<ul class="nhsuk-list nhsuk-list--bullet">${ill.map((one) => html`<li><strong>${one.name}: ${one.now}</strong>${one.reason ? `. ${one.reason}` : ''}${one.until ? `. Until ${dayAndTime(one.until, now, place.timeZone)}` : ''}${one.replacement ? `. Instead: ${ownerName(place, one.replacement)}` : ''}</li>`)}</ul>`}
  <h2 class="nhsuk-heading-m">Who is here</h2>
  ${desk.staff.every(({ shift }) => shift === 'off') ? nothing('Nobody is on shift.') : html`<ul class="nhsuk-list nhsuk-list--bullet">${desk.staff.filter(({ shift }) => shift !== 'off').map((one) => html`<li>${one.name}: ${SHIFT[one.shift].words.toLowerCase()} since ${clockTime(one.since, place.timeZone)}</li>`)}</ul>`}
  <p class="sheet-foot">Draft, not clinically reviewed. Look in the console for what has changed since.</p>
  </div>`
}

const table = (
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (Html | string)[])[]
) => html`<table class="nhsuk-table lines">
    <caption class="nhsuk-u-visually-hidden">${caption}</caption>
    <thead class="nhsuk-table__head"><tr>${heads.map((head) => html`<th scope="col" class="nhsuk-table__header">${head}</th>`)}</tr></thead>
    <tbody class="nhsuk-table__body">${rows.map((cells) => html`<tr class="nhsuk-table__row">${cells.map((cell) => html`<td class="nhsuk-table__cell">${cell}</td>`)}</tr>`)}</tbody>
  </table>`

const promiseLines = (promises: readonly PromiseView[], { me, now }: Desk) =>
  table(
    'Promises, those first due first',
    ['Due', 'Promise', 'Reference', 'Owner'],
    [...promises]
      .sort((a, b) => a.due.localeCompare(b.due))
      .map((one) => [
        html`${dayAndTime(one.due, now, me.place.timeZone)}${one.late ? html` <strong>Late</strong>` : ''}`,
        maySee(me.staff.roles, { restricted: one.restricted ?? false })
          ? (one.words ?? meaning(one.code))
          : 'Restricted',
        spacedRef(one.ref),
        ownerName(me.place, one.owner),
      ])
  )

const queueLines = ({ me, now, queue }: Desk) =>
  table(
    'Contacts that wait or are in hand',
    ['Reference', 'Stands', 'Danger', 'Since'],
    queue.map((one) => {
      if (!maySee(me.staff.roles, one)) return [spacedRef(one.ref), 'Restricted', '', '']
      const by = one.by ? `: ${ownerName(me.place, one.by)}` : ''
      return [
        spacedRef(one.ref),
        `${HANDOFF[one.value]}${by}`,
        DANGER[one.danger].words,
        `${clockTime(one.since, me.place.timeZone)}, ${lasted(one.since, now)}`,
      ]
    })
  )
