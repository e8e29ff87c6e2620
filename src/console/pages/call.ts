import { html } from 'hono/html'
import type { Leg } from '../../handoff/types.ts'
import { type Place, serviceName } from '../../places/shape.ts'
import type { ContactView } from '../../record/views.ts'
import type { Me } from '../parts.ts'
import { ownerName, type Tag } from '../words.ts'
import {
  actButton,
  actForm,
  button,
  type Choice,
  input,
  more,
  radios,
  select,
  textarea,
} from './fields.ts'
import { type Html, tag } from './layout.ts'

const LEG: Record<Leg['is'], Tag> = {
  ringing: { words: 'Ringing', colour: 'yellow' },
  ready: { words: 'Coming in', colour: 'yellow' },
  in: { words: 'In the call', colour: 'green' },
  held: { words: 'On hold', colour: 'orange' },
  left: { words: 'Left', colour: 'grey' },
  failed: { words: 'Did not answer', colour: 'red' },
}
const IN_CALL: readonly Leg['is'][] = ['ringing', 'ready', 'in', 'held']

/** Whether somebody has this contact in hand now. */
export const isWith = (view: ContactView, me: Me): boolean =>
  view.handoff?.by === me.staff.id && ['accepted', 'connected'].includes(view.handoff.value)

/** They are met by voice: a person who wrote may be rung. */
export const isSpoken = ({ handoff, channel }: ContactView): boolean =>
  (handoff?.channel ?? channel) === 'voice'

/** Everything one can do in a call or a thread that is one's own. */
export function callPart(view: ContactView, me: Me, back: string): Html {
  const spoken = isSpoken(view)
  const legs = spoken ? (view.handoff?.legs ?? []) : []
  if (view.handoff?.value === 'accepted') return joining(view, back)
  return html`<div class="call">
    ${view.danger === 'cleared' ? '' : dangerCheck(view, back)}
    ${legs.length > 0 ? html`<h3 class="nhsuk-heading-s">Who is in the call</h3><ul class="legs">${legs.map((leg) => legLine(leg, view, me, back))}</ul>` : ''}
    ${spoken ? bringIn(view, me, back) : html`${thread(view)}${writeTo(view, back)}`}
    <div class="buttons">
      ${spoken ? leaving(view, me, back) : handBack(view, back)}
    </div>
  </div>`
}

/** What the two have written, first to last. */
function thread({ timeline, name }: ContactView): Html {
  const lines = timeline.flatMap(({ kind, heard, said }) => {
    if (kind === 'relayed' && heard) return [{ who: name ?? 'They', words: heard }]
    if (kind === 'said-by-staff' && said) return [{ who: 'You', words: said }]
    if (kind === 'not-delivered')
      return [{ who: 'The front door', words: 'Your text did not arrive.' }]
    return []
  })
  const written = lines.map(({ who, words }) => html`<li><strong>${who}:</strong> ${words}</li>`)
  return html`<h3 class="nhsuk-heading-s">What you wrote to each other</h3>
    ${lines.length > 0 ? html`<ol class="thread">${written}</ol>` : html`<p>Nothing yet.</p>`}`
}

/** It is theirs, and they are not with the person yet. */
const joining = ({ contact, danger }: ContactView, back: string) => html`<div class="call">
    <p>${danger === 'not-asked' ? 'They are answering the danger questions. You are joined as soon as these are done.' : 'You are being joined now.'}</p>
    <div class="buttons">${actButton('leave', { contact }, back, 'Give it back')}</div>
  </div>`

export const dangerCheck = (
  { contact, danger }: ContactView,
  back: string
) => html`<div class="danger-check">
    <h3 class="nhsuk-heading-s">${danger === 'not-asked' ? 'Danger not asked. Ask it first.' : 'Ask about danger again.'}</h3>
    <p>Is anyone hard to wake, having a fit, fighting for breath, blue or grey, in chest pain, bleeding badly, or weak on one side?</p>
    <div class="buttons">
      ${actButton('danger', { contact, answer: 'yes' }, back, 'Yes: 999', 'warning')}
      ${actButton('danger', { contact, answer: 'no' }, back, 'None of these')}
      ${actButton('danger', { contact, answer: 'not-sure' }, back, 'Not sure')}
    </div>
  </div>`

/** Who a participant is, as one would say it. */
export function legName(leg: Leg, { contact: _, ...view }: ContactView, me: Me): string {
  if (leg.kind === 'caller') return view.name ?? 'The caller'
  if (leg.kind === 'staff') return leg.who === me.staff.id ? 'You' : ownerName(me.place, leg.who)
  return me.place.services[leg.who] ? serviceName(me.place, leg.who) : leg.who
}

function legLine(leg: Leg, view: ContactView, me: Me, back: string): Html {
  const name = legName(leg, view, me)
  const here = IN_CALL.includes(leg.is)
  const own = leg.kind === 'staff' && leg.who === me.staff.id
  const { label } = leg
  const { contact } = view
  const held = leg.is === 'held'
  const to = (words: string) => html`${words}<span class="nhsuk-u-visually-hidden">: ${name}</span>`
  return html`<li class="leg"><span class="leg-who">${name}</span> ${tag(LEG[leg.is])} ${leg.muted ? tag({ words: 'Muted', colour: 'grey' }) : ''}
    ${
      here && leg.is !== 'ringing'
        ? html`<span class="leg-acts">
      ${own ? '' : actButton('hold', { contact, label, on: String(!held) }, back, to(held ? 'Take off hold' : 'Hold'))}
      ${actButton('mute', { contact, label, on: String(!leg.muted) }, back, to(leg.muted ? 'Unmute' : 'Mute'))}
      ${own || leg.kind === 'caller' ? '' : actButton('drop', { contact, label }, back, to('Take out'))}
    </span>`
        : here && !own
          ? html`<span class="leg-acts">${actButton('drop', { contact, label }, back, to('Stop ringing'))}</span>`
          : ''
    }</li>`
}

/**
 * What one does to be out of a call: with others in it one leaves, and they go on; alone with the person one ends it, since
 * nobody is left alone in a call. What is not joined yet is given back.
 */
export function wayOut({ handoff }: ContactView, me: Me): 'leave' | 'drop' {
  const others = (handoff?.legs ?? []).filter(
    ({ kind, who, is }) => kind !== 'caller' && who !== me.staff.id && ['in', 'held'].includes(is)
  )
  return handoff?.value === 'accepted' || others.length > 0 ? 'leave' : 'drop'
}

const leaving = (view: ContactView, me: Me, back: string): Html =>
  wayOut(view, me) === 'leave'
    ? actButton('leave', { contact: view.contact }, back, 'Leave: the others go on', '')
    : actButton('drop', { contact: view.contact, label: 'caller' }, back, 'End the call', 'warning')

const handBack = ({ contact }: ContactView, back: string) => html`
  ${actButton('hand-back', { contact, what: 'questions' }, back, 'Ask these questions again')}
  ${actButton('hand-back', { contact, what: 'feedback' }, back, 'Send the feedback questions')}
  ${actButton('hand-back', { contact, what: 'close' }, back, 'End the conversation', 'warning')}`

const writeTo = ({ contact }: ContactView, back: string) =>
  actForm(
    'say',
    { contact },
    back,
    html`${textarea({ id: 'say-text', name: 'text', label: 'Write to them', hint: 'It goes to them as a text. Short is best.', required: true, maxlength: 12_000 })}
    ${button('say-send', 'Send')}`
  )

/** The services of a place one may bring in, by name. */
export const services = (place: Place): Choice[] =>
  Object.keys(place.services).map((key) => [key, serviceName(place, key)] as const)

const bringIn = ({ contact }: ContactView, { place, staff }: Me, back: string) =>
  more(
    `bring-${contact}`,
    'Bring somebody in',
    html`${actForm('bring', { contact }, back, html`${select({ id: 'bring-service', name: 'service', label: 'A team', choices: services(place) })}${button('bring-service-go', 'Bring the team in')}`)}
    ${actForm('bring', { contact }, back, html`${select({ id: 'bring-staff', name: 'staff', label: 'A colleague', choices: place.staff.filter(({ id }) => id !== staff.id).map(({ id, name }) => [id, name] as const) })}${button('bring-staff-go', 'Bring them in')}`)}
    ${actForm('bring', { contact }, back, html`${input({ id: 'bring-number', name: 'number', label: 'Another UK number', type: 'tel', width: 20 })}${input({ id: 'bring-name', name: 'name', label: 'Who it is' })}${input({ id: 'bring-reason', name: 'reason', label: 'Why', hint: 'It is kept in the contact.' })}${button('bring-number-go', 'Bring them in')}`)}`
  )

/** Rings somebody about a contact, from the one number of the place. */
export const ringOut = ({ contact }: ContactView, { place }: Me, back: string): Html =>
  more(
    `ring-out-${contact}`,
    'Ring somebody about this',
    actForm(
      'ring-out',
      { contact },
      back,
      html`<p class="nhsuk-hint">You are rung first, then they are. They see the number of this front door. For 999, 112, 111 or 101 use your desk phone or mobile.</p>
      ${radios({
        id: 'ring-to',
        name: 'to',
        label: 'Whom',
        chosen: 'person',
        choices: [
          ['person', 'The person'],
          ['service', 'A service'],
          ['number', 'Another number'],
        ],
      })}
      ${select({ id: 'ring-service', name: 'service', label: 'Service, if that is whom', choices: [['', 'None'], ...services(place)] })}
      ${input({ id: 'ring-number', name: 'number', label: 'UK number, if another', type: 'tel', width: 20 })}
      ${input({ id: 'ring-reason', name: 'reason', label: 'Why', hint: 'Needed for another number. It is kept in the contact.' })}
      ${button('ring-go', 'Ring them')}`
    )
  )
