import { describe, expect, it } from 'vitest'
import { readFlows } from '../../src/flows/library.ts'
import { readWords } from '../../src/words/catalog.ts'
import { library, problems, wordFiles } from './shipped.ts'

const FLOW = `
flow: tiny
version: 1
hazards: []
start: first
steps:
  first: { kind: yes-no, risk: yes, next: { yes: second, no: second, not-sure: second } }
  second: { kind: choice, next: { tea: rings, coffee: rings } }
  rings: { kind: person, priority: P1, wait: PT60S, nobody: over }
  over: { kind: end }
`
const tiny = readFlows(new Map([['tiny.v1.yaml', FLOW]]))
const common = wordFiles.get('en/common.yaml') ?? ''
const GOOD = `
first:
  ask: Is it hot?
  hear: { "yes": [hot], "no": [cold] }
second:
  ask: Which?
  answers: { coffee: Coffee, tea: Tea }
rings:
  say: { person: A person is coming., nobody: "" }
`
const read = (tinyWords: string, more: Record<string, string> = {}) =>
  readWords(
    new Map([['en/common.yaml', common], ['en/tiny.v1.yaml', tinyWords], ...Object.entries(more)]),
    tiny.library
  )

it('the shipped words fit the shipped flows', () => {
  expect(problems).toEqual([])
  expect(library.size).toBe(18)
})

it('takes words that fit', () => expect(read(GOOD).problems).toEqual([]))

describe('refuses, and says what to do', () => {
  it.each([
    [
      'no words for a step',
      GOOD.replace(/rings:[\s\S]*/, ''),
      'en/tiny.v1.yaml: step rings: has no words',
    ],
    [
      'words for no step',
      `${GOOD}\nthird: { say: Hello. }`,
      'step third: the flow has no such step',
    ],
    [
      'a blank nobody fills',
      GOOD.replace('Is it hot?', 'Is {name} hot?'),
      'step first: nobody fills the blank {name}',
    ],
    [
      'a time that may not be held',
      GOOD.replace('A person is coming.', '"We ring by {time}."'),
      'step rings: person: {time} is not always known. Put `when: promised`',
    ],
    [
      'an open bracket',
      GOOD.replace('Is it hot?', '"Is {it hot?"'),
      'has a bracket that is not closed',
    ],
    [
      'an answer that does not exist',
      GOOD.replace('tea: Tea', 'tea: Tea, milk: Milk'),
      'step second: names the answer milk',
    ],
    [
      'an answer without words',
      GOOD.replace(', tea: Tea', ''),
      'step second: the answer tea has no words',
    ],
    [
      'phrases for no answer',
      GOOD.replace('"no": [cold]', 'maybe: [cold]'),
      'listens for the answer maybe',
    ],
    [
      'a phrase with two meanings',
      GOOD.replace('[cold]', '[cold, Hot]'),
      '"hot" means both yes and no',
    ],
    [
      'a noun that is a yes',
      GOOD.replace('ask: Is it hot?', 'ask: Is it hot?\n  nouns: [hot]'),
      'step first: "hot" is heard as yes, so "no hot" can not be a plain no',
    ],
    [
      'a line nobody knows',
      GOOD.replace('ask: Which?', 'ask: Which?\n  tone: kind'),
      'step second: nobody knows the line tone',
    ],
    [
      'a condition nobody knows',
      GOOD.replace('A person is coming.', '{ when: raining, say: Oh. }'),
      '`when: raining` is not known. Use promised',
    ],
    [
      'a question without words',
      GOOD.replace('ask: Is it hot?', 'text: Is it hot?'),
      'step first: at ask',
    ],
    [
      'half a form',
      GOOD.replace('Is it hot?', '{ self: Are you hot? }'),
      'write a sentence, or `self:` and `other:`',
    ],
    [
      'a file that is no YAML',
      `${GOOD}\n  - : [`,
      'en/tiny.v1.yaml: this is not a well-formed YAML file',
    ],
    [
      'a file that is no list of steps',
      '- one',
      "write the words of each step under the step's name",
    ],
  ])('%s', (_name, text, fault) => expect(read(text).problems.join('\n')).toContain(fault))

  it('a file for no flow', () =>
    expect(read(GOOD, { 'en/tyni.v1.yaml': GOOD }).problems.join('\n')).toContain(
      'en/tyni.v1.yaml: there is no flow tyni.v1'
    ))
  it('a flow without a file', () =>
    expect(readWords(new Map([['en/common.yaml', common]]), tiny.library).problems).toEqual([
      'en/tiny.v1.yaml: there is no such file. Write the words of each step of tiny.v1 in it',
    ]))
  it('a language without common words', () =>
    expect(readWords(new Map([['en/tiny.v1.yaml', GOOD]]), tiny.library).problems[0]).toContain(
      'en/common.yaml: there is no such file'
    ))
  it('no language at all', () =>
    expect(readWords(new Map(), tiny.library).problems[0]).toContain('there are no words files'))
  it('an ending that is missing, and a name that is not known', () => {
    const bad = common.replace('  OOA:\n    say:', '  OAO:\n    say:')
    const faults = read(GOOD, { 'en/common.yaml': bad }).problems.join('\n')
    expect(faults).toContain('en/common.yaml: at endings → OOA: give this code an ending')
    expect(faults).toContain('OAO')
  })
  it('blanks that differ between languages', () => {
    const other = {
      'pl/common.yaml': common,
      'pl/tiny.v1.yaml': GOOD.replace('Is it hot?', '"Czy {place}?"'),
    }
    expect(read(GOOD, other).problems).toEqual([
      'pl/tiny.v1.yaml: step first: has the blanks {place}, but en has (none). Use the same in both',
    ])
  })
  it('a language that lacks a step', () => {
    const other = { 'pl/common.yaml': common, 'pl/tiny.v1.yaml': GOOD.replace(/rings:[\s\S]*/, '') }
    expect(read(GOOD, other).problems).toEqual([
      'pl/tiny.v1.yaml: step rings: has no words. Write what is said here',
    ])
  })
  it('everything at once', () => {
    const bad = GOOD.replace('Is it hot?', '{name}, hot?')
      .replace('[cold]', '[hot]')
      .replace('tea: Tea', 'milk: Milk')
    expect(read(bad).problems.length).toBeGreaterThanOrEqual(3)
  })
})
