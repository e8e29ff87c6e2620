import type { Effect, Facts } from '../conversation/types.ts'
import { firstContext, record } from './context.ts'
import { type Flat, flatten, type Library, type Placed } from './flatten.ts'
import { type Args, effect, final, fresh, type Guard, logic, set } from './logic.ts'
import { question } from './question.ts'
import { decide, type RuleName } from './rules.ts'
import { type Flow, isAsking } from './schema.ts'

/** One flow version as a machine, and what its states are. */
export interface Compiled {
  machine: ReturnType<typeof logic.createMachine>
  flat: Flat
}
type Description = Parameters<typeof logic.createMachine>[0]

/** Turns one reviewed flow into a machine. */
export function compile(flow: Flow, library: Library): Compiled {
  const { chart, flat } = describe(flow, library)
  return { machine: logic.createMachine(chart), flat }
}

/** A machine's description, before XState makes one of it. Every safety promise is added here, once, for all flows. */
export function describe(flow: Flow, library: Library): { chart: Description; flat: Flat } {
  const flat = flatten(flow, library)
  const states: Record<string, object> = {
    joined: final({ kind: 'joined' }),
    left: { type: 'final' },
  }
  for (const placed of flat.steps.values()) Object.assign(states, statesOf(placed, flat))
  const chart = {
    id: `${flow.flow}.v${flow.version}`,
    initial: flat.start,
    context: ({ input }: { input: Facts }) => ({ ...firstContext(input), facts: input }),
    states,
    on: rootArrows(),
  }
  return { chart: chart as unknown as Description, flat }
}

const cleared: Guard = ({ context }) => context.cleared
const recorded: Guard = ({ context }) => context.codes.length > 0
const exit = (name: string) => `.exit/${name}`

/** What every step hears, whatever its author wrote. */
function rootArrows() {
  const of =
    (kind: string): Guard =>
    ({ event }) =>
      event.type === 'DANGER' && event.of === kind
  return {
    DANGER: [
      { guard: of('self'), target: exit('xl'), actions: fresh },
      { guard: of('harm'), target: exit('xc'), actions: fresh },
      { target: exit('x1'), actions: fresh },
    ],
    PERSON: [
      { guard: cleared, target: exit('person'), actions: fresh },
      { target: exit('q0'), actions: fresh },
    ],
    LANGUAGE: { target: exit('language'), actions: fresh },
    GONE: [
      { guard: recorded, target: '.left' },
      { guard: cleared, target: exit('gone') },
      { target: exit('gone-danger') },
    ],
    JOINED: { target: '.joined' },
  }
}

function statesOf(placed: Placed, flat: Flat): Record<string, object> {
  const { step, state } = placed
  if (isAsking(step)) return question(placed, step, flat)
  if (step.kind === 'rule') {
    const always = Object.entries(step.next).map(([answer, target]) => ({
      guard: ({ context }: Args) =>
        decide(step.rule as RuleName, context, context.facts) === answer,
      target: placed.to(target),
    }))
    return { [state]: { always } }
  }
  if (step.kind === 'person') return { [state]: person(placed, step) }
  if (step.kind === 'outcome') return outcome(placed, step)
  return {
    [state]: final(({ context }: Args) => ({ kind: 'end', step: state, form: context.form })),
  }
}

/** A live person now. Where none can ring, its words are said and the next step is entered in the same turn. */
function person({ state, to }: Placed, step: Extract<Placed['step'], { kind: 'person' }>) {
  const rings: Guard = ({ context: { facts } }) =>
    facts.channel === 'voice' && (step.to ? facts.lines.includes(step.to) : facts.cover === 'yes')
  return {
    entry: effect((args) => ({
      kind: 'person',
      step: state,
      form: args.context.form,
      priority: step.priority,
      wait: step.wait,
      staffed: args.context.facts.cover === 'yes',
      rings: rings(args),
      ...(step.to && { to: step.to }),
    })),
    always: { guard: (args: Args) => !rings(args), target: to(step.nobody), actions: fresh },
    on: Object.fromEntries(
      ['NOBODY', 'SILENCE', 'UNCLEAR', 'ANSWER', 'FOUND', 'AGAIN', 'PERSON', 'ABUSE'].map(
        (event) => [
          event,
          {
            target: to(step.nobody),
            actions: [
              effect(({ context }) => ({
                kind: 'say',
                step: state,
                form: context.form,
                variant: 'unanswered',
              })),
              fresh,
            ],
          },
        ]
      )
    ),
  }
}

/** Records the decision at once and goes on. Its twin `/gone` is where a hang-up before it leads. */
function outcome({ state, to }: Placed, step: Extract<Placed['step'], { kind: 'outcome' }>) {
  const { codes, within } = step
  const committed = (codes: readonly string[]): Effect => ({
    kind: 'outcome',
    step: state,
    codes,
    ...(within && { within }),
  })
  const add = (codes: readonly string[]) => set(({ context }) => record(context, codes))
  const held = [...codes, ...(codes.includes('HOLD') ? [] : ['HOLD'])]
  return {
    [state]: { entry: [add(codes), effect(committed(codes))], always: { target: to(step.then) } },
    [`${state}/gone`]: {
      type: 'final',
      entry: [
        effect(({ context }) => committed(context.codes.length > 0 ? codes : held)),
        set(({ context }) => record(context, context.codes.length > 0 ? codes : held)),
      ],
    },
  }
}
