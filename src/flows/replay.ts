import { begin, step } from '../conversation/step.ts'
import {
  type Context,
  type Effect,
  type Facts,
  KEPT,
  type State,
  type Turn,
} from '../conversation/types.ts'
import type { Compiled } from './compile.ts'
import { firstContext } from './context.ts'
import type { Edge, Graph } from './explore.ts'
import { told } from './memory.ts'
import { type Failure, faults, pathOf, turnsOf } from './proof.ts'
import { place } from './reading.ts'

/**
 * Takes every different turn of an exploration once more, through XState itself, and compares. What is proved of the
 * situations found is then proved of the machine that runs.
 */
export function replay(
  flow: string,
  compiled: Compiled,
  graph: Graph
): { turns: number; failures: Failure[] } {
  const { name, version } = { name: graph.flat.flow.flow, version: graph.flat.flow.version }
  const runnable = { machine: compiled.machine, name, version } as unknown as Parameters<
    typeof step
  >[0]
  const found = faults(flow)
  const seen = new Set<string>()
  for (const edge of turnsOf(graph)) {
    const sort = `${edge.from?.value} ${edge.by} ${edge.hops.map((hop) => hop.to).join()}`
    if (seen.has(sort)) continue
    seen.add(sort)
    const facts = factsOf(edge)
    const difference = unlike(edge, graph, () =>
      edge.from
        ? step(runnable, stateOf(edge, name, version), edge.heard, facts)
        : begin(runnable, facts)
    )
    if (difference)
      found.add(
        edge.from?.value ?? flow,
        pathOf(edge),
        difference,
        'the explorer and XState disagree: mend src/flows/drive.ts'
      )
  }
  return { turns: seen.size, failures: found.list() }
}

function unlike(edge: Edge, graph: Graph, take: () => Turn): string | undefined {
  let turn: Turn
  try {
    turn = take()
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault)
  }
  if (turn.state.value !== edge.to.value)
    return `XState goes to ${turn.state.value}, not ${edge.to.value}`
  const [really, thought] = [turn.effects, edge.effects].map((all) =>
    JSON.stringify(all.map(plain))
  )
  if (really !== thought) return `XState asks for ${really}, not ${thought}`
  const memory = memoryOf(turn.state.context)
  for (const field of graph.live.get(place(edge.to.value, edge.to.memory)) ?? [])
    if (
      field in memory &&
      field in edge.to.memory &&
      told(field, memory) !== told(field, edge.to.memory)
    )
      return `XState remembers ${field} as ${memory[field]}, not ${edge.to.memory[field]}`
  return undefined
}
/** The form of the words is nothing an arrow depends on, so it is not followed. */
const plain = (effect: Effect) => ({ ...effect, form: undefined })

const KEPT_AS = KEPT.map((field) => [field, `kept.${field}`] as const)
const memoryOf = ({ kept, ...rest }: Context): Record<string, unknown> => ({
  ...rest,
  ...Object.fromEntries(KEPT_AS.map(([field, name]) => [name, kept[field]])),
})

/** A value of this turn: settled in it, remembered from before, or, where nothing read it, any. */
function given({ choices, from }: Edge, field: string, any: unknown): unknown {
  const settled = choices.find(([name]) => name === field)
  if (settled) return settled[1]
  return from && field in from.memory ? from.memory[field] : any
}

function factsOf(edge: Edge): Facts {
  const value = (field: string, any: unknown) => given(edge, field, any)
  const yes = (list: string) =>
    edge.choices.flatMap(([field, is]) =>
      field.startsWith(`${list}.`) && is === 'yes' ? [field.slice(list.length + 1)] : []
    )
  const resumeAt = value('resumeAt', undefined)
  return {
    now: '2026-01-01T00:00:00Z',
    place: 'any',
    channel: value('channel', 'sms'),
    cover: value('cover', 'yes'),
    open: yes('open'),
    lines: yes('lines'),
    phone: value('phone', 'mobile'),
    repeat: false,
    resume: value('resume', 'no'),
    ...(resumeAt !== undefined && { resumeAt }),
    known: knownOf(edge),
    settings: { headInjury: value('headInjury', 'E999'), shareUrgent: value('shareUrgent', 'yes') },
  } as unknown as Facts
}
function knownOf(edge: Edge) {
  const value = (field: string, any?: unknown) => given(edge, field, any)
  const who = value('kept.who')
  const practice = value('kept.practice')
  const told = { ...(who !== undefined && { who }), ...(practice !== undefined && { practice }) }
  return { area: value('area', 'unasked'), codes: value('known.codes', []), ...told }
}

function stateOf(edge: Edge, machine: string, version: number): State {
  const kept = KEPT_AS.map(([field, name]) => [field, given(edge, name, undefined)] as const)
  const first = Object.entries(firstContext(factsOf(edge)))
  const context = Object.fromEntries(first.map(([field, any]) => [field, given(edge, field, any)]))
  const answers = Object.fromEntries(kept.filter(([, value]) => value !== undefined))
  return {
    machine,
    version,
    value: edge.from?.value ?? '',
    context: { ...context, kept: answers } as unknown as Context,
    done: false,
  }
}
