import { type Compiled, compile } from './compile.ts'
import { explore } from './explore.ts'
import { flowKey, type Library } from './flatten.ts'
import type { Promised } from './promises.ts'
import type { Failure, Proven } from './proof.ts'
import { dangerComesFirst, dangerIsAnswered } from './proof-danger.ts'
import { nothingIsAskedTwice } from './proof-known.ts'
import { everyPathEnds } from './proof-length.ts'
import {
  codesRecorded,
  everyOutcomeHasAnOwner,
  nothingGoesToAClosedService,
  type PlaceGiven,
  ringsWhereSomeoneIs,
} from './proof-places.ts'
import { promisesHold } from './proof-promises.ts'
import { yesIsTheDangerousAnswer } from './proof-risk.ts'
import { everyoneIsAHumansTask } from './proof-tasks.ts'
import { aPersonCanBeAskedFor, noTurnIsSilent } from './proof-turns.ts'
import {
  everyStepHasWords,
  names999,
  noEmptyPromise,
  noNegation,
  type WordsGiven,
  wordsArePlain,
  wordsFit,
  wordsOfStep,
} from './proof-words.ts'
import { replay } from './replay.ts'
import { MOST_SITUATIONS } from './search.ts'
import { versionsTold } from './versions.ts'

/** Everything the proofs are about. Without places or words, the proofs that need them say so. */
export interface Given {
  library: Library
  promises: readonly Promised[]
  places: readonly PlaceGiven[]
  words?: WordsGiven
  /** A clock in milliseconds, to tell how long each proof took. */
  clock: () => number
}

/** One of the fourteen, and what it found. */
export interface Result {
  number: number
  promise: string
  failures: readonly Failure[]
  milliseconds: number
  /** What else is worth knowing: what was compared, or left out. */
  notes: readonly string[]
}

/** What was found of each flow that can be begun. */
export interface Explored extends Proven {
  compiled: Compiled
  replayed: number
  milliseconds: number
}

export interface Report {
  flows: readonly Explored[]
  /** Turns that XState takes otherwise than the search did, and searches given up: none, or nothing is proved. */
  disagreements: readonly Failure[]
  results: readonly Result[]
  milliseconds: number
}

/** Explores every flow that can be begun, and proves the fourteen promises of each. The library must be sound. */
export function check(given: Given): Report {
  const started = given.clock()
  const disagreements: Failure[] = []
  const flows: Explored[] = []
  for (const flow of given.library.values()) {
    if (flow.exits === undefined) continue
    const from = given.clock()
    const compiled = compile(flow, given.library)
    const graph = explore({ chart: compiled.machine.config, flat: compiled.flat })
    const name = flowKey(flow.flow, flow.version)
    const again = replay(name, compiled, graph)
    disagreements.push(...again.failures, ...(graph.cut ? [givenUp(name)] : []))
    const milliseconds = given.clock() - from
    flows.push({ flow: name, compiled, graph, replayed: again.turns, milliseconds })
  }
  const results = PROOFS.map((proof, at) => prove(proof, at + 1, flows, given))
  return { flows, disagreements, results, milliseconds: given.clock() - started }
}

const givenUp = (flow: string): Failure => ({
  flow,
  step: 'all of it',
  path: [],
  words: `has more than ${MOST_SITUATIONS} situations: not all were looked at, so this is not proved`,
  remedy: 'mend what the other proofs say first: most often danger is never cleared',
})

interface Proof {
  promise: string
  check: (flows: readonly Proven[], given: Given) => readonly Failure[]
  notes?: (flows: readonly Proven[], given: Given) => readonly string[]
}

function prove(proof: Proof, number: number, flows: readonly Proven[], given: Given): Result {
  const from = given.clock()
  const failures = proof.check(flows, given)
  const notes = proof.notes?.(flows, given) ?? []
  return { number, promise: proof.promise, failures, notes, milliseconds: given.clock() - from }
}

/** A proof of each flow: one that was not explored to its end is not proved. */
const each = (check: (proven: Proven) => Failure[]) => (flows: readonly Proven[]) =>
  flows.flatMap((proven) => (proven.graph.cut ? [givenUp(proven.flow)] : check(proven)))
const spoken = (given: Given, check: (words: WordsGiven) => Failure[]) =>
  given.words ? check(given.words) : []
const NO_WORDS = (_: readonly Proven[], { words }: Given) => (words ? [] : ['no words were given'])
const NO_PLACES = (_: readonly Proven[], { places }: Given) =>
  places.length > 0
    ? places.map(({ place, openings }) => `${place}: ${openings.length} opening states`)
    : ['no places were given']

const taken = (flows: readonly Proven[], place: PlaceGiven) => [...place.take(codesRecorded(flows))]

/** The fourteen promises, in the order of the design. */
const PROOFS: readonly Proof[] = [
  { promise: 'every path ends in an outcome, after few questions', check: each(everyPathEnds) },
  {
    promise: 'no turn is silent',
    check: (flows, given) => [
      ...flows.flatMap(noTurnIsSilent),
      ...spoken(given, (words) => everyStepHasWords(given.library, words)),
    ],
    notes: NO_WORDS,
  },
  { promise: 'a person can be asked for at every step', check: each(aPersonCanBeAskedFor) },
  {
    promise: 'a danger yes is answered with 999 or a human, not sure with a human',
    check: (flows, { words }) =>
      flows.flatMap((proven) => dangerIsAnswered(proven, words && names999(words))),
  },
  {
    promise: 'danger is asked before anything else',
    check: (flows) => flows.flatMap(dangerComesFirst),
  },
  {
    promise: 'no outcome goes to a closed service, all year',
    check: (flows, { places }) =>
      places.flatMap((place) =>
        nothingGoesToAClosedService(taken(flows, place), flows, place.place)
      ),
    notes: NO_PLACES,
  },
  {
    promise: 'every outcome has an owner, a clock and a fallback; every hour has cover named',
    check: (flows, given) => [
      ...given.places.flatMap((place) => everyOutcomeHasAnOwner(taken(flows, place), place)),
      ...flows.flatMap(ringsWhereSomeoneIs),
      ...spoken(given, noEmptyPromise),
    ],
    notes: NO_WORDS,
  },
  {
    promise: "a child, a silent caller and a hang-up each become a human's task",
    check: each(everyoneIsAHumansTask),
  },
  {
    promise: 'keys are unambiguous, questions short, texts fit',
    check: (_, given) => spoken(given, wordsFit),
    notes: NO_WORDS,
  },
  {
    promise: 'every word is there in every language, and plain',
    check: (_, given) => spoken(given, wordsArePlain),
    notes: NO_WORDS,
  },
  { promise: 'nothing is asked whose answer is known', check: each(nothingIsAskedTwice) },
  {
    promise: 'two versions of a flow: every difference is listed',
    check: () => [],
    notes: (_, { library, words }) => versionsTold(library, words && wordsOfStep(words)),
  },
  {
    promise: 'yes is the dangerous answer',
    check: (_, given) => [
      ...yesIsTheDangerousAnswer(given.library, given.promises),
      ...spoken(given, noNegation),
    ],
    notes: NO_WORDS,
  },
  {
    promise: 'what must be true of each hazard is true (flows/promises.yaml)',
    check: (flows, { promises }) => each((proven) => promisesHold(proven, promises))(flows),
    notes: (_, { promises }) => [`${promises.length} promises`],
  },
]
