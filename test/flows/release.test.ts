import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ruleSources } from '../../src/door/folders.ts'
import { flatten } from '../../src/flows/flatten.ts'
import { readFlows } from '../../src/flows/library.ts'
import {
  type Chosen,
  manifestOf,
  readSignatures,
  type Signature,
  type Sources,
  signatureFor,
  withSignature,
} from '../../src/flows/release.ts'
import { sha256 } from '../../src/signing.ts'
import { shipped } from '../places/shipped.ts'

const filesIn = (folder: string, pattern: RegExp) =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')] as const)
  )
const SOURCES: Sources = {
  flows: filesIn('flows', /\.v\d+\.yaml$/),
  words: filesIn('locales', /\.yaml$/),
  rules: ruleSources(),
}
const lewisham = shipped('lewisham')
const { library } = readFlows(SOURCES.flows)
const PARTS = flatten(library.get('resident.v1') as never, library).parts
const hashOf = (sources: Sources = SOURCES, chosen: Chosen = lewisham) =>
  manifestOf(PARTS, sources, chosen, sha256).hash
const NOW = hashOf()

/** One file with one thing changed; it fails where there is nothing to change. */
function changed(of: keyof Sources, file: string, from: string, to: string): Sources {
  const text = SOURCES[of].get(file) ?? ''
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  return { ...SOURCES, [of]: new Map([...SOURCES[of], [file, text.replace(from, to)]]) }
}
const settings = (other: object): Chosen =>
  ({ ...lewisham, settings: { ...lewisham.settings, ...other } }) as Chosen

describe('what un-signs a release', () => {
  it.each<[string, Sources, Chosen]>([
    [
      'one word of a sub-flow',
      changed('words', 'en/danger.v1.yaml', 'Or bleeding badly', 'Or bleeding'),
      lewisham,
    ],
    [
      'one word of the safe words',
      changed('words', 'en/common.yaml', 'something is wrong here', 'something went wrong'),
      lewisham,
    ],
    [
      'one arrow of a sub-flow',
      changed('flows', 'fall.v1.yaml', 'no: head-111', 'no: head-999'),
      lewisham,
    ],
    [
      'one arrow of the exits',
      changed('flows', 'exits.v1.yaml', 'nobody: x3-999', 'nobody: x3-end'),
      lewisham,
    ],
    ['one rule', changed('rules', 'rules.ts', "f.adult === 'no' || ", ''), lewisham],
    [
      'one promised time',
      changed('rules', 'outcomes.ts', "'PT30M', 'PT2H'", "'PT1H', 'PT2H'"),
      lewisham,
    ],
    ['where a head injury goes', SOURCES, settings({ headInjury: 'A&E' })],
    ['the last two-hour promise of the day', SOURCES, settings({ ucrLastAccept: '19:00' })],
    ['whether urgent needs go on without consent', SOURCES, settings({ shareUrgent: 'no' })],
    ['a setting nobody has judged yet', SOURCES, settings({ somethingNew: 'yes' })],
    [
      'a language offered',
      {
        ...SOURCES,
        words: new Map([...SOURCES.words, ['pl/danger.v1.yaml', 'check-1: { ask: … }']]),
      },
      { ...lewisham, languages: ['en', 'pl'] },
    ],
  ])('%s', (_what, sources, chosen) => {
    expect(hashOf(sources, chosen)).not.toBe(NOW)
  })

  it.each<[string, Sources, Chosen]>([
    ['a target that no caller meets', SOURCES, settings({ ucrTarget: 80 })],
    [
      'a flow it does not run',
      { ...SOURCES, flows: new Map([...SOURCES.flows, ['fall.v2.yaml', 'flow: fall']]) },
      lewisham,
    ],
    [
      'words of a language it does not offer',
      {
        ...SOURCES,
        words: new Map([...SOURCES.words, ['pl/danger.v1.yaml', 'check-1: { ask: … }']]),
      },
      lewisham,
    ],
    [
      'the line endings of a machine',
      {
        ...SOURCES,
        flows: new Map(
          [...SOURCES.flows].map(([name, text]) => [name, text.replaceAll('\n', '\r\n')])
        ),
      },
      lewisham,
    ],
    [
      'the order files were read in',
      {
        ...SOURCES,
        flows: new Map([...SOURCES.flows].reverse()),
        rules: new Map([...SOURCES.rules].reverse()),
      },
      lewisham,
    ],
    [
      'an hour and a telephone number',
      SOURCES,
      {
        ...lewisham,
        cover: lewisham.cover.map((line) => ({
          ...line,
          hours: 'always',
          number: '+442079460999',
        })),
      } as Chosen,
    ],
  ])('not: %s', (_what, sources, chosen) => {
    expect(hashOf(sources, chosen)).toBe(NOW)
  })

  it('names every part: flows, words, rules and settings, and nothing of other flows', () => {
    const { parts, hash } = manifestOf(PARTS, SOURCES, lewisham, sha256)
    const names = parts.map((line) => line.split(' ')[0])
    expect(names).toEqual(expect.arrayContaining(['flows/exits.v1.yaml', 'locales/en/common.yaml']))
    expect(names).toEqual(expect.arrayContaining(['src/flows/rules.ts', 'settings.headInjury']))
    expect(names.filter((name) => name?.startsWith('flows/'))).toHaveLength(PARTS.length)
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
  })
})

const SIGNATURE: Signature = {
  release: '12345678901234567890123456789012',
  flow: 'resident',
  version: 1,
  name: 'Test signature',
  role: 'test: nobody',
  registration: '000000',
  date: '2026-11-24',
}

describe('the file of signatures', () => {
  it('ships empty', () => {
    expect(readSignatures(readFileSync('flows/signed.yaml', 'utf8'))).toEqual({
      signatures: [],
      problems: [],
    })
  })

  it('takes a signature after another, and leaves what stands there as it is', () => {
    const comment = readFileSync('flows/signed.yaml', 'utf8')
    const one = withSignature(comment, SIGNATURE)
    const two = withSignature(one, { ...SIGNATURE, place: 'lewisham' })
    expect(two.startsWith(one)).toBe(true)
    expect(one.startsWith(comment)).toBe(true)
    expect(readSignatures(two)).toEqual({
      signatures: [SIGNATURE, { ...SIGNATURE, place: 'lewisham' }],
      problems: [],
    })
  })

  it.each([
    ['a line nobody knows', { ...SIGNATURE, reviewed: 'yes' }, /nobody knows the line reviewed/],
    ['half a hash', { ...SIGNATURE, release: '1234' }, /release: copy the whole hash/],
    ['no name', { ...SIGNATURE, name: ' ' }, /name: write something here/],
    ['no registration', { ...SIGNATURE, registration: undefined }, /registration/],
    ['no such day', { ...SIGNATURE, date: '2026-02-30' }, /date: write a date/],
  ])('refuses %s', (_what, signed, words) => {
    const { signatures, problems } = readSignatures(JSON.stringify([signed]))
    expect(signatures).toEqual([])
    expect(problems.join()).toMatch(words)
  })

  it('refuses what is no list', () => {
    expect(readSignatures('release: abc').problems.join()).toMatch(/write a list/)
    expect(readSignatures('- {').problems.join()).toMatch(/not a well-formed YAML file/)
  })

  it.each<[string, Partial<Signature>, boolean]>([
    ['the hash, the flow and the version', {}, true],
    ['this place alone', { place: 'lewisham' }, true],
    ['another place', { place: 'southwark' }, false],
    ['another version', { version: 2 }, false],
    ['another flow', { flow: 'professional' }, false],
    ['another hash', { release: 'f'.repeat(32) }, false],
  ])('signed for %s: %#', (_what, other, holds) => {
    const running = { hash: SIGNATURE.release, flow: 'resident', version: 1, place: 'lewisham' }
    expect(signatureFor([{ ...SIGNATURE, ...other }], running) !== undefined).toBe(holds)
  })
})
