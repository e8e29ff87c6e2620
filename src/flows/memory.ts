import { type Context, type Facts, KEPT } from '../conversation/types.ts'
import type { Thinking } from './logic.ts'
import { fields } from './rules.ts'

/** What a conversation remembers while it is explored, by field. A field that is missing is not settled yet. */
export type Memory = Readonly<Record<string, unknown>>

/** One thing that was settled when it was first read: a field, and the value taken on this path. */
export type Choice = readonly [field: string, value: unknown]

type Domain = readonly unknown[]

/**
 * What a contact may have told us before this conversation, one value of each sort that a rule can tell apart.
 * Settled at the first read, so that nothing is multiplied in vain.
 */
const TOLD: Record<string, Domain> = {
  adult: ['unknown', 'no'],
  area: ['unasked', 'here', 'elsewhere'],
  'kept.who': [undefined, 'self', 'other'],
  'kept.practice': [undefined, 'known'],
}
/** Facts that stay as they are for a whole conversation. */
const LASTING: Record<string, Domain> = {
  channel: ['voice', 'sms'], // Teams follows the arrows of a text message
  phone: ['mobile', 'landline', 'withheld'],
  headInjury: ['E999', 'A&E'],
  shareUrgent: ['yes', 'no'],
  resume: ['no', 'fresh', 'stale'],
  resumeAt: [undefined],
  'known.codes': [[], ['INFO'], ['E111'], ['SAFE']],
}
/** Facts that may change from one turn to the next, and counts that are taken at their least and at their limit. */
const PASSING: Record<string, Domain> = {
  cover: ['yes', 'no'],
  unclear: [0, 3],
  abuse: [0, 1],
}
const YES_NO: Domain = ['yes', 'no']
const PASSED = new Set(['unclear', 'abuse'])

/** Narrows what is explored: fewer channels for a quick look, or the steps a conversation can be carried on from. */
export type Domains = Readonly<Record<string, Domain>>

/** What every conversation begins with. */
export const FIRST: Memory = {
  attempt: 1,
  cleared: false,
  codes: [],
  options: [],
  optionArea: 'unasked',
  overheard: false,
}
const KEPT_AS = KEPT.map((field) => [field, `kept.${field}`] as const)

/** A copy of a kept field that nobody has settled: it is passed on, and not read. */
const UNSETTLED = Symbol('unsettled')

/** One turn as it is followed: what it remembers, reads, writes and settles. One serves a whole exploration. */
export interface Turn {
  readonly domains: Domains
  /** The choices of the present run, each at one of its values: the runs of a turn count through them all. */
  readonly plan: { field: string; at: number; domain: Domain }[]
  memory: Record<string, unknown>
  choices: Choice[]
  /** Good until the next turn starts. */
  readonly reads: Set<string>
  readonly written: Set<string>
  readonly context: Thinking
}

/** Makes ready to follow turns. */
export function follow(narrowed: Domains): Turn {
  const turn: Omit<Turn, 'context'> & { context?: Thinking } = {
    domains: { ...TOLD, ...LASTING, ...PASSING, ...narrowed },
    plan: [],
    memory: {},
    choices: [],
    reads: new Set(),
    written: new Set(),
  }
  return Object.assign(turn, { context: contextOf(turn as Turn) })
}

/** Begins a turn from what is remembered. */
export function start(turn: Turn, from: Memory): void {
  turn.memory = { ...from }
  turn.choices = []
  turn.reads.clear()
  turn.written.clear()
}

/** Whether the same turn is to be run again, with another choice. */
export function another({ plan }: Turn): boolean {
  for (let last = plan.at(-1); last; last = plan.at(-1)) {
    last.at += 1
    if (last.at < last.domain.length) return true
    plan.pop()
  }
  return false
}

/** The value of a field: as remembered, or taken now. */
function read(turn: Turn, field: string): unknown {
  const { memory, reads, written } = turn
  const lasting = field in TOLD || field in LASTING || field.startsWith('kept.')
  if ((field in memory || lasting) && !written.has(field)) reads.add(field)
  if (field in memory) return memory[field]
  if (field.startsWith('kept.') && !(field in TOLD)) return undefined
  return settle(turn, field)
}

function settle({ domains, plan, memory, choices }: Turn, field: string): unknown {
  const known = choices.find(([name]) => name === field)
  if (known) return known[1]
  const step = plan[choices.length] ?? { field, at: 0, domain: domains[field] ?? YES_NO }
  if (choices.length === plan.length) plan.push(step)
  const value = step.domain[step.at]
  choices.push([field, value])
  if (field in TOLD || field in LASTING) memory[field] = value
  return value
}

/** Takes over what an action changes. */
export function remember(turn: Turn, change: Partial<Context>): void {
  for (const [field, value] of Object.entries(change))
    if (field === 'kept') rememberKept(turn, value as Record<string, unknown>)
    else write(turn, field, value)
}
function write({ memory, written }: Turn, field: string, value: unknown) {
  if (PASSED.has(field)) return
  memory[field] = value
  written.add(field)
}
function rememberKept(turn: Turn, after: Record<string, unknown>) {
  const { memory } = turn
  for (const [field, name] of KEPT_AS) {
    const value = after[field]
    const same = memory[name] === value && (name in memory || !(name in TOLD))
    if (value !== UNSETTLED && !same) write(turn, name, value)
  }
}

/** What guards, rules and actions are given: each field they touch is read through the turn. */
function contextOf(turn: Turn): Thinking {
  const through = (fields: Record<string, object>, name = (field: string) => field) =>
    new Proxy(fields, {
      get: (own, field) => own[String(field)] ?? read(turn, name(String(field))),
    })
  const list = (prefix: string) => ({
    includes: (name: string) => read(turn, `${prefix}.${name}`) === 'yes',
  })
  const facts = through({
    open: list('open'),
    lines: list('lines'),
    settings: through({}),
    known: through({}, (field) => `known.${field}`),
  })
  const kept = keptFields(turn)
  return new Proxy({ facts, kept } as Record<string, unknown>, {
    get(own, field) {
      // The form is for words only: no arrow reads it.
      if (field === 'form') return turn.memory['form'] ?? 'self'
      return own[String(field)] ?? read(turn, String(field))
    },
  }) as unknown as Thinking
}

/** Kept answers: a spread copies a field (its descriptor is asked for first), any other access reads it. */
function keptFields(turn: Turn): object {
  let copying: string | symbol | undefined
  return new Proxy(
    {},
    {
      ownKeys: () =>
        KEPT_AS.filter(([, name]) => name in TOLD || turn.memory[name] !== undefined).map(
          ([field]) => field
        ),
      getOwnPropertyDescriptor(_, name) {
        copying = name
        return { enumerable: true, configurable: true, value: undefined }
      },
      get(_, name) {
        const field = `kept.${String(name)}`
        if (copying !== name) return read(turn, field)
        copying = undefined
        return field in turn.memory ? turn.memory[field] : UNSETTLED
      },
    }
  )
}

/** Leaves out what no later turn can read. */
export function prune(memory: Memory, matters: ReadonlySet<string>): Memory {
  return Object.fromEntries(
    Object.entries(memory).filter(([field]) => field in FIRST || matters.has(field))
  )
}

/** A field's value as far as any rule, guard or arrow can tell: what two memories must share to behave alike. */
export function told(field: string, memory: Memory): string {
  if (!(field in memory)) return '?'
  const value = memory[field]
  if (field === 'options') return String((value as []).length)
  if (field !== 'codes' && field !== 'known.codes') return String(value)
  const codes = value as readonly string[]
  const context = { codes } as Context
  const facts = { known: { codes: [] as readonly string[] } } as Facts
  return `${codes.length > 0} ${fields.safe(context, facts)} ${fields.urgent(context, facts)}`
}
