import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readFlows } from '../../src/flows/library.ts'
import { readPromises } from '../../src/flows/promises.ts'

const LOG = readFileSync('docs/hazard-log.md', 'utf8')
const FILES = new Map(
  readdirSync('flows')
    .filter((name) => /\.v\d+\.yaml$/.test(name))
    .map((name) => [name, readFileSync(`flows/${name}`, 'utf8')])
)
const { library } = readFlows(FILES)
const { promises } = readPromises(readFileSync('flows/promises.yaml', 'utf8'))

const STEPS = new Set(
  [...library.values()].flatMap(({ flow, steps }) =>
    Object.keys(steps).map((name) => `${flow}/${name}`)
  )
)
/** Hazards the flows and promises name; those from H-050 on are of the service itself. */
const NAMED = new Set([
  ...[...library.values()].flatMap(({ hazards }) => hazards),
  ...promises.map(({ hazard }) => hazard),
])
const PROOFS = 14
const OF_THE_SERVICE = 'H-050'

/** One hazard of the log: its lines by name. */
interface Hazard {
  id: string
  title: string
  lines: Map<string, string>
}
const [hazardText = '', decisionText = ''] = LOG.split('\n## Open clinical and policy decisions\n')
const hazards: Hazard[] = hazardText
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [, id = '', title = ''] = /^(\S+): (.+)$/m.exec(section) ?? []
    const lines = [...section.matchAll(/^- \*\*(.+?):\*\* ((?:.+)(?:\n {2}.+)*)/gm)]
    return {
      id,
      title,
      lines: new Map(lines.map(([, name = '', text = '']) => [name, text.replace(/\n {2}/g, ' ')])),
    }
  })
const named = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

const SEVERITIES = ['minor', 'significant', 'considerable', 'major', 'catastrophic']
/** The table of the log: severities across, likelihoods down. */
const RISKS = new Map<string, number>(
  [...LOG.matchAll(/^\| ((?:very )?(?:low|high)|medium) \|(.+)\|$/gm)].flatMap(
    ([, likely, row = '']) =>
      row.split('|').map((score, at) => [`${SEVERITIES[at]} × ${likely}`, Number(score)] as const)
  )
)
const riskOf = (text = '') => {
  const [, risk = '', score] = /^(\w+ × (?:very )?\w+) = (\d)/.exec(text) ?? []
  return { risk, score: Number(score) }
}

it('every hazard that a flow or a promise names stands in the log', () => {
  const logged = hazards.map(({ id }) => id)
  expect([...NAMED].filter((hazard) => !logged.includes(hazard))).toEqual([])
  expect(logged).toEqual([...new Set(logged)].sort())
})

it('has a table of twenty-five risks, none lower where it is worse', () => {
  expect(RISKS.size).toBe(25)
  expect(RISKS.get('catastrophic × very high')).toBe(5)
  expect(RISKS.get('minor × very low')).toBe(1)
})

describe.each(hazards.map((hazard) => [hazard.id, hazard] as const))(
  '%s',
  (id, { title, lines }) => {
    it('says everything a hazard must say', () => {
      expect(title).not.toBe('')
      expect([...lines.keys()]).toEqual([
        'Cause',
        'Effect',
        'Initial risk',
        'Steps',
        'Promises',
        'Proofs',
        'Also',
        'Residual risk',
        'Status',
      ])
      expect(lines.get('Status')).toBe('draft: not yet reviewed by a clinical safety officer')
    })

    it('names steps that exist, and is named by a flow or promise in turn', () => {
      const steps = named(lines.get('Steps'))
      expect(steps.filter((step) => !STEPS.has(step))).toEqual([])
      if (id >= OF_THE_SERVICE) return
      expect(steps.length).toBeGreaterThan(0)
      expect(NAMED.has(id)).toBe(true)
    })

    it('names the promises made under it, all of them and no others', () => {
      const made = promises.filter(({ hazard }) => hazard === id).map(({ question }) => question)
      expect(named(lines.get('Promises')).sort()).toEqual([...new Set(made)].sort())
    })

    it('names proofs there are', () => {
      const proofs = (lines.get('Proofs') ?? '').match(/\d+/g)?.map(Number) ?? []
      expect(proofs.filter((proof) => proof < 1 || proof > PROOFS)).toEqual([])
      if (id < OF_THE_SERVICE) expect(proofs).toContain(PROOFS)
    })

    it('scores its risk by the table, and no higher once it is controlled', () => {
      const [first, left] = [riskOf(lines.get('Initial risk')), riskOf(lines.get('Residual risk'))]
      expect(first.score).toBe(RISKS.get(first.risk))
      expect(left.score).toBe(RISKS.get(left.risk))
      expect(left.score).toBeLessThanOrEqual(first.score)
    })
  }
)

describe('the decisions that are not ours', () => {
  const rows = [...decisionText.matchAll(/^\| (\d+) \| (.+) \| (.+) \| (.+) \|$/gm)]

  it('are sixteen, each with its safer default', () => {
    expect(rows.map(([, number]) => Number(number))).toEqual(
      [...Array(16).keys()].map((n) => n + 1)
    )
  })

  it.each(rows.map(([, , question, , where]) => [question ?? '', where ?? '']))(
    '%s: is set where the log says',
    (_question, where) => {
      const places = named(where)
      expect(places.length).toBeGreaterThan(0)
      const [files, others] = [
        places.filter((name) => /\.(ts|yaml)$/.test(name)),
        places.filter((name) => !/\.(ts|yaml)$/.test(name)),
      ]
      expect(files.filter((file) => !existsSync(file))).toEqual([])
      const steps = others.filter((name) => name.includes('/'))
      expect(steps.filter((step) => !STEPS.has(step))).toEqual([])
      // What is no step is a line of one of the files named beside it.
      const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
      const lines = others.filter((name) => !name.includes('/'))
      expect(lines.filter((name) => !text.includes(`${name.split('.').at(-1)}:`))).toEqual([])
    }
  )
})
