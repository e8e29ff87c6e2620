import { acting, type CardOf, cardOf, content, heading, type Told } from './staff-card.ts'
import {
  block,
  line,
  open,
  press,
  quoted,
  row,
  type StaffCard,
  staffCard,
  title,
} from './staff-card-parts.ts'
import { clockWords } from './staff-card-words.ts'
import { handBackThem } from './staff-card-yours.ts'

/** The first message of a thread in a room: all who read there see which contact, how urgent it is, and who has it. */
export function threadCard(told: Told, name: string): StaffCard {
  const { story } = told
  const say = `${story.ref}: ${name} has this one`
  const body = [
    heading(say, told),
    line(
      `What ${name} writes in this thread goes to the person. What others write goes to no one.`
    ),
    ...(told.cards === 'story' ? content(told) : []),
  ]
  return staffCard(say, body, [handBackThem(cardOf(told)), open('Open it', told.link)])
}

/** Where they write with each other, for whoever has them. */
export const heldCard = (words: string, link: string): StaffCard =>
  staffCard(words, [line(words)], [open('Go to the thread', link)])

/** What is left of the first message of a thread; of a restricted contact not even which it was. */
export function endedThread(ref: string | undefined): StaffCard {
  const say = ref === undefined ? 'Closed' : `${ref}: closed`
  return staffCard(say, [line(say)])
}

/** What is left of a message in a thread. */
export const EMPTIED = 'Emptied.'

/** One of those whom a line may be for. */
export interface Meant extends CardOf {
  /** ISO 8601 UTC: since when they write with each other. */
  since: string
}

/** Why it is not sure whom a line is for. */
export type Unsure = keyof typeof UNSURE
const UNSURE = {
  several: 'You write with more than one person. It was sent to no one yet.',
  late: 'You wrote it before you had this person alone. It was sent to no one yet.',
  quoted:
    'You quote something that is not from the person you write with now. It was sent to no one yet.',
} as const

const MOST_SHOWN = 300

/** Whom something that was typed is for: nothing of it was sent, and it goes to whoever is chosen. */
export function whichCard(
  text: string,
  once: string,
  meant: readonly Meant[],
  { now, zone, why }: { now: string; zone: string; why: Unsure }
): StaffCard {
  const say = 'Who is this for?'
  const buttons = meant.map((of, n) =>
    press(
      `To ${of.ref}, since ${clockWords(of.since, now, zone)}`,
      `say-${n + 1}`,
      acting(of, { do: 'say', text, once })
    )
  )
  return staffCard(say, [
    block('warning', [title(say), line(UNSURE[why])]),
    quoted(text, MOST_SHOWN),
    ...buttons.map((button) => row(button)),
  ])
}

/** In place of the question, once it is answered. */
export function sentCard(ref: string): StaffCard {
  const say = `Sent to ${ref}`
  return staffCard(say, [line(say)])
}
