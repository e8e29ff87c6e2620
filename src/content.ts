import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Runnable } from './conversation/step.ts'
import { DoorError } from './errors.ts'
import { type Compiled, compile } from './flows/compile.ts'
import type { Library } from './flows/flatten.ts'
import { type Files, readFlows } from './flows/library.ts'
import { type Calendar, calendarFrom } from './places/hours.ts'
import { parsePlace } from './places/schema.ts'
import type { Place } from './places/shape.ts'
import { readWords, type Words } from './words/catalog.ts'

/** A flow that can be begun, ready to run. */
export interface Release extends Compiled {
  runnable: Runnable
  /** One hash over the flow, its sub-flows, words, rules and clinical settings. */
  hash: string
}

/** A place as it stands now, with the hash of the file it was read from. */
export interface Loaded {
  place: Place
  file: string
}

/** Everything that is read from the three folders, checked as a whole. */
export interface Content {
  library: Library
  releases: ReadonlyMap<string, Release>
  places: ReadonlyMap<string, Loaded>
  calendar: Calendar
  words: Words
}

export interface Folders {
  flows: string
  places: string
  locales: string
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * Reads flows, words and places. Throws DoorError 'bad-flow' naming every fault of every file at once;
 * nothing is served from a folder that holds one.
 */
export function readContent(folders: Folders): Content {
  const problems: string[] = []
  const flowFiles = filesIn(folders.flows, /\.v\d+\.yaml$/)
  const { library, problems: flowFaults } = readFlows(flowFiles)
  problems.push(...flowFaults)
  if (problems.length > 0) throw refusal(problems)
  const wordFiles = filesIn(folders.locales, /\.yaml$/)
  const { words, problems: wordFaults } = readWords(wordFiles, library)
  const { places, problems: placeFaults } = readPlaces(folders.places)
  problems.push(...wordFaults, ...placeFaults)
  if (problems.length > 0) throw refusal(problems)
  const calendar = calendarFrom(
    JSON.parse(readFileSync(join(folders.places, 'bank-holidays.json'), 'utf8'))
  )
  const releases = new Map<string, Release>()
  for (const [key, flow] of library) {
    if (flow.exits === undefined) continue
    const compiled = compile(flow, library)
    const parts = compiled.flat.parts.map((part) => flowFiles.get(`${part}.yaml`) ?? '')
    const said = [...wordFiles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
    const runnable = {
      machine: compiled.machine,
      name: flow.flow,
      version: flow.version,
    } as Runnable
    releases.set(key, {
      ...compiled,
      runnable,
      hash: sha256([...parts, ...said].join('\n')).slice(0, 16),
    })
  }
  return { library, releases, places, calendar, words }
}

/** Reads the places alone: they reload while running, and a bad file never replaces a good one. */
export function readPlaces(folder: string): { places: Map<string, Loaded>; problems: string[] } {
  const places = new Map<string, Loaded>()
  const problems: string[] = []
  for (const [name, text] of filesIn(folder, /\.yaml$/)) {
    const read = parsePlace(text, name)
    if ('problems' in read) problems.push(...read.problems)
    else places.set(read.place.place, { place: read.place, file: sha256(text).slice(0, 16) })
  }
  return { places, problems }
}

function filesIn(folder: string, pattern: RegExp): Files {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => pattern.test(name))
    .sort()
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

const refusal = (problems: readonly string[]) =>
  new DoorError(
    'bad-flow',
    `The files hold ${problems.length} fault(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    false
  )
