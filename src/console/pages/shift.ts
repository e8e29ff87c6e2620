import { html } from 'hono/html'
import type { DECLINES } from '../../handoff/acts.ts'
import { TAKES } from '../../handoff/doers.ts'
import type { ContactView, PromiseView, ShiftValue, Story } from '../../record/views.ts'
import { maySee } from '../access.ts'
import type { Me } from '../parts.ts'
import type { Desk } from '../shown.ts'
import { clockTime, HANDOFF, lasted, SHIFT, spacedRef } from '../words.ts'
import { callPart, isWith } from './call.ts'
import { actButton, actForm, button, type Choice, select } from './fields.ts'
import { type Html, nothing, tag } from './layout.ts'
import { promiseTable } from './promises.ts'
import { restrictedPart, signs, storyPart } from './story.ts'
import { wrapUpPart } from './wrap-up.ts'

/** What somebody's own page is made of, besides the desk. */
export interface Mine {
  offers: readonly Story[]
  contact: ContactView | null
  promises: readonly PromiseView[]
}

const WHY: Record<(typeof DECLINES)[number], string> = {
  busy: 'I am busy',
  'not-mine': 'It is not for me',
  'know-them': 'I know them',
  'need-break': 'I need a break',
  other: 'Another reason',
}

/** The page of one shift: what one is asked, what one has in hand, and what one has promised. */
export function shiftPage(desk: Desk, { offers, contact, promises }: Mine): Html {
  const { me, mine } = desk
  if (!me.can(...TAKES)) return otherPage(me)
  const shift = mine?.shift ?? 'off'
  return html`<h1 class="nhsuk-heading-l">My shift</h1>
  <div class="two">
    <div class="two-main">
      ${contact ? inHand(contact, desk) : html`<section id="in-hand" data-live hidden></section>`}
      <section id="offers" data-live aria-labelledby="asked">
        <h2 class="nhsuk-heading-m" id="asked">Asked of you${offers.length > 0 ? html` <span class="count">${offers.length}</span>` : ''}</h2>
        ${offers.length > 0 ? offers.map((story) => offer(story, desk)) : nothing(contact ? 'You are asked nothing while you have a contact in hand.' : ASKED[shift])}
      </section>
    </div>
    <div class="two-side">
      <section id="state" data-live aria-labelledby="my-state" class="panel">
        <h2 class="nhsuk-heading-s" id="my-state">You are</h2>
        <p class="state-now">${tag(SHIFT[shift])} ${mine && shift !== 'off' ? html`<span class="since">since ${clockTime(mine.since, me.place.timeZone)}</span>` : ''}</p>
        <div class="stack">${NEXT[shift].map(([to, words, kind]) => actButton('shift', { to }, '', words, kind))}</div>
        ${phoneState(desk)}
      </section>
    </div>
  </div>
  <section id="owned" data-live aria-labelledby="my-promises">
    <h2 class="nhsuk-heading-m" id="my-promises">Promises you own</h2>
    ${promises.length > 0 ? promiseTable(promises, desk, '') : nothing('You own no promise.')}
  </section>`
}

const ASKED: Record<ShiftValue, string> = {
  off: 'Start your shift to be asked.',
  available: 'Nobody needs you just now. This page changes by itself when somebody does.',
  'on-contact': 'You are asked nothing while you have a contact in hand.',
  wrapping: 'You are asked nothing while you write up.',
  break: 'Enjoy your break. You are asked nothing.',
  paused: 'Take the time you need. You are asked nothing.',
}

type State = readonly [to: string, words: string, kind: '' | 'secondary']
const BREAK: State = ['break', 'Take a break', 'secondary']
const PAUSE: State = ['paused', 'Pause after a hard call', 'secondary']
const END: State = ['end', 'End my shift', 'secondary']
/** What one may go on to from each state. */
const NEXT: Record<ShiftValue, readonly State[]> = {
  off: [['start', 'Start my shift', '']],
  available: [BREAK, PAUSE, END],
  'on-contact': [],
  wrapping: [],
  break: [['available', 'I am back', ''], END],
  paused: [['available', 'I am ready', ''], BREAK, END],
}

function phoneState({ me, mine }: Desk): Html {
  const phone = mine?.phone ?? 'none'
  const words = {
    softphone: 'Your phone is open, and can ring.',
    number: 'Your own number is rung.',
    none: 'Your phone is not open. You are asked to take texts, and no calls.',
  }[phone]
  return html`<h2 class="nhsuk-heading-s">Phone</h2>
    <p class="phone-state phone-${phone}">${words}</p>
    ${phone === 'softphone' ? '' : html`<p><a href="/console/phone" target="front-door-phone" data-window="phone" id="open-phone">Open your phone<span class="nhsuk-u-visually-hidden"> in a window of its own</span></a></p>`}
    ${me.staff.number ? '' : html`<p class="nhsuk-hint">You have no number of your own on the roster.</p>`}`
}

function offer(story: Story, { me, now, mine }: Desk): Html {
  const { contact, ref } = story
  if (!maySee(me.staff.roles, story)) return restrictedPart(ref)
  const pressing = story.danger !== 'cleared'
  return html`<article class="offer ${pressing ? 'offer-danger' : ''}" aria-labelledby="offer-${contact}">
    <h3 class="offer-head" id="offer-${contact}">${pressing ? 'Take this first: ' : ''}Reference ${spacedRef(ref)}</h3>
    <div class="offer-body">
      ${storyPart(story, me.place, now)}
      <div class="buttons">
        ${ways(story, me, mine?.phone ?? 'none').map(([via, words], at) => actButton('accept', { contact, via }, '', words, at === 0 ? '' : 'secondary'))}
        ${actButton('later', { contact }, '', 'Ask me again in 10 minutes')}
      </div>
      ${actForm('decline', { contact }, '', html`<div class="in-line">${select({ id: `why-${contact}`, name: 'reason', label: 'I can not take it', choices: Object.entries(WHY) as unknown as Choice[] })}${button(`decline-${contact}`, 'Pass it on', 'secondary')}</div>`)}
    </div>
  </article>`
}

/** How this contact can be taken, the likeliest first. */
function ways(
  { channel }: Pick<Story, 'channel'>,
  { staff }: Me,
  phone: 'softphone' | 'number' | 'none'
): Choice[] {
  if (channel !== 'voice') return [['thread', 'Take it: write to them']]
  const own: Choice[] = staff.number ? [['phone', 'Take it: ring my number']] : []
  const here: Choice = ['softphone', 'Take it on this computer']
  return phone === 'number' ? [...own, here] : [here, ...own]
}

function inHand(view: ContactView, { me, now, mine }: Desk): Html {
  const { value } = view.handoff ?? {}
  const waits = value === 'waiting' || value === 'offered'
  const writing = value === 'wrapping'
  return html`<section id="in-hand" data-live aria-labelledby="in-hand-head">
    <h2 class="nhsuk-heading-m" id="in-hand-head">${writing ? 'Write up' : 'In your hands'}: <a href="/console/contacts/${view.ref}">${spacedRef(view.ref)}</a></h2>
    <div class="panel">
      ${value ? html`<p class="standing">${HANDOFF[value]}, ${lasted(view.since, now)} after they reached us</p>` : ''}
      ${isWith(view, me) ? callPart(view, me, '') : ''}
      ${waits ? html`<p><strong>They are still on the line, with nobody.</strong></p><div class="buttons">${ways(view, me, mine?.phone ?? 'none').map(([via, words], at) => actButton('accept', { contact: view.contact, via }, '', words, at === 0 ? '' : 'secondary'))}</div>` : ''}
      ${writing ? html`${signs(view)}${wrapUpPart(view, me, '')}` : storyPart(view, me.place, now)}
    </div>
  </section>`
}

const otherPage = ({
  staff,
  place,
}: Me) => html`<h1 class="nhsuk-heading-l">Hello, ${staff.name}</h1>
  <p>Your roles at ${place.name} do not take contacts. Choose a page from the menu above.</p>`
