import type { Form } from '../conversation/types.ts'
import { flowKey, type Library, type Placed } from '../flows/flatten.ts'
import { CODES } from '../flows/outcomes.ts'
import { type Flow, isAsking, type Step } from '../flows/schema.ts'
import { endingWords } from './ending.ts'
import { type Language, type StepWords, stepKey, type Words } from './language.ts'
import { negations, readingAge, spokenSeconds } from './measure.ts'
import { FORMS, MEDIA, type Medium, type Phrase } from './phrase.ts'
import { type Asked, choices, keyLine, questionText, type Screen } from './question.ts'
import { SAMPLE_OPTIONS, SAMPLE_POSTCODE, SAMPLE_TOLD, TOLD_VARIANTS } from './sample.ts'
import { segments, writeText } from './text.ts'
import { type Manner, say, type Told } from './told.ts'

/** One thing a caller can hear or read, measured. */
export interface Row {
  flow: string
  step: string
  lang: string
  form: Form
  channel: 'voice' | 'sms'
  words: string
  seconds: number
  segments: number
  readingAge: number
  problems: string[]
}

const MOST_SECONDS = 20
const MOST_SEGMENTS = 3
const MOST_KEYS = { voice: 6, text: 13 }
const OLDEST = 11

/**
 * Measures every word of every step against what was promised: a question is at most 20 seconds and six keys by
 * phone and three texts, the reading age at most 11, and a risk question holds no negation. `told` fills the blanks:
 * give a place's longest names to check that place.
 */
export function auditWords(words: Words, library: Library, told: Told = SAMPLE_TOLD): Row[] {
  return [...words.values()].flatMap((language) => [
    ...[...library.values()].flatMap((flow) => auditFlow(flow, { language, told })),
    ...auditCommon({ language, told }),
  ])
}

interface With {
  language: Language
  told: Told
}

function auditFlow(flow: Flow, given: With): Row[] {
  return Object.entries(flow.steps).flatMap(([name, step]) => {
    const words = given.language.steps.get(stepKey(flow.flow, flow.version, name))
    if (!words) return []
    const placed = {
      state: name,
      flow: flow.flow,
      version: flow.version,
      name,
      step,
      to: () => name,
    }
    return each((medium, form) =>
      isAsking(step)
        ? screensOf(step).map((screen) =>
            questionRow(placed as Placed, screen, words, manner(given, medium, form))
          )
        : saidRows(placed as Placed, words, manner(given, medium, form))
    )
  })
}

const each = (rows: (medium: Medium, form: Form) => Row[]): Row[] =>
  MEDIA.flatMap((medium) => FORMS.flatMap((form) => rows(medium, form)))

const manner = ({ language, told }: With, medium: Medium, form: Form): Manner => ({
  language,
  medium,
  form,
  told,
  asking: false,
})

const screensOf = ({ kind }: Step): Screen[] =>
  kind === 'practice'
    ? ['ask', 'confirm', 'pick']
    : kind === 'postcode'
      ? ['ask', 'confirm']
      : ['ask']

const OPTIONS = { ask: [], confirm: SAMPLE_OPTIONS.slice(0, 1), pick: SAMPLE_OPTIONS }

function questionRow(placed: Placed, screen: Screen, words: StepWords, how: Manner): Row {
  if (words.kind !== 'question') throw new Error(`${placed.state}: not the words of a question`)
  const options = placed.step.kind === 'postcode' ? SAMPLE_POSTCODE : OPTIONS[screen]
  const asked: Asked = { placed, screen, options, optionName: (option) => option }
  const text = questionText(asked, words, how, () => '')
  const answers = choices(asked, words, how.language, how.medium)
  const { step } = placed
  const row = measure(
    placed,
    screen === 'ask' ? placed.name : `${placed.name}/${screen}`,
    text,
    how,
    answers
  )
  const problems = [...row.problems]
  if (answers.length > MOST_KEYS[how.medium])
    problems.push(`has ${answers.length} answers; at most ${MOST_KEYS[how.medium]} fit`)
  if (how.medium === 'voice' && row.seconds > MOST_SECONDS)
    problems.push(`takes ${row.seconds} seconds to say; at most ${MOST_SECONDS}`)
  if (step.kind === 'yes-no' && (step.danger || step.risk) && screen === 'ask')
    problems.push(
      ...polarity(
        how.medium === 'voice' ? text.replace(keyLine(step, words, how.language), '') : text
      )
    )
  return { ...row, problems }
}

const polarity = (asked: string) =>
  negations(asked).map(
    (word) => `says "${word}", but yes is the dangerous answer here: ask it the other way round`
  )

/** What of a person step is heard, and what is read: a text never rings. */
const SAID_BY = {
  voice: ['person', 'nobody', 'unanswered'],
  text: ['text', 'nobody'],
} as const

/** Everything a person, end or outcome step may say. */
function saidRows(placed: Placed, words: StepWords, how: Manner): Row[] {
  const rows: Row[] = []
  const add = (part: string, phrase: Phrase | undefined) => {
    for (const told of phrase ? [how.told, ...TOLD_VARIANTS] : []) {
      const text = phrase ? say(phrase, { ...how, told }) : ''
      const step = part ? `${placed.name} (${part})` : placed.name
      if (text !== '' && !rows.some((row) => row.step === step && row.words === text))
        rows.push(measure(placed, step, text, how))
    }
  }
  if (words.kind === 'end') add('', words.say)
  if (words.kind === 'reason') add('reason', words.reason)
  if (words.kind === 'person') for (const part of SAID_BY[how.medium]) add(part, words.say[part])
  return rows
}

/** What no single flow owns: the greeting, repeats, endings and the rest. */
function auditCommon(given: With): Row[] {
  const { common } = given.language
  const placed = { flow: 'common', version: 0, name: '' }
  const phrases: [string, Phrase][] = [
    ['greeting', common.greeting],
    ['slower', common.slower],
    ['sorry', common.sorry],
    ['abuse', common.abuse],
    ...Object.entries(common.person).map(([name, phrase]): [string, Phrase] => [
      `person/${name}`,
      phrase,
    ]),
    ...Object.entries(common.says).map(([name, phrase]): [string, Phrase] => [
      `says/${name}`,
      phrase,
    ]),
  ]
  return each((medium, form) => {
    const how = manner(given, medium, form)
    return [
      ...phrases.map(([name, phrase]) => measure(placed, name, say(phrase, how), how)),
      ...CODES.map((code) => {
        const ending = { ...how, told: { ...how.told, codes: [code] } }
        return measure(placed, `endings/${code}`, endingWords(ending), ending)
      }),
    ]
  })
}

function measure(
  { flow, version }: Pick<Placed, 'flow' | 'version' | 'name'>,
  step: string,
  words: string,
  { language, medium, form }: Manner,
  answers: Parameters<typeof writeText>[0]['choices'] = []
): Row {
  const written = writeText({ parts: [{ words }], choices: answers })
  const read = [words, ...(medium === 'text' ? answers.map(({ label }) => label) : [])].join('\n')
  // Flesch-Kincaid knows English alone; other languages are read by their reviewers.
  const age = language.lang === 'en' ? readingAge(read, language.common.glossary) : 0
  const count = medium === 'text' ? segments(written) : 0
  const problems: string[] = []
  if (/[{}]|undefined/.test(written)) problems.push('has a blank that nothing filled')
  if (count > MOST_SEGMENTS) problems.push(`is ${count} texts long; at most ${MOST_SEGMENTS}`)
  if (age > OLDEST) problems.push(`has a reading age of ${age}; at most ${OLDEST}`)
  return {
    flow: version > 0 ? flowKey(flow, version) : flow,
    step,
    lang: language.lang,
    form,
    channel: medium === 'voice' ? 'voice' : 'sms',
    words: medium === 'text' ? written : words,
    seconds: medium === 'voice' ? spokenSeconds(words) : 0,
    segments: count,
    readingAge: age,
    problems,
  }
}
