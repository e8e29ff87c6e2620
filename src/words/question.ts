import type { Placed } from '../flows/flatten.ts'
import { isAsking, type Step } from '../flows/schema.ts'
import { answersOf } from './faults.ts'
import type { Language, QuestionWords } from './language.ts'
import { fill, type Medium } from './phrase.ts'
import type { Label } from './schema.ts'
import { type Manner, optionWords, say } from './told.ts'

/** One answer of a screen: what it is called, and the key that chooses it. */
export interface Choice {
  value: string
  label: string
  key: string
}

/** Which screen of a question a state is: the question, the read-back of what was found, or a choice of several. */
export type Screen = 'ask' | 'confirm' | 'pick'
export const screenOf = (state: string): Screen =>
  state.endsWith('/confirm') ? 'confirm' : state.endsWith('/pick') ? 'pick' : 'ask'
/** The state of the question itself. */
export const questionState = (state: string) => state.replace(/\/(confirm|pick)$/, '')

/** The key for "none": the same wherever something is searched or keyed in. */
export const NONE_KEY = '2'

/** The words of a question and its keys, spoken; or the question alone, written (its answers are `choices`). */
export function questionText(
  { placed, screen, options, optionName }: Asked,
  words: QuestionWords,
  manner: Manner,
  ending: () => string
): string {
  const { language, medium } = manner
  const { common } = language
  const kind = placed.step.kind === 'postcode' ? 'postcode' : 'practice'
  const option = optionWords(options[0] ?? '', kind, medium, optionName)
  const asked =
    screen === 'confirm'
      ? say(common.confirm[kind], manner, { blanks: { option } })
      : screen === 'pick'
        ? say(common.pick, manner)
        : say(words.ask, manner, { blanks: { ending: needsEnding(words) ? ending() : '' } })
  if (medium === 'text') return asked
  const keys =
    screen === 'ask'
      ? keyLine(placed.step, words, language)
      : keysOf(choices({ placed, screen, options, optionName }, words, language, medium), language)
  return [asked, keys].filter((line) => line !== '').join(' ')
}

export interface Asked {
  placed: Placed
  screen: Screen
  options: readonly string[]
  optionName: (option: string) => string
}

const needsEnding = (words: QuestionWords) =>
  words.ask.some((piece) => piece.voice.self.includes('{ending}'))

// A key line never changes, and is said at every turn.
const keyLines = new WeakMap<QuestionWords, string>()

/** The spoken line of keys of a question. */
export function keyLine(step: Step, words: QuestionWords, language: Language): string {
  const known = keyLines.get(words)
  if (known !== undefined) return known
  const line = words.keys ?? usualKeys(step, words, language)
  keyLines.set(words, line)
  return line
}

function usualKeys(step: Step, words: QuestionWords, language: Language): string {
  const { keys } = language.common
  if (step.kind === 'yes-no' || step.kind === 'choice')
    return keysOf(spokenOrder(step, words, language), language)
  return isAsking(step) ? keys[step.kind] : ''
}

/** "Yes, press 1. No, 2. Not sure, 3." */
function keysOf(choices: readonly Choice[], { common, lang }: Language): string {
  return choices
    .map(({ label, key }, at) =>
      fill(at === 0 ? common.keys.first : common.keys.next, lang, { label, key })
    )
    .join(' ')
}

/** Answers in the order their author speaks them; keys stay numbered in the flow's order. */
function spokenOrder(step: Step, words: QuestionWords, language: Language): Choice[] {
  const all = answers(step, words, language, 'voice')
  if (step.kind !== 'choice') return all
  const order = Object.keys(words.answers)
  return [...all].sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value))
}

/** The answers of a screen, for buttons and numbered texts, in the flow's order. */
export function choices(
  { placed, screen, options, optionName }: Asked,
  words: QuestionWords,
  language: Language,
  medium: Medium
): Choice[] {
  const { labels } = language.common
  if (screen === 'confirm')
    return [
      { value: 'yes', label: labels.yes[medium], key: '1' },
      { value: 'no', label: labels.no[medium], key: '2' },
    ]
  if (screen === 'pick')
    return [...options, 'none'].map((value, at) => ({
      value,
      label: value === 'none' ? labels['none-of-these'][medium] : optionName(value),
      key: String(at + 1),
    }))
  // A name or a story needs no button for none.
  return placed.step.kind === 'text' ? [] : answers(placed.step, words, language, medium)
}

function answers(step: Step, words: QuestionWords, language: Language, medium: Medium): Choice[] {
  return keyed(step).map(({ value, key }) => ({
    value,
    key,
    label: (words.answers[value] ?? usual(step, value, language))[medium],
  }))
}

/** The answers of a step that have a key, in the flow's order. */
export function keyed(step: Step): { value: string; key: string }[] {
  if (step.kind === 'yes-no' && !step.next['not-sure'])
    return [
      { value: 'yes', key: '1' },
      { value: 'no', key: '2' },
    ]
  if (step.kind === 'number' && step.of === 'count') return [] // 2 is a count there
  return answersOf(step).map((value, at) => ({
    value,
    key: value === 'none' ? NONE_KEY : String(at + 1),
  }))
}

function usual(step: Step, value: string, { common: { labels } }: Language): Label {
  if (value === 'none') return labels.none
  if (step.kind === 'yes-no' && value === 'no' && !step.next['not-sure'])
    return labels['no-or-not-sure']
  return labels[value as 'yes' | 'no' | 'not-sure'] ?? { voice: value, text: value }
}
