import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { happened, worded } from '../../src/console/pages/happened.ts'
import type { Me } from '../../src/console/parts.ts'

const me = { place: { staff: [], services: {}, timeZone: 'Europe/London' } } as unknown as Me

/** Every kind of line that these sources name. */
const kindsIn = (folder: string, pattern: RegExp) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(pattern)])
    .map(([, kind = '']) => kind)

const KINDS = new Set([
  ...kindsIn('src/handoff', /\blog\(\s*go,\s*'([^']+)'/g),
  ...kindsIn('src/desk', /(?:writeDown|entry:)[^}]*?\bkind: '([^']+)'/g),
  ...kindsIn('src/turn', /noted(?:\.push\(|: \[)\s*\{\s*kind: '([^']+)'/g),
  ...kindsIn('src/record', /noted\.push\(\{ kind: '([^']+)'/g),
  ...kindsIn('src/effects', /entry(?: =|:) \{\s*kind: '([^']+)'/g),
  ...['answer', 'unclear', 'silence', 'again', 'person', 'language', 'abuse', 'danger', 'gone'],
  ...['promised', 'withdrawn', 'covered', 'done', 'clock-missed', 'check', 'relayed', 'sent'],
  ...['waits', 'busy', 'unanswered', 'a person decides', 'decided', 'reached', 'withdrawn'].map(
    (what) => `call-back ${what}`
  ),
])

it('there are kinds enough to be worth the look', () => expect(KINDS.size).toBeGreaterThan(60))

it.each([...KINDS].filter((kind) => kind !== 'card'))('"%s" is said in plain words', (kind) => {
  const words = happened({ seq: 1, at: '2026-11-24T14:20:00Z', kind }, me)
  expect(words).not.toBe(worded(kind))
  expect(words).not.toMatch(/undefined|[a-z]-[a-z]+-[a-z]|_/)
})
