import * as z from 'zod'
import {
  CONDITIONS,
  type Condition,
  type Forms,
  type Medium,
  type Phrase,
  type Piece,
  writtenDigits,
} from './phrase.ts'

const HOW =
  'write a sentence, or `self:` and `other:`, or `voice:` and `text:`, or a list of these, each with `when:` where it is not always said'

/** One thing to say, as its author writes it: the shorter ways are filled out to every medium and form. */
export const phrase = z.unknown().transform((raw, ctx): Phrase => {
  const read = toPhrase(raw)
  if (typeof read !== 'string') return read
  ctx.addIssue({ code: 'custom', message: read })
  return z.NEVER
})

function toPhrase(raw: unknown): Phrase | string {
  const pieces: Piece[] = []
  for (const item of Array.isArray(raw) ? raw : [raw]) {
    const piece = toPiece(item)
    if (typeof piece === 'string') return piece
    pieces.push(piece)
  }
  return pieces
}

function toPiece(raw: unknown): Piece | string {
  if (typeof raw !== 'object' || raw === null) {
    const media = toMedia(raw)
    return typeof media === 'string' ? media : { ...media, when: [] }
  }
  const { when, say, ...rest } = raw as Record<string, unknown>
  const conditions = when === undefined ? [] : [when].flat()
  const odd = conditions.find((c) => !(String(c) in CONDITIONS))
  if (odd !== undefined)
    return `\`when: ${odd}\` is not known. Use ${Object.keys(CONDITIONS).join(', ')}`
  if (say !== undefined && Object.keys(rest).length > 0) return HOW
  const media = toMedia(say ?? rest)
  return typeof media === 'string' ? media : { ...media, when: conditions as Condition[] }
}

function toMedia(raw: unknown): Record<Medium, Forms> | string {
  if (typeof raw === 'object' && raw !== null && 'voice' in raw) {
    const { voice, text, ...odd } = raw as Record<string, unknown>
    if (Object.keys(odd).length > 0) return HOW
    const spoken = toForms(voice)
    if (typeof spoken === 'string') return spoken
    const written = text === undefined ? inDigits(spoken) : toForms(text)
    return typeof written === 'string' ? written : { voice: spoken, text: written }
  }
  const said = toForms(raw)
  return typeof said === 'string' ? said : { voice: said, text: inDigits(said) }
}

export function toForms(raw: unknown): Forms | string {
  if (typeof raw === 'string') return { self: raw.trim(), other: raw.trim() }
  if (typeof raw !== 'object' || raw === null) return HOW
  const { self, other, ...odd } = raw as Record<string, unknown>
  if (typeof self !== 'string' || typeof other !== 'string' || Object.keys(odd).length > 0)
    return HOW
  return { self: self.trim(), other: other.trim() }
}

const inDigits = ({ self, other }: Forms): Forms => ({
  self: writtenDigits(self),
  other: writtenDigits(other),
})

/** A short name for an answer, spoken and written. */
export const label = z
  .union(
    [z.string(), z.strictObject({ voice: z.string(), text: z.string() })],
    'write the answer, or `voice:` and `text:`'
  )
  .transform((l) => (typeof l === 'string' ? { voice: l, text: l } : l))

const phrases = z.array(z.string('write each phrase as plain words').min(1))
const hear = z.record(z.string(), phrases)

/** The words of one step, by its kind. */
export const questionWords = z.strictObject({
  ask: phrase,
  /** What is written instead of `ask`. */
  text: phrase.optional(),
  /** The spoken line of keys, where the usual one will not do. Empty: the question names its keys itself. */
  keys: z.string().optional(),
  answers: z.record(z.string(), label).optional(),
  hear: hear.optional(),
  /** What is asked about, so that "no chest pain" is a plain no. */
  nouns: phrases.optional(),
  /** The greeting comes before this question, and 8 or 9 here mean another language. */
  greeting: z.literal('yes', 'write `yes`, or leave the line out').optional(),
})
export const personWords = z.strictObject({
  say: z.strictObject({
    person: phrase,
    nobody: phrase,
    text: phrase.optional(),
    unanswered: phrase.optional(),
  }),
})
export const endWords = z.strictObject({ say: phrase })
/** What to tell 111, said after "Tell them". */
export const reasonWords = z.strictObject({ reason: phrase })

/** Which of these a step of each kind may have. */
export const WORDS_OF = {
  'yes-no': questionWords,
  choice: questionWords,
  number: questionWords,
  practice: questionWords,
  postcode: questionWords,
  date: questionWords,
  text: questionWords,
  person: personWords,
  end: endWords,
  outcome: reasonWords,
  run: reasonWords,
} as const

export type Label = z.infer<typeof label>
export type PersonWords = z.infer<typeof personWords>['say']
