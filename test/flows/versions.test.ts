import { describe, expect, it } from 'vitest'
import { MOST_ROWS, sectionsOf } from '../../src/flows/paths.ts'
import type { Flow, Step } from '../../src/flows/schema.ts'
import { differences, versionsTold } from '../../src/flows/versions.ts'
import { flowOf, library } from './shipped.ts'

/** The next version of a shipped flow, with some steps changed. */
function next(key: string, steps: Record<string, Step | undefined>): Flow {
  const flow = flowOf(key)
  const all = Object.entries({ ...flow.steps, ...steps }).filter(([, step]) => step)
  return { ...flow, version: flow.version + 1, steps: Object.fromEntries(all) as Flow['steps'] }
}
const fall = flowOf('fall.v1')
const pain = fall.steps['pain'] as Extract<Step, { kind: 'yes-no' }>

describe('12: two versions of a flow', () => {
  it('that say the same differ in nothing', () => {
    expect(differences(fall, next('fall.v1', {}))).toEqual([])
  })

  it('an arrow that moves is listed path by path', () => {
    const found = differences(
      fall,
      next('fall.v1', { pain: { ...pain, next: { ...pain.next, no: 'two-hour' } } })
    )
    expect(found).toEqual([
      {
        path: 'from floor → floor: no → head: no → pain: no',
        before: expect.stringContaining('records CSD + FALL'),
        after: expect.stringContaining('runs two-hour.v1'),
      },
    ])
  })

  it('a time that changes is listed on every path to it', () => {
    const ucr: Step = { kind: 'outcome', codes: ['UCR2'], within: 'PT2H', then: 'done' }
    const found = differences(flowOf('two-hour-now.v1'), next('two-hour-now.v1', { ucr }))
    expect(found.map(({ path }) => path)).toEqual(['from gate → gate: (ucr-gate) go', 'step ucr'])
    expect(found[0]).toMatchObject({
      before: expect.stringContaining('within PT15M'),
      after: expect.stringContaining('within PT2H'),
    })
  })

  it('a flag or what is kept is listed though no path changes', () => {
    const { risk: _, ...plain } = pain
    const found = differences(fall, next('fall.v1', { pain: plain }))
    expect(found).toMatchObject([{ path: 'step pain', before: expect.stringContaining('risk') }])
  })

  it('a new answer, and one that is gone', () => {
    const which = flowOf('mood.v1').steps['which'] as Extract<Step, { kind: 'choice' }>
    const { company: _, ...rest } = which.next
    const found = differences(
      flowOf('mood.v1'),
      next('mood.v1', { which: { ...which, next: { ...rest, choir: 'company' } } })
    )
    expect(found.length).toBeGreaterThan(0)
    expect(JSON.stringify(found)).toContain('choir')
  })

  it('words that change are listed, and a flow that stands alone says so', () => {
    expect(versionsTold(library)).toEqual(['every flow has one version: nothing to compare'])
    const both = new Map(library).set('fall.v2', next('fall.v1', {}))
    const words = (flow: string, step: string) =>
      step === 'head' ? [flow === 'fall.v1' ? 'Did you hit your head?' : 'Is your head hurt?'] : []
    expect(versionsTold(both, words)).toEqual([
      'fall 1 → 2: words of head: Did you hit your head? → Is your head hurt?',
    ])
  })
})

describe('every path of a flow', () => {
  it.each([...library.values()].map((flow) => [flow.flow, flow] as const))(
    '%s fits tables a person can read',
    (_name, flow) => {
      const sections = sectionsOf(flow)
      for (const { paths } of sections) expect(paths.length).toBeLessThanOrEqual(MOST_ROWS)
      const seen = new Set(sections.map(({ start }) => start))
      for (const { paths } of sections)
        for (const { result } of paths) {
          const on = /goes on at (\S+)$/.exec(result)?.[1]
          if (on) expect(seen).toContain(on)
        }
    }
  )
})
