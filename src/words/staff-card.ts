import { DECLINES } from '../handoff/acts.ts'
import type { Place } from '../places/shape.ts'
import type { Story } from '../record/views.ts'
import {
  ask,
  type Begun,
  block,
  choiceInput,
  cut,
  type Element,
  facts,
  line,
  open,
  type Pressed,
  press,
  quoted,
  row,
  type StaffCard,
  staffCard,
  title,
} from './staff-card-parts.ts'
import {
  clockWords,
  codeWords,
  consentWords,
  DECLINE_WORDS,
  howWords,
  languageWords,
  priorityOf,
  urgencyWords,
} from './staff-card-words.ts'

/** Which contact a card is of, and at which of its turns it was made. */
export interface CardOf {
  contact: string
  /** 8 digits. */
  ref: string
  turn: number
}

/** What a card of a contact is made from. */
export interface Told {
  story: Story
  /** The contact's turn. */
  turn: number
  /** How much the place lets a card show. A restricted contact's card shows the reference, whatever this says. */
  cards: Place['handoff']['cards']
  /** The place's name and its time zone. */
  place: { name: string; zone: string }
  /** ISO 8601 UTC. */
  now: string
  /** The contact's page in the console: a whole https address. */
  link: string
  /** They wait for a person now. */
  wants: boolean
}

/** Letters of their own words on a card that shows little, and on one that tells the story. */
const FIRST_WORDS = 160
const ALL_WORDS = 600
const ANSWER = 100
/** Answers and flags of one kind on a card; Teams takes no message over 28 kB. */
const MOST_ANSWERS = 8

/** Asks someone to take a contact. */
export function offerCard(told: Told): StaffCard {
  const { story } = told
  const about = cardOf(told)
  const say = `Can you take ${story.ref}?`
  const body = story.restricted
    ? [block('emphasis', [title(say)]), ...dangerCheck(told), ...restrictedWords()]
    : [heading(say, told), ...dangerCheck(told), ...content(told)]
  const text = story.restricted ? say : `${say} ${urgencyWords(story)}`
  return staffCard(text, body, [
    press('Take it', 'accept', acting(about, { do: 'accept' }), { style: 'positive' }),
    decline(about),
    press('In ten minutes', 'later', acting(about, { do: 'later' })),
    open('Open it', told.link),
  ])
}

function decline(about: CardOf) {
  const reasons = Object.fromEntries(DECLINES.map((reason) => [reason, DECLINE_WORDS[reason]]))
  return ask(
    'I can not',
    'decline-why',
    [
      choiceInput('decline.reason', 'Why not?', reasons, {
        style: 'expanded',
        isRequired: true,
        errorMessage: 'Choose one',
      }),
    ],
    press('Send', 'decline', acting(about, { do: 'decline' }))
  )
}

/** Somebody else took it. */
export const takenCard = (of: CardOf, by: string): StaffCard =>
  done(`${of.ref}: taken by ${by}`, 'Thank you. There is nothing for you to do.')

/** Their time to take it is over. */
export const lapsedCard = (of: CardOf): StaffCard =>
  done(`${of.ref}: passed on`, 'There is nothing for you to do.')

/** The person left before anybody joined. */
export const goneCard = (of: CardOf): StaffCard =>
  done(
    `${of.ref}: the person has gone`,
    'What they told us is kept. There is nothing for you to do.'
  )

/** All that is left of a card once the contact is written up. */
export const emptiedCard = (of: CardOf): StaffCard => {
  const say = `${of.ref}: closed`
  return staffCard(say, [line(say)])
}

const done = (say: string, next: string) =>
  staffCard(say, [line(say, { weight: 'bolder' }), line(next, { isSubtle: true })])

export const cardOf = ({
  story: { contact, ref },
  turn,
}: Pick<Told, 'story' | 'turn'>): CardOf => ({
  contact,
  ref,
  turn,
})

/** What a button of a contact's card sends. */
export const acting = ({ contact, turn }: CardOf, act: Begun): Pressed => ({
  act: { ...act, contact },
  card: `${contact}:${turn}`,
})

/** The reference and how soon, coloured by how soon. */
export function heading(say: string, { story }: Told): Element {
  const colour = { P1: 'attention', P2: 'warning', P3: 'accent', P4: 'emphasis' } as const
  return block(colour[priorityOf(story)], [
    title(say),
    line(urgencyWords(story), { weight: 'bolder', spacing: 'none' }),
  ])
}

/** The check itself, for someone who waits and was never asked; or what they answered, when it was not "no". */
export function dangerCheck(told: Told): Element[] {
  const { story, wants } = told
  if (story.danger === 'not-asked')
    return wants ? [askDanger(cardOf(told), 'DANGER NOT ASKED')] : []
  if (story.restricted || story.danger === 'cleared') return []
  const say = story.danger === 'yes' ? 'DANGER: THEY SAID YES' : 'DANGER: NOT SURE. ASK AGAIN.'
  return [block('attention', [line(say, { size: 'large', weight: 'bolder', color: 'attention' })])]
}

/** The danger check with its three answers as buttons (domain.md 6.1, Q0). */
export function askDanger(about: CardOf, why: string): Element {
  const answer = (say: string, answer: string) =>
    press(say, `danger-${answer}`, acting(about, { do: 'danger', answer }), {
      associatedInputs: 'none',
    })
  return block('attention', [
    line(why, { size: 'large', weight: 'bolder', color: 'attention' }),
    line('Ask this first. Is anyone:', { weight: 'bolder' }),
    line(
      'Hard to wake? Fighting for breath? Bleeding badly? In chest pain? Showing signs of a stroke? In danger? Thinking of ending their life?',
      { spacing: 'none' }
    ),
    row(answer('Yes', 'yes'), answer('No', 'no'), answer('Not sure', 'not-sure')),
  ])
}

export const restrictedWords = (): Element[] => [
  line('Only some people may see this one. Open it to read more.'),
]

/** As much of the story as the place lets a card show; of a restricted contact nothing. */
export function content(told: Told): Element[] {
  const { story, cards } = told
  if (story.restricted) return restrictedWords()
  if (cards === 'reference') {
    const words = story.inTheirWords
    return [standing(told), ...(words ? [label('First words'), quoted(words, FIRST_WORDS)] : [])]
  }
  return [
    ...flagged(story),
    ...answers(story, true),
    ...said(story),
    ...needs(told),
    ...answers(story, false),
  ]
}

const standing = ({ story, place, now }: Told): Element =>
  facts({
    Place: place.name,
    How: howWords(story, now, place.zone),
    Language: languageWords(story.language),
    Since: clockWords(story.since, now, place.zone),
  })

/** What to take care of. */
export const flagged = ({ flags, restricted }: Story): Element[] =>
  restricted || flags.length === 0
    ? []
    : [
        block(
          'warning',
          flags.slice(0, MOST_ANSWERS).map((flag) => line(cut(flag, ANSWER), { weight: 'bolder' }))
        ),
      ]

const label = (words: string): Element =>
  line(words, { weight: 'bolder', spacing: 'medium', separator: true })

const said = ({ inTheirWords }: Story): Element[] =>
  inTheirWords ? [label('What they said'), quoted(inTheirWords, ALL_WORDS)] : []

function answers({ answers: all }: Story, danger: boolean): Element[] {
  const some = all.filter((each) => each.danger === danger).slice(-MOST_ANSWERS)
  if (some.length === 0) return []
  const asked = some.flatMap(({ asked, answer }) => [
    line(cut(asked, ANSWER), { isSubtle: true, spacing: 'small' }),
    line(cut(answer, ANSWER), { weight: 'bolder', spacing: 'none' }),
  ])
  return [label(danger ? 'The danger check' : 'What we asked'), ...asked]
}

function needs({ story, place, now }: Told): Element[] {
  const speaks = { self: 'Themselves', other: 'Someone else', 'not-known': undefined }[story.who]
  return [
    facts({
      Needs: story.codes.map(codeWords).join(', '),
      'Rings for': speaks,
      Language: languageWords(story.language),
      'May we share?': consentWords(story.consent),
      'Goes to': story.route?.team,
      Why: story.route?.rule,
      Place: place.name,
      How: howWords(story, now, place.zone),
      Since: clockWords(story.since, now, place.zone),
    }),
  ]
}
