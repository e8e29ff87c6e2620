import * as z from 'zod'
import { type Actor, type StaffAct, staffActShape } from '../handoff/acts.ts'
import type { StaffCard } from '../words/staff-card-parts.ts'
import type { Sender, TeamsActivity } from './teams-activity.ts'
import { carriesMore, isNamed, namesOthers, quotedIn, wordsOf } from './teams-words.ts'

/** What a member of staff did in Teams, in our words. */
export type StaffDid =
  | {
      kind: 'act'
      act: StaffAct
      /** The contact's turn the card was made at; null for a shift card. */
      turn: number | null
      /** The message that holds the card. */
      message: string | null
    }
  | {
      kind: 'typed'
      text: string
      /** The chat or channel, and the first message of the thread in it; a personal chat has no threads. */
      conversation: string
      root: string | null
      /** Others read along: such words are for them, and never for a person who needs help. */
      shared: boolean
      /** Shared, and the bot was not named: nobody there waits for an answer of ours. */
      overheard: boolean
      /** The message they quote: what it says is not in the text. */
      quotes?: string
      /** Why it can go to nobody, in words for whoever typed it. */
      unfit?: string
    }
  /** They changed, or took back, a message of their own that we had before. */
  | {
      kind: 'changed'
      how: 'edited' | 'deleted'
      conversation: string
      root: string | null
      shared: boolean
    }
  /** They opened the bot for the first time. */
  | { kind: 'began' }

/** What they are told: a card in place of the one they pressed, a line of words, both, or nothing. */
export interface StaffAnswer {
  card?: StaffCard
  words?: string
}

/**
 * Carries out what staff do in Teams. `sender.webhook` names the doing: one that comes twice is to be done once.
 * Which thread is which contact is for the port to know.
 */
export type StaffPort = (actor: Actor, did: StaffDid, sender: Sender) => Promise<StaffAnswer>

/** What people are told when nothing was done. */
export const NOT_DONE = {
  stranger:
    'This is for the staff of this front door, and you are not on its list. Nothing was done.',
  elsewhere: 'This bot does not serve you. Nothing was done.',
  notOurs: 'This card is old, or it is not one of ours. Nothing was done.',
  notYours: 'This card is for someone else. Nothing was done.',
  emergency:
    'Use your desk phone or mobile for that number. Read out the address and the number: open the contact. We did not ring it.',
  number: 'That is not a UK number. Write it like 020 7946 0100. Nothing was done.',
  missing: 'Something is missing. Fill it in, and press again. Nothing was done.',
  tooLong: (most: number) =>
    `That is too long: write at most ${most.toLocaleString('en-GB')} characters. It was not sent.`,
  pictures:
    'Only words can be sent from here, and this has a picture or a file. None of it was sent.',
  noWords: 'There were no words in it. Nothing was sent.',
  colleague:
    'This names a colleague, so it was not sent to the person. Write it without the name to send it.',
  edited: 'What they have is what you wrote first. Write again to put it right.',
  deleted: 'It was sent before you deleted it, and they have it. Write again to put it right.',
  inCompany:
    'Others can read this, so it was sent to no one. Write to people in your own chat with me.',
  slow: 'This takes longer than it should. Look at the card again in a moment.',
  failed: 'Something went wrong here. Please try again. If it goes on, use the console.',
} as const

/** The most a text message may hold (Twilio, error 21617); what is longer would be sent in part. */
export const MOST_TYPED = 1_600

/** What our cards have buttons for. Anything else is done in the console. */
const ON_CARDS: readonly StaffAct['do'][] = [
  'accept',
  'decline',
  'later',
  'danger',
  'bring',
  'hold',
  'mute',
  'drop',
  'leave',
  'hand-back',
  'wrap-up',
  'ring-out',
  'shift',
  'near-miss',
  'decide',
  'say',
]

const pressed = z.looseObject({
  act: z.looseObject({ do: z.enum(ON_CARDS) }),
  card: z.string().max(300),
})
const staffData = z.looseObject({ act: z.unknown(), card: z.unknown() })

/** Whether what came back is from a card for staff, whoever pressed it. */
export const isStaffData = (value: unknown): boolean => {
  const data = staffData.safeParse(value).data
  return data !== undefined && data.act !== undefined && data.card !== undefined
}

/**
 * The act in what a card sent: the button's own part, filled up from the inputs named `<what is done>.<field>`. Anything
 * that is no act, or is not of the contact its card is of, comes back as the words that say so.
 */
export function actOf(
  value: unknown,
  staff: string
): { act: StaffAct; turn: number | null } | { words: string } {
  const data = pressed.safeParse(value).data
  if (!data) return { words: NOT_DONE.notOurs }
  const filled = { ...inputsOf(data, data.act.do), ...data.act }
  if (isEmergency(filled)) return { words: NOT_DONE.emergency }
  const read = staffActShape.safeParse(filled)
  if (!read.success) return { words: faultWords(read.error, data.act) }
  const act = read.data
  if (!('contact' in act))
    return data.card === `shift:${staff}` ? { act, turn: null } : { words: NOT_DONE.notYours }
  const turn = turnOf(data.card, act.contact)
  return turn === null ? { words: NOT_DONE.notOurs } : { act, turn }
}

/** The turn in `<contact>:<turn>`, when it is a card of that contact. */
function turnOf(card: string, contact: string): number | null {
  if (!card.startsWith(`${contact}:`)) return null
  const turn = card.slice(contact.length + 1)
  return /^\d{1,9}$/.test(turn) ? Number(turn) : null
}

/** Which fields are not plain text: Teams sends ticks as one line, and numbers as text. */
const READ: Readonly<Record<string, (text: string) => unknown>> = {
  needs: (text) => text.split(','),
  repeats: Number,
  number: ukNumber,
}

function inputsOf(data: Readonly<Record<string, unknown>>, does: string) {
  const mine = Object.entries(data).filter(([name]) => name.startsWith(`${does}.`))
  const filled = mine.flatMap(([name, value]): [string, unknown][] => {
    const field = name.slice(does.length + 1)
    if (typeof value !== 'string') return [[field, value]]
    const text = value.trim()
    return text === '' ? [] : [[field, READ[field]?.(text) ?? text]]
  })
  return Object.fromEntries(filled)
}

/** A UK number as people write it, in the form we keep; anything else stays as it is. */
function ukNumber(text: string): string {
  const digits = text.replace(/[\s().-]/g, '')
  return digits.replace(/^(?:\+44|0044)0?|^0(?=\d{9,10}$)/, '+44')
}

const isEmergency = (filled: Readonly<Record<string, unknown>>) =>
  typeof filled.number === 'string' && /^(999|112|111|101)$/.test(filled.number)

/** A fault of what they filled in is theirs to mend; one of the card's own part is not. */
function faultWords(error: z.ZodError, own: Readonly<Record<string, unknown>>): string {
  const field = String(error.issues[0]?.path[0] ?? '')
  if (field === '' || field in own) return NOT_DONE.notOurs
  if (field === 'number') return NOT_DONE.number
  return NOT_DONE.missing
}

/** What somebody typed. In their own chat what is unfit goes no further; of a thread only the desk knows whether it was for anybody. */
export function typedOf(activity: TeamsActivity, sender: Sender): StaffDid | { words: string } {
  const { shared } = sender
  const text = wordsOf(activity)
  const unfit = unfitOf(activity, text, shared)
  if (unfit !== undefined && !shared) return { words: unfit }
  const quotes = quotedIn(activity)
  return {
    ...{ kind: 'typed', text, ...whereOf(sender), overheard: shared && !isNamed(activity) },
    ...(quotes !== null && { quotes }),
    ...(unfit !== undefined && { unfit }),
  }
}

function unfitOf(activity: TeamsActivity, text: string, shared: boolean): string | undefined {
  if (carriesMore(activity)) return NOT_DONE.pictures
  if (text === '') return NOT_DONE.noWords
  if ([...text].length > MOST_TYPED) return NOT_DONE.tooLong(MOST_TYPED)
  return shared && namesOthers(activity) ? NOT_DONE.colleague : undefined
}

/** The chat or channel, and the thread of it: Teams names a thread by its first message. */
export function whereOf({ conversation, shared }: Sender) {
  const [id = '', thread] = conversation.split(';')
  const root = /^messageid=(\d{1,20})$/.exec(thread ?? '')?.[1] ?? null
  return { conversation: id, root, shared }
}
