import { DoorError } from '../errors.ts'
import { flowKey } from '../flows/flatten.ts'
import type { Common } from './common.ts'
import type { Phrase } from './phrase.ts'
import type { Label, PersonWords } from './schema.ts'

/** The words of one step, ready to be said. */
export type StepWords =
  | {
      kind: 'question'
      ask: Phrase
      keys?: string
      answers: Readonly<Record<string, Label>>
      hear: Readonly<Record<string, readonly string[]>>
      nouns: readonly string[]
      greeting: boolean
    }
  | { kind: 'person'; say: PersonWords }
  | { kind: 'end'; say: Phrase }
  | { kind: 'reason'; reason: Phrase }
export type QuestionWords = Extract<StepWords, { kind: 'question' }>

/** Everything the service says and listens for in one language. */
export interface Language {
  lang: string
  common: Common
  /** By `flow.vN/step`. */
  steps: ReadonlyMap<string, StepWords>
}

/** Every language that has words. */
export type Words = ReadonlyMap<string, Language>

export const stepKey = (flow: string, version: number, step: string) =>
  `${flowKey(flow, version)}/${step}`

/** The words of one language. Asking for one that has none is a fault of ours, not the caller's. */
export function languageOf(words: Words, lang: string): Language {
  const language = words.get(lang)
  if (!language) throw new DoorError('bad-flow', `no words in ${lang}`, false)
  return language
}
