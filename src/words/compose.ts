import type { Channel, Effect, Heard } from '../conversation/types.ts'
import type { Flat, Placed } from '../flows/flatten.ts'
import { levelOf } from '../flows/outcomes.ts'
import { endingWords } from './ending.ts'
import {
  type Language,
  languageOf,
  type QuestionWords,
  type StepWords,
  stepKey,
  type Words,
} from './language.ts'
import { phrasesHeard } from './listen.ts'
import { mediumOf, type Phrase } from './phrase.ts'
import {
  type Asked,
  type Choice,
  choices,
  questionState,
  questionText,
  screenOf,
} from './question.ts'
import { reasonWords } from './reason.ts'
import { asWritten } from './text.ts'
import { heldTime, type Manner, say, type Told } from './told.ts'

/** One turn to be put into words. */
export interface Turned {
  words: Words
  lang: string
  flat: Flat
  effects: readonly Effect[]
  channel: Channel
  /** The conversation's first words: the greeting goes before the question. */
  first: boolean
  /** What was just heard, so that a repeat says why. Without it a second attempt is taken for silence. */
  heard?: Heard['type']
  told: Told
  /** What a practice or postcode code is called. */
  optionName?: (option: string) => string
  /** A relay call: answers take longer. */
  relay?: boolean
}

export interface Part {
  step: string
  words: string
  /** To be spoken slowly. */
  slow: boolean
}

/** What a turn says and waits for, in final plain text for its channel. */
export interface Said {
  /** In the order they are heard. */
  parts: readonly Part[]
  listen: {
    screen: 'one-key' | 'many-keys' | 'speech'
    hints: readonly string[]
    /** Speech may interrupt. Never at a danger screen; keys always may. */
    bargeInSpeech: boolean
    seconds: number
  } | null
  /** The person being rung now, if one is. */
  person: Extract<Effect, { kind: 'person' }> | null
  choices: readonly Choice[]
  ended: null | 'emergency' | 'ordinary'
}

type Ask = Extract<Effect, { kind: 'ask' }>
type Person = Extract<Effect, { kind: 'person' }>

const SECONDS = { usual: 8, again: 12, relay: 30 }

/** Puts a turn into words: what was said on the way, then the question or the ending. */
export function compose(turn: Turned): Said {
  const ask = turn.effects.find((e) => e.kind === 'ask')
  const end = turn.effects.find((e) => e.kind === 'end')
  const person = turn.effects.find((e) => e.kind === 'person' && e.rings) as Person | undefined
  const parts = (turn.channel === 'voice' ? spoken(turn) : written(turn)).filter(
    ({ words }) => words !== ''
  )
  const waits = ask ?? person ?? turn.effects.find((e) => e.kind === 'joined')
  return {
    parts,
    listen: ask ? listenFor(turn, ask) : null,
    person: person ?? null,
    choices: ask ? choicesOf(turn, ask) : [],
    ended: waits
      ? null
      : end && levelOf(turn.told.codes) === 'emergency'
        ? 'emergency'
        : 'ordinary',
  }
}

/** By voice: in the order it happened. */
function spoken(turn: Turned): Part[] {
  return [
    ...greeting(turn),
    ...turn.effects.flatMap((effect) => {
      if (effect.kind === 'say') return [saidAside(turn, effect)]
      if (effect.kind === 'person') return [personPart(turn, effect)]
      if (effect.kind === 'ask') return asked(turn, effect)
      return effect.kind === 'end' ? [ended(turn, effect)] : []
    }),
  ]
}

/** By text: the 999 words, then the promise of a person, then the question. */
function written(turn: Turned): Part[] {
  const of = <K extends Effect['kind']>(kind: K) =>
    turn.effects.filter((e): e is Extract<Effect, { kind: K }> => e.kind === kind)
  return [
    ...greeting(turn),
    ...of('say').map((effect) => saidAside(turn, effect)),
    ...of('person').map((effect) => personPart(turn, effect)),
    ...of('end').map((effect) => ended(turn, effect)),
    ...of('person')
      .slice(0, 1)
      .map((effect) => promise(turn, effect)),
    ...of('ask').flatMap((effect) => asked(turn, effect)),
  ]
}

function greeting(turn: Turned): Part[] {
  const ask = turn.effects.find((e) => e.kind === 'ask')
  if (!turn.first || !ask || turn.effects.some((e) => e.kind === 'person')) return []
  const { common } = languageOf(turn.words, turn.lang)
  return [part('greeting', say(common.greeting, manner(turn, ask.form)))]
}

function saidAside(turn: Turned, { step, form, variant }: Extract<Effect, { kind: 'say' }>): Part {
  const { common } = languageOf(turn.words, turn.lang)
  const own = variant === 'unanswered' ? wordsAt(turn, step) : undefined
  const unanswered = own?.kind === 'person' ? own.say.unanswered : undefined
  const phrase = variant === 'abuse' ? common.abuse : (unanswered ?? common.person.unanswered)
  return part(step, say(phrase, manner(turn, form)))
}

/** Someone is being rung; or nobody is there at this hour. By text, what comes before the promise. */
function personPart(turn: Turned, effect: Person): Part {
  const words = wordsAt(turn, effect.step)
  if (words.kind !== 'person') throw new Error(`${effect.step}: not the words of a person step`)
  const { person, nobody, text } = words.say
  const phrase = effect.rings ? person : promised(turn, effect) ? text : nobody
  return part(effect.step, phrase ? say(phrase, manner(turn, effect.form)) : '')
}

const promised = ({ channel, told }: Turned, { staffed }: Person) =>
  channel !== 'voice' && staffed && told.promise !== undefined

function promise(turn: Turned, effect: Person): Part {
  const { common } = languageOf(turn.words, turn.lang)
  const by = turn.told.promise?.by
  if (!by || !promised(turn, effect) || tellsTime(turn)) return part(effect.step, '')
  const how = turn.told.unsafe ? 'quiet' : by
  return part(effect.step, say(common.person[how], manner(turn, effect.form)))
}

/** The ending of this turn names a time itself: a second one would confuse. */
function tellsTime(turn: Turned): boolean {
  const { told, effects } = turn
  const end = effects.find((e) => e.kind === 'end')
  const emergency = levelOf(told.codes) === 'emergency'
  return (
    end !== undefined && !ownEnding(turn, end.step) && !emergency && heldTime(told) !== undefined
  )
}

function asked(turn: Turned, effect: Ask): Part[] {
  const manner_ = manner(turn, effect.form)
  const ending = () => endingWords(manner_)
  const words = questionText(askedAt(turn, effect), questionWords(turn, effect), manner_, ending)
  const again = before(turn, effect)
  return [
    ...(again ? [part(effect.step, say(again, manner_))] : []),
    { step: effect.step, words, slow: effect.attempt > 1 },
  ]
}

/** Why a question is asked again. */
function before({ words, lang, heard }: Turned, { attempt }: Ask) {
  const { common } = languageOf(words, lang)
  if (attempt < 2 || heard === 'AGAIN' || heard === 'NOBODY' || heard === 'ABUSE') return undefined
  return heard === undefined || heard === 'SILENCE' ? common.slower : common.sorry
}

function ended(turn: Turned, { step, form }: Extract<Effect, { kind: 'end' }>): Part {
  const how = manner(turn, form)
  const reason = reasonAt(turn, how)
  const own = ownEnding(turn, step)
  if (own) return part(step, say(own, how, reason ? { blanks: { reason } } : {}))
  return part(step, endingWords(how, reason))
}

/** What to tell 111, from the outcome of this turn that sends the caller there. */
function reasonAt({ told, effects, flat }: Turned, how: Manner): string | undefined {
  const urgent = effects.find((e) => e.kind === 'outcome' && e.codes.includes('E111'))
  return (
    told.reason ?? (urgent?.kind === 'outcome' ? reasonWords(flat, urgent.step, how) : undefined)
  )
}

function ownEnding({ flat, words, lang }: Turned, state: string): Phrase | undefined {
  const { flow, version, name } = placedAt(flat, state)
  const own = languageOf(words, lang).steps.get(stepKey(flow, version, name))
  return own?.kind === 'end' ? own.say : undefined
}

const part = (step: string, words: string): Part => ({ step, words, slow: false })

const manner = (turn: Turned, form: 'self' | 'other'): Manner => ({
  language: languageOf(turn.words, turn.lang),
  medium: mediumOf(turn.channel),
  form,
  told: turn.told,
  asking: turn.effects.some((e) => e.kind === 'ask'),
})

function placedAt(flat: Flat, state: string): Placed {
  const placed = flat.steps.get(state) ?? flat.steps.get(questionState(state))
  if (!placed) throw new Error(`${flat.flow.flow}: no step ${state}`)
  return placed
}

function wordsAt(turn: Turned, state: string): StepWords {
  const { flow, version, name } = placedAt(turn.flat, state)
  const words = languageOf(turn.words, turn.lang).steps.get(stepKey(flow, version, name))
  if (!words) throw new Error(`${state}: no words in ${turn.lang}`)
  return words
}

function questionWords(turn: Turned, { step }: Ask): QuestionWords {
  const words = wordsAt(turn, step)
  if (words.kind !== 'question') throw new Error(`${step}: not the words of a question`)
  return words
}

function askedAt(turn: Turned, { step, options = [] }: Ask): Asked {
  const placed = placedAt(turn.flat, step)
  const screen = placed.state === step ? 'ask' : screenOf(step)
  return { placed, screen, options, optionName: turn.optionName ?? ((option) => option) }
}

function choicesOf(turn: Turned, ask: Ask): readonly Choice[] {
  const language: Language = languageOf(turn.words, turn.lang)
  const all = choices(
    askedAt(turn, ask),
    questionWords(turn, ask),
    language,
    mediumOf(turn.channel)
  )
  return turn.channel === 'sms' ? asWritten(all) : all
}

function listenFor(turn: Turned, ask: Ask): Said['listen'] {
  const { placed, screen } = askedAt(turn, ask)
  const { step } = placed
  const oneKey = screen !== 'ask' || step.kind === 'yes-no' || step.kind === 'choice'
  const again = ask.attempt > 1 ? SECONDS.again : SECONDS.usual
  return {
    screen: oneKey ? 'one-key' : step.kind === 'text' ? 'speech' : 'many-keys',
    hints: phrasesHeard(turn.words, turn.lang, askedAt(turn, ask)),
    bargeInSpeech: !('danger' in step && step.danger === 'yes'),
    seconds: turn.relay ? SECONDS.relay : again,
  }
}
