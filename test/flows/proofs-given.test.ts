import { describe, expect, it } from 'vitest'
import type { Proven } from '../../src/flows/proof.ts'
import {
  everyOutcomeHasAnOwner,
  nothingGoesToAClosedService,
  type PlaceGiven,
  type Taken,
} from '../../src/flows/proof-places.ts'
import {
  everyStepHasWords,
  type Measured,
  names999,
  noEmptyPromise,
  noNegation,
  type WordsGiven,
  wordsArePlain,
  wordsFit,
} from '../../src/flows/proof-words.ts'
import { library } from './shipped.ts'

const row = (changes: Partial<Measured> = {}): Measured => ({
  flow: 'fall.v1',
  step: 'head',
  lang: 'en',
  form: 'self',
  channel: 'voice',
  words: 'Did you hit your head?',
  problems: [],
  ...changes,
})
const words = (...rows: Measured[]): WordsGiven => ({ rows, problems: [], languages: ['en'] })

describe('2, 9, 10, 13: the words', () => {
  it('a step without words, or with blank ones, is silent', () => {
    const all = everyStepHasWords(library, words(row({ words: '  ' })))
    const head = all.filter(({ step }) => step === 'fall.v1/head').map(({ words }) => words)
    expect(head).toEqual([
      'has no words: en self voice',
      'has no words: en self sms',
      'has no words: en other voice',
      'has no words: en other sms',
    ])
  })

  it('every language offered needs them', () => {
    const given = { ...words(row()), languages: ['en', 'pl'] }
    const found = everyStepHasWords(library, given).filter(({ step }) => step === 'fall.v1/head')
    expect(found.map(({ words }) => words)).toContain('has no words: pl self voice')
  })

  it.each([
    ['takes 24 seconds to say; at most 20', wordsFit],
    ['has 7 answers; at most 6 fit', wordsFit],
    ['is 4 texts long; at most 3', wordsFit],
    ['has a reading age of 13; at most 11', wordsArePlain],
    ['has a blank that nothing filled', wordsArePlain],
    ['says "not", but yes is the dangerous answer here: ask it the other way round', noNegation],
  ])('%s', (problem, proof) => {
    const [failure] = proof(words(row({ problems: [problem] })))
    expect(failure).toMatchObject({ step: 'fall.v1/head', words: `en, voice: ${problem}` })
    for (const other of [wordsFit, wordsArePlain, noNegation])
      if (other !== proof) expect(other(words(row({ problems: [problem] })))).toEqual([])
  })

  it('a word missing in a language is told as the words folder tells it', () => {
    const given = { ...words(), problems: ['pl/fall.v1.yaml: step head: has no words'] }
    expect(wordsArePlain(given)).toMatchObject([
      { words: 'pl/fall.v1.yaml: step head: has no words' },
    ])
  })

  it.each([
    ['x1-person (nobody)', 'Hang up and ring 9 9 9 now. A person is coming.', 1],
    ['x1-person (person)', 'Stay on the line. A person is coming.', 0],
    ['x1-person (nobody)', 'Hang up and ring 9 9 9 now.', 0],
  ])('7: %s: %s', (step, said, count) =>
    expect(noEmptyPromise(words(row({ flow: 'exits.v1', step, words: said })))).toHaveLength(count)
  )

  it('4: an end names 999 only where every wording of it does', () => {
    const says = names999(
      words(
        row({ step: 'ring-999', words: 'Ring 9 9 9.' }),
        row({ step: 'ring-999', words: 'Ring 999.', channel: 'sms' }),
        row({ step: 'ring-111', words: 'Ring 1 1 1.' }),
        row({ flow: 'common', step: 'endings/E999', words: 'Ring your surgery.' })
      )
    )
    expect(says('fall.v1', 'ring-999')).toBe(true)
    expect(says('fall.v1', 'ring-111')).toBe(false)
    expect(says('fall.v1', 'go-ae')).toBe(false)
  })
})

const taken = (changes: Partial<Taken> = {}): Taken => ({
  at: '2027-01-01T03:00:00Z',
  code: 'CSD',
  who: 'someone unknown',
  team: 'Neighbourhood 2',
  owner: 'duty lead',
  takesNow: true,
  open: true,
  due: '2027-01-01T20:00:00Z',
  fallback: 'next-opening',
  ...changes,
})
const place: PlaceGiven = { place: 'lewisham', openings: [], uncovered: [], take: () => [] }
const none: Proven[] = []

describe('6 and 7: the places', () => {
  it.each([
    ['is open and takes it', taken(), 0],
    ['is closed, and waits for its opening', taken({ takesNow: false, open: false }), 0],
    ['is closed, and takes it', taken({ open: false }), 1],
  ])('6: a service that %s', (_what, one, count) => {
    const found = nothingGoesToAClosedService([one], none, 'lewisham')
    expect(found).toHaveLength(count)
    if (count > 0)
      expect(found[0]).toMatchObject({
        flow: 'lewisham',
        step: 'CSD',
        words: 'CSD goes to Neighbourhood 2, which is closed',
        remedy: 'give the service of CSD a fallback in places/lewisham.yaml',
      })
  })

  it.each([
    ['no owner', taken({ owner: '' }), 'CSD has no owner'],
    ['no clock', { ...taken(), due: '' }, 'CSD has no clock'],
    ['no fallback', { ...taken(), fallback: '' }, 'CSD has no fallback'],
  ])('7: %s', (_what, one, said) => {
    expect(everyOutcomeHasAnOwner([one], place).map(({ words }) => words)).toEqual([said])
  })

  it('7: an hour for which nobody is named', () => {
    const found = everyOutcomeHasAnOwner([], { ...place, uncovered: ['Sunday 03:00-08:00'] })
    expect(found[0]?.words).toBe(
      'nobody is named for Sunday 03:00-08:00: name someone, or `none` with a reason'
    )
  })
})
