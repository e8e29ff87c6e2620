import { html } from 'hono/html'
import { TAKES } from '../../handoff/doers.ts'
import { holds } from '../../places/roster.ts'
import type { Agreed } from '../../record/contact.ts'
import type { ContactView } from '../../record/views.ts'
import { writtenNumber } from '../../words/numbers.ts'
import { RELATION_WORDS } from '../../words/staff-card-words.ts'
import { mayDo } from '../access.ts'
import type { Me } from '../parts.ts'
import { clockTime, MAY_KNOW, ownerName, spacedRef, wholeDay } from '../words.ts'
import { actButton, actForm, button, type Choice, input, more, select } from './fields.ts'
import type { Html } from './layout.ts'

/** Who looks after somebody and who may speak for them, and what one may do about it. */
export function peoplePart(view: ContactView, me: Me, back: string): Html {
  const { people, contact } = view
  const { keyWorker, agreed = [], from } = people
  const writes = mayDo(me.staff.roles, 'agree') && from === undefined
  return html`${people.died ? deadPart(view, me, back) : ''}
    ${from === undefined ? '' : hintPart(from, contact, me, back)}
    <p><strong>Key worker:</strong> ${keyWorker ? html`${ownerName(me.place, keyWorker.staff)} <span class="since">${dated(keyWorker, me)}</span>` : 'nobody yet'}</p>
    ${
      agreed.length > 0
        ? html`<h3 class="nhsuk-heading-s">They may be told, or speak for them</h3><ul class="agreed">${agreed.map((one) => agreedLine(one, view, me, back))}</ul>`
        : html`<p>They have named nobody who may speak for them.</p>`
    }
    ${writes ? html`${nameWorker(view, me, back)}${writeAgreed(contact, back)}` : ''}
    ${mayDo(me.staff.roles, 'died') && !people.died ? markDead(contact, back) : ''}`
}

const dated = ({ by, at }: { by: string; at: string }, { place }: Me) =>
  `written down by ${ownerName(place, by)}, ${wholeDay(at, place.timeZone)}`

/** What is known by the number alone is asked of the person, before anybody is rung by it. */
const hintPart = (
  from: string,
  contact: string,
  me: Me,
  back: string
) => html`<div class="hint-part">
    <p><strong>Ask who they are.</strong> This was written down for whoever used this number before, in <a href="/console/contacts/${from}">${spacedRef(from)}</a>. Say none of it to them first.</p>
    ${
      mayDo(me.staff.roles, 'same-person')
        ? html`<div class="buttons">${actButton('same-person', { contact, same: 'true' }, back, 'They are the same person')}${actButton('same-person', { contact, same: 'false' }, back, 'Somebody else')}</div>`
        : ''
    }
  </div>`

function agreedLine(one: Agreed, view: ContactView, me: Me, back: string): Html {
  const { contact, people } = view
  const { roles } = me.staff
  const { id, name, number, relation, may } = one
  const whose = html`<span class="nhsuk-u-visually-hidden">: ${name}</span>`
  const rings = mayDo(roles, 'ring-out') && people.from === undefined
  return html`<li><strong>${name}</strong>, ${RELATION_WORDS[relation]}, ${writtenNumber(number)}<br>
    May be told: ${MAY_KNOW[may]} <span class="since">${dated(one, me)}</span>
    <div class="buttons">
      ${rings ? actButton('ring-out', { contact, to: 'carer', agreed: id }, back, html`Ring them${whose}`) : ''}
      ${mayDo(roles, 'agree-no-more') ? actButton('agree-no-more', { contact, agreed: id }, back, html`May not be told any more${whose}`) : ''}
    </div></li>`
}

const nameWorker = ({ contact, people }: ContactView, { place }: Me, back: string) => {
  const able = place.staff.filter((one) => holds(one, ...TAKES))
  const choices: Choice[] = [['', 'Nobody'], ...able.map(({ id, name }) => [id, name] as const)]
  return more(
    `key-worker-${contact}`,
    'Name their key worker',
    actForm(
      'key-worker',
      { contact },
      back,
      html`${select({ id: 'key-worker-who', name: 'staff', label: 'Who looks after them', hint: 'They are asked first when this number reaches us again.', choices, chosen: people.keyWorker?.staff ?? '' })}${button('key-worker-go', 'Name them')}`
    )
  )
}

const choicesOf = (words: Readonly<Record<string, string>>): Choice[] =>
  Object.entries(words).map(([value, said]) => [
    value,
    `${said.charAt(0).toUpperCase()}${said.slice(1)}`,
  ])

const writeAgreed = (contact: string, back: string) =>
  more(
    `agree-${contact}`,
    'Write down who may be told',
    actForm(
      'agree',
      { contact },
      back,
      html`<p class="nhsuk-hint">Only what the person themselves told you, or a paper that you saw. Your name and the day are kept with it.</p>
      ${input({ id: 'agree-name', name: 'name', label: 'Their name', required: true })}
      ${input({ id: 'agree-number', name: 'number', label: 'Their UK number', type: 'tel', width: 20, required: true })}
      ${select({ id: 'agree-relation', name: 'relation', label: 'They are', choices: choicesOf(RELATION_WORDS) })}
      ${select({ id: 'agree-may', name: 'may', label: 'They may be told', hint: 'The least, unless they said more.', choices: choicesOf(MAY_KNOW) })}
      ${button('agree-go', 'Write them down')}`
    )
  )

const markDead = (contact: string, back: string) =>
  more(
    `died-${contact}`,
    'They have died',
    actForm(
      'died',
      { contact },
      back,
      html`<p>Nothing of ours will ring or text their numbers any more, and what was promised to them ends. Only a supervisor can take it back.</p>
      ${input({ id: 'died-told', name: 'told', label: 'Who told us' })}${button('died-go', 'End all contact', 'warning')}`
    )
  )

const deadPart = ({ people, contact, restricted }: ContactView, me: Me, back: string) => {
  const { died } = people
  const undoes =
    me.staff.roles.includes('supervisor') || (restricted && mayDo(me.staff.roles, 'not-died'))
  return html`<div class="dead-part">
    <p><strong>They have died.</strong> All contact has ended. ${died ? `Marked by ${ownerName(me.place, died.by)}, ${wholeDay(died.at, me.place.timeZone)}, ${clockTime(died.at, me.place.timeZone)}.` : ''}</p>
    ${
      undoes
        ? more(
            `not-died-${contact}`,
            'This is a mistake',
            actForm(
              'not-died',
              { contact },
              back,
              html`${input({ id: 'not-died-why', name: 'why', label: 'How we know', required: true })}${button('not-died-go', 'Take the mark away', 'warning')}`
            )
          )
        : ''
    }
  </div>`
}
