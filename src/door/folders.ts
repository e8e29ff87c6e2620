import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Content,
  HOLIDAYS,
  makeContent,
  makePlaces,
  type PlaceTexts,
  type Texts,
} from '../content.ts'
import { DoorError } from '../errors.ts'
import type { Files } from '../flows/library.ts'
import { SIGNED, type Sources } from '../flows/release.ts'

/** Where content is read from. */
export interface Folders {
  flows: string
  places: string
  locales: string
  /** Live: nothing that is not signed is served. */
  signedOnly?: boolean
}

/** Reads flows, words and places. Throws DoorError 'bad-flow' naming every fault of every file at once. */
export function readContent(folders: Folders): Content {
  return makeContent(textsIn(folders), folders.signedOnly)
}

/** Reads the places and their bank holidays again, to stand beside the flows and words there are. */
export const readPlaces = (folders: Pick<Folders, 'places' | 'flows'>, against: Content) =>
  makePlaces(placeTextsIn(folders), against)

function textsIn(folders: Folders): Texts {
  const flows = filesIn('FLOWS_DIR', folders.flows, /\.v\d+\.yaml$/)
  const words = filesIn('LOCALES_DIR', folders.locales, /\.yaml$/)
  return { flows, words, rules: ruleSources(), ...placeTextsIn(folders) }
}

const placeTextsIn = ({ places, flows }: Pick<Folders, 'places' | 'flows'>): PlaceTexts => ({
  places: filesIn('PLACES_DIR', places, /\.yaml$/),
  holidays: textOf(join(places, HOLIDAYS)),
  signed: textOf(join(flows, SIGNED)) ?? '',
})

const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

/** What flows name and do not hold: the rules, and the times and levels of the outcomes. */
const RULES = ['rules.ts', 'outcomes.ts']

/** The source of the rules, as this program runs them. */
export const ruleSources = (): Sources['rules'] =>
  new Map(
    RULES.map((file) => [file, readFileSync(new URL(`../flows/${file}`, import.meta.url), 'utf8')])
  )

function filesIn(setting: string, folder: string, pattern: RegExp): Files {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => pattern.test(name))
      .sort()
    return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const words = `${folder} cannot be read (${code}). Set ${setting} to the folder that holds them`
    throw new DoorError('bad-flow', `Cannot start. ${words}`, false, { cause })
  }
}
