import { html } from 'hono/html'
import { type Place, serviceName } from '../../places/shape.ts'
import type { Story } from '../../record/views.ts'
import { writtenNumber } from '../../words/numbers.ts'
import { isUnsorted } from '../../words/staff-card-words.ts'
import {
  CHANNEL,
  clockTime,
  DANGER,
  LEVEL,
  languageName,
  lasted,
  PRIORITY,
  spacedRef,
  UNSORTED,
} from '../words.ts'
import { fact, type Html, tag } from './layout.ts'

const CONSENT: Record<string, string> = {
  yes: 'Agreed to share',
  no: 'Did not agree to share',
  cannot: 'Could not be asked',
  'opted-out': 'Has opted out of sharing',
}
const WHO = { self: 'Themselves', other: 'Somebody else', 'not-known': 'Not known yet' }

/** The labels at the head of a contact: what presses, first. */
export const signs = (
  story: Pick<Story, 'danger' | 'level' | 'priority' | 'channel' | 'codes'>
): Html => html`<p class="signs">
    ${tag(DANGER[story.danger])} ${tag(isUnsorted(story) ? UNSORTED : LEVEL[story.level])}
    ${story.priority && !(isUnsorted(story) && story.priority === 'P4') ? html`<span class="nhsuk-tag nhsuk-tag--white">${story.priority}: ${PRIORITY[story.priority].toLowerCase()}</span>` : ''}
    <span class="nhsuk-tag nhsuk-tag--white">${CHANNEL[story.channel]}</span>
  </p>`

/** What somebody must know before they say hello, so that nobody tells their story twice. */
export function storyPart(story: Story, place: Place, now: string): Html {
  const { answers, flags, inTheirWords } = story
  return html`<div class="story">
    ${signs(story)}
    ${flags.length > 0 ? html`<ul class="flags" aria-label="Take care">${flags.map((flag) => html`<li>${flag}</li>`)}</ul>` : ''}
    ${inTheirWords ? html`<figure class="said-by-them"><blockquote>${inTheirWords}</blockquote><figcaption>In their words, as they were heard. Not confirmed.</figcaption></figure>` : ''}
    ${answers.length > 0 ? answered(story) : html`<p class="nothing">No question has been answered yet.</p>`}
    <dl class="facts">
      ${fact('Reached us', html`${clockTime(story.since, place.timeZone)}, ${lasted(story.since, now)} ago`)}
      ${fact('Speaks for', WHO[story.who])}
      ${fact('Name', story.name)}
      ${fact('Ring back on', story.number && writtenNumber(story.number))}
      ${fact('GP practice', story.practice)}
      ${fact('Language', languageName(story.language))}
      ${fact('Consent', CONSENT[story.consent ?? ''] ?? 'Not asked yet')}
      ${fact('Goes to', routed(story, place))}
    </dl>
  </div>`
}

const routed = ({ route }: Story, place: Place) =>
  route
    ? html`${route.team}${route.team === serviceName(place, route.service) ? '' : html` (${serviceName(place, route.service)})`} <span class="why">${route.rule}</span>`
    : 'Not decided yet'

const answered = ({ answers }: Story) => html`<table class="answers">
    <caption class="nhsuk-u-visually-hidden">What was asked and answered, danger first</caption>
    <thead class="nhsuk-u-visually-hidden"><tr><th scope="col">Asked</th><th scope="col">Answer</th></tr></thead>
    <tbody>${answers.map(
      ({ asked, answer, danger }) =>
        html`<tr class="${danger ? 'of-danger' : ''}"><th scope="row">${asked}</th><td>${answer}</td></tr>`
    )}</tbody>
  </table>`

/** All that is shown of a contact which is not for these eyes. */
export const restrictedPart = (ref: string): Html =>
  html`<div class="nhsuk-inset-text"><p>Reference ${spacedRef(ref)} is restricted. Only safeguarding can see it.</p></div>`
