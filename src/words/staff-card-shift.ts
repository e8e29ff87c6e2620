import type { Place } from '../places/shape.ts'
import type { Alerted } from '../record/contact.ts'
import type { ShiftValue, StaffView } from '../record/views.ts'
import { acting, type CardOf } from './staff-card.ts'
import {
  block,
  type Element,
  line,
  open,
  press,
  quoted,
  row,
  type StaffCard,
  staffCard,
  title,
} from './staff-card-parts.ts'
import { clockWords, SHIFT_WORDS } from './staff-card-words.ts'
import { ringThem } from './staff-card-yours.ts'

/** Words that may mean danger in a text that is passed on, or a message of a navigator's that did not arrive. */
export interface Alert extends CardOf {
  of: Alerted['of']
  restricted: boolean
  cards: Place['handoff']['cards']
  /** What they wrote; shown only where the place lets cards tell the story. */
  words?: string
  link: string
}

const MOST_WORDS = 300

export function alertCard(alert: Alert): StaffCard {
  return alert.of === 'danger-words' ? dangerWords(alert) : notDelivered(alert)
}

function dangerWords(alert: Alert): StaffCard {
  const { ref, words, restricted, cards } = alert
  const say = `${ref}: this may be danger`
  const shown = words && cards === 'story' && !restricted ? [quoted(words, MOST_WORDS)] : []
  const answer = (name: string, answer: string) =>
    press(name, `danger-${answer}`, acting(alert, { do: 'danger', answer }))
  return staffCard(
    say,
    [
      block('attention', [
        title(say),
        line('They wrote words that may mean danger. Read them now.', { weight: 'bolder' }),
        ...shown,
      ]),
      line('Is someone in danger?'),
      row(answer('Yes', 'yes'), answer('No', 'no'), answer('Not sure', 'not-sure')),
    ],
    [ringThem(alert), open('Open it', alert.link)]
  )
}

function notDelivered(alert: Alert): StaffCard {
  const say = `${alert.ref}: a message did not arrive`
  return staffCard(
    say,
    [block('warning', [title(say)]), line('They have not seen it. Ring them, or write again.')],
    [ringThem(alert), open('Open it', alert.link)]
  )
}

const ANSWERS: Readonly<Record<string, string>> = { yes: 'Yes', no: 'No', 'not-sure': 'Not sure' }

/** What is left of an alert that somebody has seen to. */
export function settledCard(
  ref: string,
  { how, name, answer = '' }: { how: string; name: string; answer?: string | undefined }
): StaffCard {
  const said: Readonly<Record<string, string>> = {
    asked: `Danger was asked about. The answer: ${ANSWERS[answer] ?? answer}.`,
    'asks-again': 'Our questions ask them about danger again.',
    written: 'You wrote to them again.',
    over: 'There is nothing left for you to do here.',
  }
  const say = `${ref}: seen to`
  return staffCard(say, [
    line(say, { weight: 'bolder' }),
    line(said[how] ?? '', { isSubtle: true }),
    ...(how === 'asked' ? [line(`By ${name}`, { isSubtle: true, spacing: 'none' })] : []),
  ])
}

type To = 'start' | 'available' | 'break' | 'paused' | 'end'
const SHIFT_BUTTONS: Record<To, string> = {
  start: 'Start my shift',
  available: 'I am back',
  break: 'Take a break',
  paused: 'I need a pause',
  end: 'End my shift',
}
const NEXT: Record<ShiftValue, readonly To[]> = {
  off: ['start'],
  available: ['break', 'paused', 'end'],
  'on-contact': ['break', 'paused', 'end'],
  wrapping: ['break', 'paused', 'end'],
  break: ['available', 'end'],
  paused: ['available', 'end'],
}
const MEANS: Record<ShiftValue, string> = {
  off: 'We offer you no one.',
  available: 'We will ask you when someone needs a person.',
  'on-contact': 'We will ask you no more until you have written it up.',
  wrapping: 'Save the card to be asked again.',
  break: 'We offer you no one until you are back.',
  paused: 'Take the time you need. We offer you no one until you are back.',
}
const PHONES: Record<StaffView['phone'], string> = {
  softphone: 'Calls come to the phone in your browser.',
  number: 'Calls come to your own phone.',
  none: 'No phone is open, so you get no calls. Open the console to take calls.',
}

/** Where somebody's shift stands, with what they can do about it. */
export function shiftCard(view: StaffView, hour: { now: string; zone: string }): StaffCard {
  const say = SHIFT_WORDS[view.shift]
  return staffCard(say, shiftBody(view, hour), shiftButtons(view))
}

/** The answer to what was typed to nobody, with the shift card below it. */
export function helpCard(view: StaffView, hour: { now: string; zone: string }): StaffCard {
  const say = 'You are with no one now, so your message went to no one.'
  const body = [line(say, { weight: 'bolder' }), ...shiftBody(view, hour)]
  return staffCard(say, body, shiftButtons(view))
}

function shiftBody(view: StaffView, { now, zone }: { now: string; zone: string }): Element[] {
  const since = view.shift === 'off' ? '' : ` since ${clockWords(view.since, now, zone)}`
  const phone = view.shift === 'off' ? [] : [line(PHONES[view.phone], { isSubtle: true })]
  return [
    block('emphasis', [title(`${SHIFT_WORDS[view.shift]}${since}`)]),
    line(MEANS[view.shift]),
    ...phone,
  ]
}

const shiftButtons = ({ shift, staff }: StaffView) =>
  NEXT[shift].map((to) =>
    press(SHIFT_BUTTONS[to], `shift-${to}`, { act: { do: 'shift', to }, card: `shift:${staff}` })
  )
