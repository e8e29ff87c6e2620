import { el } from './elements.ts'

const FACTS = [
  ['Who has it', 'The team and the person who own it'],
  ['By when', 'The time that was promised'],
  ['Why them', 'The local rule that chose them'],
] as const
const TRIES = [
  ['Danger first', 'Press 1 at the first check, and see how soon the caller is told to ring 999.'],
  ['A person', 'Press 0 at any time. A phone rings here: answer it, or let it ring.'],
  ['No answer', 'Stay silent, or hang up half-way. Someone still owns what happens next.'],
  ['Night and holidays', 'Move the service time to 03:00 or a bank holiday, and ring again.'],
] as const

/** Before the first call: what will be here and what to try, so that an empty page explains itself. */
export function emptyCard(): HTMLElement[] {
  const fact = ([name, words]: readonly [string, string]) =>
    el('div', { class: 'fact' }, el('dt', {}, name), el('dd', {}, words))
  const attempt = ([name, words]: readonly [string, string]) =>
    el('li', {}, el('strong', {}, name), el('span', {}, words))
  return [
    el(
      'div',
      { class: 'contact waiting' },
      el('p', { class: 'headline' }, 'No one has rung yet'),
      el(
        'p',
        {},
        'Ring, text or write to the front door. Every answer is logged here, and at the end you see:'
      ),
      el('dl', { class: 'facts' }, ...FACTS.map(fact))
    ),
    el(
      'section',
      { class: 'tries' },
      el('h3', {}, 'Things to try'),
      el('ul', {}, ...TRIES.map(attempt))
    ),
  ]
}
