import { readdirSync, readFileSync } from 'node:fs'
import { compile } from '../../src/flows/compile.ts'
import { readFlows } from '../../src/flows/library.ts'
import { readWords } from '../../src/words/catalog.ts'
import { languageOf } from '../../src/words/language.ts'

/** The flows and words that are shipped, read as the door reads them. */
export const flowFiles = filesIn('flows', /\.v\d+\.yaml$/, '')
export const wordFiles = filesIn('locales/en', /\.yaml$/, 'en/')
export const { library } = readFlows(flowFiles)
export const { words, problems } = readWords(wordFiles, library)
export const english = languageOf(words, 'en')

const resident = library.get('resident.v1')
if (!resident) throw new Error('there is no resident flow')
export const compiled = compile(resident, library)
export const { flat } = compiled

function filesIn(folder: string, pattern: RegExp, before: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => pattern.test(name))
  return new Map(names.map((name) => [before + name, readFileSync(`${folder}/${name}`, 'utf8')]))
}
