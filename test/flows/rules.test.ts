import { describe, expect, it } from 'vitest'
import { firstContext } from '../../src/flows/context.ts'
import {
  decide,
  fields,
  type Readable,
  type RuleName,
  ruleNames,
  rules,
} from '../../src/flows/rules.ts'
import { facts } from './people.ts'

/** Every value of every field a rule may read. */
const VALUES: { [Field in keyof Readable]: readonly Readable[Field][] } = {
  adult: ['yes', 'no', 'unknown'],
  area: ['unasked', 'here', 'elsewhere', 'unknown'],
  overheard: ['yes', 'no'],
  practice: ['known', 'none'],
  safe: ['yes', 'no'],
  urgent: ['yes', 'no'],
  phone: ['mobile', 'landline', 'withheld'],
  number: ['asked', 'none'],
  channel: ['voice', 'sms', 'teams'],
  resume: ['no', 'fresh', 'stale'],
  cover: ['yes', 'no'],
  unsafe: ['yes', 'no'],
  ucr: ['open', 'closed'],
  crisis: ['open', 'closed'],
  cluster: ['open', 'closed'],
  'head-injury': ['E999', 'A&E'],
  'share-urgent': ['yes', 'no'],
}

type AnyRule = {
  reads: readonly (keyof Readable)[]
  answers: readonly string[]
  decide: (fields: Record<string, string>) => string
}
const ruleOf = (name: RuleName) => rules[name] as unknown as AnyRule

/** What each rule answers for every combination of what it reads, in the order of VALUES: one line a combination. */
const TABLE: Record<RuleName, string> = {
  'ucr-gate': `
    open yes unasked go                 open yes here go
    open yes elsewhere not-eligible     open yes unknown go
    open no unasked not-eligible        open no here not-eligible
    open no elsewhere not-eligible      open no unknown not-eligible
    open unknown unasked go             open unknown here go
    open unknown elsewhere not-eligible  open unknown unknown go
    closed yes unasked closed           closed yes here closed
    closed yes elsewhere not-eligible   closed yes unknown closed
    closed no unasked not-eligible      closed no here not-eligible
    closed no elsewhere not-eligible    closed no unknown not-eligible
    closed unknown unasked closed       closed unknown here closed
    closed unknown elsewhere not-eligible  closed unknown unknown closed`,
  'crisis-open': 'open open    closed closed',
  'slot-today': 'open yes    closed no',
  'has-practice': 'known known    none none',
  'head-injury': 'E999 ring    A&E take',
  overheard: 'yes yes    no no',
  'place-check': 'unasked ask    here skip    elsewhere ask    unknown skip',
  safeguarding: 'yes yes    no no',
  'share-anyway': 'yes yes go    yes no wait    no yes wait    no no wait',
  'number-known': `
    mobile asked yes    mobile none yes    landline asked yes    landline none yes
    withheld asked yes  withheld none no`,
  offer: `
    voice mobile yes none    voice mobile no text      voice landline yes none  voice landline no ring
    voice withheld yes none  voice withheld no none    sms mobile yes none      sms mobile no none
    sms landline yes none    sms landline no none      sms withheld yes none    sms withheld no none
    teams mobile yes none    teams mobile no none      teams landline yes none  teams landline no none
    teams withheld yes none  teams withheld no none`,
  resume: 'no no    fresh offer    stale offer',
  'may-wait':
    'voice yes yes    voice no no    sms yes no    sms no no    teams yes no    teams no no',
}

function combinations(reads: readonly (keyof Readable)[]): Record<string, string>[] {
  return reads.reduce<Record<string, string>[]>(
    (all, field) =>
      all.flatMap((one) => VALUES[field].map((value) => ({ ...one, [field]: value }))),
    [{}]
  )
}

describe.each(ruleNames)('the rule %s', (name) => {
  const { reads, answers, decide } = ruleOf(name)
  const expected = TABLE[name]
    .trim()
    .split(/\s{2,}|\n/)
    .map((line) => line.trim())

  it('answers as its table says, for every combination', () => {
    const really = combinations(reads).map((given) =>
      [...reads.map((field) => given[field]), decide(given)].join(' ')
    )
    expect(really).toEqual(expected.filter(Boolean))
  })

  it('gives each of its answers somewhere, and no other', () => {
    const given = new Set(combinations(reads).map((one) => decide(one)))
    expect([...given].sort()).toEqual([...answers].sort())
  })
})

it.each(ruleNames)(
  '%s cannot tell a known adult from an unknown one, nor here from an unknown area',
  (name) => {
    // The explorer takes one of each pair: should a rule ever tell them apart, it must take both.
    const { reads, decide } = ruleOf(name)
    for (const one of combinations(reads)) {
      const other = { ...one }
      if (one['adult'] === 'yes') other['adult'] = 'unknown'
      if (one['area'] === 'here') other['area'] = 'unknown'
      expect(decide(other)).toBe(decide(one))
    }
  }
)

describe('what a rule reads', () => {
  const context = firstContext(facts())
  const known = (codes: string[]) => facts({ known: { area: 'unasked', codes } })

  it.each([
    ['an urgent code of this conversation', { ...context, codes: ['UCR2'] }, facts(), 'yes'],
    ['an urgent code of an earlier one', context, known(['EMH']), 'yes'],
    ['a routine code', { ...context, codes: ['NAV'] }, known(['INFO']), 'no'],
    ['a call that broke off and nothing else', context, known(['HOLD']), 'no'],
    ['a hang-up in this conversation', { ...context, codes: ['HOLD'] }, facts(), 'yes'],
  ] as const)('%s is urgent: %s', (_name, told, given, urgent) => {
    expect(fields.urgent(told, given)).toBe(urgent)
  })

  it('a concern recorded earlier makes the ending ask whether ringing is safe', () => {
    expect(decide('safeguarding', context, known(['SAFE']))).toBe('yes')
  })

  it('someone who may be overheard is unsafe to text', () => {
    expect(fields.unsafe({ ...context, overheard: true }, facts())).toBe('yes')
  })

  it('a number once asked for is not asked for again, even where none was given', () => {
    const asked = { ...context, kept: { number: 'none' } }
    expect(decide('number-known', asked, facts({ phone: 'withheld' }))).toBe('yes')
  })
})
