import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ALERTS } from '../../src/alerts.ts'

const runbook = readFileSync('docs/runbook.md', 'utf8')
const section = (title: string) =>
  runbook.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
const rows = [...section('Each alert').matchAll(/^\| `([\w-]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)]

it('every code has its row in the runbook, and no row is of a code that is gone', () => {
  expect(rows.map(([, code]) => code).sort()).toEqual(Object.keys(ALERTS).sort())
})

it('the runbook says of each what the code says', () => {
  for (const [, code, means, acts, does] of rows) {
    expect([code, means, acts]).toEqual([
      code,
      ALERTS[code as 'unknown'].means,
      ALERTS[code as 'unknown'].acts,
    ])
    expect(does).not.toBe('')
  }
})

it('every code is used', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !['alerts.ts', 'errors.ts'].includes(file))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n')
  for (const code of Object.keys(ALERTS)) expect(sources).toContain(`'${code}'`)
})

it('the figures the runbook names are there, and those that are there are named', async () => {
  const { openMetrics } = await import('../../src/observe.ts')
  const there = (await openMetrics().registry.getMetricsAsJSON()).map(({ name }) => name)
  const named = [...section('What to watch').matchAll(/`(door_\w+)/g)].map(([, name]) => name!)
  for (const name of named) expect(there).toContain(name)
})
