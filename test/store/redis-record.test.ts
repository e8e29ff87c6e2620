import { expect, it } from 'vitest'
import type { LogEntry } from '../../src/record/contact.ts'
import { lineOf, linesOf } from '../../src/store/redis-record.ts'
import { line } from './sample.ts'

/** A line as the script writes it: its length, what is its own, and the numbers of the texts it shares. */
function written(entry: LogEntry): { bytes: Buffer; texts: string[] } {
  const { start, texts, end } = lineOf(entry)
  const own = Buffer.concat([start, Buffer.from(texts.map((_, i) => i)), end])
  const length = Buffer.of((own.length % 128) + 128, Math.floor(own.length / 128))
  return { bytes: Buffer.concat([length, own]), texts: texts.map(({ text }) => text) }
}

function readBack(entry: LogEntry): LogEntry {
  const { bytes, texts } = written(entry)
  const [read] = linesOf(bytes)
  const shared = read?.texts.map(([name, i]) => [name, JSON.parse(texts[i] ?? '')]) ?? []
  return { ...read?.entry, ...Object.fromEntries(shared) } as LogEntry
}

const MARK = 'zMb5TtFhzyl'
const ENVELOPE = Buffer.from('what a person said, sealed').toString('base64url')

it.each([
  ['nothing', undefined],
  ['a word', 'no'],
  ['half a pair and a NUL', 'no \ud800 \u0000'],
  ['an envelope', `~${MARK}.${ENVELOPE}`],
  ['an envelope with nothing in it', `~${MARK}.`],
  ['bits over that no base64 would write', `~${MARK}.${ENVELOPE.slice(0, -1)}x`],
  ['what is only like an envelope', `~${MARK}.${ENVELOPE}=`],
])('%s that was heard comes back letter for letter', (_, heard) => {
  const { heard: __, ...rest } = line(200, { detail: { code: 'CSD' } })
  const entry = { ...rest, ...(heard !== undefined && { heard }) }
  expect(readBack(entry)).toEqual(entry)
})

it('an envelope is kept in the bytes it came from', () => {
  const long = Buffer.alloc(300, 7).toString('base64url')
  expect(written(line(1, { heard: `~${MARK}.${long}` })).bytes.length).toBeLessThan(340)
})
