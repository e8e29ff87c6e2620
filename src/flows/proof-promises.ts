import type { Edge, Graph, Node } from './explore.ts'
import {
  arrowsTaken,
  bits,
  firstAfter,
  firstCodes,
  named,
  spokenAfter,
  type Taken,
} from './first.ts'
import type { Placed } from './flatten.ts'
import { isCode } from './outcomes.ts'
import type { Promised } from './promises.ts'
import { type Failure, faults, type Proven, pathOf } from './proof.ts'
import { isAsking } from './schema.ts'

interface Scene {
  graph: Graph
  taken: ReadonlyMap<string, Taken[]>
  first: ReadonlyMap<Node, number>
  found: ReturnType<typeof faults>
  /** Where not every situation is known, only what is more than was promised counts. */
  partial: boolean
}

/** 14. What must be true of the flows is true: written apart from them, hazard by hazard. */
export function promisesHold(proven: Proven, promises: readonly Promised[]): Failure[] {
  const { flow, graph } = proven
  const found = faults(flow)
  found.take(promisesKept(proven, promises))
  for (const { flow, name, step } of unpromised(graph, promises))
    found.add(
      `${flow}/${name}`,
      [],
      `not every answer and flag of it is promised: ${Object.keys('next' in step ? step.next : {}).join(', ')}`,
      'add it to flows/promises.yaml under its hazard'
    )
  return found.list()
}

/** The same of some promises alone, whatever else is not promised. */
export function promisesKept({ flow, graph }: Proven, promises: readonly Promised[]): Failure[] {
  const found = faults(flow)
  const { scene, stood } = sceneOf(graph, promises, found)
  for (const { promise, places } of stood) {
    if (places.length === 0)
      found.add(
        promise.question,
        [],
        `${promise.hazard} rests on this question, and it is not asked`,
        'put the question back, or change the promise and the hazard log'
      )
    for (const place of places) {
      checkArrows(scene, promise, place)
      checkAskedBefore(scene, promise, place)
    }
  }
  return found.list()
}

/** What is more than was promised, as far as these situations show it: sound, even where others are not known. */
export function beyondPromises(
  { flow, graph }: Proven,
  promises: readonly Promised[],
  nodes: Iterable<Node>
): Failure[] {
  const found = faults(flow)
  const { scene, stood } = sceneOf(graph, promises, found, nodes)
  for (const { promise, places } of stood)
    for (const place of places) checkArrows({ ...scene, partial: true }, promise, place)
  return found.list()
}

function sceneOf(
  graph: Graph,
  promises: readonly Promised[],
  found: Scene['found'],
  nodes: Iterable<Node> = graph.nodes
) {
  const stood = promises.map((promise) => ({ promise, places: placesOf(graph, promise.question) }))
  const states = new Set(stood.flatMap(({ places }) => places.map(({ state }) => state)))
  const taken = arrowsTaken(graph, states, nodes)
  const scene: Scene = { graph, taken, first: firstCodes(graph), found, partial: false }
  return { scene, stood }
}

function checkArrows(scene: Scene, promise: Promised, place: Placed) {
  checkFlags(scene, promise, place)
  checkFirst(scene, promise, place)
  checkNext(scene, promise, place)
  checkSame(scene, promise, place)
}

function checkFlags({ found }: Scene, promise: Promised, { state, step }: Placed) {
  for (const flag of promise.flags ?? [])
    if (!(flag in step))
      found.add(
        state,
        [],
        `${promise.hazard}: this question is not marked \`${flag}\``,
        `put \`${flag}: yes\` back, or change the promise and the hazard log`
      )
}

/** Every state of a step, named by flow and step. */
const placesOf = (graph: Graph, ref: string) =>
  [...graph.flat.steps.values()].filter(({ flow, name }) => `${flow}/${name}` === ref)
const refOf = (graph: Graph, state: string) => {
  const placed = graph.flat.steps.get(state)
  return placed ? `${placed.flow}/${placed.name}` : state
}

function checkFirst({ taken, first, found, partial }: Scene, promise: Promised, { state }: Placed) {
  for (const [label, codes] of Object.entries(promise.first ?? {})) {
    const arrows = taken.get(`${state} ${label}`) ?? []
    const really = firstAfter(arrows, first)
    // A hang-up always leaves a HOLD where this conversation has recorded nothing else: the compiler adds it.
    const extra = label === 'gone' ? bits(['HOLD']) : 0
    const wanted = bits(codes) | extra
    if ((really | extra) === wanted || (partial && (really & ~wanted) === 0)) continue
    const path = arrows[0] ? pathOf(arrows[0].edge) : []
    found.add(
      state,
      path,
      `${promise.hazard}: after ${label} the first outcome must be ${codes.join(', ')}; it is ${named(really).join(', ') || 'none'}`,
      `lead ${label} where the promise says, or change the promise and the hazard log`
    )
  }
}

function checkNext({ graph, taken, found, partial }: Scene, promise: Promised, { state }: Placed) {
  for (const [label, wanted] of Object.entries(promise.next ?? {})) {
    const arrows = taken.get(`${state} ${label}`) ?? []
    const path = arrows[0] ? pathOf(arrows[0].edge) : []
    if (wanted === 'person') {
      const lost = arrows.find(
        ({ edge, before }) => !edge.effects.slice(before).some((effect) => effect.kind === 'person')
      )
      if (lost || (arrows.length === 0 && !partial))
        found.add(
          state,
          lost ? pathOf(lost.edge) : path,
          `${promise.hazard}: ${label} must reach a person in the same turn`,
          `lead ${label} to a person step`
        )
      continue
    }
    const really = [...new Set([...spokenAfter(arrows)].map((at) => refOf(graph, at)))].sort()
    const beyond = really.some((one) => !wanted.includes(one))
    if (beyond || (!partial && really.length < new Set(wanted).size))
      found.add(
        state,
        path,
        `${promise.hazard}: after ${label} the caller must hear ${wanted.join(' or ')}; it is ${really.join(' or ') || 'nothing'}`,
        `lead ${label} where the promise says, or change the promise and the hazard log`
      )
  }
}

/** What an answer brings about in the same turn: the time of the outcome it records, the value it keeps. */
function checkSame({ taken, found }: Scene, promise: Promised, { state }: Placed) {
  const told = [
    ['is promised within', promise.within, withinOf],
    ['keeps', promise.keeps, keptOf],
  ] as const
  for (const [words, wanted, find] of told)
    for (const [label, value] of Object.entries(wanted ?? {}))
      for (const { edge, before } of taken.get(`${state} ${label}`) ?? []) {
        const really = find(edge.effects.slice(before))
        if (really === value) continue
        found.add(
          state,
          pathOf(edge),
          `${promise.hazard}: ${label} ${words} ${value}; it is ${really}`,
          'put it back, or change the promise and the hazard log'
        )
      }
}
const withinOf = (effects: Edge['effects']) => {
  const outcome = effects.find((effect) => effect.kind === 'outcome')
  return outcome ? (outcome.within ?? 'its usual time') : 'none'
}
const keptOf = (effects: Edge['effects']) =>
  effects.find((effect) => effect.kind === 'keep')?.value ?? 'nothing'

function checkAskedBefore({ graph, found }: Scene, promise: Promised, place: Placed) {
  const wanted = promise['asked-before']
  if (!wanted) return
  const { state, name } = place
  const scope = state.slice(0, state.length - name.length)
  const steps = wanted.filter((one) => !isCode(one))
  const states = new Set(steps.flatMap((one) => within(graph, one, scope)))
  const codes = wanted.filter(isCode)
  for (const edge of turnsWithout(graph, place)) {
    const step = edge.hops.find((hop) => states.has(hop.to))?.to
    const code = codes.find((one) => recordedWithin(edge, one, scope))
    if (!step && !code) continue
    found.add(
      state,
      pathOf(edge),
      `${promise.hazard}: ${step ? refOf(graph, step) : code} can be reached without asking this`,
      'ask this question first on every path there'
    )
  }
}

const RETURNS = new Set(['ANSWER', 'FOUND', 'NOBODY', 'SILENCE', 'UNCLEAR', 'PERSON'])
/** Every turn that can be taken without ever leaving a step: as if it were a wall. Carrying on has passed it before. */
function turnsWithout(graph: Graph, { state, step }: Placed): Edge[] {
  const asks = isAsking(step)
  const turns: Edge[] = []
  const seen = new Set<Node>()
  const take = (edge: Edge) => {
    if (!asks && edge.hops.some((hop) => hop.at === state)) return
    turns.push(edge)
    seen.add(edge.to)
  }
  for (const edge of graph.starts) take(edge)
  for (const node of seen) {
    if (asks && node.placed?.state === state) continue
    for (const edge of node.edges)
      if (RETURNS.has(edge.heard.type) && edge.by !== 'carry-on') take(edge)
  }
  return turns
}
const recordedWithin = (edge: Edge, code: string, scope: string) =>
  edge.effects.some(
    (effect) =>
      effect.kind === 'outcome' && effect.codes.includes(code) && effect.step.startsWith(scope)
  )
/** The states of a step within this part of the flow; anywhere, where this part has none. */
function within(graph: Graph, ref: string, scope: string): string[] {
  const all = placesOf(graph, ref).map(({ state }) => state)
  const inside = all.filter((state) => state.startsWith(scope))
  return inside.length > 0 ? inside : all
}

const GATES = ['ucr-gate', 'crisis-open']
/** Steps on which a life may hang, with an answer or a flag that no promise speaks of. */
function unpromised(graph: Graph, promises: readonly Promised[]): Placed[] {
  const spoken = new Set(
    promises.flatMap(({ question, first, next, flags }) =>
      [...Object.keys(first ?? {}), ...Object.keys(next ?? {}), ...(flags ?? [])].map(
        (said) => `${question} ${said}`
      )
    )
  )
  return [...graph.flat.steps.values()].filter(({ step, flow, name }) => {
    const weighty =
      (step.kind === 'yes-no' && (step.danger ?? step.risk)) ||
      (step.kind === 'rule' && GATES.includes(step.rule)) ||
      (isAsking(step) && flow === 'child')
    if (!weighty || !('next' in step)) return false
    const flags = ['danger', 'risk', 'clears'].filter((flag) => flag in step)
    const all = [...Object.keys(step.next), ...flags]
    return all.some((said) => !spoken.has(`${flow}/${name} ${said}`))
  })
}
