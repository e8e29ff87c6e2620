import { describe, expect, it } from 'vitest'
import { auditWords } from '../../src/words/audit.ts'
import {
  blanks,
  fleschKincaidGrade,
  negations,
  readingAge,
  spokenSeconds,
  wordsOf,
} from '../../src/words/measure.ts'
import { syllables } from '../../src/words/syllables.ts'
import { library, words } from './shipped.ts'

// Counted with a dictionary: the words of the flows that trip simple rules first.
describe('syllables', () => {
  it.each([
    [
      1,
      'the hard wake scared worse robbed missed dropped slurred knock burned please these face takes once home while used phone nine fire can’t health starved',
    ],
    [
      2,
      'muddled getting headache sugar danger address people able trouble houses changes pages minute little today tonight himself yourself quarter police language someone being sentence seven drowsy sweaty carers tired GP',
    ],
    [
      3,
      'anyone hospital equipment memory catheter medicine area dangerous company yesterday surgery afternoon benefits therapy neighbourhood GPs',
    ],
    [4, 'operation clopidogrel diabetes samaritans activities situation reablement palliative'],
  ])('%i', (count, list) => {
    const wrong = list.split(' ').filter((word) => syllables(word.replace('GPs', 'NHS')) !== count)
    expect(wrong).toEqual([])
  })
  it.each([
    ['7', 2],
    ['8', 1],
    ['11', 3],
    ['18', 2],
    ['20', 2],
    ['70', 3],
    ['45', 3],
  ])('the number %s has %i', (number, count) => expect(syllables(number)).toBe(count))
})

it.each([
  // 6 words of one syllable in one sentence: 0.39 × 6 + 11.8 × 1 − 15.59
  ['The cat sat on the mat.', -1.45],
  // 16 words, 23 syllables
  ['This sentence, taken as a reading passage unto itself, is being used to prove a point.', 7.61],
  // 2 sentences, 9 words, 11 syllables
  ['Stay on the line. A person is coming now.', 0.59],
])('Flesch-Kincaid grade: %s', (text, grade) =>
  expect(fleschKincaidGrade(text)).toBeCloseTo(grade, 0)
)

it('counts a glossary name as one easy word', () => {
  const text = 'Ring Samaritans or Childline.'
  expect(readingAge(text, ['samaritans'])).toBeLessThan(readingAge(text))
})

it('counts seconds by words, numbers digit by digit', () => {
  expect(wordsOf("Ring 999, or 1 1 1. Can't ask them.")).toHaveLength(11)
  expect(spokenSeconds(Array.from({ length: 140 }, () => 'word').join(' '))).toBe(60)
})

it('finds the blanks of a message, in every branch', () => {
  expect(blanks('{who} from {team}: {day, select, today {at {time}} other {later}}')).toEqual([
    'day',
    'team',
    'time',
    'who',
  ])
})

it.each([
  ['Is it not better?', ['not']],
  ["Can't they get up?", ["can't"]],
  [
    'Is no one there, or are they unable to wake, never moving, without breath?',
    ['no one', 'unable', 'never', 'without'],
  ],
  ['Cannot stand, no breath', ['cannot', 'no']],
  ['Is anyone hard to wake? Nothing new, a knock, a note.', []],
])('negations: %s', (text, found) => expect(negations(text)).toEqual(found))

describe('the words that are shipped', () => {
  const rows = auditWords(words, library)
  it('keep every limit, in each form and channel', () => {
    const faulty = rows.filter(({ problems }) => problems.length > 0)
    expect(faulty.map((r) => `${r.flow} ${r.step} ${r.form} ${r.channel}: ${r.problems}`)).toEqual(
      []
    )
  })
  it('cover every step that speaks', () => {
    const measured = new Set(rows.map((row) => `${row.flow}/${row.step.replace(/ .*/, '')}`))
    for (const [key, flow] of library)
      for (const [name, step] of Object.entries(flow.steps))
        if (!['rule', 'run', 'outcome', 'end'].includes(step.kind))
          expect(measured).toContain(`${key}/${name}`)
  })
  it.each([
    ['danger.v1', 'check-1', 19],
    ['danger.v1', 'check-2', 19],
    ['danger.v1', 'check-3', 18],
    ['resident.v1', 'who', 15],
    ['resident.v1', 'need', 17.5],
    ['exits.v1', 'xl-end', 20],
  ])('%s %s is said within %d seconds', (flow, step, most) => {
    const row = rows.find((r) => r.flow === flow && r.step === step && r.channel === 'voice')
    expect(row?.seconds).toBeLessThanOrEqual(most)
  })
})

it('tells an author what is too long, too hard, or says no', () => {
  const flow = library.get('fall.v1')
  if (!flow) throw new Error('no fall flow')
  const language = words.get('en')
  const step = language?.steps.get('fall.v1/floor')
  if (!language || step?.kind !== 'question') throw new Error('no words')
  const forms = (text: string) => ({ self: text, other: text })
  const long = `Have you not ${'experienced considerable difficulties '.repeat(30)}?`
  const ask = [{ when: [], voice: forms(long), text: forms(long.repeat(2)) }]
  const steps = new Map(language.steps).set('fall.v1/floor', { ...step, ask })
  const rows = auditWords(new Map([['en', { ...language, steps }]]), new Map([['fall.v1', flow]]))
  const problems = rows
    .filter((row) => row.step === 'floor')
    .flatMap((row) => row.problems)
    .join('\n')
  expect(problems).toMatch(/seconds to say; at most 20/)
  expect(problems).toMatch(/texts long; at most 3/)
  expect(problems).toMatch(/reading age of \d/)
  expect(problems).toMatch(/says "not"/)
})
