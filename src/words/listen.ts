import type { Hearable, Listening } from '../conversation/listening.ts'
import type { Placed } from '../flows/flatten.ts'
import { type Language, languageOf, stepKey, type Words } from './language.ts'
import { type Asked, keyed, NONE_KEY, screenOf } from './question.ts'

export { languageOf }

/**
 * What may be heard at a state: its answers, their keys, and the phrases that mean them. A state ending in
 * `/confirm` or `/pick` is the read-back of a search; its options are named by `optionName`.
 */
export function listening(
  words: Words,
  lang: string,
  placed: Placed,
  state: string,
  options: readonly string[],
  optionName: (option: string) => string
): Listening {
  const language = languageOf(words, lang)
  const { step } = placed
  const screen = state === placed.state ? 'ask' : screenOf(state)
  const own = language.steps.get(stepKey(placed.flow, placed.version, placed.name))
  const question = own?.kind === 'question' ? own : undefined
  const flag = (name: 'danger' | 'risk') => name in step && step[name as never] === 'yes'
  return {
    kind:
      screen === 'confirm'
        ? 'yes-no'
        : screen === 'pick'
          ? 'choice'
          : (step.kind as Listening['kind']),
    ...('of' in step && { of: step.of }),
    ...('between' in step && step.between && { between: step.between }),
    answers: screen === 'ask' ? answersAt(placed, language) : readBack(screen, options, optionName),
    strict: flag('danger') || flag('risk'),
    nouns: question?.nouns ?? [],
    greeting: question?.greeting ?? false,
    vocabulary: language.common.hear,
  }
}

function answersAt({ step, flow, version, name }: Placed, { steps }: Language): Hearable[] {
  const words = steps.get(stepKey(flow, version, name))
  if (words?.kind !== 'question') return []
  return keyed(step).map(({ value, key }) => ({
    value,
    key,
    phrases: [...(words.hear[value] ?? []), ...shortLabel(words.answers[value]?.text)],
  }))
}

/** A short answer's own name is a phrase for it; a long one holds words that others share. */
const shortLabel = (label: string | undefined) =>
  label && /^[\p{L}' ]{2,24}$/u.test(label) ? [label.toLowerCase()] : []

function readBack(
  screen: 'confirm' | 'pick',
  options: readonly string[],
  optionName: (option: string) => string
): Hearable[] {
  if (screen === 'confirm')
    return [
      { value: 'yes', key: '1', phrases: [] },
      { value: 'no', key: NONE_KEY, phrases: [] },
    ]
  return [...options, 'none'].map((value, at) => ({
    value,
    key: String(at + 1),
    phrases:
      value === 'none' ? ['none of these', 'none of them'] : [optionName(value).toLowerCase()],
  }))
}

const MOST_HINTS = 100

// What a question expects never changes, and is needed at every turn.
const expected = new WeakMap<object, readonly string[]>()

/** What a recogniser is told to expect at a question. */
export function phrasesHeard(words: Words, lang: string, asked: Asked): readonly string[] {
  const { placed, screen, options, optionName } = asked
  const language = languageOf(words, lang)
  const own = language.steps.get(stepKey(placed.flow, placed.version, placed.name))
  const known = screen === 'ask' && own ? expected.get(own) : undefined
  if (known) return known
  const state = screen === 'ask' ? placed.state : `${placed.state}/${screen}`
  const hints = hintsOf(listening(words, lang, placed, state, options, optionName))
  if (screen === 'ask' && own) expected.set(own, hints)
  return hints
}

function hintsOf({ answers, kind, vocabulary: v }: Listening): string[] {
  const usual = kind === 'yes-no' ? [...v.yes, ...v.no, ...v.notSure] : []
  // The usual words come last: a recogniser knows them best, and only so many hints are read.
  const all = [...answers.flatMap(({ phrases }) => phrases), ...v.person, ...usual]
  return [...new Set(all)].map((phrase) => phrase.replaceAll(',', '')).slice(0, MOST_HINTS)
}
