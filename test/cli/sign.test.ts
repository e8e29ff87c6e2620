import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSignatures } from '../../src/flows/release.ts'
import { copies, run } from './run.ts'

/** Signing proves every flow first. */
const PROVING_MS = 180_000
const WHO = ['--name', 'Test signature', '--role', 'test: nobody', '--registration', '007']
const RESIDENT = ['--flow', 'resident', '--version', '1']

let copy: ReturnType<typeof copies>
beforeEach(() => {
  copy = copies()
})
afterEach(() => copy.remove())
const sign = (...words: string[]) => run(['flows', 'sign', ...words], { env: copy.env })
const signed = () => readSignatures(copy.read('flows/signed.yaml'))

it(
  'signs what is proved, once; a check then says by whom',
  async () => {
    const before = copy.read('flows/signed.yaml')
    const { code, out } = await sign(...RESIDENT, ...WHO, '--date', '2026-11-24')
    expect(out).toMatch(/^Proved\.$/m)
    expect(code).toBe(0)
    const [hash] = /[0-9a-f]{32}/.exec(out.slice(out.indexOf('Signed:'))) ?? []
    expect(out).toMatch(/Signed: resident version 1, .* for lewisham, southampton, southwark$/m)
    expect(out).toMatch(/^ {2}locales\/en\/danger\.v1\.yaml [0-9a-f]{64}$/m)
    expect(copy.read('flows/signed.yaml').startsWith(before)).toBe(true)
    const mine = { name: 'Test signature', role: 'test: nobody', registration: '007' }
    expect(signed()).toEqual({
      signatures: [{ release: hash, flow: 'resident', version: 1, ...mine, date: '2026-11-24' }],
      problems: [],
    })
    const again = await sign(...RESIDENT, ...WHO)
    expect(again.err).toMatch(/resident version 1, .* is signed already, by Test signature/)
    expect(again.code).toBe(1)
    expect(signed().signatures).toHaveLength(1)
  },
  PROVING_MS
)

it(
  'refuses to sign what is not proved',
  async () => {
    // Not sure at a danger screen would end the checks, which a promise forbids.
    copy.change(
      'flows/danger.v1.yaml',
      'not-sure: exit/x3, no: check-2',
      'not-sure: exit/x1, no: check-2'
    )
    const { code, out, err } = await sign(...RESIDENT, ...WHO)
    expect(out).toMatch(/✗ 14[\s\S]*Not proved\./)
    expect(err).toContain('Nothing was signed.')
    expect(code).toBe(1)
    expect(signed().signatures).toEqual([])
  },
  PROVING_MS
)

it.each<[string, string[], RegExp]>([
  ['nobody signs', RESIDENT, /--name is missing[\s\S]*--role is missing[\s\S]*--registration is/],
  [
    'a version that is not there',
    ['--flow', 'resident', '--version', '9', ...WHO],
    /no place runs resident version 9; they run resident version 1/,
  ],
  [
    'a part of a flow',
    ['--flow', 'fall', '--version', '1', ...WHO],
    /no place runs fall version 1/,
  ],
  ['no such place', [...RESIDENT, ...WHO, '--place', 'atlantis'], /there is no place atlantis/],
  ['no such day', [...RESIDENT, ...WHO, '--date', 'today'], /date: write a date as year-month-day/],
])('%s: refused at once', async (_what, words, says) => {
  const { code, err } = await sign(...words)
  expect(err).toMatch(says)
  expect(code).toBe(1)
  expect(signed().signatures).toEqual([])
})
