import { html } from 'hono/html'
import type { PromiseView } from '../../record/views.ts'
import { mayDo, mayOwn, maySee } from '../access.ts'
import type { Me } from '../parts.ts'
import type { Desk } from '../shown.ts'
import { dayAndTime, lasted, meaning, ownerName, spacedRef } from '../words.ts'
import { services } from './call.ts'
import {
  actButton,
  actForm,
  button,
  type Choice,
  input,
  more,
  radios,
  select,
  slug,
} from './fields.ts'
import { type Html, nothing, tag } from './layout.ts'

/** Every promise of the place: who owns it, by when, and which are late. */
export function promisesPage(desk: Desk, promises: readonly PromiseView[]): Html {
  const mine = promises.filter(({ owner }) => owner === desk.me.staff.id)
  const others = promises.filter(({ owner }) => owner !== desk.me.staff.id)
  const late = promises.filter((one) => one.late)
  return html`<h1 class="nhsuk-heading-l">Promises</h1>
  <p class="nhsuk-body">Each was told to somebody. Each has one owner at every minute.</p>
  <div id="promise-figures" data-live><dl class="figures">
    <div class="figure"><dt>Open</dt><dd>${promises.length}</dd></div>
    <div class="figure ${late.length > 0 ? 'figure-bad' : ''}"><dt>Late</dt><dd>${late.length}</dd></div>
    <div class="figure"><dt>Yours</dt><dd>${mine.length}</dd></div>
  </dl></div>
  <section id="mine" data-live aria-labelledby="yours"><h2 class="nhsuk-heading-m" id="yours">Yours</h2>
    ${mine.length > 0 ? promiseTable(mine, desk, '/promises') : nothing('You own no promise.')}</section>
  <section id="others" data-live aria-labelledby="of-others"><h2 class="nhsuk-heading-m" id="of-others">Of others</h2>
    ${others.length > 0 ? promiseTable(others, desk, '/promises') : nothing('Nobody else owns a promise.')}</section>`
}

const cell = (name: string, value: Html | string) =>
  html`<td class="nhsuk-table__cell"><span class="nhsuk-table-responsive__heading" aria-hidden="true">${name} </span>${value}</td>`

/** Promises, those first due first, with what one may do about each. */
export function promiseTable(promises: readonly PromiseView[], desk: Desk, back: string): Html {
  const sorted = [...promises].sort((a, b) => a.due.localeCompare(b.due))
  return html`<table class="nhsuk-table-responsive promises">
    <caption class="nhsuk-u-visually-hidden">Promises, those first due first</caption>
    <thead class="nhsuk-table__head"><tr>${['Due', 'Promise', 'Reference', 'Owner', 'Do'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody class="nhsuk-table__body">${sorted.map((one) => line(one, desk, back))}</tbody>
  </table>`
}

function line(one: PromiseView, { me, now }: Desk, back: string): Html {
  if (!maySee(me.staff.roles, { restricted: one.restricted ?? false }))
    return html`<tr class="nhsuk-table__row">${cell('Due', '')}${cell('Promise', 'Restricted. Safeguarding has it.')}${cell('Reference', spacedRef(one.ref))}<td class="nhsuk-table__cell" colspan="2"></td></tr>`
  return html`<tr class="nhsuk-table__row ${one.late ? 'pressing' : ''}">
      ${cell('Due', html`${dayAndTime(one.due, now, me.place.timeZone)} ${one.late ? tag({ words: `Late by ${lasted(one.due, now)}`, colour: 'red' }) : ''}`)}
      ${cell('Promise', promised(one))}
      ${cell('Reference', html`<a href="/console/contacts/${one.ref}">${spacedRef(one.ref)}</a>`)}
      ${cell('Owner', ownerName(me.place, one.owner))}
      ${cell('Do', doing(one, me, back))}
    </tr>`
}

/** What it is; in their own words, where somebody wrote them. */
const promised = ({ code, words }: PromiseView) =>
  words
    ? html`${words} <span class="since">${meaning(code)}</span>`
    : html`${meaning(code)} <span class="since">${code}</span>`

function doing(promise: PromiseView, me: Me, back: string): Html | string {
  const { contact, code, owner, due } = promise
  const id = slug(`${contact}-${code}-${due}`)
  if (!mayDo(me.staff.roles, 'own')) return ''
  const take =
    owner === me.staff.id
      ? ''
      : actButton('own', { contact, code, due, owner: me.staff.id }, back, 'Take it')
  if (!mayOwn(me.staff, promise)) return take
  return html`${take}${more(
    `promise-${id}`,
    'Close or give away',
    html`${actForm(
      'close-promise',
      { contact, code, due },
      back,
      html`${radios({
        id: `how-${id}`,
        name: 'how',
        label: 'It was',
        choices: [
          ['met', 'kept'],
          ['stopped', 'not needed any more'],
        ],
        chosen: 'met',
      })}
      ${input({ id: `note-${id}`, name: 'note', label: 'What happened' })}${button(`close-${id}`, 'Close it')}`
    )}
    ${actForm('own', { contact, code, due }, back, html`${select({ id: `to-${id}`, name: 'owner', label: 'New owner', choices: owners(me, owner) })}${button(`give-${id}`, 'Give it to them', 'secondary')}`)}`
  )}`
}

const owners = ({ place }: Me, owner: string): Choice[] => [
  ...place.staff.filter(({ id }) => id !== owner).map(({ id, name }) => [id, name] as const),
  ...services(place).filter(([key]) => key !== owner),
]
