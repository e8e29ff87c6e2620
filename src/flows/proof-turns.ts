import type { Edge, Node } from './explore.ts'
import { type Failure, faults, type Proven, pathOf, reach, turnsOf } from './proof.ts'
import { isAsking } from './schema.ts'

const waits = (edge: Edge) =>
  edge.effects.filter(
    (effect) =>
      effect.kind === 'ask' ||
      effect.kind === 'end' ||
      effect.kind === 'joined' ||
      (effect.kind === 'person' && effect.rings)
  ).length

/** 2. No turn is silent: each asks, ends or rings exactly once. Its words are checked with the words. */
export function noTurnIsSilent({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  for (const edge of turnsOf(graph)) {
    const left = edge.to.done && edge.by === 'GONE' // no one is there to hear a word
    const count = waits(edge)
    if (count === 1 || (left && count === 0)) continue
    const words =
      count === 0 ? 'the turn says nothing and waits for nothing' : `the turn waits ${count} times`
    found.add(
      edge.from?.value ?? flow,
      pathOf(edge),
      words,
      'a turn must end by asking, ringing or ending once'
    )
  }
  return found.list()
}

/** The person effect of a turn, if it turns to one. */
export const turnsToPerson = (edge: Edge) => edge.effects.find((effect) => effect.kind === 'person')
/** The codes a turn records. */
export const codesOf = (edge: Edge): string[] =>
  edge.effects.flatMap((effect) => (effect.kind === 'outcome' ? [...effect.codes] : []))
/** The step a turn asks, if it asks. */
export const asks = (edge: Edge) => edge.effects.find((effect) => effect.kind === 'ask')?.step

const PASSIVE = new Set(['SILENCE', 'NOBODY', 'UNCLEAR'])
const drifts = ({ by, heard }: Edge) => PASSIVE.has(by) || heard.type === 'ANSWER'

/** 3. A person can be asked for at every step, and is reached, or promised at a named time, before anything else. */
export function aPersonCanBeAskedFor({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  const met = (edge: Edge) => turnsToPerson(edge) !== undefined || codesOf(edge).length > 0
  for (const node of graph.nodes) {
    if (node.done || node.placed?.step.kind === 'person') continue
    const asked = node.edges.filter((edge) => edge.by === 'PERSON')
    if (asked.length === 0)
      found.add(node.value, [], 'no one can ask for a person here', 'every step must hear PERSON')
    for (const edge of asked) {
      const lost = [...reach([edge], drifts, (turn) => (met(turn) ? 'stop' : 'on')).keys()].find(
        unmet
      )
      if (lost)
        found.add(
          node.value,
          pathOf(edge),
          `a person is asked for, and the conversation goes to ${lost.value} without one`,
          'lead the exits `person` and `q0` to a person, and then to a promise with a time'
        )
    }
  }
  return found.list()
}
/** Where someone who asked for a person must not be without one: an end, or any question but the danger line. */
const unmet = (node: Node) => {
  if (node.done) return true
  const step = node.placed?.step
  return step !== undefined && isAsking(step) && node.placed?.flow !== 'exits'
}
