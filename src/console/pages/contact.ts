import { html } from 'hono/html'
import type { ContactView } from '../../record/views.ts'
import { mayDo, maySee } from '../access.ts'
import type { Me } from '../parts.ts'
import type { Desk } from '../shown.ts'
import { HANDOFF, meaning, ownerName, spacedRef } from '../words.ts'
import { callPart, dangerCheck, isSpoken, isWith, ringOut } from './call.ts'
import { actForm, button, more, radios, textarea } from './fields.ts'
import { type Html, nothing } from './layout.ts'
import { peoplePart } from './people.ts'
import { promiseTable } from './promises.ts'
import { restrictedPart, storyPart } from './story.ts'
import { timeline } from './timeline.ts'
import { wrapUpPart } from './wrap-up.ts'

const STATUS: Record<ContactView['status'], string> = {
  open: 'Open',
  promised: 'Promised',
  'handed-over': 'Handed over',
  closed: 'Closed',
  incomplete: 'Broken off',
}

/** One contact: its story, what is being done, what was promised, and each step of it. */
export function contactPage(desk: Desk, view: ContactView): Html {
  const { me, now } = desk
  const head = html`<h1 class="nhsuk-heading-l">Contact ${spacedRef(view.ref)}</h1>`
  if (!maySee(me.staff.roles, view)) return html`${head}${restrictedPart(view.ref)}`
  const back = `/contacts/${view.ref}`
  return html`${head}
  <p class="standing" id="standing" data-live>${standing(view, me)}</p>
  <div class="two">
    <div class="two-main">
      <section id="story" data-live aria-labelledby="story-head"><h2 class="nhsuk-heading-m" id="story-head">Story so far</h2>
        <div class="panel">${storyPart(view, me.place, now)}</div></section>
      <section id="people" data-live aria-labelledby="people-head"><h2 class="nhsuk-heading-m" id="people-head">Who knows them</h2>
        <div class="panel">${peoplePart(view, me, back)}</div></section>
      <section id="promised" data-live aria-labelledby="promised-head"><h2 class="nhsuk-heading-m" id="promised-head">Promises</h2>
        ${view.promises.length > 0 ? promiseTable(view.promises, desk, back) : nothing('Nothing is promised.')}</section>
      <section id="timeline" data-live aria-labelledby="timeline-head"><h2 class="nhsuk-heading-m" id="timeline-head">Every step</h2>
        ${timeline(view.timeline, me)}</section>
    </div>
    <div class="two-side"><section id="doing" data-live aria-labelledby="doing-head" class="panel">
      <h2 class="nhsuk-heading-s" id="doing-head">What you can do</h2>${doing(view, me, back)}</section></div>
  </div>`
}

function standing({ status, handoff, codes }: ContactView, { place }: Me): Html {
  const what = codes.map(meaning).join(', ')
  return html`<strong>${STATUS[status]}</strong>${what ? html` · ${what}` : ''}${handoff ? html` · ${handoffWords(handoff, place)}` : ''}`
}

/** Who has it; once it is written up while the others still speak, nobody of ours does. */
function handoffWords({ value, by }: NonNullable<ContactView['handoff']>, place: Me['place']) {
  if (by) return `${HANDOFF[value]}: ${ownerName(place, by)}`
  return value === 'wrapping' ? 'In a call with those who were brought in' : HANDOFF[value]
}

function doing(view: ContactView, me: Me, back: string): Html {
  const { contact, handoff } = view
  const { roles, id } = me.staff
  const writes = handoff?.value === 'wrapping' && handoff.by === id
  const parts = [
    mayDo(roles, 'decide') && isUndecided(view) && decide(contact, back),
    isWith(view, me) && callPart(view, me, back),
    writes && view.unasked && !isSpoken(view) && dangerCheck(view, back),
    writes && html`<h3 class="nhsuk-heading-s">Write up</h3>${wrapUpPart(view, me, back)}`,
    mayDo(roles, 'ring-out') && ringOut(view, me, back),
    mayDo(roles, 'ring-by') && ringBy(view, back),
    mayDo(roles, 'not-these') && notThese(contact, back),
    mayDo(roles, 'near-miss') && nearMiss(contact, back),
  ].filter((part) => part !== false && part !== undefined)
  return parts.length > 0 ? html`${parts}` : nothing('You may read this contact.')
}

const nearMiss = (contact: string, back: string) =>
  more(
    `near-miss-${contact}`,
    'Something nearly went wrong',
    actForm(
      'near-miss',
      { contact },
      back,
      html`${textarea({ id: 'near-miss-note', name: 'note', label: 'What nearly went wrong', hint: 'Nobody is blamed. It is how the service learns.', required: true })}${button('near-miss-go', 'Report it')}`
    )
  )

const notThese = (contact: string, back: string) =>
  more(
    `not-these-${contact}`,
    'Numbers that must hear nothing',
    actForm(
      'not-these',
      { contact },
      back,
      html`${textarea({ id: 'not-these-numbers', name: 'numbers', label: 'One number on each line, as +44', hint: 'No call, text, card or introduction of this contact reaches them. The contact is then for safeguarding alone.' })}${button('not-these-go', 'Keep it from them', 'warning')}`
    )
  )

/** Nobody answered an urgent call back, and nobody has said yet what is done about it. */
const isUndecided = ({ promises }: ContactView) => promises.some(({ code }) => code === 'WELF')

const decide = (contact: string, back: string) => html`<div class="danger-check">
    <h3 class="nhsuk-heading-s">Are they safe? You decide.</h3>
    <p>We rang, and nobody answered. All our tries are over.</p>
    ${actForm(
      'decide',
      { contact },
      back,
      html`${radios({
        id: 'decide-police',
        name: 'police',
        label: 'What was done',
        required: true,
        choices: [
          ['true', 'I asked the police to look in'],
          ['false', 'Something else'],
        ],
      })}${textarea({ id: 'decide-why', name: 'why', label: 'What you did, and why', required: true })}${button('decide-go', 'Write it down')}`
    )}
  </div>`

const YES_NO = [
  ['true', 'Yes'],
  ['false', 'No'],
] as const

const ringBy = ({ contact, people }: ContactView, back: string) =>
  more(
    `ring-by-${contact}`,
    'How they are rung',
    actForm(
      'ring-by',
      { contact },
      back,
      html`${radios({ id: 'ring-by-relay', name: 'relay', label: 'Do they speak through Relay UK?', hint: 'Then no machine rings them: whoever owns the call dials 18002 and their number from a desk phone.', choices: YES_NO, chosen: String(people.relay) })}
      ${radios({ id: 'ring-by-kin', name: 'nextOfKin', label: 'May we tell their next of kin, if they do not answer?', hint: 'Only if they said so.', choices: YES_NO, chosen: String(people.nextOfKin) })}${button('ring-by-go', 'Keep it')}`
    )
  )
