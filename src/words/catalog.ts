import { parseDocument } from 'yaml'
import type { z } from 'zod'
import type { Library } from '../flows/flatten.ts'
import { inWords } from '../flows/library.ts'
import type { Step } from '../flows/schema.ts'
import { type Common, commonSchema } from './common.ts'
import { checkLanguage, compareLanguages } from './faults.ts'
import type { Language, StepWords, Words } from './language.ts'
import type { Phrase } from './phrase.ts'
import {
  type endWords,
  type PersonWords,
  type questionWords,
  type reasonWords,
  WORDS_OF,
} from './schema.ts'

export type { Language, Words } from './language.ts'

/** Words files by `en/fall.v1.yaml`, as read from their folder. */
export type WordFiles = ReadonlyMap<string, string>

/**
 * Reads every words file against the flows it gives words to. The faults come back all at once, each naming its
 * file, its step and what to do. Nothing may be said from words that have faults.
 */
export function readWords(
  files: WordFiles,
  library: Library
): { words: Words; problems: string[] } {
  const problems: string[] = []
  const words = new Map<string, Language>()
  for (const lang of new Set([...files.keys()].map((file) => file.split('/')[0] ?? ''))) {
    const own = [...files].filter(([file]) => file.startsWith(`${lang}/`))
    const { language, faults } = readLanguage(lang, own, library)
    problems.push(...faults)
    if (language) words.set(lang, language)
  }
  if (files.size === 0)
    problems.push('there are no words files: add locales/en/common.yaml and one file for each flow')
  problems.push(...compareLanguages(words))
  return { words, problems }
}

function readLanguage(lang: string, files: [string, string][], library: Library) {
  const faults: string[] = []
  const steps = new Map<string, StepWords>()
  let common: Common | undefined
  for (const [file, text] of files) {
    const { data, faults: broken } = readYaml(file, text)
    faults.push(...broken)
    if (broken.length > 0) continue
    if (file === `${lang}/common.yaml`) {
      const read = commonSchema.safeParse(data)
      if (read.success) common = read.data
      else faults.push(...issues(file, read.error))
      continue
    }
    const read = readFlowWords(file, data, library)
    faults.push(...read.faults)
    for (const [step, words] of read.steps) steps.set(step, words)
  }
  if (!files.some(([file]) => file === `${lang}/common.yaml`))
    faults.push(
      `${lang}/common.yaml: there is no such file. Copy it from another language and put it into words`
    )
  const language: Language | undefined = common && { lang, common, steps }
  const given = new Set(files.map(([file]) => file))
  faults.push(...checkLanguage(lang, common, steps, library, given))
  return { language, faults }
}

function readYaml(file: string, text: string): { data?: unknown; faults: string[] } {
  const document = parseDocument(text)
  if (document.errors.length === 0) return { data: document.toJS(), faults: [] }
  return {
    faults: document.errors.map(
      (e) => `${file}: this is not a well-formed YAML file. ${e.message}`
    ),
  }
}

const issues = (file: string, error: z.ZodError) =>
  error.issues.map((issue) => `${file}: ${inWords(issue)}`)

/** The words of one flow's steps. A step without words of its own may need none: `checkLanguage` knows. */
function readFlowWords(file: string, data: unknown, library: Library) {
  const steps = new Map<string, StepWords>()
  const faults: string[] = []
  const key = file.slice(file.indexOf('/') + 1).replace(/\.yaml$/, '')
  const flow = library.get(key)
  if (!flow)
    return {
      steps,
      faults: [`${file}: there is no flow ${key}. Name the file after its flow, like fall.v1.yaml`],
    }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return { steps, faults: [`${file}: write the words of each step under the step's name`] }
  for (const [name, raw] of Object.entries(data)) {
    const step = flow.steps[name]
    if (!step) {
      faults.push(
        `${file}: step ${name}: the flow has no such step. Check its spelling, or take it out`
      )
      continue
    }
    if (step.kind === 'rule') {
      faults.push(`${file}: step ${name}: a rule says nothing. Take its words out`)
      continue
    }
    const read = WORDS_OF[step.kind].safeParse(raw)
    if (read.success) steps.set(`${key}/${name}`, stepWords(step, read.data))
    else faults.push(...read.error.issues.map((i) => `${file}: step ${name}: ${inWords(i)}`))
  }
  return { steps, faults }
}

type Raw =
  | z.infer<typeof questionWords | typeof endWords | typeof reasonWords>
  | { say: PersonWords }

function stepWords(step: Step, raw: Raw): StepWords {
  if ('reason' in raw) return { kind: 'reason', reason: raw.reason }
  if ('ask' in raw) {
    const { ask, text, keys, answers = {}, hear = {}, nouns = [], greeting } = raw
    return {
      kind: 'question',
      ask: text ? [...only('voice', ask), ...only('text', text)] : ask,
      ...(keys !== undefined && { keys }),
      answers,
      hear,
      nouns,
      greeting: greeting === 'yes',
    }
  }
  if (step.kind === 'person') return { kind: 'person', say: raw.say as PersonWords }
  return { kind: 'end', say: raw.say as Phrase }
}

const silent = { self: '', other: '' }
const only = (medium: 'voice' | 'text', phrase: Phrase): Phrase =>
  phrase.map((piece) => ({
    when: piece.when,
    voice: silent,
    text: silent,
    [medium]: piece[medium],
  }))
