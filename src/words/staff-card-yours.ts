import type { Leg } from '../handoff/types.ts'
import {
  acting,
  askDanger,
  type CardOf,
  cardOf,
  content,
  dangerCheck,
  flagged,
  heading,
  type Told,
} from './staff-card.ts'
import {
  type Action,
  ask,
  block,
  choiceInput,
  cut,
  type Element,
  line,
  open,
  press,
  row,
  type StaffCard,
  staffCard,
  textInput,
  title,
} from './staff-card-parts.ts'
import { legWords } from './staff-card-words.ts'

/** What the card of someone who took a contact needs beside the story. */
export interface Yours extends Told {
  /** Their own staff id: their own line is not theirs to hold. */
  staff: string
  legs: readonly Leg[]
  /** Services of the place that can be brought in: key and name. */
  services: Readonly<Record<string, string>>
  /** Names of staff, by id. */
  names: Readonly<Record<string, string>>
  /** What the room is called in which they write with each other; without it in their own chat. */
  room?: string | undefined
}

/** Lines of a call that a card has room for. */
const MOST_LINES = 6
const MOST_OF_A_NAME = 60

/** The card of a contact one is with: by phone with everyone on the call, by text with how to hand back. */
export function yoursCard(yours: Yours): StaffCard {
  const { story } = yours
  const about = cardOf(yours)
  const say = `You have ${story.ref}`
  const head = story.restricted ? block('emphasis', [title(say)]) : heading(say, yours)
  const shown = yours.cards === 'reference' ? flagged(story) : []
  const call = story.channel === 'voice'
  const body = [
    head,
    ...danger(yours),
    ...shown,
    ...(call ? lines(yours, about) : [threadWords(yours.room)]),
    ...content(yours),
  ]
  const does = call ? inCall(yours, about) : inThread(about)
  return staffCard(say, body, [...does, nearMiss(about), open('Open it', yours.link)])
}

/** The check is theirs to ask once they are with the person, or where the person waits and nobody asks. */
function danger(yours: Yours): Element[] {
  const { story, legs, staff, wants } = yours
  const here = legs.some(({ label, is }) => label === `staff:${staff}` && is === 'in')
  if (story.unasked && here) return [askDanger(cardOf(yours), UNASKED)]
  if (story.danger !== 'not-asked' || wants || here)
    return dangerCheck({ ...yours, wants: wants || here })
  return [line('We are asking them about danger. You join as soon as that is done.')]
}

/** Over the check, where they wrote words of danger. */
export const UNASKED = 'THEY WROTE WORDS OF DANGER'

const threadWords = (room: string | undefined) =>
  line(
    room === undefined
      ? 'What you type here goes to them. What they write comes here.'
      : `Write with them in their thread in ${room}.`,
    { isSubtle: true }
  )

const inCall = (yours: Yours, about: CardOf): Action[] => [
  bring(yours, about),
  ringIn(about),
  isLastWith(yours)
    ? press('End the call', 'end', acting(about, { do: 'drop', label: 'caller' }), {
        associatedInputs: 'none',
      })
    : press('Leave the call', 'leave', acting(about, { do: 'leave' }), {
        associatedInputs: 'none',
      }),
]

/** Nobody is left alone in a call: who is the only one with the person ends it for both. */
function isLastWith({ legs, staff }: Yours): boolean {
  const here = legs.filter(({ is }) => is === 'in' || is === 'held')
  const others = here.filter(({ label, kind }) => kind !== 'caller' && label !== `staff:${staff}`)
  return others.length === 0 && here.some(({ kind }) => kind === 'caller')
}

const inThread = (about: CardOf): Action[] => [ringThem(about), handBackThem(about)]

/** A text conversation goes back to our questions, or ends. */
export const handBackThem = (about: CardOf): Action =>
  ask(
    'Hand back',
    'hand-back-what',
    [line('What comes next for them?')],
    press('Ask our questions', 'hand-back-questions', handBack(about, 'questions')),
    press('Ask how it was', 'hand-back-feedback', handBack(about, 'feedback')),
    press('Close it', 'hand-back-close', handBack(about, 'close'))
  )

const handBack = (about: CardOf, what: string) => acting(about, { do: 'hand-back', what })

/** Everyone on the line but oneself, each with what can be done about them. */
function lines(yours: Yours, about: CardOf): Element[] {
  const { legs, staff } = yours
  const others = legs.filter(({ label, is }) => label !== `staff:${staff}` && is !== 'left')
  return others.slice(0, MOST_LINES).flatMap((leg) => {
    const words = `${nameOf(leg, yours)}: ${legWords(leg)}`
    const shown = line(words, { weight: 'bolder', spacing: 'medium' })
    const buttons = lineButtons(leg, about)
    return buttons.length === 0 ? [shown] : [shown, row(...buttons)]
  })
}

const KINDS: Record<Leg['kind'], string> = {
  caller: 'The caller',
  staff: 'A colleague',
  team: 'A team',
  other: 'Someone else',
}

/** Who is on a line; on a restricted contact's card not even which team. */
function nameOf({ kind, who }: Leg, { names, services, story }: Yours): string {
  if (kind === 'caller' || story.restricted) return KINDS[kind]
  return cut(names[who] ?? services[who] ?? who, MOST_OF_A_NAME)
}

function lineButtons({ label, kind, is, muted }: Leg, about: CardOf): Action[] {
  const does = (say: string, act: 'hold' | 'mute' | 'drop', on?: boolean) => {
    const id = `${act}-${label}`
    const given = { do: act, label, ...(on !== undefined && { on }) }
    return press(say, id, acting(about, given), { associatedInputs: 'none' })
  }
  if (is === 'ringing' || is === 'ready')
    return kind === 'caller' ? [] : [does('Stop ringing', 'drop')]
  if (is === 'failed') return []
  const held = is === 'held'
  return [
    does(held ? 'Take off hold' : 'Put on hold', 'hold', !held),
    ...(held ? [] : [does(muted ? 'Unmute' : 'Mute', 'mute', !muted)]),
    ...(kind === 'caller' ? [] : [does('Take off the call', 'drop')]),
  ]
}

const bring = ({ services }: Yours, about: CardOf) =>
  ask(
    'Bring a team in',
    'bring-whom',
    [
      choiceInput('bring.service', 'Which team?', services, {
        isRequired: true,
        errorMessage: 'Choose a team',
        placeholder: 'Choose a team',
      }),
    ],
    press('Ring them', 'bring', acting(about, { do: 'bring' }))
  )

const numberInput = (id: string) =>
  textInput(id, 'Number', {
    style: 'tel',
    maxLength: 20,
    isRequired: true,
    errorMessage: 'Write the number',
    placeholder: '020 7946 0100',
  })
const whyInput = (id: string) =>
  textInput(id, 'Why?', { isRequired: true, errorMessage: 'Write why', maxLength: 200 })
const noEmergency = () =>
  line('For 999, 112, 111 or 101 use your own phone.', { isSubtle: true, size: 'small' })

/** Somebody else is rung into the call. */
const ringIn = (about: CardOf) =>
  ask(
    'Ring a number',
    'ring-whom',
    [
      numberInput('bring.number'),
      textInput('bring.name', 'Who is it?', { maxLength: 60 }),
      whyInput('bring.reason'),
      noEmergency(),
    ],
    press('Ring', 'ring-in', acting(about, { do: 'bring' }))
  )

/** The person, their carer or a number is rung from here; the navigator's own phone rings first. */
export const ringThem = (about: CardOf): Action =>
  ask(
    'Ring them',
    'ring-out-whom',
    [
      line('Your phone rings first, then theirs.'),
      textInput('ring-out.number', 'Another number', { style: 'tel', maxLength: 20 }),
      textInput('ring-out.reason', 'Why that number?', { maxLength: 200 }),
      noEmergency(),
    ],
    press('Ring the person', 'ring-person', ringOut(about, 'person')),
    press('Ring the carer', 'ring-carer', ringOut(about, 'carer')),
    press('Ring that number', 'ring-number', ringOut(about, 'number'))
  )

const ringOut = (about: CardOf, to: string) => acting(about, { do: 'ring-out', to })

/** Something went wrong, or nearly did: a line is enough. */
export const nearMiss = (about: CardOf): Action =>
  ask(
    'Near miss',
    'near-miss-what',
    [
      textInput('near-miss.note', 'What nearly went wrong?', {
        isMultiline: true,
        isRequired: true,
        errorMessage: 'Write a line',
      }),
    ],
    press('Save', 'near-miss', acting(about, { do: 'near-miss' }))
  )
