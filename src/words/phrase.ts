import { IntlMessageFormat } from 'intl-messageformat'
import type { Channel, Form } from '../conversation/types.ts'
import { DoorError } from '../errors.ts'

/** Voice is heard; sms and teams are read. */
export type Medium = 'voice' | 'text'
export const MEDIA = ['voice', 'text'] as const
export const FORMS = ['self', 'other'] as const

/** One thing to say, for the caller's own body and for another person's. */
export type Forms = Readonly<Record<Form, string>>

/** What must hold for a part to be said. A part with several needs them all. */
export const CONDITIONS = {
  promised: 'someone holds a time to ring, and may ring',
  'ring-us': 'a time is held, but we have no number to ring',
  unsafe: 'a time is held, but ringing may put them at risk',
  'no-time': 'no time is held',
  today: 'the time is today',
  cover: 'the place names someone for urgent calls at this hour',
  'no-cover': 'nobody takes urgent calls at this hour',
  closed: 'the service that takes this is closed now',
  asking: 'a question follows',
  refused: 'they said no to sharing, and it goes on all the same',
  council: "the council's out-of-hours number is known",
  'no-council': "the council's out-of-hours number is missing",
  housing: 'an emergency housing number is known',
  digits: 'the last digits of their number are known',
  'no-digits': 'the last digits of their number are missing',
} as const
export type Condition = keyof typeof CONDITIONS

/** A piece of a phrase: its words in every medium and form, and when it is said. */
export type Piece = { when: readonly Condition[] } & Readonly<Record<Medium, Forms>>
/** What is said at one place, in the order it is heard. */
export type Phrase = readonly Piece[]

export const mediumOf = (channel: Channel): Medium => (channel === 'voice' ? 'voice' : 'text')

/** Spoken digits as they are written: "ring 9 9 9" becomes "ring 999", "1 1 6, 1 2 3" becomes "116 123". */
export function writtenDigits(spoken: string): string {
  return spoken.replace(/\b\d(?: \d)+(?:, \d(?: \d)+)*\b/g, (number) =>
    number
      .split(', ')
      .map((group) => group.replaceAll(' ', ''))
      .join(' ')
  )
}

// Reading a message costs more than filling it, and the same few hundred are said all day.
const messages = new Map<string, IntlMessageFormat>()
function message(text: string, lang: string): IntlMessageFormat {
  const key = `${lang}:${text}`
  const known = messages.get(key)
  if (known) return known
  const made = new IntlMessageFormat(text, lang, undefined, { ignoreTag: true })
  if (messages.size < 20_000) messages.set(key, made)
  return made
}

/** What fills the blanks of a message. */
export type Blanks = Readonly<Record<string, string | undefined>>

/** Fills a message. A blank that nothing fills throws: a caller must never hear a brace. */
export function fill(text: string, lang: string, blanks: Blanks): string {
  if (!text.includes('{')) return text
  // Most blanks are names alone, and putting those in needs no message format.
  if (!/\{\w+\s*,|'\{/.test(text))
    return text.replace(/\{\s*(\w+)\s*\}/g, (_, name) => of(name, blanks))
  return String(message(text, lang).format(blanks)).replace(/ {2,}/g, ' ').trim()
}

function of(name: string, blanks: Blanks): string {
  const value = blanks[name]
  if (value === undefined)
    throw new DoorError('bad-flow', `nothing fills the blank {${name}}`, false)
  return value
}

/** The blanks of a message, in the order of the alphabet. Throws when it is not well formed. */
export function blanksOf(text: string, lang = 'en'): string[] {
  const found = new Set<string>()
  type Node = { type: number; value?: string; options?: Record<string, { value: Node[] }> }
  const walk = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      if (node.type !== LITERAL && node.type !== HASH && node.value) found.add(node.value)
      for (const option of Object.values(node.options ?? {})) walk(option.value)
    }
  }
  walk(message(text, lang).getAst() as Node[])
  return [...found].sort()
}
const LITERAL = 0
const HASH = 7

/** Every wording of a phrase, to be checked or measured. */
export function wordings(phrase: Phrase): { medium: Medium; form: Form; text: string }[] {
  return phrase.flatMap((piece) =>
    MEDIA.flatMap((medium) => FORMS.map((form) => ({ medium, form, text: piece[medium][form] })))
  )
}
