import { flowKey, type Library } from './flatten.ts'
import { CODES } from './outcomes.ts'
import { type Failure, faults } from './proof.ts'
import { isAsking, type Step } from './schema.ts'

/** One thing a caller can hear or read, measured: what the words folder's audit gives for each. */
export interface Measured {
  /** `fall.v1`, or `common`. */
  flow: string
  /** A step, with its screen or part: `head`, `practice/pick`, `x1-person (nobody)`. */
  step: string
  lang: string
  form: 'self' | 'other'
  channel: 'voice' | 'sms'
  words: string
  problems: readonly string[]
}

/** What is known of the words: everything that can be said, and what is missing or does not fit. */
export interface WordsGiven {
  rows: readonly Measured[]
  /** Faults of the files: words missing in a language, blanks that differ. */
  problems: readonly string[]
  languages: readonly string[]
}

const REMEDY = 'change the words in locales/, or the step'

/** 2. No turn is silent: every step that speaks has words, in each language, by phone and by text, in both forms. */
export function everyStepHasWords(library: Library, given: WordsGiven): Failure[] {
  const found = faults('')
  const said = new Set(
    given.rows
      .filter(({ words }) => words.trim() !== '')
      .flatMap((row) => [row.step, stepOf(row)].map((step) => `${row.flow}/${step} ${manner(row)}`))
  )
  const has = (at: string, how: string, step: Step) =>
    said.has(`${at} ${how}`) ||
    (step.kind === 'end' && CODES.every((code) => said.has(`common/endings/${code} ${how}`)))
  for (const flow of library.values())
    for (const [name, step] of Object.entries(flow.steps)) {
      if (!isAsking(step) && step.kind !== 'person' && step.kind !== 'end') continue
      const at = `${flowKey(flow.flow, flow.version)}/${name}`
      for (const how of manners(given.languages, step))
        if (!has(at, how, step)) found.add(at, [], `has no words: ${how}`, 'write them in locales/')
    }
  return found.list()
}

const manner = ({ lang, form, channel }: Pick<Measured, 'lang' | 'form' | 'channel'>) =>
  `${lang} ${form} ${channel}`
const manners = (languages: readonly string[], { kind }: Step) =>
  languages.flatMap((lang) =>
    (['self', 'other'] as const).flatMap((form) =>
      CHANNELS_OF[kind === 'person' ? 'person' : 'any'].map((channel) =>
        manner({ lang, form, channel })
      )
    )
  )
/** A text never rings: what it says of a person may be left to the step that follows in the same turn. */
const CHANNELS_OF = { person: ['voice'], any: ['voice', 'sms'] } as const
const stepOf = ({ step }: Measured) => step.replace(/[ /(].*$/, '')

/** 9. Keys are unambiguous and few, a question is short to hear, a text fits three segments. */
export const wordsFit = (given: WordsGiven) =>
  problemsOf(given, (problem) => /seconds|answers|texts long/.test(problem))

/** 10. Every word is there in every language, with the same blanks; English can be read at eleven. */
export function wordsArePlain(given: WordsGiven): Failure[] {
  const found = faults('')
  for (const problem of given.problems) found.add('locales', [], problem, REMEDY)
  return [...found.list(), ...problemsOf(given, (problem) => /reading age|blank/.test(problem))]
}

/** 13. The words of a risk question hold no negation. */
export const noNegation = (given: WordsGiven) =>
  problemsOf(given, (problem) => /yes is the dangerous answer/.test(problem))

function problemsOf({ rows }: WordsGiven, sort: (problem: string) => boolean): Failure[] {
  const found = faults('')
  for (const { flow, step, lang, channel, problems } of rows)
    for (const problem of problems.filter(sort))
      found.add(`${flow}/${step}`, [], `${lang}, ${channel}: ${problem}`, REMEDY)
  return found.list()
}

const PROMISES_A_PERSON =
  /person is coming|getting a person|finding you a person|someone is coming|stay on the line\b(?!.*ring)/i

/** 7. Words that promise a person are said only where someone is rung: never in what is said without cover. */
export function noEmptyPromise({ rows }: WordsGiven): Failure[] {
  const found = faults('')
  for (const { flow, step, lang, channel, words } of rows)
    if (/\((nobody|unanswered)\)$/.test(step) && PROMISES_A_PERSON.test(words))
      found.add(
        `${flow}/${step}`,
        [],
        `${lang}, ${channel}: promises a person where no one is rung: "${words}"`,
        REMEDY
      )
  return found.list()
}

/** Everything a step may say: `fall.v1`, `head`. */
export function wordsOfStep({
  rows,
}: WordsGiven): (flow: string, step: string) => readonly string[] {
  const all = new Map<string, string[]>()
  for (const row of rows) {
    const key = `${row.flow}/${stepOf(row)}`
    const list = all.get(key)
    if (list) list.push(row.words)
    else all.set(key, [row.words])
  }
  return (flow, step) => all.get(`${flow}/${step}`) ?? []
}

/** Endings that are said where danger is: each must name 999. */
const DIRE = ['E999', 'EPOL', 'LIFT', 'EMH']

/** Whether a step's words name 999, however they are said. An end without words of its own says its code's ending. */
export function names999(given: WordsGiven): (flow: string, step: string) => boolean {
  const own = wordsOfStep(given)
  const endings = given.rows
    .filter(
      ({ flow, step }) => flow === 'common' && DIRE.some((code) => step === `endings/${code}`)
    )
    .map(({ words }) => words)
  return (flow, step) => {
    const said = own(flow, step)
    return (said.length > 0 ? said : endings).every((words) => /9 ?9 ?9/.test(words))
  }
}
