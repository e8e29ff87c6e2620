import { DoorError } from './errors.ts'
import type { Library } from './flows/flatten.ts'
import { type Files, readFlows } from './flows/library.ts'
import { machinesOf, type Release } from './flows/machines.ts'
import { readSignatures, type Sources } from './flows/release.ts'
import { type Calendar, calendarFrom } from './places/hours.ts'
import { checkTogether, parsePlace, reviewDue } from './places/schema.ts'
import type { Place } from './places/shape.ts'
import { type Offered, offeredBy, sha256, unsigned } from './signing.ts'
import { readWords, type Words } from './words/catalog.ts'

/** A place as it stands now, with the hash of the file it was read from. */
export interface Loaded {
  place: Place
  file: string
  /** The file as it was read, to be kept beside the contacts it routed. */
  text: string
  /** The flows it runs, each with the one hash over flow, words, rules and clinical settings that is signed. */
  releases: ReadonlyMap<string, Offered>
}

/** Everything that is read from the three folders, checked as a whole. */
export interface Content {
  library: Library
  releases: ReadonlyMap<string, Release>
  places: ReadonlyMap<string, Loaded>
  calendar: Calendar
  words: Words
  /** What releases are hashed over. */
  sources: Sources
  /** Live: nothing that is not signed is served. */
  signedOnly: boolean
  /** What is promised already, as the desks were last read; absent where nobody is handed over to. */
  slots?: Slots
}

/** Promises by the hour, and who could keep new ones. */
export interface Slots {
  /** How many a row of the desk counts: a team and an hour. */
  taken: (place: string, id: string) => number
  /** Whether somebody of the place is at work now. */
  staffed: (place: string) => boolean
  /** Whether somebody of the place is free now, and can be reached. */
  free: (place: string) => boolean
  /** Who waits for somebody, most urgent first: where they stand, and since when (ISO 8601 UTC). */
  waiting: (place: string) => readonly { rank: string; since: string }[]
}

/** The files of places, as they were read: with the calendar and the signatures, which change as places do. */
export interface PlaceTexts {
  /** `lewisham.yaml` */
  places: Files
  /** GOV.UK's list of bank holidays; undefined where there is none. */
  holidays: string | undefined
  /** The signatures beside the flows; empty where there are none. */
  signed: string
}

/** Every file that content is made of, as it was read. */
export interface Texts extends PlaceTexts, Sources {}

/**
 * Makes flows, words and places of their files. Throws DoorError 'bad-flow' naming every fault of every file at once;
 * nothing is served from files that hold one.
 */
export function makeContent(texts: Texts, signedOnly = false): Content {
  const problems: string[] = []
  const { flows, words: wordFiles, rules } = texts
  const { library, problems: flowFaults } = readFlows(flows)
  problems.push(...flowFaults)
  if (problems.length > 0) throw refusal(problems)
  const { words, problems: wordFaults } = readWords(wordFiles, library)
  const held = { library, words, sources: { flows, words: wordFiles, rules }, signedOnly }
  // Whether it is signed is asked last, once there is something sound to sign.
  const made = makePlaces(texts, { ...held, signedOnly: false })
  const { places, calendar, problems: placeFaults } = made
  problems.push(...wordFaults, ...placeFaults)
  if (!words.has('en'))
    problems.push('en: the safe words are said in English when all else fails; add locales/en')
  if (problems.length > 0 || !calendar) throw refusal(problems)
  if (signedOnly) refuseUnsigned(places)
  return { ...held, releases: machinesOf(library), places, calendar }
}

/**
 * Makes the places and their bank holidays alone: they reload while running, and a bad file never replaces a good one.
 * Every place is held against the others, and against the flows and words it chose; live, against what is signed.
 */
export function makePlaces(
  texts: PlaceTexts,
  against: Pick<Content, 'library' | 'words' | 'sources' | 'signedOnly'>
): { places: Map<string, Loaded>; calendar: Calendar | null; problems: string[] } {
  const { signatures, problems } = readSignatures(texts.signed)
  const read: Place[] = []
  const places = new Map<string, Loaded>()
  for (const [name, text] of texts.places) {
    const { place, problems: faults } = parsePlace(text, name)
    if (!place) {
      problems.push(...faults)
      continue
    }
    problems.push(...unheld(place, against).map((fault) => `${name}: ${fault}`))
    read.push(place)
    const releases = offeredBy(place, against, signatures)
    places.set(place.place, { place, file: sha256(text).slice(0, 16), text, releases })
  }
  problems.push(...checkTogether(read))
  if (read.length === 0 && problems.length === 0)
    problems.push('PLACES_DIR holds no place. Add a file, or set it to where the places are')
  const calendar = calendarIn(texts.holidays)
  if (!calendar) problems.push(`${HOLIDAYS}: this is not GOV.UK's list of bank holidays; fetch it`)
  // Nothing of a faulty file is hashed: its faults come first.
  if (against.signedOnly && problems.length === 0) problems.push(...unsigned(places.values()))
  return { places, calendar, problems }
}

/** What a place chose that the flows and words do not hold. */
function unheld(place: Place, { library, words }: Pick<Content, 'library' | 'words'>): string[] {
  const chosen = Object.entries(place.flows)
  const flows = chosen.filter(([flow, version]) => !library.get(`${flow}.v${version}`)?.exits)
  const languages = place.languages.filter((language) => !words.has(language))
  return [
    ...flows.map(([flow, version]) => `flows.${flow}: there is no version ${version} of it to run`),
    ...(place.flows.resident ? [] : ['flows: choose the version of resident, such as resident: 1']),
    ...languages.map((language) => `languages: there are no words in ${language}; take it out`),
  ]
}

/** What an operator must look at soon: places due to be checked again, bank holidays that run out. */
export const reviewsDue = (
  { places, calendar }: Pick<Content, 'places' | 'calendar'>,
  today: string
): string[] => [
  ...new Set([...places.values()].flatMap(({ place }) => reviewDue(place, calendar, today))),
]

/** The file of bank holidays, beside the places. */
export const HOLIDAYS = 'bank-holidays.json'

function calendarIn(text: string | undefined): Calendar | null {
  try {
    return calendarFrom(JSON.parse(text ?? ''))
  } catch {
    return null
  }
}

function refuseUnsigned(places: Content['places']) {
  const problems = unsigned(places.values())
  if (problems.length === 0) return
  const words = problems.map((problem) => `  - ${problem}`).join('\n')
  throw new DoorError('bad-flow', `Cannot start. MODE=live runs nothing unsigned:\n${words}`, false)
}

const refusal = (problems: readonly string[]) =>
  new DoorError(
    'bad-flow',
    `The files hold ${problems.length} fault(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    false
  )
