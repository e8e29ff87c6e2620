import { html } from 'hono/html'
import type { ContactView, Story } from '../../record/views.ts'
import { maySee } from '../access.ts'
import type { Desk } from '../shown.ts'
import { HANDOFF, SHIFT, spacedRef } from '../words.ts'
import { callPart, isWith, wayOut } from './call.ts'
import { actButton } from './fields.ts'
import { type Html, nothing, tag } from './layout.ts'
import { restrictedPart, storyPart } from './story.ts'

/** What the phone's window is made of, besides the desk. */
export interface PhoneCall {
  offers: readonly Story[]
  contact: ContactView | null
  /** twilio, simulated, or none where neither is set up. */
  kind: 'twilio' | 'simulated' | 'none'
}

/** A window of its own: closing the page one works in does not end a call. */
export function phonePage(desk: Desk, { offers, contact, kind }: PhoneCall): Html {
  const { me } = desk
  return html`<div class="phone" id="phone" data-staff="${me.staff.id}" data-kind="${kind}">
    <div class="phone-top"><h1 class="nhsuk-heading-m">Phone of ${me.staff.name}</h1>
      <p id="device" class="device" role="status">${kind === 'none' ? 'No phone is set up here. Your own number is rung.' : 'The phone is off.'}</p>
      ${kind === 'simulated' ? html`<p class="nhsuk-hint">Demo: no real calls are made.</p>` : ''}
      <button type="button" id="turn-on" class="nhsuk-button" hidden>Turn the phone on</button>
      <noscript><p>This phone needs scripts to run. Have your own number rung instead.</p></noscript>
    </div>
    <div id="warnings" class="warnings" role="alert"></div>
    <section id="incoming" class="incoming" aria-labelledby="incoming-words" hidden>
      <h2 class="nhsuk-heading-m" id="incoming-words">Ringing</h2>
      <p>Read the story below. Then answer.</p>
      <div class="buttons"><button type="button" id="answer" class="nhsuk-button">Answer</button>
      ${me.staff.number ? html`<button type="button" id="to-number" class="nhsuk-button nhsuk-button--secondary">Ring my number instead</button>` : ''}
      <button type="button" id="refuse" class="nhsuk-button nhsuk-button--secondary">Not now</button></div>
    </section>
    <section id="line" class="line-bar" aria-label="Your line" hidden>
      <p id="line-words">You are on the line.</p>
      <div class="buttons"><button type="button" id="mute" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-pressed="false">Mute my microphone</button>
      <button type="button" id="keys" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-expanded="false" aria-controls="keypad">Keypad</button>
      <button type="button" id="hang-up" class="nhsuk-button nhsuk-button--warning nhsuk-button--small">Hang up</button></div>
      <div id="keypad" class="keypad" role="group" aria-label="Keypad" hidden>${[...'123456789*0#'].map((key) => html`<button type="button" data-key="${key}" ${NAMES[key] ? html`aria-label="${NAMES[key]}"` : ''}>${key}</button>`)}</div>
    </section>
    <div id="call" data-live>${contact ? current(contact, desk) : waiting(offers, desk)}</div>
  </div>`
}

const NAMES: Record<string, string> = { '*': 'star', '#': 'hash' }

function current(view: ContactView, { me, now }: Desk): Html {
  const ref = spacedRef(view.ref)
  if (!maySee(me.staff.roles, view)) return restrictedPart(view.ref)
  // Before they speak the story comes first; once they do, what one can do in the call.
  const parts = [
    isWith(view, me) ? callPart(view, me, '/phone') : '',
    storyPart(view, me.place, now),
  ]
  const [first, second] = view.handoff?.value === 'connected' ? parts : parts.reverse()
  return html`<section class="panel" data-contact="${view.contact}" data-ref="${ref}" data-way-out="${wayOut(view, me)}" aria-labelledby="current">
    <h2 class="nhsuk-heading-s" id="current">Contact ${ref}</h2>
    ${view.handoff ? html`<p class="standing">${HANDOFF[view.handoff.value]}</p>` : ''}
    ${first}
    ${view.handoff?.value === 'wrapping' ? html`<p>The call is over. Write it up on <a href="/console" target="front-door">your page</a>.</p>` : ''}
    ${second}
  </section>`
}

function waiting(offers: readonly Story[], { me, now, mine }: Desk): Html {
  const spoken = offers.filter(({ channel }) => channel === 'voice')
  if (spoken.length === 0)
    return html`<p>${tag(SHIFT[mine?.shift ?? 'off'])}</p>${nothing('Nobody is ringing. Keep this window open: you are asked to take calls while it is.')}`
  return html`${spoken.map(
    (
      story
    ) => html`<section class="panel offer ${story.danger === 'cleared' ? '' : 'offer-danger'}" aria-labelledby="asked-${story.contact}">
    <h2 class="offer-head" id="asked-${story.contact}">Asked: ${spacedRef(story.ref)}</h2>
    <div class="offer-body">${maySee(me.staff.roles, story) ? storyPart(story, me.place, now) : restrictedPart(story.ref)}
    ${maySee(me.staff.roles, story) ? html`<div class="buttons">${actButton('accept', { contact: story.contact, via: 'softphone' }, '/phone', 'Take it here', '')}${actButton('decline', { contact: story.contact, reason: 'busy' }, '/phone', 'Pass it on')}</div>` : ''}</div>
  </section>`
  )}`
}
