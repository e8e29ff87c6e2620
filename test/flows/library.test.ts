import { describe, expect, it } from 'vitest'
import { readFlows } from '../../src/flows/library.ts'
import { readPromises } from '../../src/flows/promises.ts'
import { changed, files, problems, promiseProblems } from './shipped.ts'

const faultsOf = (given: ReadonlyMap<string, string>) => readFlows(given).problems
const replaced = (name: string, from: string | RegExp, to: string) =>
  changed(name, (text) => text.replace(from, to))

it('the shipped flows and promises have no faults', () => {
  expect(problems).toEqual([])
  expect(promiseProblems).toEqual([])
})

describe('a bad flow file is refused with its file, its step and what to do', () => {
  it.each([
    [
      'not YAML at all',
      'fall.v1.yaml',
      'start: floor',
      'start: [floor',
      /^fall\.v1\.yaml: this is not a well-formed YAML file/,
    ],
    [
      'a line nobody knows',
      'fall.v1.yaml',
      'start: floor',
      'start: floor\nurgent: yes',
      /^fall\.v1\.yaml: nobody knows the line urgent\. Check its spelling, or take it out$/,
    ],
    [
      'a flag that is misspelt',
      'fall.v1.yaml',
      'risk: yes',
      'risks: yes',
      /^fall\.v1\.yaml: at steps → floor: nobody knows the line risks/,
    ],
    [
      'a flag that says no',
      'fall.v1.yaml',
      'risk: yes',
      'risk: no',
      /^fall\.v1\.yaml: at steps → floor → risk: write `yes`, or leave the line out$/,
    ],
    [
      'a kind that does not exist',
      'fall.v1.yaml',
      'kind: person',
      'kind: human',
      /^fall\.v1\.yaml: at steps → pain-person → kind: this kind of step does not exist\. Use yes-no, choice/,
    ],
    [
      'a rule that does not exist',
      'fall.v1.yaml',
      'rule: head-injury',
      'rule: head-hurt',
      /^fall\.v1\.yaml: at steps → head-rule → rule: no rule has this name: see src\/flows\/rules\.ts$/,
    ],
    [
      'a code that does not exist',
      'fall.v1.yaml',
      '[CSD, FALL]',
      '[CSD, FALLS]',
      /^fall\.v1\.yaml: at steps → today → codes → 1: use an outcome code such as E999, UCR2 or CSD/,
    ],
    [
      'an answer a yes-no question can not have',
      'fall.v1.yaml',
      'next: { yes: lift,',
      'next: { maybe: lift, yes: lift,',
      /^fall\.v1\.yaml: at steps → floor → next: nobody knows the line maybe/,
    ],
    [
      'an answer that is missing',
      'fall.v1.yaml',
      'next: { yes: lift, not-sure: lift, no: head }',
      'next: { yes: lift, not-sure: lift }',
      /^fall\.v1\.yaml: at steps → floor → next → no: this line is missing$/,
    ],
    [
      'a wait that is no duration',
      'fall.v1.yaml',
      'wait: PT60S',
      'wait: 60',
      /^fall\.v1\.yaml: at steps → pain-person → wait: this must be words$/,
    ],
    [
      'a step that is not there',
      'fall.v1.yaml',
      'no: head }',
      'no: heads }',
      /^fall\.v1\.yaml: step floor: leads to heads, but there is no such step\. Check its spelling$/,
    ],
    [
      'an exit that is not there',
      'mood.v1.yaml',
      'yes: exit/xl',
      'yes: exit/xxl',
      /^mood\.v1\.yaml: step ending-life: leads to exit\/xxl, but there is no such step/,
    ],
    [
      'a start that is not there',
      'fall.v1.yaml',
      'start: floor',
      'start: flour',
      /^fall\.v1\.yaml: step flour: the flow starts here, but there is no such step$/,
    ],
    [
      'a step nothing leads to',
      'fall.v1.yaml',
      'no: head-111 }',
      'no: head-999 }',
      /^fall\.v1\.yaml: step head-111: nothing leads here\. Lead an answer to it, or take it out$/,
    ],
    [
      'a sub-flow that is not there',
      'fall.v1.yaml',
      'flow: lift, version: 1',
      'flow: lift, version: 2',
      /^fall\.v1\.yaml: step lift: runs lift version 2, but there is no file lift\.v2\.yaml$/,
    ],
    [
      'a rule with an answer that leads nowhere',
      'fall.v1.yaml',
      '{ ring: head-999, take: head-ae }',
      '{ ring: head-999 }',
      /^fall\.v1\.yaml: step head-rule: the rule head-injury can answer take, which leads nowhere$/,
    ],
    [
      'a rule with an answer it never gives',
      'fall.v1.yaml',
      'take: head-ae }',
      'take: head-ae, stay: head-ae }',
      /^fall\.v1\.yaml: step head-rule: the rule head-injury never answers stay$/,
    ],
    [
      'a hang-up that leads to no outcome',
      'child.v1.yaml',
      'gone: safe',
      'gone: hold-end',
      /^child\.v1\.yaml: step hurt-now: `gone: hold-end` must name an outcome step of this flow$/,
    ],
    [
      'silence taken for an answer there is not',
      'closing.v1.yaml',
      'otherwise: not-sure',
      'otherwise: maybe',
      /^closing\.v1\.yaml: step here: `otherwise: maybe` is not one of its answers \(yes, no, not-sure\)$/,
    ],
    [
      'a retry of no question',
      'where.v1.yaml',
      'with: practice',
      'with: practise',
      /^where\.v1\.yaml: step postcode: `with: practise` names no step$/,
    ],
    [
      'a danger question without not-sure',
      'danger.v1.yaml',
      'not-sure: exit/x3, ',
      '',
      /^danger\.v1\.yaml: step check-1: a danger question must say where not-sure leads$/,
    ],
    [
      'a danger question where silence is an answer',
      'danger.v1.yaml',
      'danger: yes',
      'danger: yes\n    otherwise: no',
      /^danger\.v1\.yaml: step check-1: silence at a danger question goes the way of not-sure\. Take `otherwise` out$/,
    ],
    [
      '`done` in a flow that can be begun',
      'resident.v1.yaml',
      'closing: { kind: run, flow: closing, version: 1, then: told }',
      'closing: { kind: run, flow: closing, version: 1, then: done }',
      /^resident\.v1\.yaml: step closing: `done` is for sub-flows\. Lead to an `end` step instead$/,
    ],
    [
      'exits that are not there',
      'resident.v1.yaml',
      'exits: 1',
      'exits: 2',
      /^resident\.v1\.yaml: it takes its exits from version 2, but there is no file exits\.v2\.yaml$/,
    ],
    [
      'exits without a way out that every flow needs',
      'exits.v1.yaml',
      /^ {2}silent: .*\n/m,
      '',
      /^exits\.v1\.yaml: step silent: every flow leads here, but there is no such step\. Put it back$/,
    ],
    [
      'a file named otherwise than it says',
      'fall.v1.yaml',
      'version: 1\nhazards',
      'version: 2\nhazards',
      /^fall\.v1\.yaml: it says flow fall version 2\. Name the file fall\.v2\.yaml$/,
    ],
    [
      'a hazard that is no number',
      'fall.v1.yaml',
      'H-010, H-011',
      'H-10, H-011',
      /^fall\.v1\.yaml: at hazards → 0: use a hazard number like H-010$/,
    ],
    [
      'a step with a capital letter',
      'fall.v1.yaml',
      /floor/g,
      'Floor',
      /use small letters, digits and single hyphens, like head-risk/,
    ],
  ])('%s', (_what, name, from, to, words) => {
    expect(faultsOf(replaced(name, from, to)).join('\n')).toMatch(new RegExp(words, 'm'))
  })

  it('all its faults come at once', () => {
    const bad = changed('fall.v1.yaml', (text) =>
      text.replace('no: head }', 'no: heads }').replace('take: head-ae }', 'take: head-as }')
    )
    const both = bad.set(
      'lift.v1.yaml',
      (files.get('lift.v1.yaml') ?? '').replace('then: ring-999', 'then: ring')
    )
    const found = faultsOf(both)
    expect(found.filter((fault) => /heads|head-as|leads to ring,/.test(fault))).toHaveLength(3)
  })

  it('the words need no programmer', () => {
    const found = faultsOf(replaced('fall.v1.yaml', 'risk: yes', 'risk: 1')).join('\n')
    expect(found).not.toMatch(/undefined|Invalid|expected|received|object|string/i)
  })
})

describe('a circle that never asks is refused before a machine is made', () => {
  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      'an outcome that leads back to its rule',
      'two-hour.v1.yaml',
      (text) =>
        text.replace('closed: urgent', 'closed: ring-111').replace('then: ring-111', 'then: gate'),
      /two-hour\/gate/,
    ],
    [
      'a person no one can ring, and the outcome before it',
      'lift.v1.yaml',
      (text) =>
        text
          .replace('nobody: lift-999', 'nobody: lift')
          .replace('then: lift-person', 'then: pick') +
        '  pick: { kind: rule, rule: overheard, next: { yes: lift-person, no: lift-999 } }\n',
      /lift-person/,
    ],
    [
      'a question that is skipped',
      'where.v1.yaml',
      (text) =>
        text.replace(
          'next: { found: done, none: postcode }',
          'next: { found: may-speak, none: postcode }'
        ),
      /where\/practice/,
    ],
  ])('%s', (_what, name, change, words) => {
    const found = faultsOf(changed(name, change)).filter((fault) => fault.includes('circle'))
    expect(found[0]).toMatch(
      /without asking anything: .*Break the circle with a question or an end$/
    )
    expect(found.join('\n')).toMatch(words)
  })

  it('a flow that ends up running itself', () => {
    const found = faultsOf(
      replaced(
        'lift.v1.yaml',
        'then: lift-person }',
        'then: again }\n  again: { kind: run, flow: fall, version: 1, then: lift-person }'
      )
    )
    expect(found.join('\n')).toMatch(/the flow ends up running itself\. Break the circle/)
  })
})

describe('bad promises are refused in words', () => {
  it.each([
    ['no YAML', '- hazard: [', /not a well-formed YAML file/],
    [
      'a question without its flow',
      '- { hazard: H-010, question: floor }',
      /at 0 → question: name a flow and its step, like fall\/head/,
    ],
    [
      'a code that does not exist',
      '- { hazard: H-010, question: fall/floor, first: { yes: [LIFTS] } }',
      /use an outcome code such as E999/,
    ],
    [
      'a line nobody knows',
      '- { hazard: H-010, question: fall/floor, then: x }',
      /promises\.yaml: at 0: /,
    ],
  ])('%s', (_what, text, words) => {
    expect(readPromises(text).problems.join('\n')).toMatch(words)
  })
})
