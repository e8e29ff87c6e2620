import { parseDocument, stringify } from 'yaml'
import * as z from 'zod'
import { type Files, inWords } from './library.ts'

/** Everything a release may be made of, as it was read: files by name. */
export interface Sources {
  /** `fall.v1.yaml` */
  flows: Files
  /** `en/fall.v1.yaml`, `en/common.yaml` */
  words: Files
  /** The source of what flows name and do not hold: the named rules, and the table of outcomes. */
  rules: Files
}

/** What a place chose that changes what a caller meets. */
export interface Chosen {
  languages: readonly string[]
  settings: Readonly<Record<string, string | number>>
}

/** Any hash of a text, in hexadecimal. */
export type Hash = (text: string) => string

/** What is signed: one hash, and the line for each part that it is taken over. */
export interface Manifest {
  hash: string
  parts: readonly string[]
}

/** Settings of a place that no caller meets. Any other is clinical, a new one too, until it is named here. */
const NOT_CLINICAL = ['ucrTarget']
/** The safe words are said in English when all else fails, whatever a place offers. */
const SAFE_LANGUAGE = 'en'
/** 128 bits: short enough to be read out and kept on every contact, and no two releases will ever share one. */
const DIGITS = 32

/**
 * The signed release: one hash over the flow versions a machine is made of, their words in every language offered, the
 * source of the rules, and the clinical settings. `parts` are the flow versions, such as `fall.v1`.
 */
export function manifestOf(
  parts: readonly string[],
  sources: Sources,
  chosen: Chosen,
  hash: Hash
): Manifest {
  const words = [...chosen.languages].flatMap((language) => [
    `${language}/common.yaml`,
    ...parts.map((part) => `${language}/${part}.yaml`),
  ])
  const lines = [
    ...linesOf(
      'flows',
      sources.flows,
      parts.map((part) => `${part}.yaml`),
      hash
    ),
    ...linesOf('locales', sources.words, [...words, `${SAFE_LANGUAGE}/common.yaml`], hash),
    ...linesOf('src/flows', sources.rules, [...sources.rules.keys()], hash),
    ...clinical(chosen.settings).map(([name, value]) => `settings.${name} ${value}`),
  ]
  return { hash: hash(lines.join('\n')).slice(0, DIGITS), parts: lines }
}

/** One line for each file there is, in the order of their names. Line endings are a machine's own, and do not count. */
function linesOf(folder: string, files: Files, names: readonly string[], hash: Hash): string[] {
  return [...new Set(names)].sort().flatMap((name) => {
    const text = files.get(name)
    return text === undefined ? [] : [`${folder}/${name} ${hash(text.replaceAll('\r\n', '\n'))}`]
  })
}

const clinical = (settings: Chosen['settings']) =>
  Object.entries(settings)
    .filter(([name]) => !NOT_CLINICAL.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use small letters, digits and single hyphens, like resident')
const words = z.string('write this as text').trim().min(1, 'write something here')
const signature = z.strictObject({
  /** The hash that was signed. */
  release: z
    .string('copy the hash, in quotation marks, from `npm run flows -- check`')
    .regex(/^[0-9a-f]{32}$/, 'copy the whole hash from `npm run flows -- check`'),
  flow: name,
  version: z.int('use a whole number').positive('versions start at 1'),
  /** Signed for this place alone; without it for every place whose release has this hash. */
  place: name.optional(),
  name: words,
  role: words,
  /** Of the professional register: who signs a clinical release is a registered clinician. */
  registration: words,
  date: z.iso.date('write a date as year-month-day, like 2026-11-02'),
})

/** Who signed what, in which role, and when. */
export type Signature = z.infer<typeof signature>

/** The file of signatures stands beside the flows and outside what it signs. */
export const SIGNED = 'signed.yaml'

/** Reads `signed.yaml`. A file that holds comments alone signs nothing. */
export function readSignatures(text: string): { signatures: Signature[]; problems: string[] } {
  const document = parseDocument(text)
  const unread = document.errors.map(
    ({ message }) => `${SIGNED}: this is not a well-formed YAML file. ${message}`
  )
  if (unread.length > 0) return { signatures: [], problems: unread }
  const result = z.array(signature, 'write a list of signatures').safeParse(document.toJS() ?? [])
  if (result.success) return { signatures: result.data, problems: [] }
  return {
    signatures: [],
    problems: result.error.issues.map((issue) => `${SIGNED}: ${inWords(issue)}`),
  }
}

/** The text of the file with one more signature at its end; what stands there already is left as it is. */
export function withSignature(text: string, added: Signature): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
  // In quotation marks whatever it holds: a hash of digits alone would be read as a number.
  return before + stringify([added], { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })
}

/** One flow version as a place runs it. */
export interface Running {
  hash: string
  flow: string
  version: number
  place: string
}

/** The signature that holds for a flow version in a place, if there is one. */
export const signatureFor = (
  signatures: readonly Signature[],
  { hash, flow, version, place }: Running
): Signature | undefined =>
  signatures.find(
    (one) =>
      one.release === hash &&
      one.flow === flow &&
      one.version === version &&
      (one.place === undefined || one.place === place)
  )
