import { arrowsOf, grouped } from './paths.ts'
import type { Flow, Step } from './schema.ts'

/**
 * Draws one flow as its file says it, in Mermaid: questions as boxes, danger and risk marked, rules as diamonds, outcomes
 * as double boxes. Sub-flows and exits are single boxes: they have pictures of their own.
 */
export function diagram(flow: Flow): string {
  const lines = ['flowchart TD', ...starts(flow).map((name) => `  start([start]) --> ${id(name)}`)]
  for (const [name, step] of Object.entries(flow.steps)) {
    lines.push(`  ${shape(name, step)}`)
    for (const { by, to } of grouped(step)) lines.push(`  ${arrow(name, by, to, step)}`)
    if ('gone' in step && step.gone) lines.push(`  ${id(name)} -. rings off .-> ${id(step.gone)}`)
  }
  for (const target of outside(flow)) lines.push(`  ${id(target)}([${label(target)}])`)
  return lines.join('\n')
}

const starts = (flow: Flow) => (flow.flow === 'exits' ? [] : [flow.start])

/** Names hold hyphens and slashes; Mermaid reads some of those as arrows. */
const id = (name: string) => `s_${name.replaceAll(/[^a-z0-9]/g, '_')}`

const label = (target: string) =>
  target === 'done' ? 'goes on' : target === 'begin' ? 'begins again' : target

function outside(flow: Flow): string[] {
  const targets = Object.values(flow.steps).flatMap((step) => arrowsOf(step).map(({ to }) => to))
  return [...new Set(targets)].filter((target) => !flow.steps[target]).sort()
}

function shape(name: string, step: Step): string {
  const of = (open: string, words: string, close: string) => `${id(name)}${open}"${words}"${close}`
  switch (step.kind) {
    case 'rule':
      return of('{{', `${name}<br>rule ${step.rule}`, '}}')
    case 'outcome':
      return of(
        '[[',
        `${name}<br>${step.codes.join(' + ')}${step.within ? ` ${step.within}` : ''}`,
        ']]'
      )
    case 'run':
      return of('[/', `${name}<br>runs ${step.flow}.v${step.version}`, '/]')
    case 'person':
      return of('>', `${name}<br>rings ${step.to ?? 'a person'} ${step.priority}`, ']')
    case 'end':
      return of('([', `${name}<br>end`, '])')
    default:
      return of('[', `${name}<br>${step.kind}${flags(step)}`, ']')
  }
}

function flags(step: Step): string {
  if (step.kind !== 'yes-no') return ''
  return `${step.danger ? ' · danger' : ''}${step.risk ? ' · risk' : ''}`
}

/** The dangerous answer is drawn thick. */
function arrow(name: string, by: string, to: string, step: Step): string {
  const words = step.kind === 'person' ? 'nobody' : by
  const thick =
    step.kind === 'yes-no' && (step.danger || step.risk) && by.split(' or ').includes('yes')
  if (!words) return `${id(name)} --> ${id(to)}`
  return thick
    ? `${id(name)} == "${words}" ==> ${id(to)}`
    : `${id(name)} -- "${words}" --> ${id(to)}`
}
