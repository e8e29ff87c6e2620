import type { Edge, Node } from './explore.ts'
import { flowKey } from './flatten.ts'
import { type Failure, faults, type Proven, pathOf, reach, turnsOf } from './proof.ts'
import { asks, codesOf, turnsToPerson } from './proof-turns.ts'
import { type Asking, isAsking } from './schema.ts'

const EMERGENCY = new Set(['E999', 'EPOL', 'EMH', 'LIFT'])
const emergency = (edge: Edge) => codesOf(edge).some((code) => EMERGENCY.has(code))

/** The question a situation asks, at its own screen. */
export function questionAt(node: Node | undefined): Asking | undefined {
  const step = node?.placed?.step
  return node && step && isAsking(step) && node.value === node.placed?.state ? step : undefined
}
export const isDanger = (step: Asking | undefined) =>
  step?.kind === 'yes-no' && step.danger === 'yes'

/** Whether the words of a step name 999. Without words the exits are trusted to: theirs do. */
type Says999 = (flow: string, step: string) => boolean
const trusted: Says999 = (flow) => flow.startsWith('exits.')

/** 4. A danger yes is answered with 999 or a human in the same turn; not sure, silence and muddle with a human. */
export function dangerIsAnswered(proven: Proven, says999: Says999 = trusted): Failure[] {
  const found = faults(proven.flow)
  for (const edge of turnsOf(proven.graph)) {
    const fault =
      edge.heard.type === 'DANGER'
        ? dangerWords(edge)
        : (dangerAnswer(edge, says999) ?? lostAnswer(edge))
    if (fault) found.add(edge.from?.value ?? '', pathOf(edge), ...fault)
  }
  return found.list()
}
type Fault = [words: string, remedy: string]

function dangerWords(edge: Edge): Fault | undefined {
  if (emergency(edge) && turnsToPerson(edge)) return undefined
  return [
    'danger is spoken of, and this turn gives neither 999 nor a person',
    'lead the exits x1, xc and xl to an emergency outcome and a person',
  ]
}

function dangerAnswer(edge: Edge, says999: Says999): Fault | undefined {
  if (!isDanger(questionAt(edge.from))) return undefined
  if (edge.by === 'yes' && !emergency(edge) && !turnsToPerson(edge))
    return [
      'yes to danger gives neither 999 nor a person in the same turn',
      'lead `yes` to exit/x1, exit/xc or exit/xl',
    ]
  if (edge.by === 'yes' && !safe(edge, says999))
    return [
      'yes to danger: no one comes, and 999 is not spoken of',
      'record an emergency outcome, or end with the 999 words',
    ]
  if (edge.by === 'not-sure' && (!turnsToPerson(edge) || !safe(edge, says999)))
    return [
      'not sure about danger does not reach a person, and then the 999 words',
      'lead `not-sure` to exit/x3',
    ]
  const lost = edge.by === 'SILENCE' || edge.by === 'UNCLEAR'
  if (lost && asks(edge) !== edge.from?.value && !turnsToPerson(edge))
    return [
      'silence or a muddle at a danger question leads on without a person',
      'only a repeat, or a person, may follow: check the compiler and `otherwise`',
    ]
  return undefined
}

/** Someone who cannot be understood: asked again once, then a person, unless the step names what stands for silence. */
function lostAnswer(edge: Edge): Fault | undefined {
  const step = questionAt(edge.from)
  if (!step || (edge.by !== 'UNCLEAR' && edge.by !== 'SILENCE')) return undefined
  const limit =
    edge.by === 'UNCLEAR' &&
    edge.choices.some(([field, value]) => field === 'unclear' && value === 3)
  const twice = edge.from?.memory['attempt'] !== 1 && !step.otherwise
  if ((!limit && !twice) || turnsToPerson(edge)) return undefined
  return [
    'cannot be understood or heard, and no person follows',
    'a second silence or unclear answer, and a fourth in all, must lead to a person',
  ]
}

/** Whether, if no one comes, this turn still ends with 999 words, or asks about danger afresh. */
function safe(edge: Edge, says999: Says999): boolean {
  const alone = ({ by }: Edge) => by === 'NOBODY' || by === 'SILENCE'
  const enough = (turn: Edge) =>
    asks(turn) !== undefined || (says999 === trusted && emergency(turn))
  const reached = reach([edge], alone, (turn) => (enough(turn) ? 'stop' : 'on'))
  return [...reached.keys()].every(
    ({ done, placed }) =>
      !done || !placed || says999(flowKey(placed.flow, placed.version), placed.name)
  )
}

/** 5. Danger is asked before anything else; whoever skips it ranks first and hears the danger line while it rings. */
export function dangerComesFirst(proven: Proven): Failure[] {
  const { flow, graph } = proven
  const found = faults(flow)
  found.take(askedBeforeDanger(proven))
  const screens = new Set(graph.nodes.filter(isScreen).map((node) => node.value))
  for (const screen of screens) {
    const round = reach(graph.starts, (edge) => edge.from?.value !== screen || edge.by !== 'no')
    const past = [...round.keys()].find((node) => node.memory['cleared'] === true)
    if (past)
      found.add(
        screen,
        [],
        'danger counts as cleared on a path that never said no here',
        '`clears` belongs on the last danger screen, reached through all the others'
      )
  }
  if (screens.size === 0)
    found.add(flow, [], 'no danger screen is asked', 'start with the danger flow')
  return found.list()
}

/** What is asked, or rung for later, by turns that are taken before danger is cleared. */
export function askedBeforeDanger({ flow, graph }: Proven): Failure[] {
  const found = faults(flow)
  for (const edge of turnsOf(graph)) {
    const fault = edge.to.memory['cleared'] === true ? undefined : uncleared(edge)
    if (fault) found.add(edge.to.value, pathOf(edge), ...fault)
  }
  return found.list()
}
const isScreen = (node: Node) => isDanger(questionAt(node)) && node.placed?.flow === 'danger'

function uncleared(edge: Edge): Fault | undefined {
  const asked = asks(edge) === undefined ? undefined : questionAt(edge.to)
  if (asked && !isDanger(asked))
    return [
      'something else is asked before danger',
      'start with the danger flow, and lead on only from its last "no"',
    ]
  for (const effect of edge.effects)
    if (effect.kind === 'person' && effect.priority !== 'P1')
      return [
        'a person is rung before danger is cleared, but not first in the queue',
        'give this person step priority P1',
      ]
  if (edge.by !== 'PERSON' || !isScreen(edge.from as Node)) return undefined
  const rings = edge.effects.some((effect) => effect.kind === 'person' && effect.rings)
  return rings || !isDanger(asked)
    ? [
        'someone who skips the danger questions does not hear the danger line',
        'lead exit/q0 to its danger check',
      ]
    : undefined
}
