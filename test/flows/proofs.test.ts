import { beforeAll, describe, expect, it } from 'vitest'
import { givenFor, readAll } from '../../src/cli/given.ts'
import { check, type Report } from '../../src/flows/check.ts'
import { describe as describeFlow } from '../../src/flows/compile.ts'
import { explore } from '../../src/flows/explore.ts'
import { readFlows } from '../../src/flows/library.ts'
import type { Failure, Proven } from '../../src/flows/proof.ts'
import { dangerComesFirst, dangerIsAnswered } from '../../src/flows/proof-danger.ts'
import { nothingIsAskedTwice } from '../../src/flows/proof-known.ts'
import { everyPathEnds } from '../../src/flows/proof-length.ts'
import { promisesHold } from '../../src/flows/proof-promises.ts'
import { yesIsTheDangerousAnswer } from '../../src/flows/proof-risk.ts'
import { everyoneIsAHumansTask } from '../../src/flows/proof-tasks.ts'
import { aPersonCanBeAskedFor } from '../../src/flows/proof-turns.ts'
import { changed, promises } from './shipped.ts'

/** One kind of contact by phone: enough to see each of these faults. */
const QUICK = {
  effort: 'quick',
  domains: {
    channel: ['voice'],
    phone: ['mobile'],
    resume: ['no'],
    adult: ['unknown'],
    area: ['unasked'],
    'known.codes': [[]],
    'kept.who': [undefined],
    'kept.practice': [undefined],
  },
} as const

describe('the shipped flows, places and words', () => {
  let report: Report
  beforeAll(() => {
    report = check(givenFor(readAll()))
  }, 60_000)

  it('hold all fourteen promises', () => {
    expect(report.results.map(({ number }) => number)).toEqual(
      [...Array(14)].map((_, at) => at + 1)
    )
    expect(report.results.flatMap(({ failures }) => failures)).toEqual([])
    expect(report.disagreements).toEqual([])
  })

  it('leave no proof out for want of words or places', () => {
    const notes = report.results.flatMap(({ notes }) => notes)
    expect(notes.filter((note) => note.startsWith('no '))).toEqual([])
    for (const place of ['lewisham', 'southampton', 'southwark'])
      expect(notes.join()).toContain(`${place}: `)
  })
})

/** A flow with one file changed, explored: what a proof would say of it. */
function broken(name: string, change: (text: string) => string): Proven {
  const { library, problems } = readFlows(changed(name, change))
  expect(problems).toEqual([])
  const flow = library.get('resident.v1')
  if (!flow) throw new Error('there is no resident flow')
  return { flow: 'resident.v1', graph: explore(describeFlow(flow, library), QUICK) }
}
const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to)

type Broken = [
  what: string,
  file: string,
  change: (text: string) => string,
  proof: (proven: Proven) => Failure[],
  words: RegExp,
]
describe('a broken flow is named: the step, the way there, what is wrong and what to do', () => {
  it.each<Broken>([
    [
      'a tenth question (1)',
      'safety.v1.yaml',
      (text) =>
        text.replace(
          'next: { yes: housing-where, no: concern-where, not-sure: concern-where }',
          'next: { yes: housing-where, no: more, not-sure: concern-where }'
        ) + '  more: { kind: choice, next: { one: concern-where } }\n',
      everyPathEnds,
      /10 questions before the outcome on one path: at most 9 are allowed/,
    ],
    [
      'a fifth question after the outcome (1)',
      'closing.v1.yaml',
      (text) =>
        text.replace('no: name }', 'no: more }') +
        '  more: { kind: choice, next: { one: name } }\n',
      everyPathEnds,
      /5 questions after the outcome/,
    ],
    [
      'a fourth danger screen (1)',
      'danger.v1.yaml',
      (text) =>
        text.replace('no: check-3 }', 'no: check-4 }') +
        '  check-4:\n    kind: yes-no\n    danger: yes\n    next: { yes: exit/x1, not-sure: exit/x3, no: check-3 }\n',
      everyPathEnds,
      /4 danger screens on one path: at most 3/,
    ],
    [
      'a person who is no more than words (3)',
      'exits.v1.yaml',
      swap(
        'person: { kind: person, priority: P2, wait: PT60S, nobody: call }',
        'person: { kind: rule, rule: overheard, next: { yes: call-end, no: person2 } }\n  person2: { kind: person, priority: P2, wait: PT60S, nobody: call }'
      ),
      aPersonCanBeAskedFor,
      /a person is asked for, and the conversation goes to exit\/call-end without one/,
    ],
    [
      'a danger yes that goes on (4)',
      'danger.v1.yaml',
      swap(
        'next: { yes: exit/x1, not-sure: exit/x3, no: check-2 }',
        'next: { yes: check-2, not-sure: exit/x3, no: check-2 }'
      ),
      dangerIsAnswered,
      /yes to danger gives neither 999 nor a person/,
    ],
    [
      'a danger not-sure that goes on (4)',
      'danger.v1.yaml',
      swap(
        'next: { yes: exit/x1, not-sure: exit/x3, no: check-2 }',
        'next: { yes: exit/x1, not-sure: check-2, no: check-2 }'
      ),
      dangerIsAnswered,
      /not sure about danger does not reach a person/,
    ],
    [
      'danger words that are only noted (4)',
      'exits.v1.yaml',
      swap(
        'xl: { kind: outcome, codes: [EMH], then: xl-person }',
        'xl: { kind: outcome, codes: [NAV], then: xl-person }'
      ),
      dangerIsAnswered,
      /danger is spoken of/,
    ],
    [
      'danger that is cleared too soon (5)',
      'danger.v1.yaml',
      swap(
        '    danger: yes\n    next: { yes: exit/x1, not-sure: exit/x3, no: check-2 }',
        '    danger: yes\n    clears: yes\n    next: { yes: exit/x1, not-sure: exit/x3, no: check-2 }'
      ),
      dangerComesFirst,
      /danger counts as cleared on a path that never said no here/,
    ],
    [
      'danger that is never cleared (5)',
      'danger.v1.yaml',
      swap('    clears: yes\n', ''),
      dangerComesFirst,
      /something else is asked before danger/,
    ],
    [
      'someone uncleared who waits like the rest (5)',
      'exits.v1.yaml',
      swap('q0-person: { kind: person, priority: P1', 'q0-person: { kind: person, priority: P2'),
      dangerComesFirst,
      /rung before danger is cleared, but not first in the queue/,
    ],
    [
      'a child of whom no one is told (8)',
      'child.v1.yaml',
      swap(
        'hold: { kind: outcome, codes: [E111, HOLD], then: hold-person }',
        'hold: { kind: outcome, codes: [INFO], then: hold-person }'
      ),
      everyoneIsAHumansTask,
      /a child is spoken of, and no one is told/,
    ],
    [
      'a hang-up of which no one is told (8)',
      'exits.v1.yaml',
      swap(
        'gone-danger: { kind: outcome, codes: [HOLD], within: PT5M, then: gone-end }',
        'gone-danger: { kind: outcome, codes: [INFO], then: gone-end }'
      ),
      everyoneIsAHumansTask,
      /rings off before anything is recorded, and no one is told/,
    ],
    [
      'a question whose answer is known (11)',
      'closing.v1.yaml',
      swap('name:\n    kind: text\n    keeps: name', 'name:\n    kind: text\n    keeps: need'),
      nothingIsAskedTwice,
      /is asked although its answer \(need\) is known/,
    ],
    [
      'an arrow a hazard rests on (14)',
      'fall.v1.yaml',
      swap(
        'next: { yes: head-rule, not-sure: head-rule, no: head-111 }',
        'next: { yes: head-111, not-sure: head-rule, no: head-111 }'
      ),
      (proven) => promisesHold(proven, promises),
      /H-011: after yes the first outcome must be E999; it is E111/,
    ],
    [
      'a new risk question that no promise speaks of (14)',
      'worse.v1.yaml',
      (text) =>
        text.replace('start: by-tomorrow', 'start: tonight') +
        '  tonight:\n    kind: yes-no\n    risk: yes\n    next: { yes: worse-person, not-sure: worse-person, no: by-tomorrow }\n',
      (proven) => promisesHold(proven, promises),
      /worse\/tonight/,
    ],
  ])('%s', (_what, file, change, proof, words) => {
    const failures = proof(broken(file, change))
    expect(failures.map(({ step, words }) => `${step}: ${words}`).join('\n')).toMatch(words)
    for (const { remedy, step } of failures) expect([remedy, step]).not.toContain('')
  })

  it('the way there is told answer by answer, for someone who does not program', () => {
    const proven = broken(
      'fall.v1.yaml',
      swap('yes: bone-999, not-sure: bone-999', 'yes: two-hour, not-sure: bone-999')
    )
    const failure = promisesHold(proven, promises).find(({ step }) => step === 'fall/bone')
    expect(failure?.path.map((turn) => turn.replace(/ \(.*\)$/, ''))).toEqual([
      'danger/check-1: no',
      'danger/check-2: no',
      'danger/check-3: no',
      'who: self',
      'need: fall',
      'fall/floor: no',
      'fall/head: no',
      'fall/pain: yes',
      'fall/bone: yes',
    ])
  })
})

describe('13: yes is the dangerous answer', () => {
  const given = (next: string, more = '') =>
    readFlows(
      changed('worse.v1.yaml', (text) =>
        text.replace('next: { yes: worse-person, not-sure: worse-person, no: where }', next + more)
      )
    ).library
  const unpromised = promises.filter(({ question }) => question !== 'worse/by-tomorrow')

  it.each([
    [
      'not sure goes the way of no',
      'next: { yes: worse-person, not-sure: where, no: where }',
      /not sure goes the way of no/,
    ],
    [
      'not sure goes a way of its own',
      'next: { yes: worse-person, not-sure: worse-111, no: where }',
      /not sure goes another way than yes/,
    ],
    [
      'not sure is left out',
      'next: { yes: worse-person, no: where }',
      /not sure leads nowhere of its own/,
    ],
    [
      'silence counts as no',
      'otherwise: no\n    next: { yes: worse-person, not-sure: worse-person, no: where }',
      /silence counts as no/,
    ],
  ])('%s', (_what, next, words) => {
    const failures = yesIsTheDangerousAnswer(given(next), unpromised)
    expect(failures.map(({ words }) => words).join()).toMatch(words)
  })

  it('promises.yaml may say otherwise', () => {
    const otherwise = {
      hazard: 'H-023',
      question: 'worse/by-tomorrow',
      first: { yes: ['E111'], 'not-sure': ['GPX'] },
    }
    const library = given('next: { yes: worse-person, not-sure: where, no: where }')
    expect(yesIsTheDangerousAnswer(library, [...unpromised, otherwise])).toEqual([])
  })
})
