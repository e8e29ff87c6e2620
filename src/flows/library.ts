import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { circles } from './circles.ts'
import { exitsOf, exitsWiring, ROOTS } from './exits.ts'
import { flatten, flowKey, type Library } from './flatten.ts'
import { rules } from './rules.ts'
import { type Flow, flowSchema, isAsking, type Step, targets } from './schema.ts'

/** Flow files by name, as read from their folder. */
export type Files = ReadonlyMap<string, string>

/**
 * Reads every flow file and wires them together. Nothing is taken when anything is wrong: the faults come back
 * all at once, each naming its file, its step and what to do, in words for someone who does not program.
 */
export function readFlows(files: Files): { library: Library; problems: string[] } {
  const library = new Map<string, Flow>()
  const problems: string[] = []
  for (const [file, text] of files) {
    const { flow, faults } = readFlow(file, text)
    problems.push(...faults)
    if (flow) library.set(flowKey(flow.flow, flow.version), flow)
  }
  problems.push(...loose(library, problems.length === 0))
  return { library, problems }
}

/** Everything that is wired wrongly between and within flows. Circles are only looked for where the wiring is whole. */
export function loose(library: Library, whole = true): string[] {
  const problems = [...library.values()].flatMap((flow) => wiring(flow, library))
  if (!whole || problems.length > 0) return problems
  const begun = [...library.values()].filter((flow) => flow.exits !== undefined)
  return begun.flatMap((flow) => circles(flatten(flow, library)))
}

function readFlow(file: string, text: string): { flow?: Flow; faults: string[] } {
  const document = parseDocument(text)
  if (document.errors.length > 0)
    return {
      faults: document.errors.map(
        (e) => `${file}: this is not a well-formed YAML file. ${e.message}`
      ),
    }
  const result = flowSchema.safeParse(document.toJS())
  if (!result.success)
    return { faults: result.error.issues.map((issue) => `${file}: ${inWords(issue)}`) }
  const { flow, version } = result.data
  if (file !== `${flowKey(flow, version)}.yaml`)
    return {
      faults: [
        `${file}: it says flow ${flow} version ${version}. Name the file ${flowKey(flow, version)}.yaml`,
      ],
    }
  return { flow: result.data, faults: [] }
}

/** A fault of shape: where it is, and what to do. */
export function inWords(issue: z.core.$ZodIssue): string {
  const where = issue.path.length > 0 ? `at ${issue.path.join(' → ')}: ` : ''
  if (issue.code === 'unrecognized_keys')
    return `${where}nobody knows the line ${issue.keys.join(', ')}. Check its spelling, or take it out`
  if (issue.code === 'invalid_union' && 'discriminator' in issue)
    return `${where}this kind of step does not exist. Use yes-no, choice, number, practice, postcode, date, text, rule, run, person, outcome or end`
  // Zod's own words are for programmers; ours are kept where the schema has some.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return issue.message.endsWith('undefined')
      ? `${where}this line is missing`
      : `${where}this must be ${BELONGS[issue.expected] ?? 'something else'}`
  return `${where}${issue.message}`
}
const BELONGS: Readonly<Record<string, string>> = {
  string: 'words',
  number: 'a number',
  int: 'a whole number',
  array: 'a list in square brackets',
  tuple: 'a list in square brackets',
  object: 'lines with a name and a value',
  record: 'lines with a name and a value',
}

function wiring(flow: Flow, library: Library): string[] {
  const file = `${flowKey(flow.flow, flow.version)}.yaml`
  const faults: string[] = []
  const fault = (step: string, words: string) => faults.push(`${file}: step ${step}: ${words}`)
  if (!flow.steps[flow.start]) fault(flow.start, 'the flow starts here, but there is no such step')
  faults.push(...exitsWiring(flow, library).map((words) => `${file}: ${words}`))
  for (const [name, step] of Object.entries(flow.steps)) {
    for (const target of targets(step)) checkTarget(flow, library, name, target, fault)
    checkStep(flow, library, name, step, fault)
  }
  for (const name of unreachable(flow))
    fault(name, 'nothing leads here. Lead an answer to it, or take it out')
  return faults
}

type Fault = (step: string, words: string) => void

function checkTarget(flow: Flow, library: Library, name: string, target: string, fault: Fault) {
  if (target === 'done' && flow.exits !== undefined)
    return fault(name, '`done` is for sub-flows. Lead to an `end` step instead')
  if (target === 'done' || flow.steps[target]) return
  if (target === 'begin' && flow.flow === 'exits') return
  const exit = target.startsWith('exit/') ? target.slice('exit/'.length) : undefined
  if (exit && exitsOf(flow, library).every(({ steps }) => steps[exit])) return
  fault(name, `leads to ${target}, but there is no such step. Check its spelling`)
}

function checkStep(flow: Flow, library: Library, name: string, step: Step, fault: Fault) {
  if (step.kind === 'run') {
    if (!library.has(flowKey(step.flow, step.version)))
      fault(
        name,
        `runs ${step.flow} version ${step.version}, but there is no file ${flowKey(step.flow, step.version)}.yaml`
      )
    else if (runsItself(flow, library, []))
      fault(name, 'the flow ends up running itself. Break the circle')
  }
  if (step.kind === 'rule') {
    const answers: readonly string[] = rules[step.rule].answers
    const given = Object.keys(step.next)
    for (const answer of answers)
      if (!given.includes(answer))
        fault(name, `the rule ${step.rule} can answer ${answer}, which leads nowhere`)
    for (const answer of given)
      if (!answers.includes(answer)) fault(name, `the rule ${step.rule} never answers ${answer}`)
  }
  if ('gone' in step && step.gone && flow.steps[step.gone]?.kind !== 'outcome')
    fault(name, `\`gone: ${step.gone}\` must name an outcome step of this flow`)
  if (!isAsking(step)) return
  const answers = Object.keys(step.next)
  if (step.otherwise && !answers.includes(step.otherwise))
    fault(
      name,
      `\`otherwise: ${step.otherwise}\` is not one of its answers (${answers.join(', ')})`
    )
  if (step.with && !flow.steps[step.with]) fault(name, `\`with: ${step.with}\` names no step`)
  if (step.kind === 'yes-no' && step.danger && !step.next['not-sure'])
    fault(name, 'a danger question must say where not-sure leads')
  if (step.kind === 'yes-no' && step.danger && step.otherwise)
    fault(name, 'silence at a danger question goes the way of not-sure. Take `otherwise` out')
  if (step.kind === 'choice' && answers.length > 13) fault(name, 'has more than 13 choices')
}

function unreachable(flow: Flow): string[] {
  const starts = flow.flow === 'exits' ? ROOTS : [flow.start]
  const seen = new Set<string>()
  const walk = (name: string) => {
    const step = flow.steps[name]
    if (!step || seen.has(name)) return
    seen.add(name)
    for (const target of targets(step)) walk(target.replace('exit/', ''))
    if ('gone' in step && step.gone) walk(step.gone)
  }
  for (const start of starts) walk(start)
  return Object.keys(flow.steps).filter((name) => !seen.has(name))
}
function runsItself(flow: Flow, library: Library, above: readonly string[]): boolean {
  const key = flowKey(flow.flow, flow.version)
  if (above.includes(key)) return true
  return Object.values(flow.steps).some((step) => {
    const sub = step.kind === 'run' ? library.get(flowKey(step.flow, step.version)) : undefined
    return sub !== undefined && runsItself(sub, library, [...above, key])
  })
}
