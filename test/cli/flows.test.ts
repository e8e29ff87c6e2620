import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTwiml } from '../../src/simulator/twiml.ts'
import { VOICE } from '../../src/simulator/twiml-grammar.ts'
import { shipped } from '../places/shipped.ts'
import { copies, run } from './run.ts'

let copy: ReturnType<typeof copies>
beforeEach(() => {
  copy = copies()
})
afterEach(() => copy.remove())

const AFTERNOON = ['--place', 'lewisham', '--at', '2026-11-24T14:20:00Z']
const tried = (words: readonly string[], lines: readonly string[]) =>
  run(['flows', 'try', ...words], { lines })

describe('flows', () => {
  it('without a verb: says what there is', async () => {
    const { code, out } = await run(['flows'])
    expect(code).toBe(0)
    for (const verb of ['check', 'words', 'try', 'sign', 'fallback'])
      expect(out).toMatch(new RegExp(`^ {2}${verb} `, 'm'))
  })

  it('with a verb that is none: refuses, and says what there is', async () => {
    const { code, err } = await run(['flows', 'dance'])
    expect(code).toBe(2)
    expect(err).toMatch(/There is no flows dance here\.[\s\S]* check /)
  })
})

describe('flows words', () => {
  it('lists every step with its seconds, texts and reading age', async () => {
    const { code, out } = await run(['flows', 'words'])
    expect(out).toMatch(/^danger\.v1\/check-1 +en +1\d(\.\d)? +2 +\d/m)
    expect(out).toMatch(/^exits\.v1\/x1-person \(person\) +en /m)
    expect(out).toMatch(/No gaps, and everything fits\.$/m)
    expect(code).toBe(0)
  })

  it.each([
    [
      'a question that takes too long to say',
      'en/fall.v1.yaml',
      'Are you on the floor',
      `Are you ${'really and truly and surely '.repeat(15)}on the floor`,
      /✗ fall\.v1\/floor, en, voice, self: takes [\d.]+ seconds/,
    ],
    [
      'words that are hard to read',
      'en/fall.v1.yaml',
      'Are you on the floor',
      'Notwithstanding characteristically unsatisfactory circumstances, are you on the floor',
      /✗ fall\.v1\/floor, en, .* has a reading age of/,
    ],
    [
      'a danger question the wrong way round',
      'en/fall.v1.yaml',
      'Are you on the floor',
      'Are you not able to stand',
      /✗ fall\.v1\/floor, en, .* yes is the dangerous answer/,
    ],
    ['a step without words', 'en/fall.v1.yaml', 'floor:', 'flor:', /✗ en\/fall\.v1\.yaml: .*flor/],
  ])('%s: says so, and fails', async (_what, file, from, to, words) => {
    copy.change(`locales/${file}`, from, to)
    const { code, out } = await run(['flows', 'words'], { env: copy.env })
    expect(out).toMatch(words)
    expect(out).toMatch(/\d+ problem\(s\)\.$/m)
    expect(code).toBe(1)
  })
})

describe('flows try', () => {
  it('someone getting weaker by day: heard, recorded, routed', async () => {
    // Three checks, for themselves, ill, weak, not stuck, harder since yesterday.
    const { code, out } = await tried(AFTERNOON, [
      '2',
      '2',
      '2',
      '1',
      '2',
      '1',
      '2',
      '1',
      '1',
      '1',
      '1',
    ])
    expect(code).toBe(0)
    expect(out).toContain('Three quick checks. Press 1 the moment you hear a yes.')
    expect(out).toMatch(/^ +outcome +UCR2: Two-hour response$/m)
    expect(out).toMatch(/^ +UCR2 goes to +Rapid response, owner shift-lead, \+442079460130$/m)
    expect(out).toMatch(/^ +UCR2 rung back by +2026-11-24 14:50, shift-lead$/m)
    expect(out).toMatch(/^ +release +[0-9a-f]{32}$/m)
  })

  it('danger, and a navigator who answers', async () => {
    const { code, out } = await tried(AFTERNOON, ['1', '', 'answer'])
    expect(code).toBe(0)
    expect(out).toContain('[rings Navigators, +442079460110')
    expect(out).toContain('[rings Navigators, +442079460111')
    expect(out).toMatch(/^ +level +emergency, handed-over$/m)
  })

  it('someone who rings off in the checks is rung back', async () => {
    const { out } = await tried(AFTERNOON, ['2'])
    expect(out).toMatch(/> \(rings off\)\n\nRecorded/)
    expect(out).toMatch(/^ +outcome +HOLD/m)
  })

  it('one part alone, by text, at night', async () => {
    const { out } = await tried(
      ['fall', '--place', 'southwark', '--channel', 'sms', '--at', '2026-11-24T22:20:00Z'],
      ['not sure']
    )
    expect(out).toContain('1 YES  2 NO  3 NOT SURE')
    expect(out).toContain('Please ring 999 now.')
    expect(out).toMatch(/^ +moved +Care navigators is closed → cover: Night desk$/m)
    expect(out).not.toMatch(/^ +release/m)
  })

  it.each<[string, string[], RegExp]>([
    ['no such flow', ['dance'], /there is no flow dance; there are child, /],
    ['no such place', ['--place', 'atlantis'], /there is no place atlantis; there are lewisham/],
    ['no such channel', ['--channel', 'fax'], /--channel fax cannot be tried here/],
    ['no such time', ['--at', 'noon'], /--at noon is no instant/],
    ['no such option', ['--plaice', 'x'], /Unknown option '--plaice'.* It takes --place/],
  ])('%s: refuses with what there is', async (_what, words, says) => {
    const { code, err } = await tried(words, [])
    expect(err).toMatch(says)
    expect(code).toBe(1)
  })
})

describe('flows fallback', () => {
  it('writes for each place what Twilio takes: the safe words, then every cover number in turn', async () => {
    const to = copy.at('fallback')
    const { code, out } = await run(['flows', 'fallback', '--to', to])
    expect(code).toBe(0)
    expect(readdirSync(to).sort()).toEqual(['lewisham.xml', 'southampton.xml', 'southwark.xml'])
    for (const place of ['lewisham', 'southampton', 'southwark']) {
      const xml = readFileSync(`${to}/${place}.xml`, 'utf8')
      expect(Buffer.byteLength(xml)).toBeLessThan(64 * 1024)
      const verbs = readTwiml(xml, VOICE)
      const spoken = verbs.filter(({ name }) => name === 'Say').map(({ text }) => text)
      expect(spoken[0]).toMatch(/9 9 9 now\..*1 1 1/)
      expect(spoken.at(-1)).toBe(spoken[0])
      const rung = verbs
        .filter(({ name }) => name === 'Dial')
        .flatMap(({ children }) => children.map(({ text }) => text))
      const cover = shipped(place).cover.flatMap((line) =>
        line.none ? [] : [line.number, line.second]
      )
      expect(rung).toEqual([...new Set(cover)])
      expect(out).toContain(rung.join(', '))
    }
  })

  it('a place that nobody covers at night rings those who cover by day', async () => {
    copy.change(
      'places/lewisham.yaml',
      '{ hours: { daily: 20:00-08:00 }, organisation: Night desk, number: "+442079460112", second: "+442079460113", tested: 2026-11-02 }',
      '{ hours: { daily: 20:00-08:00 }, none: true, reason: no night desk, signed: { name: Test signature, on: 2026-11-02 } }'
    )
    const { code, out } = await run(['flows', 'fallback', '--to', copy.at('fallback')], {
      env: copy.env,
    })
    expect(code).toBe(0)
    expect(out).toMatch(/lewisham\.xml: \d+ bytes, rings \+442079460110, \+442079460111$/m)
  })
})
