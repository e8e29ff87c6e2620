import { html } from 'hono/html'
import type { StatusView } from '../../record/views.ts'
import { mayDo } from '../access.ts'
import type { Me } from '../parts.ts'
import type { Desk } from '../shown.ts'
import { dayAndTime, localOf, ownerName, type Tag } from '../words.ts'
import { actForm, button, input, more, radios, select } from './fields.ts'
import { fact, type Html, tag } from './layout.ts'

const NOW: Record<StatusView['now'], Tag> = {
  green: { words: 'Green', colour: 'green' },
  amber: { words: 'Amber', colour: 'orange' },
  red: { words: 'Red', colour: 'red' },
}

/** How each service stands; whoever leads may set it. */
export function statusPage(desk: Desk, statuses: readonly StatusView[]): Html {
  const order = ['red', 'amber', 'green']
  const sorted = [...statuses].sort((a, b) => order.indexOf(a.now) - order.indexOf(b.now))
  return html`<h1 class="nhsuk-heading-l">Services</h1>
  <p class="nhsuk-body">Amber takes urgent contacts only. Red takes nothing. What a service can not take goes to the one named instead, and open work gets a new owner.</p>
  <div id="services" data-live class="services">${sorted.map((one) => service(one, desk))}</div>`
}

function service(one: StatusView, { me, now }: Desk): Html {
  const { place } = me
  return html`<section class="panel service service-${one.now}" aria-labelledby="service-${one.service}">
    <h2 class="nhsuk-heading-s" id="service-${one.service}">${one.name} ${tag(NOW[one.now])}</h2>
    ${
      one.now === 'green'
        ? ''
        : html`<dl class="facts">${fact('Why', one.reason)}${fact('Until', one.until && dayAndTime(one.until, now, place.timeZone))}${fact('Instead', one.replacement && ownerName(place, one.replacement))}</dl>`
    }
    ${one.lastWeek ? html`<p class="nhsuk-body-s">${preview(one.lastWeek)}</p>` : ''}
    ${mayDo(me.staff.roles, 'status') ? setting(one, me) : ''}
  </section>`
}

/** What a change would have meant last week, for whoever thinks of making it. */
function preview({ red, amber }: NonNullable<StatusView['lastWeek']>): string {
  if (red === 0) return 'Nothing went to it in the last 7 days.'
  const all = red === 1 ? '1 referral' : `${red} referrals`
  return `In the last 7 days it was given ${all}. Red would have moved all of them, amber ${amber}.`
}

const setting = (one: StatusView, { place }: Me) => {
  const { service } = one
  const others = Object.keys(place.services)
    .filter((key) => key !== service)
    .map((key) => [key, ownerName(place, key)] as const)
  return more(
    `set-${service}`,
    html`Change<span class="nhsuk-u-visually-hidden"> ${one.name}</span>`,
    actForm(
      'status',
      { service },
      '/status',
      html`${radios({
        id: `now-${service}`,
        name: 'now',
        label: 'How it stands',
        choices: [
          ['green', 'Green'],
          ['amber', 'Amber'],
          ['red', 'Red'],
        ],
        chosen: one.now,
      })}
      ${input({ id: `reason-${service}`, name: 'reason', label: 'Why', value: one.reason })}
      ${input({ id: `until-${service}`, name: 'until', label: 'Until', type: 'datetime-local', value: one.until ? localOf(one.until, place.timeZone) : '', hint: 'It goes back to green by itself then.' })}
      ${select({ id: `instead-${service}`, name: 'replacement', label: 'Goes instead to', choices: [['', 'As the place file says'], ...others], chosen: one.replacement ?? '' })}
      ${button(`status-${service}`, 'Set it')}`
    )
  )
}
