import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Given } from '../flows/check.ts'
import type { Library } from '../flows/flatten.ts'
import { readFlows } from '../flows/library.ts'
import { readPromises } from '../flows/promises.ts'
import type { WordsGiven } from '../flows/proof-words.ts'
import { type Calendar, calendarFrom } from '../places/hours.ts'
import { checkTogether, parsePlace } from '../places/schema.ts'
import type { Place } from '../places/shape.ts'
import { auditWords } from '../words/audit.ts'
import { readWords, type Words } from '../words/catalog.ts'
import { Faults, filesIn, folders } from './files.ts'
import { placeGiven } from './place-proof.ts'

/** Flows, words, places and promises as they stand in their folders, read for a command. */
export interface Read {
  flowFiles: ReadonlyMap<string, string>
  library: Library
  wordFiles: ReadonlyMap<string, string>
  words: Words
  wordProblems: readonly string[]
  places: readonly Place[]
  calendar: Calendar
}

/** Reads the flows, and refuses with every fault at once. Words may still have gaps: the proofs list them. */
export function readAll(): Read {
  const flowFiles = filesIn(folders.flows, /\.v\d+\.yaml$/)
  const { library, problems } = readFlows(flowFiles)
  if (problems.length > 0) throw new Faults(problems)
  const wordFiles = filesIn(folders.locales, /\.yaml$/)
  const { words, problems: wordProblems } = readWords(wordFiles, library)
  const calendar = calendarFrom(
    JSON.parse(readFileSync(join(folders.places, 'bank-holidays.json'), 'utf8'))
  )
  return { flowFiles, library, wordFiles, words, wordProblems, places: readPlaces(), calendar }
}

function readPlaces(): Place[] {
  const read = [...filesIn(folders.places, /\.yaml$/)].map(([name, text]) => parsePlace(text, name))
  const problems = read.flatMap((one) => one.problems ?? [])
  const places = read.flatMap((one) => one.place ?? [])
  const all = [...problems, ...checkTogether(places)]
  if (all.length > 0) throw new Faults(all)
  return places
}

/** What the words are, for the proofs. */
export const wordsGiven = ({ words, wordProblems, library }: Read): WordsGiven => ({
  rows: auditWords(words, library),
  problems: wordProblems,
  languages: [...words.keys()],
})

/** Everything the proofs are about. */
export function givenFor(read: Read): Given {
  const { promises, problems } = readPromises(
    readFileSync(join(folders.flows, 'promises.yaml'), 'utf8')
  )
  if (problems.length > 0) throw new Faults(problems)
  return {
    library: read.library,
    promises,
    places: read.places.map((place) => placeGiven(place, read.calendar)),
    words: wordsGiven(read),
    clock: () => performance.now(),
  }
}
