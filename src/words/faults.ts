import { flowKey, type Library } from '../flows/flatten.ts'
import type { Flow, Step } from '../flows/schema.ts'
import { isAsking } from '../flows/schema.ts'
import type { Common } from './common.ts'
import type { Language, QuestionWords, StepWords, Words } from './language.ts'
import { blanksOf, type Condition, type Phrase, type Piece, wordings } from './phrase.ts'

/** The blanks a step's words may have: `told.ts` fills them. */
export const STEP_BLANKS = [
  'place',
  'team',
  'who',
  'time',
  'promise',
  'ref',
  'last3',
  'reason',
  'outOfHours',
  'housing',
  'published',
  'times',
]
const QUESTION_BLANKS = [...STEP_BLANKS, 'ending']
const OPTION_BLANKS = [...STEP_BLANKS, 'option']
const KEY_BLANKS = ['label', 'key']
const TIME_BLANKS = [
  'minute',
  'hour',
  'next',
  'half',
  'moment',
  'day',
  'part',
  'weekday',
  'date',
  'month',
  'clock',
  'when',
]

type Steps = ReadonlyMap<string, StepWords>

/** What one language lacks, has too much of, or says in a way nobody can fill. */
export function checkLanguage(
  lang: string,
  common: Common | undefined,
  steps: Steps,
  library: Library,
  files: ReadonlySet<string>
): string[] {
  const faults: string[] = []
  for (const [key, flow] of library) {
    const file = `${lang}/${key}.yaml`
    const speaks = Object.values(flow.steps).some((step) => mustSpeak(step))
    if (!files.has(file)) {
      if (speaks)
        faults.push(`${file}: there is no such file. Write the words of each step of ${key} in it`)
      continue
    }
    faults.push(...checkFlow(file, flow, steps))
  }
  if (common) faults.push(...checkCommon(`${lang}/common.yaml`, common))
  return faults
}

const mustSpeak = (step: Step) => isAsking(step) || step.kind === 'person'

function checkFlow(file: string, flow: Flow, steps: Steps): string[] {
  const faults: string[] = []
  for (const [name, step] of Object.entries(flow.steps)) {
    const words = steps.get(`${flowKey(flow.flow, flow.version)}/${name}`)
    const fault = (text: string) => faults.push(`${file}: step ${name}: ${text}`)
    if (!words) {
      if (mustSpeak(step)) fault('has no words. Write what is said here')
      continue
    }
    for (const [where, phrase, allowed] of phrasesOf(words))
      for (const problem of blankFaults(phrase, allowed)) fault(`${where}${problem}`)
    if (words.kind === 'question') for (const problem of answerFaults(step, words)) fault(problem)
  }
  return faults
}

/** Every phrase of a step, where it stands, and the blanks it may have. */
export function phrasesOf(words: StepWords): [string, Phrase, readonly string[]][] {
  if (words.kind === 'question') return [['', words.ask, QUESTION_BLANKS]]
  if (words.kind === 'end') return [['', words.say, STEP_BLANKS]]
  if (words.kind === 'reason') return [['', words.reason, ['place']]]
  return Object.entries(words.say).flatMap(([where, phrase]) =>
    phrase ? [[`${where}: `, phrase, STEP_BLANKS]] : []
  )
}

/** Blanks that are only filled where something holds, and what a part that has one must say `when:` of. */
const GUARDED: Readonly<Record<string, readonly string[]>> = {
  time: ['promised', 'ring-us', 'unsafe'],
  outOfHours: ['council'],
  housing: ['housing'],
  last3: ['digits'],
}

function blankFaults(phrase: Phrase, allowed: readonly string[]): string[] {
  const faults = new Set<string>(phrase.flatMap(guardFaults))
  for (const { text } of wordings(phrase))
    for (const fault of textFaults(text, allowed)) faults.add(fault)
  return [...faults]
}

function guardFaults({ when, voice, text }: Piece): string[] {
  const said = [voice.self, voice.other, text.self, text.other].join(' ')
  return Object.entries(GUARDED)
    .filter(
      ([blank, holds]) =>
        said.includes(`{${blank}}`) && !holds.some((c) => when.includes(c as Condition))
    )
    .map(
      ([blank, holds]) =>
        `{${blank}} is not always known. Put \`when: ${holds.join('` or `')}\` before the part that says it`
    )
}

function textFaults(text: string, allowed: readonly string[]): string[] {
  try {
    return blanksOf(text)
      .filter((blank) => !allowed.includes(blank))
      .map(
        (blank) =>
          `nobody fills the blank {${blank}}. Use ${allowed.map((b) => `{${b}}`).join(', ')}`
      )
  } catch {
    return [
      `"${text}" has a bracket that is not closed, or a form that cannot be read. Check its { and }`,
    ]
  }
}

/** The answers a person may give at a step, as its words may name them. */
export function answersOf(step: Step): string[] {
  if (step.kind === 'yes-no') return ['yes', 'no', 'not-sure']
  if (step.kind === 'choice') return Object.keys(step.next)
  return isAsking(step) ? ['none'] : []
}

function answerFaults(step: Step, { answers, hear, nouns }: QuestionWords): string[] {
  const faults: string[] = []
  const known = answersOf(step)
  const named = known.join(', ')
  for (const answer of Object.keys(answers))
    if (!known.includes(answer))
      faults.push(`names the answer ${answer}, which does not exist. Use ${named}`)
  for (const answer of Object.keys(hear))
    if (!known.includes(answer))
      faults.push(`listens for the answer ${answer}, which does not exist. Use ${named}`)
  if (step.kind === 'choice')
    for (const answer of known)
      if (!answers[answer])
        faults.push(`the answer ${answer} has no words. Name it under \`answers:\``)
  return [...faults, ...sharedPhrases(hear), ...deniedNouns(nouns, hear)]
}

function sharedPhrases(hear: QuestionWords['hear']): string[] {
  const faults: string[] = []
  const owner = new Map<string, string>()
  for (const [answer, phrases] of Object.entries(hear))
    for (const phrase of phrases.map(sameness)) {
      const other = owner.get(phrase)
      if (other && other !== answer)
        faults.push(`"${phrase}" means both ${other} and ${answer}. Keep it under one of them`)
      owner.set(phrase, answer)
    }
  return faults
}

/** A phrase that means yes, denied, is unclear: it may be one of several things asked. So it is no noun. */
const deniedNouns = (nouns: readonly string[], { yes = [] }: QuestionWords['hear']) =>
  nouns
    .map(sameness)
    .filter((noun) => yes.map(sameness).includes(noun))
    .map(
      (noun) =>
        `"${noun}" is heard as yes, so "no ${noun}" can not be a plain no. Take it out of \`nouns:\``
    )

const sameness = (phrase: string) =>
  phrase
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

function checkCommon(file: string, common: Common): string[] {
  const faults: string[] = []
  const check = (where: string, found: string[]) =>
    faults.push(...found.map((fault) => `${file}: ${where}: ${fault}`))
  const phrase = (where: string, words: Phrase, allowed = STEP_BLANKS) =>
    check(where, blankFaults(words, allowed))
  for (const name of ['greeting', 'slower', 'sorry', 'abuse', 'reason', 'safety-net'] as const)
    phrase(name, common[name])
  phrase('confirm → practice', common.confirm.practice, OPTION_BLANKS)
  phrase('confirm → postcode', common.confirm.postcode, OPTION_BLANKS)
  phrase('pick', common.pick, OPTION_BLANKS)
  for (const [name, words] of Object.entries(common.person)) phrase(`person → ${name}`, words)
  for (const [name, { say }] of Object.entries(common.endings)) phrase(`endings → ${name}`, say)
  for (const [name, words] of Object.entries(common.lines))
    if (words) phrase(`lines → ${name}`, words)
  for (const [name, words] of Object.entries(common.says)) phrase(`says → ${name}`, words)
  for (const [name, text] of Object.entries(common.keys))
    check(`keys → ${name}`, textFaults(text, name === 'time' ? ['time'] : KEY_BLANKS))
  for (const medium of ['voice', 'text'] as const)
    for (const [name, text] of Object.entries(common.time[medium]))
      check(`time → ${medium} → ${name}`, textFaults(text, TIME_BLANKS))
  return faults
}

/** Blanks that one language fills and another leaves out: the same facts must be told in each. */
export function compareLanguages(words: Words): string[] {
  const [first, ...others] = [...words.values()].sort((a) => (a.lang === 'en' ? -1 : 0))
  if (!first) return []
  return others.flatMap((other) => compare(first, other))
}

function compare(model: Language, other: Language): string[] {
  const faults: string[] = []
  for (const [key, words] of model.steps) {
    const theirs = other.steps.get(key)
    if (!theirs) continue
    const [flow, step] = key.split('/')
    const wanted = allBlanks(words).join(' ')
    const got = allBlanks(theirs).join(' ')
    if (wanted !== got)
      faults.push(
        `${other.lang}/${flow}.yaml: step ${step}: has the blanks ${got || '(none)'}, but ${model.lang} has ${wanted || '(none)'}. Use the same in both`
      )
  }
  return faults
}

function allBlanks(words: StepWords): string[] {
  const found = new Set<string>()
  for (const [, phrase] of phrasesOf(words))
    for (const { text } of wordings(phrase)) {
      try {
        for (const blank of blanksOf(text)) found.add(`{${blank}}`)
      } catch {} // said by the language's own check
    }
  return [...found].sort()
}
