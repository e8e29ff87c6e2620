import { type Flow, isAsking, type Step } from './schema.ts'

/** One way through a part of a flow: what is answered on it, and what becomes of it. */
export interface Path {
  answers: readonly string[]
  /** Codes recorded and people rung on the way, and where it leads in the end. */
  result: string
}

/** A part of a flow: from a step to where its ways end, or join another part. */
export interface Section {
  start: string
  paths: readonly Path[]
}

/** The most rows a person can be asked to sign for. */
export const MOST_ROWS = 500

/**
 * Every path through one flow, as its author drew it. Where there are more than anyone can read, the flow is cut at
 * the steps where ways join, and each part has a table of its own.
 */
export function sectionsOf(flow: Flow): Section[] {
  const starts = entries(flow)
  const whole = starts.map((start) => section(flow, start, new Set()))
  if (whole.every(({ paths }) => paths.length <= MOST_ROWS)) return whole
  const joins = new Set([...starts, ...joined(flow)])
  return [...joins].map((start) => section(flow, start, joins))
}

/** Where a flow is entered: at its start; the exits, at each step that nothing else leads to. */
function entries(flow: Flow): string[] {
  if (flow.flow !== 'exits') return [flow.start]
  const led = new Set(
    Object.values(flow.steps).flatMap((step) => arrowsOf(step).map(({ to }) => to))
  )
  return Object.keys(flow.steps).filter((name) => name === flow.start || !led.has(name))
}

/** Steps where two or more ways come together. */
function joined(flow: Flow): string[] {
  const count = new Map<string, number>()
  for (const step of Object.values(flow.steps))
    for (const to of new Set(arrowsOf(step).map((arrow) => arrow.to)))
      count.set(to, (count.get(to) ?? 0) + 1)
  return Object.keys(flow.steps).filter(
    (name) => (count.get(name) ?? 0) > 1 && flow.steps[name]?.kind !== 'end'
  )
}

function section(flow: Flow, start: string, joins: ReadonlySet<string>): Section {
  const paths: Path[] = []
  const walk = (
    name: string,
    answers: readonly string[],
    done: readonly string[],
    way: readonly string[]
  ) => {
    const step = flow.steps[name]
    if (way.includes(name)) {
      paths.push({ answers, result: [...done, `goes back to ${name}`].join(', ') })
      return
    }
    const stops = !step || (joins.has(name) && name !== start) || answers.length > MOST_ROWS
    if (stops || step.kind === 'end' || paths.length > MOST_ROWS) {
      paths.push({ answers, result: [...done, ending(name, step)].join(', ') })
      return
    }
    const does = doneBy(step)
    for (const { by, to } of grouped(step))
      walk(to, by ? [...answers, `${name}: ${by}`] : answers, does ? [...done, does] : done, [
        ...way,
        name,
      ])
  }
  walk(start, [], [], [])
  return { start, paths }
}

function ending(name: string, step: Step | undefined): string {
  if (name === 'done') return 'goes on after this flow'
  if (name === 'begin') return 'begins again with the danger questions'
  if (name.startsWith('exit/')) return `exit ${name.slice('exit/'.length)}`
  return step?.kind === 'end' ? `ends with ${name}` : `goes on at ${name}`
}

function doneBy(step: Step): string | undefined {
  if (step.kind === 'outcome')
    return `records ${step.codes.join(' + ')}${step.within ? ` within ${step.within}` : ''}`
  if (step.kind === 'person')
    return `rings ${step.to ?? 'a person'} (${step.priority}); no one comes`
  return step.kind === 'run' ? `runs ${step.flow}.v${step.version}` : undefined
}

/** One arrow of a step: the answer it is taken by, nothing where there is no choice, and where it leads. */
export interface Drawn {
  by: string
  to: string
}

/** Every arrow of a step, as its author drew it. */
export function arrowsOf(step: Step): Drawn[] {
  if ('next' in step)
    return Object.entries(step.next as Record<string, string>).map(([by, to]) => ({ by, to }))
  if (step.kind === 'run' || step.kind === 'outcome') return [{ by: '', to: step.then }]
  return step.kind === 'person' ? [{ by: '', to: step.nobody }] : []
}

/** Arrows that lead to the same step, together: "yes or not-sure". */
export function grouped(step: Step): Drawn[] {
  const to = new Map<string, string[]>()
  for (const arrow of arrowsOf(step)) to.set(arrow.to, [...(to.get(arrow.to) ?? []), arrow.by])
  const rule = step.kind === 'rule' ? `(${step.rule}) ` : ''
  return [...to].map(([target, by]) => ({ by: by.join('') && rule + by.join(' or '), to: target }))
}

/** What a silent or unclear caller, and one who rings off, come to at a question. */
export function lostOf(step: Step): { silence: string; gone: string } | undefined {
  if (!isAsking(step)) return undefined
  const danger = step.kind === 'yes-no' && step.danger
  const instead = danger ? 'not-sure' : step.otherwise
  const silence = instead ? `as ${instead}` : 'a person'
  return { silence, gone: step.gone ?? "the flow's own" }
}
