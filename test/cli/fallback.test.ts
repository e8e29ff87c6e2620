import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readTwiml } from '../../src/simulator/twiml.ts'
import { VOICE } from '../../src/simulator/twiml-grammar.ts'
import { xmlFault } from '../chaos/well-formed.ts'
import { type Ran, run } from './run.ts'

const PLACES = ['lewisham', 'southampton', 'southwark']
let folder: string
let ran: Ran
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'front-door-fallback-'))
  ran = await run(['flows', 'fallback', '--to', folder])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('writes one document for each place, and says whom it rings', () => {
  expect([ran.code, ran.err]).toEqual([0, ''])
  expect(readdirSync(folder).sort()).toEqual(PLACES.map((place) => `${place}.xml`))
  for (const place of PLACES) expect(ran.out).toContain(`${place}.xml`)
})

interface CoverLine {
  none?: true
  number?: string
  second?: string
}
/** The place file itself, read by nothing of ours. */
const coverOf = (place: string): string[] => {
  const { cover } = parse(readFileSync(`places/${place}.yaml`, 'utf8')) as { cover: CoverLine[] }
  return [...new Set(cover.flatMap(({ number, second }) => [number, second]))].flatMap(
    (one) => one ?? []
  )
}

describe.each(PLACES)('the document of %s', (place) => {
  const text = () => readFileSync(join(folder, `${place}.xml`), 'utf8')
  const verbs = () => readTwiml(text(), VOICE)

  it('is XML that Twilio runs, and under 64 kB', () => {
    expect(xmlFault(text())).toBe('')
    expect(Buffer.byteLength(text())).toBeLessThan(64 * 1024)
    expect(verbs().length).toBeGreaterThan(0)
  })

  it('says 999 and 111 before anything is rung', () => {
    const names = verbs().map(({ name }) => name)
    const before = verbs().slice(0, names.indexOf('Dial'))
    expect(before.map(({ text }) => text).join(' ')).toMatch(/9 9 9.*1 1 1/)
  })

  it('rings the cover of this place, all of it, in the order of its file, and nobody else', () => {
    const rung = verbs()
      .filter(({ name }) => name === 'Dial')
      .map(({ text }) => text)
    expect(rung).toEqual(coverOf(place))
    expect(rung.length).toBeGreaterThan(0)
  })

  it('asks nothing of anyone: no address stands in it', () => {
    expect(text()).not.toMatch(/https?:|\/twilio|action=|<Redirect|<Play|statusCallback|url=/i)
  })

  it('does not end in silence', () => {
    const names = verbs().map(({ name }) => name)
    expect(names.at(-1)).toBe('Hangup')
    expect(
      verbs()
        .filter(({ name }) => name === 'Say')
        .at(-1)?.text
    ).toMatch(/9 9 9/)
  })
})
