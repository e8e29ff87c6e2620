import { type Flat, flowKey } from '../flows/flatten.ts'
import { type Manner, say } from './told.ts'

/**
 * What to tell 111 about an outcome: its own words, or those of the run step that led to it, nearest first.
 * A gate that several needs share has none of its own.
 */
export function reasonWords(flat: Flat, state: string, manner: Manner): string | undefined {
  const path = state.split('/')
  for (let depth = path.length; depth > 0; depth--) {
    const flow = flowAt(flat, path.slice(0, depth - 1))
    const words = flow && manner.language.steps.get(`${flow}/${path[depth - 1]}`)
    if (words && words.kind === 'reason') return say(words.reason, manner)
  }
  return undefined
}

/** The flow whose steps stand under this path of run steps. */
function flowAt(flat: Flat, path: readonly string[]): string | undefined {
  if (path.length === 0) return flowKey(flat.flow.flow, flat.flow.version)
  const prefix = `${path.join('/')}/`
  for (const { state, name, flow, version } of flat.steps.values())
    if (state === prefix + name) return flowKey(flow, version)
  return undefined
}
