import * as z from 'zod'
import { CODES } from '../flows/outcomes.ts'
import { label, phrase } from './schema.ts'

const words = z.array(z.string())
const line = z.string()

const hear = z.strictObject({
  danger: z.strictObject({ body: words, self: words, harm: words }),
  stop: words,
  person: words,
  personAlone: words,
  again: words,
  abuse: words,
  yes: words,
  no: words,
  notSure: words,
  wrong: words,
  digits: z.record(z.string(), z.string().regex(/^\d$/, 'use one digit, in quotes')),
  keyWords: words,
  negators: words,
  deniable: words,
  pronouns: words,
  auxiliaries: words,
  modals: words,
  but: words,
  filler: words,
  thanks: words,
})

/** What is said outside any question: replies to keywords, and words for when something is wrong. */
export const SAYS = [
  'help',
  'stopped',
  'unsupported',
  'broken',
  'next-number',
  'unknown-number',
  'after-end',
  'reminder',
  'no-answer',
  'check',
  'tried',
  'summary',
  'waiting',
  'still-waiting',
  'waiting-keys',
  'all-busy',
  'comes-in-1',
  'comes-in-5',
  'comes-in-10',
  'comes-later',
  'comes-unknown',
  'call-back-keys',
  'call-back-when',
  'still-here',
  'if-worse',
  'alone',
  'parted',
  'coming',
  'joined-by-voice',
  'soon',
  'joined-by-text',
  'danger-relayed',
  'danger-added',
  'left-by-text',
  'feedback',
  'feedback-thanks',
  'line-lost',
  'line-lost-soon',
  'line-lost-later',
  'called',
  'ringing-you',
] as const
export type SayName = (typeof SAYS)[number]

/** An ending: what is said for its code, and whether the safety net follows. */
const ending = z.strictObject(
  {
    say: phrase,
    'safety-net': z.literal('yes', 'write `yes`, or leave the line out').optional(),
  },
  'give this code an ending: write `say:` under it'
)

const times = z.strictObject({ clock: line, day: line, phrase: line })

/** Words that no single flow owns: `locales/<lang>/common.yaml`. */
export const commonSchema = z.strictObject({
  greeting: phrase,
  labels: z.strictObject({
    yes: label,
    no: label,
    'not-sure': label,
    'no-or-not-sure': label,
    none: label,
    'none-of-these': label,
  }),
  keys: z.strictObject({
    /** The first answer of a line of keys, and the ones after it. */
    first: line,
    next: line,
    /** A time by which somebody may be rung, as one of several to choose from. */
    time: line,
    number: line,
    practice: line,
    postcode: line,
    date: line,
    text: line,
  }),
  confirm: z.strictObject({ practice: phrase, postcode: phrase }),
  pick: phrase,
  /** Before a question that is asked again: after silence, after a muddle. */
  slower: phrase,
  sorry: phrase,
  person: z.strictObject({ unanswered: phrase, ring: phrase, write: phrase, quiet: phrase }),
  abuse: phrase,
  reason: phrase,
  /** Who rings back, by code. */
  who: z.record(z.string(), line).and(z.object({ default: line })),
  /** What stands in for a blank that nothing fills. */
  unknown: z.strictObject({ team: line, option: line }),
  /** How a team is named in a sentence: as `named` when its name ends with one of `nouns`, else as `other`. */
  team: z.strictObject({ named: line, other: line, nouns: words }),
  time: z.strictObject({ voice: times, text: times }),
  'safety-net': phrase,
  endings: z.record(z.enum([...CODES, 'not-agreed', 'none']), ending),
  /** One line for a second or third code. */
  lines: z.partialRecord(z.enum(CODES), phrase),
  /** Said outside any question. */
  says: z.record(z.enum(SAYS), phrase),
  hear,
  /** Names that cannot be avoided, each read as one easy word. */
  glossary: words,
})

export type Common = z.infer<typeof commonSchema>
