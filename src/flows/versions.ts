import { flowKey, type Library } from './flatten.ts'
import { type Path, sectionsOf } from './paths.ts'
import type { Flow } from './schema.ts'

/** One path that two versions of a flow treat differently. */
export interface Difference {
  path: string
  before?: string
  after?: string
}

/** What changes between two versions of a flow: outcomes path by path, then whatever else their steps say. */
export function differences(before: Flow, after: Flow): Difference[] {
  const [old, now] = [pathsOf(before), pathsOf(after)]
  const all = [...new Set([...old.keys(), ...now.keys()])]
  return [
    ...all.flatMap((path) => unlike(path, old.get(path), now.get(path))),
    ...stepChanges(before, after),
  ]
}

function unlike(path: string, before: string | undefined, after: string | undefined): Difference[] {
  if (before === after) return []
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}

function pathsOf(flow: Flow): Map<string, string> {
  const paths = sectionsOf(flow).flatMap(({ start, paths }) =>
    paths.map((path): [string, string] => [pathName(start, path), path.result])
  )
  return new Map(paths)
}
const pathName = (start: string, { answers }: Path) => [`from ${start}`, ...answers].join(' → ')

/** Lines of a step besides its arrows: flags, what is kept, what a hang-up or silence leads to. */
function stepChanges(before: Flow, after: Flow): Difference[] {
  const names = [...new Set([...Object.keys(before.steps), ...Object.keys(after.steps)])]
  return names.flatMap((name) =>
    unlike(`step ${name}`, linesOf(before, name), linesOf(after, name))
  )
}
function linesOf(flow: Flow, name: string): string | undefined {
  const step = flow.steps[name]
  if (!step) return undefined
  const lines = Object.entries(step).filter(([line]) => line !== 'next')
  return lines.map(([line, value]) => `${line}: ${JSON.stringify(value)}`).join(', ')
}

/** Words of two versions that differ, by step and what is said: `lookup` gives everything a step may say. */
export function wordDifferences(
  before: Flow,
  after: Flow,
  lookup: (flow: string, step: string) => readonly string[]
): Difference[] {
  const names = [...new Set([...Object.keys(before.steps), ...Object.keys(after.steps)])]
  return names.flatMap((name) => {
    const [old, now] = [before, after].map(({ flow, version }) =>
      lookup(flowKey(flow, version), name).join(' / ')
    )
    return unlike(`words of ${name}`, old || undefined, now || undefined)
  })
}

/** Every pair of versions of a flow that stand side by side, oldest first. */
export function pairsOf(library: Library): [Flow, Flow][] {
  const flows = [...library.values()].sort((a, b) => a.version - b.version)
  return flows.flatMap((flow) => {
    const next = flows.find((other) => other.flow === flow.flow && other.version > flow.version)
    return next ? [[flow, next] as [Flow, Flow]] : []
  })
}

/** What each newer version changes, in lines; or that there is nothing to compare. */
export function versionsTold(
  library: Library,
  lookup: (flow: string, step: string) => readonly string[] = () => []
): string[] {
  const pairs = pairsOf(library)
  if (pairs.length === 0) return ['every flow has one version: nothing to compare']
  return pairs.flatMap(([before, after]) => {
    const changes = [...differences(before, after), ...wordDifferences(before, after, lookup)]
    return changes.map(
      ({ path, before: was, after: is }) =>
        `${after.flow} ${before.version} → ${after.version}: ${path}: ${was ?? 'nothing'} → ${is ?? 'nothing'}`
    )
  })
}
