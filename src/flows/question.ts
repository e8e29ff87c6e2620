import type { Kept } from '../conversation/types.ts'
import { keep } from './context.ts'
import { before, type Flat, type Placed, skips } from './flatten.ts'
import { type Args, effect, fresh, type Guard, set } from './logic.ts'
import { type Asking, isAsking } from './schema.ts'

type Arrow = { guard?: Guard; target: string; actions?: unknown[]; reenter?: true }
type Hear = Partial<Record<'ANSWER' | 'FOUND', Arrow[]>>

/** Unclear answers in one conversation after which a person comes, whatever the question. */
const UNCLEAR_LIMIT = 4

/** The states of one question: its screen, the decision before it, and the read-back of a search. */
export function question(placed: Placed, step: Asking, flat: Flat): Record<string, object> {
  const { state } = placed
  const states: Record<string, object> = {}
  if (skips(step)) states[before(state)] = { always: [...known(placed, step), { target: state }] }
  const searches = step.kind === 'practice' || step.kind === 'postcode'
  const answers = arrows(placed, step, flat)
  states[state] = screen(placed, step, state, searches ? { ...answers, ...search(state) } : answers)
  if (!searches) return states
  states[`${state}/confirm`] = screen(placed, step, `${state}/confirm`, confirm(placed, step))
  states[`${state}/pick`] = screen(placed, step, `${state}/pick`, pick(placed, step))
  return states
}

/** One screen: asks on entry, hears its answers, and knows what silence, a muddle and a hang-up mean here. */
function screen(placed: Placed, step: Asking, state: string, hear: Hear) {
  const lost = onLost(placed, step, state)
  return {
    entry: effect(({ context }) => ({
      kind: 'ask',
      step: state,
      form: context.form,
      attempt: context.attempt,
      ...(context.options.length > 0 && { options: context.options }),
    })),
    on: {
      ...lost,
      ANSWER: [...(hear.ANSWER ?? []), ...lost.UNCLEAR],
      FOUND: [...(hear.FOUND ?? []), ...lost.UNCLEAR],
      // Naming the step as its own target is what makes XState enter it again and repeat the question.
      AGAIN: { target: state, reenter: true },
      NOBODY: { target: state, reenter: true },
      ...(placed.gone && { GONE: onGone(placed.gone, step) }),
    },
  }
}

/** Silence repeats once; what follows is the step's own answer for it, or a person. */
function onLost({ to }: Placed, step: Asking, state: string) {
  const danger = isDanger(step)
  const once = 'once' in step && step.once === 'yes'
  const fallback = danger ? 'not-sure' : step.otherwise
  const next = step.next as Record<string, string>
  const arrow = (other: string): Arrow => {
    const target = fallback && next[fallback]
    if (!target) return { target: to(other), actions: [fresh] }
    return { target: to(target), actions: remember(step, () => fallback, false) }
  }
  const first: Guard = ({ context }) => context.attempt === 1 && !once
  const again = (unclear: number): Arrow => ({
    guard: first,
    target: state,
    reenter: true,
    actions: [
      set(({ context }) => ({ attempt: context.attempt + 1, unclear: context.unclear + unclear })),
    ],
  })
  const person = { target: to('exit/person'), actions: [fresh] }
  const muddled = danger ? arrow('exit/person') : person
  return {
    SILENCE: [again(0), arrow('exit/silent')],
    UNCLEAR: [{ ...muddled, guard: tooMuddled }, again(1), arrow('exit/person')],
    ABUSE: onAbuse(state, to('exit/abuse')),
  }
}
const tooMuddled: Guard = ({ context }) => context.unclear + 1 >= UNCLEAR_LIMIT

/** A warning and the question again; once danger is cleared, a second time ends the call. */
function onAbuse(state: string, ended: string): Arrow[] {
  const warn = effect(({ context }) => ({
    kind: 'say',
    step: state,
    form: context.form,
    variant: 'abuse',
  }))
  const count = set(({ context }) => ({ abuse: context.abuse + 1 }))
  return [
    { guard: ({ context }) => context.cleared && context.abuse > 0, target: ended },
    { target: state, reenter: true, actions: [warn, count] },
  ]
}

function onGone(outcome: string, step: Asking) {
  const refused = remember(step, () => 'no', false)
  return { target: `${outcome}/gone`, ...(step.keeps === 'consent' && { actions: refused }) }
}

/** Where each answer leads. */
function arrows(placed: Placed, step: Asking, flat: Flat): Hear {
  const { to } = placed
  const said =
    (value: string): Guard =>
    ({ event }) =>
      event.type === 'ANSWER' && event.value === value
  const next = Object.entries(step.next as Record<string, string>)
  if (step.kind === 'yes-no' || step.kind === 'choice') {
    const sure = 'not-sure' in step.next ? next : [...next, ['not-sure', step.next.no] as const]
    const plain = (step.kind === 'yes-no' ? sure : next).map(([value, target]) => ({
      guard: said(value),
      target: to(target ?? ''),
      actions: remember(step, () =>
        value === 'not-sure' && !('not-sure' in step.next) ? 'no' : value
      ),
    }))
    return { ANSWER: step.keeps === 'resume' ? [...resumes(step, flat), ...plain] : plain }
  }
  const none = step.next.none
  const given = 'given' in step.next ? step.next.given : undefined
  const value = ({ event }: Args) => (event.type === 'ANSWER' ? event.value : '')
  const skipped = { guard: said('none'), target: to(none), actions: remember(step, () => 'none') }
  if (!given) return { ANSWER: [skipped] }
  return { ANSWER: [skipped, { target: to(given), actions: remember(step, value) }] }
}

/** "Carry on from before": straight to the question the earlier conversation was at, when it is fresh. */
function resumes(step: Asking, flat: Flat): Arrow[] {
  return resumable(flat).map(({ state, step: at, to }) => ({
    guard: ({ context, event }: Args) =>
      event.type === 'ANSWER' &&
      event.value === 'carry-on' &&
      context.facts.resumeAt?.replace(READ_BACK, '') === state,
    target:
      followsRisk(at, flat, state) && at.with ? to(at.with) : skips(at) ? before(state) : state,
    actions: remember(step, () => 'carry-on'),
  }))
}

/** What was found is not kept, so a read-back begins again with its question. */
const READ_BACK = /\/(confirm|pick)$/

/** The questions a conversation can be carried on from: danger is always asked anew, and this is not one to go back to. */
export function resumable(flat: Flat): (Placed & { step: Asking })[] {
  return [...flat.steps.values()].filter(
    (placed): placed is Placed & { step: Asking } =>
      isAsking(placed.step) &&
      !isDanger(placed.step) &&
      placed.step.keeps !== 'resume' &&
      !placed.state.startsWith('exit/')
  )
}
/** A question that only follows a risk's yes. The risk is asked again, or its yes would be forgotten. */
function followsRisk(step: Asking, flat: Flat, state: string): boolean {
  const asked = flat.steps.get(state.replace(/[^/]+$/, step.with ?? ''))?.step
  return asked?.kind === 'yes-no' && asked.risk === 'yes'
}
const isDanger = (step: Asking) => 'danger' in step && step.danger === 'yes'

/** The question is skipped when this contact has answered it. */
function known({ to }: Placed, step: Asking): Arrow[] {
  const field = step.keeps as Kept
  const next = step.next as Record<string, string>
  if (step.kind === 'choice')
    return Object.entries(next).map(([value, target]) => ({
      guard: ({ context }) => context.kept[field] === value,
      target: to(target),
    }))
  const found = next.found ?? next.given ?? ''
  return [{ guard: ({ context }) => (context.kept[field] ?? 'none') !== 'none', target: to(found) }]
}

/** A search finds one, to be read back; or several, to be chosen from. */
function search(state: string): Hear {
  const many =
    (least: number, most: number): Guard =>
    ({ event }) =>
      event.type === 'FOUND' && event.values.length >= least && event.values.length <= most
  const hold = set(({ event }) =>
    event.type === 'FOUND' ? { options: event.values, optionArea: event.area ?? 'here' } : {}
  )
  return {
    FOUND: [
      { guard: many(1, 1), target: `${state}/confirm`, actions: [hold] },
      { guard: many(2, 5), target: `${state}/pick`, actions: [hold] },
    ],
  }
}

function confirm({ state, to }: Placed, step: Asking): Hear {
  const next = step.next as Record<string, string>
  const said =
    (value: string, area?: string): Guard =>
    ({ context, event }) =>
      event.type === 'ANSWER' && event.value === value && (!area || context.optionArea === area)
  const found = ({ context }: Args) => context.options[0] ?? ''
  const first: Guard = ({ context, event }) =>
    event.type === 'ANSWER' && event.value !== 'yes' && context.attempt === 1
  const retry = set(() => ({ attempt: 2, options: [] }))
  return {
    ANSWER: [
      ...(next.elsewhere
        ? [
            {
              guard: said('yes', 'elsewhere'),
              target: to(next.elsewhere),
              actions: remember(step, found),
            },
          ]
        : []),
      { guard: said('yes'), target: to(next.found ?? ''), actions: remember(step, found) },
      { guard: first, target: state, actions: [retry] },
      { guard: said('no'), target: to(next.none ?? ''), actions: remember(step, () => 'none') },
    ],
  }
}

function pick({ to }: Placed, step: Asking): Hear {
  const next = step.next as Record<string, string>
  const value = ({ event }: Args) => (event.type === 'ANSWER' ? event.value : '')
  const offered: Guard = ({ context, event }) =>
    event.type === 'ANSWER' && context.options.includes(event.value)
  const none: Guard = ({ event }) => event.type === 'ANSWER' && event.value === 'none'
  return {
    ANSWER: [
      { guard: offered, target: to(next.found ?? ''), actions: remember(step, value) },
      { guard: none, target: to(next.none ?? ''), actions: remember(step, () => 'none') },
    ],
  }
}

/** Keeps the answer in the machine and on the contact, clears danger where this step does, and starts afresh. */
function remember(step: Asking, value: (args: Args) => string, confirmed = true): unknown[] {
  const actions: unknown[] = []
  const field = step.keeps
  if (field) {
    actions.push(effect((args) => ({ kind: 'keep', field, value: value(args), confirmed })))
    actions.push(set((args) => keep(args.context, field, value(args))))
  }
  if ('clears' in step && step.clears === 'yes')
    actions.push(set((args) => (value(args) === 'no' ? { cleared: true } : {})))
  return [...actions, fresh]
}
